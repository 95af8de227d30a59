"""Credentials: what a caller shows, and what is left of it afterwards (C2.5(3), C2.8(3)).

Three kinds of secret, told apart by their first letters:

* ``bk_`` key: a person's or a service's, 90 days (the agreement's own figure, C2.5(3));
* ``bi_`` invitation: accepted once, within 72 hours;
* ``bt_`` token: lets one acting-for service act for one person, 15 minutes.

Each holds 256 random bits, so a plain SHA-256 is enough to store: there is nothing to guess and
nothing to salt. A checksum tells a mistyped secret from an unknown one, and lets a scanner of
leaked secrets find ours. A secret is shown once; no error, entry or table ever repeats it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.access.lifecycle import Table
from bailee.access.principal import Principal
from bailee.errors import Failure, Unauthenticated

KEY, INVITATION, TOKEN = "bk_", "bi_", "bt_"
KEY_LIFE = timedelta(days=90)
INVITATION_LIFE = timedelta(hours=72)
TOKEN_LIFE = timedelta(minutes=15)

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base 58: without the pairs that people misread."""

_SECRET_BYTES, _SECRET_CHARS = 32, 44
_CHECK_BYTES, _CHECK_CHARS = 4, 6

CREDENTIAL: Table = {
    "live": {"revoke": "revoked", "expire": "expired"},
    "revoked": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``expires``, never written."""

INVITE: Table = {
    "open": {"accept": "accepted", "withdraw": "withdrawn", "expire": "expired"},
    "accepted": {},
    "withdrawn": {},
    "expired": {},
}


@dataclass(frozen=True, slots=True)
class Credential:
    """A key or token as stored: the digest, never the secret."""

    key_id: str
    digest: bytes
    kind: str
    """``key`` or ``token``."""
    principal: str
    """Whose it is: for a token, the person's."""
    minted_by: str
    """Who saw the secret besides its owner; '' when nobody did."""
    created: datetime
    expires: datetime
    bound_to: str = ""
    """For a token: the service that may use it."""
    state: str = "live"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time invitation as stored."""

    invitation_id: str
    digest: bytes
    principal: str
    created_by: str
    created: datetime
    expires: datetime
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Shown:
    """A secret on its only way out. ``repr`` hides it."""

    secret: str
    secret_id: str
    """The key's, token's or invitation's id, which is no secret."""
    principal_id: str
    expires: datetime

    def __repr__(self) -> str:
        return f"Shown(secret_id={self.secret_id!r}, principal_id={self.principal_id!r})"


def new_secret(kind: str) -> str:
    """Return a fresh secret of a kind (``KEY``, ``INVITATION``, ``TOKEN``)."""
    body = kind + _base58(secrets.token_bytes(_SECRET_BYTES), _SECRET_CHARS)
    return body + _checksum(body)


def well_formed(text: str, kind: str) -> bool:
    """Tell whether a text can be a secret of that kind; says nothing of whether it is known."""
    body, check = text[:-_CHECK_CHARS], text[-_CHECK_CHARS:]
    return (
        len(text) == len(kind) + _SECRET_CHARS + _CHECK_CHARS
        and text.startswith(kind)
        and text.isascii()
        and hmac.compare_digest(check, _checksum(body))
    )


def digest(secret: str) -> bytes:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def objection(credential: Credential, principal: Principal, now: datetime) -> Failure | None:
    """Return why a known credential does not open the door, or None.

    The principal comes first: whoever left learns that, whatever became of the key (C2.5(6)).
    """
    against = absence(principal)
    if against is not None:
        return against
    if credential.state != "live":
        return Unauthenticated(
            "credential.revoked", "That credential was revoked.", do="Ask for a new one."
        )
    if credential.expires <= now:
        return expired()
    return None


def absence(principal: Principal) -> Failure | None:
    """Return why nothing that a principal shows, or that is shown for them, opens the door."""
    if principal.state == "left":
        return Unauthenticated(
            "credential.principal_left", "Whoever held that credential has left."
        )
    if principal.state == "dormant":
        return Unauthenticated(
            "credential.principal_dormant",
            "Whoever holds that credential did not use it for too long.",
            do="A colleague who holds 'people' lets you back in: `bailee person reactivate`.",
        )
    if principal.state != "active":
        return Unauthenticated(
            "credential.principal_suspended", "Whoever holds that credential is suspended."
        )
    return None


def expired() -> Unauthenticated:
    """Return the failure of a credential whose time is over."""
    return Unauthenticated(
        "credential.expired", "That credential has expired.", do="Ask for a new one."
    )


def invitation_objection(invitation: Invitation, now: datetime) -> Failure | None:
    """Return why an invitation cannot be accepted, or None."""
    if invitation.state == "accepted":
        return Unauthenticated(
            "invitation.used",
            "That invitation was already accepted.",
            do="If that was not you, tell your administrator at once.",
        )
    if invitation.state == "withdrawn":
        return Unauthenticated("invitation.withdrawn", "That invitation was withdrawn.")
    if invitation.expires <= now:
        return Unauthenticated(
            "invitation.expired", "That invitation has expired.", do="Ask for a new one."
        )
    return None


def _checksum(body: str) -> str:
    return _base58(
        hashlib.sha256(body.encode("utf-8", "replace")).digest()[:_CHECK_BYTES], _CHECK_CHARS
    )


def _base58(data: bytes, width: int) -> str:
    number = int.from_bytes(data, "big")
    chars = []
    for _ in range(width):
        number, rest = divmod(number, 58)
        chars.append(ALPHABET[rest])
    return "".join(reversed(chars))
