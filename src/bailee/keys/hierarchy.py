"""Which key wraps which, under what name (C2.8(1), C2.8(3)). Pure.

    root ── controller keys (one per purpose, in versions) ── subject keys (in versions)
         └─ log keys (Ed25519, one per log)

Wrapping is AES-256-GCM. The associated data is the whole place of a key in this tree, framed:
a wrapped key copied to another controller, subject or version does not open.

Random 96-bit nonces allow 2**32 messages under one key (NIST SP 800-38D §8.3). A controller's
``data`` key spends one message per subject key and version; a subject key one per value of one
person; openings are sealed under a key of their own each, derived from the ``ledger`` key and the
entry's id. So nobody counts messages: no key here comes near the bound.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.canonical import frame
from bailee.errors import Broken, Gone, NotFound
from bailee.keys.root import KEY_BYTES, unavailable_root

DATA = "data"
INDEX = "index"
TOKEN = "token"  # noqa: S105 - the name of a purpose
REFERENCE = "reference"
LEDGER = "ledger"
PURPOSES: Mapping[str, str] = {
    DATA: "wraps subject keys",
    INDEX: "blind indexes",
    TOKEN: "fingerprints that find a value's token",
    REFERENCE: "subjects' references and idempotency",
    LEDGER: "openings of ledger entries; outlives the data, so that what happened stays countable",
}
GUESSABLE = (INDEX, TOKEN, REFERENCE)
"""What is made with these stays in old backups of the data, and whoever has the key can guess."""
FORMAT = b"\x01"
NONCE_BYTES = 12
WHOLE = "controller"
"""Key id under which a destroyed controller's tombstone stands."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A key that encrypts one subject's values.

    Attributes:
        key_id: random name, 32 hex digits.
        version: of this key; the newest that exists.
        aead: AES-256-GCM with the key; the key bytes themselves are handed to nobody.
        older: versions that values may still be encrypted under, until they are retired.
    """

    key_id: str
    version: int
    aead: AESGCM = field(repr=False, compare=False)
    older: Mapping[int, AESGCM] = field(default_factory=dict, repr=False, compare=False)

    def at(self, version: int) -> AESGCM | None:
        """Return the cipher of one version, or None when that version is retired or unknown."""
        return self.aead if version == self.version else self.older.get(version)


@dataclass(frozen=True, slots=True)
class ControllerKey:
    """One version of one of a controller's keys, unwrapped; ``made`` is when, RFC 3339."""

    purpose: str
    version: int
    secret: bytes = field(repr=False, compare=False)
    aead: AESGCM = field(repr=False, compare=False)
    made: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A key derived from one version of a controller's key."""

    version: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """A controller's keys as of one epoch: per purpose, newest first."""

    controller: str
    epoch: int
    keys: Mapping[str, Sequence[ControllerKey]]
    destroyed: bool = False
    consent: Callable[[], None] | None = field(default=None, repr=False, compare=False)
    """Asks the root that the controller itself holds, before a key of it is used (``held``)."""

    def all(self, purpose: str) -> Sequence[ControllerKey]:
        """Return every readable version of a purpose, newest first.

        Raises:
            Gone: ``controller.destroyed``. NotFound: ``controller.unknown``.
            Refused: ``root.withheld``. Unavailable: ``root.*``.
        """
        found = self.keys.get(purpose)
        if not found and self.destroyed:
            raise controller_destroyed()
        if self.consent is not None and purpose != LEDGER:
            self.consent()
            if not found:  # it said no when the keys were read, and says yes now
                raise unavailable_root()
        if not found:
            raise controller_unknown()
        return found

    def current(self, purpose: str) -> ControllerKey:
        """Return the newest version of a purpose; raises as ``all``."""
        return self.all(purpose)[0]

    def version(self, purpose: str, version: int) -> ControllerKey | None:
        """Return one version of a purpose, if it is readable."""
        keys = self.keys.get(purpose, ())
        return next((key for key in keys if key.version == version), None)


def controller_unknown() -> NotFound:
    """Return the error of a controller that never had keys."""
    return NotFound("controller.unknown", "There is no such controller.")


