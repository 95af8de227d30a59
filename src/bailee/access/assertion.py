"""What an identity provider asserts of a person: the claims of a JWT access token (RFC 9068).

Every rule narrows. The token must be from our one issuer, for us alone, of a service that is
registered here, for at most fifteen minutes, and by default bound to a key that the service
proves in each call (RFC 9449). An e-mail address never says who somebody is: it can be given to
somebody else (OpenID Connect Core 5.7).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bailee.access.credential import TOKEN_LIFE
from bailee.access.link import is_text
from bailee.access.mandate import Mandate
from bailee.canonical import frame
from bailee.errors import Unauthenticated

TYPES = frozenset({"at+jwt"})
"""RFC 9068 4: an identity token, which has another type, is no access token."""
TOKEN_CHARACTERS = 8192
PROOF_CHARACTERS = 4096
"""Longer ones are not looked at."""
LEEWAY = timedelta(seconds=5)
"""How far the provider's clock may be from ours; as much as our own may stand still."""
REASSIGNED = frozenset(
    {
        "email", "preferred_username", "upn", "unique_name", "name", "nickname", "given_name",
        "family_name", "phone_number", "address",
    }
)  # fmt: skip
"""Claims that a provider may give to somebody else one day (OpenID Connect Core 5.7)."""
LAST_MOMENT = 1 << 37
"""Seconds since 1970, in the year 6325: the calendar ends before the numbers do."""
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Issuer:
    """The company's identity provider, and what we ask of its tokens.

    Args:
        name: its ``iss``, exactly.
        audience: our own name at the provider.
        claim: the claim that names the person.
        bound: only tokens that are bound to a key are taken; else the service's own key and the
            token's client are all that binds it.
        address: where this house is reached, for which proofs are made.
    """

    name: str
    audience: str
    claim: str = "sub"
    bound: bool = True
    address: str = ""


@dataclass(frozen=True, slots=True)
class Assertion:
    """A checked token: who it names and who may present it, both as they are linked here."""

    subject: bytes = field(repr=False)
    client: bytes = field(repr=False)
    token_id: str
    """A digest: the token's own id never leaves the call."""
    until: datetime
    thumbprint: str = ""
    """Of the key that the token is bound to; '' for none."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A checked proof of possession: what is remembered of it, how long it could be shown again."""

    digest: str
    until: datetime


class Voucher(Protocol):
    """Who verifies a provider's tokens (``provider.Provider``, loaded where there is one)."""

    @property
    def issuer(self) -> Issuer:
        """The identity provider."""

    def vouch(self, mandate: Mandate, now: datetime) -> tuple[Assertion, Proof | None]:
        """Return what a token says, and the proof that came with it where it is bound to a key.

        Raises:
            Unauthenticated: ``token.*``, ``proof.*``; Unavailable: ``oidc.unavailable``.
        """


def check_claims(claims: Mapping[str, Any], issuer: Issuer, now: datetime) -> Assertion:
    """Return what a token says, its signature having been verified.

    Raises:
        Unauthenticated: ``token.issuer``, ``token.audience``, ``token.claims``, ``token.not_yet``,
            ``token.long_lived``, ``token.expired``, ``token.unbound``, ``token.binding``.
    """
    if claims.get("iss") != issuer.name:
        raise Unauthenticated("token.issuer", "That token is from another identity provider.")
    if claims.get("aud") not in (issuer.audience, [issuer.audience]):
        raise Unauthenticated(
            "token.audience",
            "That token is not for this house, or not for this house alone.",
            do="Ask the provider for a token whose one audience is BAILEE_OIDC_AUDIENCE.",
        )
    until = _check_times(claims, now)
    client = _client(claims)
    subject, token_id = claims.get(issuer.claim), claims.get("jti")
    if not (is_text(client) and is_text(subject) and is_text(token_id)):
        raise Unauthenticated(
            "token.claims",
            "That token does not name its person, its client or itself.",
            do="It needs jti, client_id (or azp) and the claim that names the person (RFC 9068).",
        )
    return Assertion(
        linked("subject", issuer.name, str(subject)),
        linked("client", issuer.name, str(client)),
        hashlib.sha256(_frame("token", issuer.name, str(token_id))).hexdigest(),
        until,
        _thumbprint(claims, issuer),
    )


def linked(kind: str, issuer: str, name: str) -> bytes:
    """Return what is stored of a name at a provider: enough to find it again, not to read it."""
    return hashlib.sha256(_frame(kind, issuer, name)).digest()


def issuer_id(issuer: str) -> str:
    """Return an issuer's name in a fixed length, for a column."""
    return hashlib.sha256(_frame("issuer", issuer)).hexdigest()


def _frame(*words: str) -> bytes:
    return frame(b"bailee/oidc", *(word.encode() for word in words))


def _check_times(claims: Mapping[str, Any], now: datetime) -> datetime:
    """Return the moment from which the token is no longer taken.

    Its life is counted from ``iat``, whatever else it says: a token is short-lived or no token.
    """
    issued, expires = _moment(claims.get("iat")), _moment(claims.get("exp"))
    begins = _moment(claims["nbf"]) if "nbf" in claims else issued
    if issued is None or expires is None or begins is None or expires <= issued:
        raise Unauthenticated("token.claims", "That token does not say for how long it is.")
    if max(issued, begins) > now + LEEWAY:
        raise Unauthenticated("token.not_yet", "That token is from a time to come.")
    if expires - issued > TOKEN_LIFE:
        raise Unauthenticated(
            "token.long_lived",
            "That token lives longer than fifteen minutes.",
            do="Let the provider issue short-lived tokens for this audience.",
        )
    if expires + LEEWAY <= now:
        raise Unauthenticated("token.expired", "That token has expired.", do="Get a new one.")
    return expires + LEEWAY


def _moment(value: object) -> datetime | None:
    """Return a NumericDate (RFC 7519 2), None for what is none."""
    if type(value) not in (int, float) or not 0 <= value < LAST_MOMENT:  # type: ignore[operator]  # a number by now
        return None
    seconds: Any = value
    return None if not math.isfinite(seconds) else _EPOCH + timedelta(seconds=seconds)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _client(claims: Mapping[str, Any]) -> object:
    """Return who the token was issued to; where two claims say it, they must agree."""
    named = [claims[name] for name in ("client_id", "azp") if name in claims]
    return named[0] if named and all(one == named[0] for one in named) else None


def _thumbprint(claims: Mapping[str, Any], issuer: Issuer) -> str:
    """Return the thumbprint of the key that the token is bound to (RFC 9449 6.1).

    A binding that cannot be checked here, to a client's certificate for instance, is never
    passed over: the token would be taken from anybody who copied it.
    """
    if "cnf" not in claims:
        if issuer.bound:
            raise Unauthenticated(
                "token.unbound",
                "That token is not bound to a key.",
                do="Let the provider bind it (DPoP, RFC 9449), or set BAILEE_OIDC_BINDING.",
            )
        return ""
    bound = claims["cnf"]
    thumbprint = bound.get("jkt") if isinstance(bound, dict) and len(bound) == 1 else None
    if not isinstance(thumbprint, str) or not _THUMBPRINT.fullmatch(thumbprint):
        raise Unauthenticated("token.binding", "That token is bound in a way unknown here.")
    return thumbprint
