"""Hashing of passwords: Argon2id, bounded (RFC 9106; C2.5(3), C2.8(3)).

The second recommended option of RFC 9106 (section 4): 64 MiB, three passes, four lanes. Few are
computed at one time, so that a flood of attempts takes neither memory nor all the threads that
serve calls; whoever would have to wait behind too many is told to come back.

For somebody who is nobody the same work is done over a hash that nothing fits.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from bailee.errors import Unavailable

AT_ONCE = 2
WAITING = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: KiB of memory, passes, lanes."""

    memory: int = 65536
    passes: int = 3
    lanes: int = 4


class Hasher:
    """Makes and compares hashes.

    Args:
        cost: of new ones; hashes of another cost are made anew when their password is shown.
        at_once: computed at one time.
        waiting: callers that may wait for that.
        busy: the code by which others are sent away.
    """

    def __init__(
        self,
        cost: Cost | None = None,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        busy: str = "sign_in.busy",
    ) -> None:
        cost = cost or Cost()
        self._argon2 = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory,
            parallelism=cost.lanes,
            hash_len=32,
            salt_len=16,
            type=Type.ID,
        )
        self._slots = threading.Semaphore(at_once)
        self._places = threading.Semaphore(at_once + waiting)
        self._busy = busy
        self._lock = threading.Lock()
        self._nobodys = ""  # owned by _lock

    def hash(self, secret: bytes) -> str:
        """Return the stored form of a password, with a salt of its own."""
        with self._slots:
            return self._argon2.hash(secret)

    def fits(self, stored: str, secret: bytes) -> bool:
        """Tell whether a password is the one that was stored; for '' the same work, and no."""
        with self._slots:
            try:
                self._argon2.verify(stored or self._nobody(), secret)
            except (VerificationError, InvalidHashError):
                return False
            return bool(stored)

    def slot(self) -> AbstractContextManager[object]:
        """Return what is held while a hash of another kind is computed."""
        return self._slots

    def outdated(self, stored: str) -> bool:
        """Tell whether a hash was made at another cost than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _nobody(self) -> str:
        with self._lock:
            if not self._nobodys:
                self._nobodys = self._argon2.hash(secrets.token_bytes(32))
            return self._nobodys

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places for whoever needs a hash; taken before a try is counted.

        Raises:
            Unavailable: ``sign_in.busy``, or the code given.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable(self._busy, "Too many passwords are being compared.", do="Try again.")
        try:
            yield
        finally:
            self._places.release()
