"""A key database for the ledger's tests: believable, in memory, and it keeps what it was asked."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.canonical import frame
from bailee.errors import Broken, Gone


class SimulatedSecrets:
    """Seals, signs and guards like keys do; survives "restarts" of whoever uses it.

    ``before_check``, ``before_guard`` and ``before_sign`` are called at those steps, for tests that
    stop there or do something meanwhile.
    """

    def __init__(self) -> None:
        self.guards: dict[str, tuple[int, bytes]] = {}
        self.moves: list[tuple[str, int, bytes]] = []
        self.destroyed: set[str] = set()
        self.before_check: Callable[[], None] = lambda: None
        self.before_guard: Callable[[], None] = lambda: None
        self.before_sign: Callable[[], None] = lambda: None
        self._keys: dict[str, AESGCM] = {}
        self._lock = threading.Lock()

    def _key(self, controller: str) -> AESGCM:
        if controller in self.destroyed:
            raise Gone("key.destroyed", "The key was destroyed.")
        return self._keys.setdefault(controller, AESGCM(sha256(controller.encode()).digest()))

    def seal_opening(self, controller: str, entry_id: str, plain: bytes) -> bytes:
        """Encrypt with controller and entry as associated data."""
        nonce = os.urandom(12)
        bound = frame(controller.encode(), entry_id.encode())
        return nonce + self._key(controller).encrypt(nonce, plain, bound)

    def open_opening(self, controller: str, entry_id: str, sealed: bytes) -> bytes:
        """Decrypt; a box moved to another entry does not open."""
        bound = frame(controller.encode(), entry_id.encode())
        try:
            return self._key(controller).decrypt(sealed[:12], sealed[12:], bound)
        except InvalidTag:
            raise Broken("key.sealed", "The box does not open.") from None

    def log_signer(self, log: str) -> Ed25519PrivateKey:
        """Return the same key for the same log, always."""
        self.before_sign()
        return Ed25519PrivateKey.from_private_bytes(sha256(b"signer" + log.encode()).digest())

    def guard_head(self, log: str) -> tuple[int, bytes] | None:
        """Return the largest head that was about to be signed."""
        self.before_check()
        return self.guards.get(log)

    def advance_guard(self, log: str, size: int, root: bytes) -> None:
        """Compare and swap, as the key database does."""
        self.before_guard()
        with self._lock:
            old = self.guards.get(log)
            if old is not None and (size < old[0] or (size == old[0] and root != old[1])):
                raise Broken("log.guard", "The guard only moves forward.")
            self.guards[log] = (size, root)
            self.moves.append((log, size, root))