def controller_destroyed() -> Gone:
    """Return the error of a controller whose keys were destroyed."""
    return Gone(
        "controller.destroyed",
        "This controller's keys were destroyed; its name is not used again.",
        do="The ledger holds the entry of the destruction.",
    )


def controller_context(controller: str, purpose: str, version: int) -> bytes:
    """Return where a controller key belongs."""
    return _place("controller-key", controller, purpose, str(version))


def subject_context(controller: str, key_id: str, version: int, under: int) -> bytes:
    """Return where a subject key belongs; ``under`` is the version of the key that wraps it."""
    versions = version.to_bytes(4) + under.to_bytes(4)
    return _start("subject-key", controller) + frame(key_id.encode(), versions)


def log_context(log: str) -> bytes:
    """Return where a log's signing key belongs."""
    return _place("log-key", log)


def check_context() -> bytes:
    """Return the place of the value that tells whether the root is the right one."""
    return _place("root-check")


def opening_context(controller: str, entry_id: str) -> bytes:
    """Return where the opening of a ledger entry belongs."""
    return _start("opening", controller) + frame(entry_id.encode())


def version_name(purpose: str, version: int) -> str:
    """Return the key id under which one version of a controller key has its tombstone."""
    return f"{purpose}/{version}"


def read_version_name(name: str) -> tuple[str, int] | None:
    """Return purpose and version of such a name; None for other names."""
    purpose, slash, version = name.partition("/")
    if slash and purpose in PURPOSES and version.isascii() and version.isdigit():
        return purpose, int(version)
    return None


def new_keys(count: int) -> list[bytes]:
    """Return random keys; entropy is drawn in one block, which is quicker and no weaker."""
    return _cut(secrets.token_bytes(KEY_BYTES * count), KEY_BYTES)


def new_ids(count: int) -> list[str]:
    """Return random 128-bit names in hexadecimal, in order; those of one call are neighbours.

    They begin with the same 32 random bits, so that what is stored together stands together in
    every tree that is kept in the order of names: a batch touches a few pages of it instead of one
    page for each row. No clock is in a name, for it outlives its subject (in tombstones).
    """
    first, rest = secrets.token_hex(4), secrets.token_hex(12 * count)
    return sorted(first + rest[at : at + 24] for at in range(0, len(rest), 24))


def new_nonces(count: int) -> list[bytes]:
    """Return random 96-bit nonces, drawn in one block."""
    return _cut(secrets.token_bytes(NONCE_BYTES * count), NONCE_BYTES)


def wrap(aead: AESGCM, context: bytes, key: bytes, nonce: bytes) -> bytes:
    """Return format byte, nonce and ciphertext; format and context are associated data."""
    return FORMAT + nonce + aead.encrypt(nonce, key, frame(FORMAT, context))


def unwrap(aead: AESGCM, context: bytes, wrapped: bytes) -> bytes:
    """Return what ``wrap`` took.

    Raises:
        Broken: ``key.unwrap`` for altered bytes, another context, another key.
    """
    if wrapped[:1] == FORMAT and len(wrapped) > NONCE_BYTES + 16:
        body = 1 + NONCE_BYTES
        try:
            return aead.decrypt(wrapped[1:body], wrapped[body:], frame(FORMAT, context))
        except InvalidTag:
            pass
    raise Broken("key.unwrap", "A wrapped key was altered or moved.")


def derive(secret: bytes, *labels: str) -> bytes:
    """Return a key for one use: HMAC-SHA-256 as a PRF over framed labels (NIST SP 800-108)."""
    return hmac.digest(secret, _place("derive", *labels), "sha256")


def _place(*words: str) -> bytes:
    return frame(b"bailee keys 1", *(word.encode() for word in words))


@lru_cache(maxsize=1024)
def _start(*words: str) -> bytes:
    """Return the part of a place that thousands of keys share; frames can be put end to end."""
    return _place(*words)


def _cut(block: bytes, size: int) -> list[bytes]:
    return [block[start : start + size] for start in range(0, len(block), size)]
