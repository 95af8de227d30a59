"""Keyed digests: HMAC-SHA-256 (RFC 2104, FIPS 198-1), many under one key. Pure.

Half of the work of a short digest is making ready for its key. A batch has thousands of values and
few keys, so that is done once for each key, and for the words that all its messages begin with.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

Mac = Callable[[bytes], bytes]
"""From a message to its 32 bytes."""

_SHA256 = SHA256()


def under(key: bytes, start: bytes = b"") -> Mac:
    """Return the digest under a key; ``start`` stands before every message."""
    ready = HMAC(key, _SHA256)
    ready.update(start)

    def digest(message: bytes) -> bytes:
        state = ready.copy()
        state.update(message)
        return state.finalize()

    return digest
