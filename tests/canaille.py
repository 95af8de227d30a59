"""Canaille, an OpenID provider of somebody else's: installed and run apart, signed in at by hand.

It comes by hash from ``requirements/oidc.txt`` into a folder of the temporary one, made once and
used again, and sees that folder and the standard library, nothing that is installed here. People
sign in on its own pages, form by form, as a browser would.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from bailee.access.factor import code_at
from bailee.clock import system_time
from tests.openbao import free_port
from tests.simulators.certificates import own_certificate

LOCK = Path(__file__).parent.parent / "requirements" / "oidc.txt"
SERVER = Path(__file__).parent / "interop" / "canaille_server.py"
CLIENT, SECRET = "bailee-at-canaille", "a secret of ours: 100% + & colon"
PEOPLE = {
    "esra": "marsh 7 heron lantern",
    "mallory": "copper 4 thistle anvil",
    "bram": "gravel 8 otter beacon",
}
SECOND = 1.1
STEPS = 12
"""More pages than a sign-in has."""


def seed(name: str) -> str:
    """Return the secret of somebody's authenticator there."""
    return f"a secret of {name:<10}"


def installed() -> Path:
    """Return the folder with Canaille, installed when it is not there yet."""
    mark = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"bailee-canaille-{mark}"
    if not folder.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix="bailee-canaille-"))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        exact = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, *exact, "--target", str(fresh), "-r", str(LOCK)], check=True)
        try:
            fresh.rename(folder)
        except OSError:  # another run was quicker
            shutil.rmtree(fresh)
    return folder


class Canaille:
    """One provider that listens, with three people and one client: us.

    Args:
        folder: for its certificate.
        redirect: where it sends browsers back to.
        factors: what its people show: ``password``, and perhaps ``otp``.
        method: how the client shows its secret.
        algorithm: how it signs.
    """

    def __init__(
        self,
        folder: Path,
        redirect: str,
        *,
        factors: tuple[str, ...] = ("password",),
        method: str = "client_secret_basic",
        algorithm: str = "RS256",
    ) -> None:
        folder.mkdir(exist_ok=True)
        certificate, self.ca_file = own_certificate(folder)
        self.secret_file = folder / "client-secret"
        self.secret_file.write_text(SECRET + "\n")
        port = free_port()
        self.issuer, self.redirect = f"https://127.0.0.1:{port}", redirect
        asked = {
            "port": port,
            "folder": str(folder),
            "certificate": certificate,
            "redirect": redirect,
            "secret": SECRET,
            "people": PEOPLE,
            "factors": list(factors),
            "seeds": {name: seed(name) for name in PEOPLE} if "otp" in factors else {},
            "method": method,
            "algorithm": algorithm,
        }
        self._log = (folder / "canaille.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-S", str(SERVER)],
            env={"PATH": os.defpath, "PYTHONPATH": str(installed()), "HOME": str(folder)},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == b"ready\n", (folder / "canaille.log").read_text()

    def rest(self) -> None:
        """Wait until a second has passed: it fails where two of its tokens would be the same."""
        time.sleep(SECOND)

    def close(self) -> None:
        """Stop it."""
        self._process.kill()  # it holds nothing that outlives it
        self._process.communicate()
        self._log.close()

    def environment(self, **more: str) -> dict[str, str]:
        """Return the settings of a house whose people sign in here."""
        return {
            "BAILEE_OIDC_ISSUER": self.issuer,
            "BAILEE_OIDC_CA_FILE": self.ca_file,
            "BAILEE_OIDC_CLIENT_ID": CLIENT,
            "BAILEE_OIDC_CLIENT_SECRET_FILE": str(self.secret_file),
            "BAILEE_OIDC_REDIRECT_URL": self.redirect,
            "BAILEE_OIDC_NAME": "Canaille",
        } | more

    def browser(self) -> Browser:
        """Return a browser with no cookie."""
        return Browser(self)


class Browser:
    """A person's browser at the provider; keeps its cookies there."""

    def __init__(self, provider: Canaille) -> None:
        self._provider = provider
        self._back = provider.redirect
        self._context = ssl.create_default_context(cafile=provider.ca_file)
        self._cookies = httpx2.Cookies()

    def visit(self, address: str, who: str, password: str = "") -> dict[str, str]:
        """Follow an address, sign in and consent where asked; return what comes back.

        Args:
            address: as the house gave it.
            who: the name of whoever sits here.
            password: instead of their own.
        """
        words = {
            "login": who,
            "password": password or PEOPLE[who],
            "otp": code_at(base64.b32encode(seed(who).encode()).decode(), system_time()),
            "answer": "accept",
        }
        with httpx2.Client(verify=self._context, timeout=20, cookies=self._cookies) as http:
            try:
                return self._walk(http, address, words)
            finally:
                self._cookies = http.cookies
                self._provider.rest()

    def _walk(self, http: httpx2.Client, address: str, words: Mapping[str, str]) -> dict[str, str]:
        answer = http.get(address)
        for _ in range(STEPS):
            place = answer.headers.get("location", "")
            if place.startswith(self._back):
                query = parse_qs(urlsplit(place).query, keep_blank_values=True)
                return {name: one for name, (one,) in query.items()}
            here = str(answer.url)
            if place:
                answer = http.get(urljoin(here, place))
                continue
            form = Form(answer.text, words)
            assert form.method == "post", f"{answer.status_code} at {urlsplit(here).path}"
            target, referer = urljoin(here, form.action or here), {"referer": here}
            answer = http.post(target, data=form.fields, headers=referer)
        raise AssertionError(f"no end: {urlsplit(str(answer.url)).path}")


class Form(HTMLParser):
    """The one form of a page that has fields to fill in, filled in."""

    def __init__(self, page: str, words: Mapping[str, str]) -> None:
        super().__init__()
        self.action, self.method = "", ""
        self.fields: dict[str, str] = {}
        self._words = words
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a form, and what it asks for."""
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and has.get("method", "").lower() == "post":
            self.action, self.method, self._open = has.get("action", ""), "post", True
            self.fields = {}
        name = has.get("name", "")
        if not self._open or not name:
            return
        if tag == "input" and name in self._words:
            self.fields[name] = self._words[name]
        elif tag == "input":
            self.fields[name] = has.get("value", "")
        elif tag == "button" and has.get("value") == self._words.get(name):
            self.fields[name] = has["value"]

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self._open = False


@contextmanager
def running(folder: Path, redirect: str, **more: object) -> Iterator[Canaille]:
    """Yield a provider that listens until the test is done with it."""
    provider = Canaille(folder, redirect, **more)  # type: ignore[arg-type]  # by name, as above
    try:
        yield provider
    finally:
        provider.close()
