"""That a form was sent by a page of ours, and the cookie that carries a session.

Three walls, each enough alone: the cookie is ``SameSite=Strict``; a request that changes something
must come from the same origin, by what the browser itself says (``Sec-Fetch-Site``, or ``Origin``);
and a form repeats a token that only the session's own pages were given (OWASP ASVS 5.0 3.5.1).
"""

from __future__ import annotations

import hashlib
import hmac
import re

from bailee.errors import Refused

COOKIE = "__Host-bailee"
"""The prefix binds it to this host, this path and TLS (RFC 6265bis 4.1.3.2)."""
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"
SESSION = re.compile(r"bs_[A-Za-z0-9_-]{1,200}", re.ASCII)
_PAIR = re.compile(r"\s*([^=;\s]+)=([^;]*)")


def session_in(cookies: str) -> str:
    """Return the session's secret that a Cookie header carries, '' if none, or two.

    Two of one name would be somebody else's beside ours: neither is chosen.
    """
    found = [value.strip() for name, value in _PAIR.findall(cookies) if name == COOKIE]
    return found[0] if len(found) == 1 and SESSION.fullmatch(found[0]) else ""


def set_cookie(secret: str) -> str:
    """Return the Set-Cookie of a session; it ends with the browser, and earlier by itself."""
    return f"{COOKIE}={secret}; {ATTRIBUTES}"


def end_cookie() -> str:
    """Return the Set-Cookie that takes a session's cookie away."""
    return f"{COOKIE}=; {ATTRIBUTES}; Max-Age=0"


def csrf_of(secret: str) -> str:
    """Return the token of a session's forms; it tells nothing about the session."""
    return hmac.new(secret.encode(), b"bailee/console/csrf/v1", hashlib.sha256).hexdigest()


def check_origin(*, fetch_site: str | None, origin: str | None, own: str) -> None:
    """Refuse what a page of somebody else sent.

    Args:
        fetch_site: ``Sec-Fetch-Site``, which browsers send and pages cannot forge.
        origin: ``Origin``.
        own: scheme and host as this request was made to.

    Raises:
        Refused: ``form.origin``.
    """
    if fetch_site is not None:
        if fetch_site == "same-origin":
            return
    elif origin is not None and origin == own:
        return
    raise Refused(
        "form.origin",
        "That form was not sent from a page of this house.",
        do="Open the page here and send it again.",
    )


def check_csrf(secret: str, shown: str) -> None:
    """Refuse a form whose token is not that of the session.

    Raises:
        Refused: ``form.token``.
    """
    if not hmac.compare_digest(csrf_of(secret), shown):
        raise Refused(
            "form.token",
            "That form belongs to another session, or the page is older than your sign-in.",
            do="Load the page again and send it once more.",
        )
