"""Root in a file: 32 random bytes, optionally locked with a passphrase (Argon2id).

Two lines: a header in canonical JSON, which is authenticated, and the body in hex. Without a
passphrase the body is the key and a keyed check of the header; with one it is the key encrypted
under the passphrase, the header as associated data. The file is 0600 or it is refused.

Argon2id runs with the second recommended option of RFC 9106 §4 (64 MiB, 3 passes, 4 lanes).
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bailee.canonical import decode, encode, frame
from bailee.errors import Broken, Failure, Invalid, Refused
from bailee.keys import files
from bailee.keys.root import KEY_BYTES, altered_key, wrong_root

FORMAT = 1
NONCE_BYTES = 12
CHECK_BYTES = 32
ID_BYTES = 8
LEAST_PASSPHRASE = 12
"""Characters; the file is all that stands between a thief of the disk and the root."""


@dataclass(frozen=True)
class Cost:
    """What one guess at the passphrase costs; kept in the header, bounded on reading."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def bounded(self) -> bool:
        """Say whether a reader may spend this: a forged header must not exhaust the machine."""
        return (
            8 * self.lanes <= self.memory_kib <= 2 * 1024 * 1024
            and 1 <= self.passes <= 64
            and 1 <= self.lanes <= 64
        )


class LocalRoot:
    """A root whose key is in this process's memory.

    Python cannot wipe it: see ``bailee.keys`` on memory.
    """

    def __init__(self, key: bytes) -> None:
        self._key_id = key_id(key)
        self._aead = AESGCM(key)
        self._header = bytes([FORMAT]) + bytes.fromhex(self._key_id)

    @property
    def key_id(self) -> str:
        """Return the root's name: 16 hex digits of a keyed hash."""
        return self._key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return header (format, root's name), nonce, and the encrypted key."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._header + nonce + self._aead.encrypt(nonce, key, frame(self._header, context))

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key; see ``Root``."""
        header, rest = wrapped[: len(self._header)], wrapped[len(self._header) :]
        if header != self._header:
            raise wrong_root()
        try:
            return self._aead.decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], frame(header, context)
            )
        except (InvalidTag, ValueError):
            raise altered_key() from None

    def close(self) -> None:
        """Do nothing: there is nobody to let go of."""


def key_id(key: bytes) -> str:
    """Return the name of a root key."""
    return hmac.digest(key, b"bailee root name 1", "sha256")[:ID_BYTES].hex()


def create(path: Path, passphrase: str = "", *, key: bytes = b"", cost: Cost | None = None) -> str:
    """Make a root key file and return the root's name.

    Args:
        path: where; a file that is there is never overwritten (Conflict ``root.exists``).
        passphrase: locks the file; empty for none.
        key: a key from a recovery kit; empty makes a new one.
        cost: of one guess at the passphrase.
    """
    key = key or secrets.token_bytes(KEY_BYTES)
    if len(key) != KEY_BYTES:
        raise Invalid("root.length", "A root key has 32 bytes.")
    if passphrase and len(passphrase) < LEAST_PASSPHRASE:
        raise Invalid("root.passphrase_short", "A root's passphrase has 12 characters or more.")
    name = key_id(key)
    cost = cost or Cost()
    lock: dict[str, Any] | None = None
    if passphrase:
        lock = {
            "kdf": "argon2id",
            "salt": secrets.token_hex(16),
            "memory_kib": cost.memory_kib,
            "passes": cost.passes,
            "lanes": cost.lanes,
            "nonce": secrets.token_hex(NONCE_BYTES),
        }
    header = encode({"file": "bailee root", "version": FORMAT, "root": name, "lock": lock})
    if lock is None:
        body = key + _check(key, header)
    else:
        nonce = bytes.fromhex(lock["nonce"])
        body = _locking_key(passphrase, lock).encrypt(nonce, key, header)
    files.create(path, header + b"\n" + body.hex().encode() + b"\n")
    return name


def open_root(path: Path, passphrase: str = "") -> LocalRoot:
    """Open a root key file.

    Raises:
        Unavailable: ``root.missing``. Refused: ``root.permissions``, ``root.passphrase``.
        Broken: ``root.file`` when the file is not one, or was altered.
    """
    return LocalRoot(read_key(path, passphrase))


def read_key(path: Path, passphrase: str = "") -> bytes:
    """Return the root key itself; only for a recovery kit. Raises as ``open_root``."""
    data = files.read_private(path)
    header, lock, body = _parse(data)
    if lock is None:
        key, check = body[:KEY_BYTES], body[KEY_BYTES:]
        if not hmac.compare_digest(check, _check(key, header)):
            raise _not_a_root()
        return key
    try:
        return _locking_key(passphrase, lock).decrypt(bytes.fromhex(lock["nonce"]), body, header)
    except InvalidTag:
        raise Refused(
            "root.passphrase",
            "The passphrase does not open the root key file, or the file was altered.",
            do="Give the passphrase again, or restore the root from its recovery kit.",
        ) from None


def _parse(data: bytes) -> tuple[bytes, dict[str, Any] | None, bytes]:
    """Return header bytes, lock and body of a root key file, every field checked."""
    try:
        header, text, rest = data.split(b"\n")
        body = bytes.fromhex(text.decode("ascii"))
        fields = decode(header)
        lock = fields["lock"]
        length = KEY_BYTES + CHECK_BYTES
        if lock is not None:
            cost = Cost(lock["memory_kib"], lock["passes"], lock["lanes"])
            salt, nonce = bytes.fromhex(lock["salt"]), bytes.fromhex(lock["nonce"])
            sizes = (len(salt), len(nonce)) == (16, NONCE_BYTES)
            sound = sizes and cost.bounded() and lock["kdf"] == "argon2id"
            length = KEY_BYTES + 16
        else:
            sound = True
        known = fields["file"] == "bailee root" and fields["version"] == FORMAT
    except (ValueError, KeyError, TypeError, Failure):
        raise _not_a_root() from None
    if rest or not sound or not known or len(body) != length:
        raise _not_a_root()
    return header, lock, body


def _locking_key(passphrase: str, lock: dict[str, Any]) -> AESGCM:
    kdf = Argon2id(
        salt=bytes.fromhex(lock["salt"]),
        length=KEY_BYTES,
        iterations=lock["passes"],
        lanes=lock["lanes"],
        memory_cost=lock["memory_kib"],
    )
    # NFKC: the same words typed on another keyboard are the same passphrase.
    return AESGCM(kdf.derive(unicodedata.normalize("NFKC", passphrase).encode()))


def _check(key: bytes, header: bytes) -> bytes:
    return hmac.digest(key, frame(b"bailee root file 1", header), "sha256")


def _not_a_root() -> Broken:
    return Broken(
        "root.file",
        "The file is not a root key file, or it was altered.",
        do="Restore the root from its recovery kit.",
    )
