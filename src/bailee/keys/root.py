"""The root: the one key that no database holds (C2.8(3): keys are themselves encrypted).

A provider keeps it in a file, a KMS or an HSM and does two things with it. The context is
associated data: a wrapped key opens only in the place it was wrapped for.

The promise of every provider, proven by one behavioural test (``tests/keys/roots.py``):

* ``unwrap(context, wrap(context, key)) == key``, and no other context opens it.
* Bytes that another root wrapped: Broken ``root.wrong``. Altered or moved bytes: Broken
  ``key.unwrap``. A root that is not there: Unavailable ``root.missing``. A passphrase that does
  not fit: Refused ``root.passphrase``.
"""

from __future__ import annotations

from typing import Protocol

from bailee.errors import Broken

KEY_BYTES = 32
"""Length of every symmetric key in the house: AES-256."""


class Root(Protocol):
    """What wraps controller keys and log keys."""

    @property
    def key_id(self) -> str:
        """Name of the root key, hex; says nothing about the key, tells two roots apart."""

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted, bound to ``context``."""

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key that ``wrap`` encrypted for this ``context``.

        Raises:
            Broken: ``root.wrong``, ``key.unwrap``.
            Unavailable: the provider does not answer.
        """


def wrong_root() -> Broken:
    """Return the error of a root that is not the one these keys were wrapped with."""
    return Broken(
        "root.wrong",
        "This is not the root key that the key database was made with.",
        do="Give the root key named in the key database, or restore it from its recovery kit.",
    )
