"""The way to a place that a witness lends for the mirror: an errand for each question (C6)."""

from __future__ import annotations

import re
from functools import partial
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bailee.app.settings import Settings
from bailee.db import Database
from bailee.errors import Invalid
from bailee.gateways.errand import Bounds, LostError, run
from bailee.keys import FileMirror, LentMirror, Mirror, Mirrors, Root
from bailee.keys.lent import Ask
from bailee.keys.mirror import mirror_failed

SECONDS = 5.0
"""For a whole question: so long a destruction waits for a witness that hangs."""
MOST_BYTES = 6 << 20
"""Of an answer; a witness gives 2000 lines at a time."""
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_PATH = re.compile(r"/kept/[a-z0-9][a-z0-9-]{0,31}")
_TOKEN = re.compile(r"bm_[A-Za-z0-9_-]{43}")


def open_mirror(settings: Settings, root: Root, database: Database) -> Mirror:
    """Return the second place: the file, and where a witness lends one, both; asks nothing yet.

    Raises:
        Invalid: ``settings.mirror``.
    """
    file = FileMirror(settings.mirror)
    if not settings.mirror_lent:
        return file
    place = sha256(settings.mirror_lent.encode()).hexdigest()
    return Mirrors(file, LentMirror(asker(settings), root, database, place))


def asker(settings: Settings) -> Ask:
    """Return the way to the place that BAILEE_MIRROR names.

    Raises:
        Invalid: ``settings.mirror``.
    """
    return partial(_ask, settings, _clear(settings.mirror_lent))


def _clear(address: str) -> bool:
    """Say whether an address is of plain HTTP, on this machine alone."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise _unreadable() from None
    sound = parts.scheme in {"https", "http"} and parts.hostname and _PATH.fullmatch(parts.path)
    if not sound or parts.username or parts.password or parts.query or parts.fragment:
        raise _unreadable()
    if parts.scheme == "http" and not _loopback(parts.hostname or ""):
        raise _unreadable("Beyond this machine it is https (C3.1).")
    return parts.scheme == "http"


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ask(settings: Settings, clear: bool, path: str, body: bytes | None) -> tuple[int, bytes]:  # noqa: FBT001 - bound once, above
    bounds = Bounds(SECONDS, MOST_BYTES, clear=clear, ca_file=settings.mirror_ca_file)
    headers = {**PLAIN, "Authorization": f"Bearer {_token(Path(settings.mirror_token_file))}"}
    try:
        answer = run(settings.mirror_lent + path, bounds, body=body, headers=headers)
    except LostError as lost:
        raise mirror_failed(_CAUSES[lost.how]) from None
    return answer.status, answer.body


_CAUSES = {
    "slow": "The witness took too long; it is tried again.",
    "answer": "What answers at BAILEE_MIRROR is no witness.",
    "unreachable": "The witness is not reached, or not under a certificate that "
    "BAILEE_MIRROR_CA_FILE vouches for; it is tried again.",
}


def _token(path: Path) -> str:
    """Return the token, read for every question: a new one is taken at once."""
    try:
        token = path.read_text("ascii").strip()
    except (OSError, ValueError):
        token = ""
    if not _TOKEN.fullmatch(token):
        raise mirror_failed("BAILEE_MIRROR_TOKEN_FILE names no file with a token of a witness.")
    return token


def _unreadable(do: str = "It is https://HOST:PORT/kept/NAME.") -> Invalid:
    return Invalid("settings.mirror", "BAILEE_MIRROR names no place that a witness lends.", do=do)
