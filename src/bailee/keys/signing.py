"""Keys that sign logs, and the guard that lets each log grow in one direction only (C5.2).

A note with a smaller size, or with another root at the same size, would be a fork of the log. The
guard is a compare-and-swap in the key database, which is not restored together with the data; it
is durable there and in the mirror before the note leaves.

Beside them stands the key that signs documents (reports in evidence packs), kept as a log's is:
random, wrapped by the root, in the key database alone. It signs what a person reads; nothing that
a verifier decides hangs on it.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bailee.clock import read_time
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid
from bailee.keys import hierarchy, register
from bailee.keys.cache import NO_EPOCH
from bailee.keys.mirror import Head, guard_broken
from bailee.keys.strongroom import Strongroom
from bailee.keys.tworoots import with_named_root

ATTEMPTS = 8
LOG_LENGTH = 255
DOCUMENTS = "document signing 1"
"""Stands where a log's name stands; the blank keeps it from ever being one (an origin has none)."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256 (SP 800-186, 3.2.1.3)."""


class Signing:
    """Log keys and signing guards."""

    def __init__(self, room: Strongroom) -> None:
        self._room = room
        self._mirrored: dict[str, Head] = {}

    def log_signer(self, log: str) -> Ed25519PrivateKey:
        """Return a log's key; the first call makes it, durable before it is returned."""
        known = self._room.signers.get_many(HOUSE, NO_EPOCH, (log,)).get(log)
        if known is not None:
            return known
        if not 0 < len(log) <= LOG_LENGTH:
            raise Invalid("log.name", "A log's name has 1 to 255 characters.")
        signer = Ed25519PrivateKey.from_private_bytes(self._seed(log))
        # No epoch: the key of a log is never replaced, a successor is opened instead.
        self._room.signers.put_many(HOUSE, NO_EPOCH, {log: signer})
        return signer

    def document_signer(self) -> tuple[ec.EllipticCurvePrivateKey, datetime]:
        """Return the key that signs documents (ECDSA, P-256) and since when it exists.

        The first call makes it, durable before it is returned. The scalar is drawn out of the
        wrapped seed with 128 bits to spare, as FIPS 186-5 A.2.1 wants.
        """
        seed = self._seed(DOCUMENTS)
        spread = HKDF(SHA256(), length=48, salt=None, info=b"bailee/document-key/v1").derive(seed)
        scalar = int.from_bytes(spread, "big") % (_ORDER - 1) + 1
        since = self._room.database.read(HOUSE, lambda conn: register.since(conn, DOCUMENTS))
        return ec.derive_private_key(scalar, ec.SECP256R1()), read_time(since)

    def _seed(self, log: str) -> bytes:
        database = self._room.database
        wrapped = database.read(HOUSE, lambda conn: register.one_log_key(conn, log))
        wrapped = wrapped or with_named_root(lambda: self._make(log))
        return self._room.root.unwrap(hierarchy.log_context(log), wrapped)

    def guard_head(self, log: str) -> tuple[int, bytes] | None:
        """Return size and root of the last head that may have been signed."""
        head = self._room.database.read(HOUSE, lambda conn: register.one_head(conn, log))
        return None if head is None else (head.size, bytes.fromhex(head.root))

    def advance_guard(self, log: str, size: int, root: bytes) -> None:
        """Let a head be signed; durable in both places on return.

        Dying after the first place: nothing was signed, and the same head may be asked again.

        Raises:
            Broken: ``log.guard`` for a smaller size, or another root at the same size.
            Conflict: ``log.contended`` when others keep moving it.
        """
        head = Head(log, size, root.hex())
        for _ in range(ATTEMPTS):
            try:
                if self._room.database.write(HOUSE, lambda conn: _advance(conn, head)):
                    break
            except sa.exc.IntegrityError:
                continue  # another writer made the first row: look again
        else:
            raise _contended()
        if self._mirrored.get(log) != head:
            self._room.mirror.append([head])
            self._mirrored[log] = head

    def _make(self, log: str) -> bytes:
        seed = hierarchy.new_keys(1)[0]
        wrapped = self._room.root.wrap(hierarchy.log_context(log), seed)
        created = self._room.now()

        def work(conn: sa.Connection) -> bytes:
            self._room.hold_root(conn, HOUSE, [("log", wrapped)])
            there = register.one_log_key(conn, log)
            if there is None:
                register.add_log_key(conn, log, wrapped, created)
            return there or wrapped

        try:
            return self._room.database.write(HOUSE, work)
        except sa.exc.IntegrityError:  # another process was first; its key is the log's
            return self._room.database.read(HOUSE, lambda conn: _there(conn, log))


def follows(before: Head | None, after: Head) -> bool:
    """Say whether a head moves the guard; False when it stands there already. Pure.

    Raises:
        Broken: ``log.guard``.
    """
    if before is None or after.size > before.size:
        return True
    if after != before:
        raise guard_broken()
    return False


def _advance(conn: sa.Connection, head: Head) -> bool:
    """Compare and swap; False when somebody else moved it in between."""
    before = register.one_head(conn, head.log)
    return register.move_head(conn, before, head) if follows(before, head) else True


def _there(conn: sa.Connection, log: str) -> bytes:
    wrapped = register.one_log_key(conn, log)
    if wrapped is None:
        raise _contended()
    return wrapped


def _contended() -> Conflict:
    return Conflict("log.contended", "Others are signing this log.", retryable=True)
