"""What the ledger asks of others; they are handed in at the wiring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LogId = Callable[[sa.Connection, str], str]
"""Answers with a controller's opaque log id: random, because checkpoints are handed out."""


class Secrets(Protocol):
    """Keys of the ledger: they live in the key database, which is backed up apart."""

    def seal_opening(self, controller: str, entry_id: str, plain: bytes) -> bytes:
        """Encrypt an opening under the controller's ledger key, bound to controller and entry."""

    def open_opening(self, controller: str, entry_id: str, sealed: bytes) -> bytes:
        """Decrypt an opening; ``Gone`` when its key was destroyed."""

    def log_signer(self, log: str) -> Ed25519PrivateKey:
        """Return a log's signing key, created and durable before its first use."""

    def guard_head(self, log: str) -> tuple[int, bytes] | None:
        """Return the largest (size, root) that was ever about to be signed."""

    def advance_guard(self, log: str, size: int, root: bytes) -> None:
        """Move the guard, durably, before a note leaves; ``Broken`` for less or another root."""
