"""A person's desk: a browser of their own, which fails the test when a page does what none may."""

from __future__ import annotations

import base64
import hmac
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from bailee.db import HOUSE
from tests.journeys.world import World

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
GOOD = "ferrous 7 walrus umbrella"
SERIOUS = ["serious", "critical"]
FIND = """async serious => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.filter(one => serious.includes(one.impact))
    .map(one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
}"""
MAILS = {
    "bram": "bram.okafor@harborline.example",
    "ada": "ada@harborline.example",
    "esra": "esra.demir@harborline.example",
    "dev": "dev.ranganathan@harborline.example",
    "clara": "clara.whitfield@harborline.example",
    "nora": "nora@acme.feld.example",
    "rosa": "rosa@acme.feld.example",
}


def code_at(seed: str, seconds: float) -> str:
    """Return the code of RFC 6238 for a time, computed by hand."""
    key = base64.b32decode(seed)
    digest = hmac.digest(key, struct.pack(">Q", int(seconds) // 30), "sha1")
    place = digest[-1] & 0xF
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@dataclass
class Desk:
    """A served deployment, and a way to sit down at it as somebody."""

    world: World
    browser: Browser
    url: str
    seeds: dict[str, str] = field(default_factory=dict)
    """Secrets of authenticators by person; filled when somebody enrols one."""

    @contextmanager
    def seat(self, **look: Any) -> Iterator[Page]:
        """Yield a page of a fresh browser profile; script errors and policy breaches fail."""
        context: BrowserContext = self.browser.new_context(
            ignore_https_errors=True, base_url=self.url, **look
        )
        page = context.new_page()
        trouble: list[str] = []
        page.on("console", lambda message: self._hear(message, trouble))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI));"
        )
        page.set_default_timeout(20_000)
        try:
            yield page
        finally:
            context.close()
        assert not trouble, trouble

    @staticmethod
    def _hear(message: ConsoleMessage, trouble: list[str]) -> None:
        """Keep what the browser complains of; a refused call's status is the page's own answer."""
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            trouble.append(message.text)

    def __post_init__(self) -> None:
        """Let somebody in who invites the others again, and who never comes to the browser."""
        self.world.invite("noor", "Noor Haddad")
        self.world.give(HOUSE, "noor", ["people"])

    def invitation(self, who: str) -> str:
        """Return a secret with which somebody sets their password."""
        return self.world.line("noor").renew_invitation(self.world.ids[who]).secret

    def welcome(self, page: Page, who: str) -> None:
        """Come in for the first time: invitation, password, and an authenticator."""
        page.goto("/console/welcome")
        page.get_by_label("Invitation").fill(self.invitation(who))
        page.get_by_label("Password", exact=True).fill(GOOD)
        page.get_by_label("The same again").fill(GOOD)
        page.get_by_role("button", name="Set password and go in").click()
        page.wait_for_url("**/console/account")
        page.get_by_label("Your password").fill(GOOD)
        page.get_by_role("button", name="Enrol an authenticator").click()
        self.seeds[who] = page.locator("code.big").inner_text()
        page.get_by_label("First code").fill(self.code(who))
        page.get_by_role("button", name="Confirm").click()
        page.get_by_text("Your authenticator is confirmed").wait_for()

    def code(self, who: str) -> str:
        """Return a code that was not shown yet: each works once, so time moves on before it."""
        self.world.shift += timedelta(seconds=31)
        return code_at(self.seeds[who], self.world.now().timestamp())

    def sign_in(self, page: Page, who: str) -> None:
        """Sign in as a person who has been here before, or come in for the first time."""
        if who not in self.seeds:
            self.welcome(page, who)
            page.goto("/console/today")
            return
        page.goto("/console/sign-in")
        page.get_by_label("Work e-mail").fill(MAILS[who])
        page.get_by_label("Password").fill(GOOD)
        page.get_by_label("Code").fill(self.code(who))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/console/today")


FOCUSED = """(() => {
  const one = document.activeElement;
  const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
  return [one.getAttribute("aria-label"), label, one.innerText].find((text) => text) || "";
})()"""


def reach(page: Page, says: str, *, most: int = 300) -> None:
    """Press Tab until something is in focus that says so; fails when nothing on the page does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if str(page.evaluate(FOCUSED)).strip().startswith(says):
            return
    raise AssertionError(f"no key leads to: {says}")


def places(page: Page) -> list[str]:
    """Return the addresses of everything that the menu offers to whoever is signed in."""
    page.goto("/console/today")
    links = page.locator("nav a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return [*dict.fromkeys(links), "/console/account"]


def axe(page: Page) -> list[str]:
    """Return what axe finds serious on a page, as rule and place; run outside the page's policy."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"() => {{ {AXE} }}")
    found: list[str] = page.evaluate(FIND, SERIOUS)  # what passes never leaves the browser
    return found
