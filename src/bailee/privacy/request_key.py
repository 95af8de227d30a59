"""Keys by which a controller's own system signs the requests that it sends. Pure.

OpenDSR 2.0 leaves requests unsigned. Here one counts only with a signed text beside it (RFC 7515)
that names the method, the address and the digest of the body, made minutes ago by a key that the
controller's representative registered in person. The key's id in the text names the controller,
so that it is known whose keys to look among.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bailee.access import jws
from bailee.errors import Invalid, Unauthenticated

TYPE = frozenset({"opendsr+jws"})
MOST = 4096
"""Characters of a signed text."""
ID_HEX = 32
FRESH = timedelta(minutes=5)
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_KID = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key as registered; its id begins its thumbprint (RFC 7638), in hex."""

    controller: str
    key_id: str
    name: str = field(repr=False)
    """Which system of the controller's holds it."""
    jwk: str
    added: datetime
    added_by: str
    ended: datetime | None = None
    ended_by: str = ""

    @property
    def kid(self) -> str:
        """Return how a signed text names it."""
        return f"{self.controller}:{self.key_id}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What arrived: what is signed must say the same."""

    method: str
    path: str
    body_sha256: str


def read_public(jwk: Mapping[str, Any], name: str) -> tuple[str, dict[str, str]]:
    """Return a public key's id and its own members.

    Raises:
        Invalid: ``request_key.form``, ``request_key.name``.
    """
    try:
        key = jws.read_key(dict(jwk))
    except jws.FlawError:
        raise Invalid(
            "request_key.form",
            "That is no public key (JWK) of a kind that is taken.",
            do="Give Ed25519, P-256, or RSA of 2048 to 8192 bits, without its private part.",
        ) from None
    if not _NAME.fullmatch(name) or not name.strip():
        raise Invalid("request_key.name", "Say which system holds the key, in one line.")
    members = {one: str(jwk[one]) for one in ("kty", *jws.MEMBERS[key.kind])}
    return jws.unpacked(key.thumbprint).hex()[:ID_HEX], members


def read_signed(text: str) -> tuple[str, str, jws.Signed]:
    """Return the controller and key id that a signed text names; nothing is believed yet.

    Raises:
        Unauthenticated: ``opendsr.signature``.
    """
    try:
        signed = jws.read(text, typ=TYPE, most=MOST)
    except jws.FlawError:
        raise unsigned() from None
    named = _KID.fullmatch(str(signed.header.get("kid", "")))
    if named is None:
        raise unsigned()
    return named[1], named[2], signed


def check_signed(signed: jws.Signed, jwk: Mapping[str, Any], sent: Sent, now: datetime) -> None:
    """Refuse what the key did not sign, what is about another call, and what is not of now.

    Raises:
        Unauthenticated: ``opendsr.signature``.
    """
    try:
        jws.verify(signed, jws.read_key(dict(jwk)))
    except jws.FlawError:
        raise unsigned() from None
    claims, issued = signed.claims, signed.claims.get("iat")
    told = claims.get("method"), claims.get("path"), claims.get("body_sha256")
    fits = told == (sent.method, sent.path, sent.body_sha256)
    if not fits or isinstance(issued, bool) or not isinstance(issued, int):
        raise unsigned()
    try:
        made = datetime.fromtimestamp(issued, UTC)
    except (ValueError, OverflowError, OSError):
        raise unsigned() from None
    if abs(now - made) > FRESH:
        raise unsigned()


def unsigned() -> Unauthenticated:
    """Return the one refusal: whoever guesses learns nothing of which part was wrong."""
    return Unauthenticated(
        "opendsr.signature",
        "The request is not signed by a living key of a controller, or not just now.",
        do="Sign method, path and body_sha256 with a registered key: docs/flows/request.md.",
    )
