"""Passkeys: key pairs that a person's own device holds and uses for our address alone (A7). Pure.

A passkey (W3C Web Authentication, Level 3) signs a challenge together with the address at which the
browser stands, so that nobody else's page can use it, and it signs only for whoever the device just
recognised (*user verification*). What the device holds and what it recognises are two factors, so a
passkey counts as a multi-factor sign-in by itself (NIST SP 800-63B-4 3.1.7).

A challenge is 256 random bits, for one ceremony of one kind, of one person in one session, or of
nobody known when it opens a session. It counts once and for five minutes; a digest of it is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.lifecycle import Table
from bailee.errors import Conflict, Invalid, Refused

PASSKEY = "passkey"
"""Among a session's factors, and what is tried, in the count of tries."""
CREATE, SIGN_IN, STEP_UP = "create", "sign-in", "step-up"
"""Kinds of ceremony."""
CHALLENGE_BYTES = 32
CHALLENGE_LIFE = timedelta(minutes=5)
"""As long as a browser waits for somebody to be recognised (Level 3, 15.1)."""
MOST_CHALLENGES = 100
"""Open ones of one source, or of one person; beyond, the oldest count no more."""
MOST_PASSKEYS = 20
"""Of one person."""
NAME_LIMIT = 64
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256, RS256 (RFC 9053, RFC 8812): what authenticators have."""
CREDENTIAL_LEAST, CREDENTIAL_MOST = 16, 1023
"""Bytes of a credential's id (Level 3, 4 and 7.1)."""

LIFE: Table = {
    "live": {"suspend": "suspended", "remove": "removed"},
    "suspended": {"remove": "removed"},
    "removed": {},
}
"""Suspended: two devices may hold it. What is removed is deleted; its entry stays."""


@dataclass(frozen=True, slots=True)
class Relying:
    """For which addresses passkeys are made: the relying party of the standard.

    Args:
        domain: its id; a passkey is for this domain and those below it.
        origins: addresses of pages that may ask for one, as a browser writes them.
        name: how it is called in a person's list of passkeys.
    """

    domain: str
    origins: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey, as stored; ``used`` is when it was last shown, None if never.

    ``signs`` is what its device said last of how often it signed; some always say 0. ``synced``
    tells that its maker may copy it to other devices of the person.
    """

    passkey_id: str
    principal: str
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    signs: int
    transports: tuple[str, ...]
    synced: bool
    name: str = field(repr=False)
    created: datetime
    used: datetime | None = None
    state: str = "live"


@dataclass(frozen=True, slots=True)
class Challenge:
    """An open challenge, as stored: its digest, and for whom and what it is."""

    digest: str
    ceremony: str
    principal: str
    """Whose it is; '' when it opens a session."""
    bound_to: str
    """Id of the credential in which it was asked for; of nobody known: a mark of the source."""
    until: datetime


@dataclass(frozen=True, slots=True)
class Attested:
    """What a browser answers when a passkey was made, as bytes."""

    client_data: bytes = field(repr=False)
    attestation: bytes = field(repr=False)
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """What a browser answers when a passkey was shown, as bytes."""

    credential: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    authenticator_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    user_handle: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is asked to do: a challenge on its only way out, and what goes with it."""

    challenge: bytes = field(repr=False)
    relying: Relying
    known: tuple[Passkey, ...] = ()
    """Made before: not to be made again, or to be shown."""
    handle: bytes = b""
    account: str = field(default="", repr=False)
    person: str = field(default="", repr=False)


def new_challenge() -> bytes:
    """Return a fresh challenge."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def challenge_digest(challenge: bytes) -> str:
    """Return what is stored of a challenge."""
    return hashlib.sha256(b"bailee passkey challenge 1\x00" + challenge).hexdigest()


def handle_of(principal_id: str) -> bytes:
    """Return a person's user handle: their random id, nothing personal (Level 3, 14.6.1)."""
    return principal_id.encode()


def moved_on(before: int, after: int) -> bool:
    """Tell whether a count of signatures is one that a single device can give (Level 3, 6.1.1)."""
    return after > before or before == after == 0


def check_name(name: str) -> str:
    """Return a passkey's name without blanks around it.

    Raises:
        Invalid: ``passkey.name``.
    """
    bare = name.strip()
    if not 0 < len(bare) <= NAME_LIMIT or not bare.isprintable():
        raise Invalid(
            "passkey.name",
            f"A passkey's name is 1 to {NAME_LIMIT} characters that can be read.",
            do="Name the device that holds it.",
        )
    return bare


def no_address() -> Conflict:
    """Return the failure of a house whose address no passkey can be made for."""
    return Conflict(
        "passkey.address",
        "Passkeys are made for a name with TLS, or for localhost, and this house has no such"
        " address: an IP number is none.",
        do="Set BAILEE_PUBLIC_URL, or BAILEE_PASSKEY_DOMAIN, to the name that people's browsers"
        " show.",
    )


def no_passkey() -> Conflict:
    """Return the failure of whoever has no passkey that counts."""
    return Conflict("passkey.none", "You have no passkey that counts.", do="Enrol one first.")


def too_many() -> Conflict:
    """Return the failure of whoever has as many as one may have."""
    return Conflict(
        "passkey.many",
        f"Nobody has more than {MOST_PASSKEYS} passkeys.",
        do="Remove one that you do not use.",
    )


def enrolled_before() -> Conflict:
    """Return the failure of whoever enrols a passkey of theirs again."""
    return Conflict("passkey.enrolled", "You have enrolled that passkey already.")


def proof_missing() -> Refused:
    """Return the refusal of whoever wants a passkey and has just proven nothing."""
    return Refused(
        "passkey.proof",
        "A passkey is enrolled by whoever has just shown their password.",
        do="Send your password once more; with a second factor, show that instead.",
    )


def not_enrolled() -> Refused:
    """Return the refusal of an answer that does not fit what was asked, when one is made."""
    return Refused(
        "passkey.refused",
        "That passkey was not taken: it does not answer a question of ours that is open.",
        do="Begin again, on a page at this house's own address (BAILEE_PUBLIC_URL), with a device"
        " that recognises you by PIN, finger or face.",
    )


def not_shown() -> Refused:
    """Return the refusal of an answer that does not fit what was asked, when one is shown."""
    return Refused(
        "passkey.not_shown",
        "That is no passkey of yours that counts now.",
        do="Begin again. Ten wrong ones lock for half an hour and end the session.",
    )


__all__ = [
    "ALGORITHMS",
    "CHALLENGE_LIFE",
    "CREATE",
    "CREDENTIAL_LEAST",
    "CREDENTIAL_MOST",
    "LIFE",
    "MOST_CHALLENGES",
    "MOST_PASSKEYS",
    "PASSKEY",
    "SIGN_IN",
    "STEP_UP",
    "Asked",
    "Attested",
    "Challenge",
    "Passkey",
    "Relying",
    "Signed",
    "challenge_digest",
    "check_name",
    "enrolled_before",
    "handle_of",
    "moved_on",
    "new_challenge",
    "no_address",
    "no_passkey",
    "not_enrolled",
    "not_shown",
    "proof_missing",
    "too_many",
]
