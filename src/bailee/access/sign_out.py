"""A sign-out at the identity provider (OpenID Connect Back-Channel Logout 1.0). Pure.

Nobody's browser takes part: the provider posts a token that it signed, and what it says is all that
there is. So every rule narrows (2.6): from our one issuer, for us alone, made lately, for an hour
at most, with the event that makes it a sign-out, without a ``nonce`` (so that no token of a sign-in
is taken for one), about a person, a session there, or both; and each token once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bailee.access.assertion import LAST_MOMENT, LEEWAY, Issuer, linked
from bailee.access.link import SUBJECT, is_text
from bailee.errors import Unauthenticated

if TYPE_CHECKING:
    from bailee.access.jws import Signed  # its library loads slowly

TYPES = frozenset({"logout+jwt", "jwt", ""})
"""2.4 asks for the first; providers that are older write the others. Event and nonce tell too."""
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFE = timedelta(hours=1)
"""2.4 advises two minutes; for longer than this no token has to be remembered."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """What a checked token says: who signed out, or of which session there, as digests."""

    token: str
    """Of the token's own id: it counts once."""
    until: datetime
    """From then on it is refused for its age."""
    subject: bytes | None = field(default=None, repr=False)
    session: str = field(default="", repr=False)


def session_mark(issuer: str, sid: str) -> str:
    """Return what is stored of a session's name at the provider (``sid``)."""
    return linked("session", issuer, sid).hex()


def over_mark(session: str) -> str:
    """Return the mark under which a session there is remembered as over, for a while."""
    return linked("session over", "", session).hex()


def not_heard(what: str) -> Unauthenticated:
    """Return the refusal of a token that ends nothing; ``what`` is a word for what is wrong."""
    return Unauthenticated(
        f"sign_out.{what}",
        "That is no sign-out of the identity provider for us.",
        do="Compare the provider's client with `bailee oidc show`, and both clocks.",
    )


def check_logout(signed: Signed, issuer: Issuer, client: str, now: datetime) -> Farewell:
    """Return what a token says, its signature having been verified (2.6).

    Raises:
        Unauthenticated: ``sign_out.`` and the claim that is wrong.
    """
    claims = signed.claims
    if claims.get("iss") != issuer.name:
        raise not_heard("iss")
    if claims.get("aud") not in (client, [client]):
        raise not_heard("aud")
    until = _check_times(claims, now)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise not_heard("events")
    if "nonce" in claims:
        raise not_heard("nonce")
    token = claims.get("jti")
    if not is_text(token):
        raise not_heard("jti")
    subject, sid = claims.get(issuer.claim), claims.get("sid")
    if not all(one is None or is_text(one) for one in (subject, sid, claims.get("sub"))):
        raise not_heard("sub")
    if subject is None and sid is None:
        raise not_heard("sub")
    return Farewell(
        linked("sign-out", issuer.name, str(token)).hex(),
        until,
        linked(SUBJECT, issuer.name, str(subject)) if subject is not None else None,
        session_mark(issuer.name, str(sid)) if sid is not None else "",
    )


def _check_times(claims: Mapping[str, Any], now: datetime) -> datetime:
    """Return the moment from which the token is no longer taken."""
    issued, expires = _moment(claims.get("iat"), "iat"), _moment(claims.get("exp"), "exp")
    if issued > now + LEEWAY or issued + LIFE <= now:
        raise not_heard("iat")
    if expires + LEEWAY <= now or expires <= issued:
        raise not_heard("exp")
    return min(expires + LEEWAY, issued + LIFE)


def _moment(value: object, name: str) -> datetime:
    """Return a NumericDate (RFC 7519 2)."""
    if type(value) not in (int, float) or not 0 <= value < LAST_MOMENT:  # type: ignore[operator]  # a number by now
        raise not_heard(name)
    seconds: Any = value
    if not math.isfinite(seconds):
        raise not_heard(name)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
