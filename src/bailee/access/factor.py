"""Second factors: codes that change with time, and codes for the day they are lost (A7). Pure.

A code of RFC 6238 counts for its half minute of the authenticator's clock, which may be five
seconds off ours, and once only: the last half minute that was used is remembered (ASVS 6.5.5).
RFC 6238 5.2 would allow the half minute before as well; a code that was read over somebody's
shoulder would then count longer. Phones set their clocks by the network. Recovery codes are ten,
each of 117 random bits, so a plain digest is enough to store (ASVS 6.5.2), and each works once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp

from bailee.access.credential import ALPHABET
from bailee.access.lifecycle import Table
from bailee.errors import Conflict

STEP_SECONDS = 30
DRIFT = timedelta(seconds=5)
"""How far an authenticator's clock may be off, either way; as much as a provider's may."""
RECOVERY_CODES = 10
RECOVERY_CHARACTERS = 20
RECOVERY_GROUP = 5
TOTP, RECOVERY = "totp", "recovery"

FACTOR: Table = {
    "pending": {"confirm": "confirmed", "remove": "removed"},
    "confirmed": {"remove": "removed"},
    "removed": {},
}
"""What is removed is deleted; its entry stays."""


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A person's authenticator, as stored. ``last`` is the last step that was used."""

    principal: str
    key_id: str
    sealed: bytes = field(repr=False)
    created: datetime
    state: str = "pending"
    last: int = 0


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """One recovery code, as stored: the digest, never the code."""

    code_id: str
    principal: str
    digest: bytes = field(repr=False)


def new_seed() -> str:
    """Return a fresh secret for an authenticator: 160 bits, Base32 (RFC 4226 4, R6)."""
    return pyotp.random_base32()


def uri(seed: str, account: str, issuer: str) -> str:
    """Return the address that an authenticator reads, mostly from a picture."""
    return pyotp.TOTP(seed).provisioning_uri(name=account, issuer_name=issuer)


def matching_step(seed: str, code: str, now: datetime, last: int) -> int | None:
    """Return the step that a code is of, if it counts now and is later than the last one used.

    Every step is compared, so that which of them it is makes no difference in time.
    """
    found = None
    for moment in (now - DRIFT, now, now + DRIFT):
        step = int(moment.timestamp()) // STEP_SECONDS
        if hmac.compare_digest(pyotp.TOTP(seed).generate_otp(step).encode(), code.encode()):
            found = step
    return found if found is not None and found > last else None


def code_at(seed: str, moment: datetime) -> str:
    """Return the code that an authenticator shows at a moment."""
    return str(pyotp.TOTP(seed).generate_otp(int(moment.timestamp()) // STEP_SECONDS))


def is_totp(code: str) -> bool:
    """Tell whether a text has the form of an authenticator's code."""
    return len(code) == 6 and code.isascii() and code.isdecimal()


def new_recovery_codes() -> Iterator[str]:
    """Yield fresh recovery codes, in groups that can be read aloud."""
    for _ in range(RECOVERY_CODES):
        chars = [secrets.choice(ALPHABET) for _ in range(RECOVERY_CHARACTERS)]
        groups = range(0, RECOVERY_CHARACTERS, RECOVERY_GROUP)
        yield "-".join("".join(chars[at : at + RECOVERY_GROUP]) for at in groups)


def recovery_digest(code: str) -> bytes:
    """Return what is stored of a recovery code; hyphens and blanks do not count."""
    bare = "".join(char for char in code if char not in "- ")
    return hashlib.sha256(b"bailee recovery 1\x00" + bare.encode("utf-8", "replace")).digest()


def enrolled() -> Conflict:
    """Return the failure of whoever has a second factor already."""
    return Conflict(
        "totp.enrolled",
        "You have a second factor already.",
        do="Remove it first (`bailee totp remove`), with a code of it.",
    )


def none_enrolled() -> Conflict:
    """Return the failure of whoever has no second factor."""
    return Conflict(
        "totp.none",
        "You have no second factor.",
        do="Enrol one (`bailee totp enrol`), then confirm it with a first code.",
    )
