"""What a provider's identity token must say before anybody is signed in by it. Pure.

The steps of OpenID Connect Core 3.1.3.7, after its signature was verified: whose it is, for whom,
until when, and that it answers this one question (``nonce``). Every rule narrows: one audience and
no other, no token from before the question, none without ``nonce``.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bailee.access.assertion import LAST_MOMENT, LEEWAY, Issuer, linked
from bailee.access.jws import Signed, packed
from bailee.access.link import SUBJECT, is_text
from bailee.access.sign_on import Asked, Identity, Untrusted, check_anew, is_strong
from bailee.access.sign_out import session_mark

TYPES = frozenset({"jwt", ""})
"""RFC 7519 5.1; an access token (``at+jwt``) and a logout token (``logout+jwt``) are others."""
HASHES = {
    "RS256": "sha256",
    "PS256": "sha256",
    "ES256": "sha256",
    "EdDSA": "sha512",
    "Ed25519": "sha512",
}
"""Core 3.1.3.6; of Ed25519 the hash that it uses itself."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose token it has to be, and for whom.

    Args:
        issuer: the provider, and the claim that names people.
        client: our own id there.
        strong: which of its words say that more than one factor was shown.
        asked: what it answers.
        access_token: what came beside it; '' for none.
    """

    issuer: Issuer
    client: str
    strong: frozenset[str]
    asked: Asked
    access_token: str = field(default="", repr=False)


def check_token(signed: Signed, expected: Expected, now: datetime) -> Identity:
    """Return whom a token names, its signature having been verified.

    Raises:
        Untrusted: the claim that is wrong.
    """
    claims = signed.claims
    if claims.get("iss") != expected.issuer.name:
        raise Untrusted("iss")
    if claims.get("aud") not in (expected.client, [expected.client]):
        raise Untrusted("aud")
    if claims.get("azp", expected.client) != expected.client:
        raise Untrusted("azp")
    _check_times(claims, expected.asked, now)
    nonce = claims.get("nonce")
    wanted = expected.asked.words.nonce
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), wanted.encode()):
        raise Untrusted("nonce")
    _check_access_token(signed, expected.access_token)
    subject = claims.get(expected.issuer.claim)
    if not is_text(subject) or not is_text(claims.get("sub")):
        raise Untrusted("sub")
    at = _moment(claims["auth_time"], "auth_time") if "auth_time" in claims else None
    if expected.asked.anew:
        check_anew(at, expected.asked.begun)
    amr = claims.get("amr", [])
    strong = is_strong(amr if isinstance(amr, list) else [], claims.get("acr"), expected.strong)
    said = None if at is None else min(at, now)
    sid = claims.get("sid")
    place = session_mark(expected.issuer.name, str(sid)) if is_text(sid) else ""
    return Identity(linked(SUBJECT, expected.issuer.name, str(subject)), strong, said, place)


def _check_times(claims: Mapping[str, Any], asked: Asked, now: datetime) -> None:
    """Refuse a token that has ended, is of a time to come, or was made before it was asked for."""
    expires, issued = _moment(claims.get("exp"), "exp"), _moment(claims.get("iat"), "iat")
    begins = _moment(claims["nbf"], "nbf") if "nbf" in claims else issued
    if expires + LEEWAY <= now:
        raise Untrusted("exp")
    if max(issued, begins) > now + LEEWAY or issued < asked.begun - LEEWAY:
        raise Untrusted("iat")


def _check_access_token(signed: Signed, access_token: str) -> None:
    """Refuse a token that belongs to another access token than the one beside it (3.1.3.8)."""
    if "at_hash" not in signed.claims:
        return
    shown = signed.claims["at_hash"]
    whole = hashlib.new(HASHES[signed.algorithm], access_token.encode("utf-8")).digest()
    half = packed(whole[: len(whole) // 2])
    if not access_token or not isinstance(shown, str):
        raise Untrusted("at_hash")
    if not hmac.compare_digest(shown.encode("utf-8"), half.encode()):
        raise Untrusted("at_hash")


def _moment(value: object, name: str) -> datetime:
    """Return a NumericDate (RFC 7519 2)."""
    if type(value) not in (int, float) or not 0 <= value < LAST_MOMENT:  # type: ignore[operator]  # a number by now
        raise Untrusted(name)
    seconds: Any = value
    if not math.isfinite(seconds):
        raise Untrusted(name)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
