"""The root: the one key that no database holds (C2.8(3): keys are themselves encrypted).

A provider keeps it in a file, a KMS or an HSM and does two things with it. The context is
associated data: a wrapped key opens only in the place it was wrapped for.

The promise of every provider, proven by one behavioural test (``tests/keys/test_roots.py``):

* ``unwrap(context, wrap(context, key)) == key``, and no other context opens it.
* Bytes that another root wrapped: Broken ``root.wrong``. Altered or moved bytes: Broken
  ``key.unwrap``. A version of the root that the provider opens with no more: Broken
  ``root.retired``. A root that is not there: Unavailable ``root.missing``. A provider that does
  not answer in time: Unavailable ``root.unavailable``. A credential it does not take: Unavailable
  ``root.refused``; it is ours, and whoever called us can do nothing about it. A passphrase that
  does not fit: Refused ``root.passphrase``.
* Every call ends, whatever the provider does, and the next ones after it are quick about failing.
* No sentence of an error carries anything that was wrapped, nor a credential.
"""

from __future__ import annotations

import secrets
from typing import Protocol

from bailee.errors import Broken, Failure, Unavailable

KEY_BYTES = 32
"""Length of every symmetric key in the house: AES-256."""
LIMIT_SECONDS = 3.0
"""How long a provider has to connect, and again to answer."""
CHECK_CONTEXT = b"bailee root: does it answer"


class Root(Protocol):
    """What wraps controller keys and log keys."""

    @property
    def key_id(self) -> str:
        """Name of the root key, hex; says nothing about the key, tells two roots apart."""

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted, bound to ``context``.

        Raises:
            Unavailable: ``root.unavailable``, ``root.missing``, ``root.refused``.
        """

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key that ``wrap`` encrypted for this ``context``.

        Raises:
            Broken: ``root.wrong``, ``root.retired``, ``key.unwrap``. And as ``wrap``.
        """

    def close(self) -> None:
        """Let go of connections and processes; nothing is asked of it afterwards."""


def check(root: Root) -> None:
    """Ask a root for a real wrap and unwrap of a key that nobody uses; raises as these do."""
    key = secrets.token_bytes(KEY_BYTES)
    if root.unwrap(CHECK_CONTEXT, root.wrap(CHECK_CONTEXT, key)) != key:
        raise wrong_root()


def says_no(failure: Failure) -> bool:
    """Say whether a provider answered, and with a no: it wrapped and unwrapped nothing."""
    return failure.code == refused_root().code or not isinstance(failure, Unavailable)


def wrong_root() -> Broken:
    """Return the error of a root that is not the one these keys were wrapped with."""
    return Broken(
        "root.wrong",
        "This is not the root key that the key database was made with.",
        do="Give the root key named in the key database, or restore it from its recovery kit.",
    )


def retired_root() -> Broken:
    """Return the error of a version that the provider has, but opens with no more."""
    return Broken(
        "root.retired",
        "The provider does not open with the version of the root key that wrapped this.",
        do="Allow the version again at the provider, move the root, then retire it.",
    )


def altered_key() -> Broken:
    """Return the error of bytes that are not what a root wrapped for this place."""
    return Broken("key.unwrap", "A wrapped key was altered or moved.")


def unavailable_root() -> Unavailable:
    """Return the error of a provider that does not answer, or not in time."""
    return Unavailable(
        "root.unavailable",
        "The provider of the root key does not answer.",
        do="Try again; keys that are unwrapped already go on working.",
    )


def missing_root() -> Unavailable:
    """Return the error of a provider that answers and has no such key."""
    return Unavailable(
        "root.missing",
        "The provider has no such root key.",
        do="Correct BAILEE_ROOT, or restore the key at its provider.",
    )


def refused_root() -> Unavailable:
    """Return the error of a provider that does not take our credential or our request."""
    return Unavailable(
        "root.refused",
        "The provider of the root key refused the credential.",
        do="Give the server a credential that may encrypt and decrypt with the root key.",
    )
