"""The stored form of what a provider wrapped. Pure.

    format 2 | name of the root (8 bytes) | digest (16) | what the provider gave

Format and name are associated data of the provider's own encryption, together with the context
(``bound``): that alone protects the key. The digest of it all has no secret and keeps nobody out.
It only tells two accidents apart that a provider reports alike: bytes that were altered or moved
(``key.unwrap``), and a sound wrapping that this root cannot open, which another root of the same
name has made (``root.wrong``). Somebody who alters bytes and makes the digest fit is told the
second, and is refused just the same.
"""

from __future__ import annotations

import hashlib
import hmac

from bailee.canonical import frame
from bailee.keys.root import altered_key, wrong_root

FORMAT = b"\x02"
ID_BYTES = 8
DIGEST_BYTES = 16
HEADER_BYTES = 1 + ID_BYTES


def name_root(kind: str, *place: str) -> str:
    """Return the name of a root that lies somewhere: 16 hex digits of a hash of the place.

    A provider that makes a new version of the key in the same place keeps the name.
    """
    words = (word.encode() for word in place)
    framed = frame(b"bailee root place 1", kind.encode(), *words)
    return hashlib.sha256(framed).digest()[:ID_BYTES].hex()


def maker(wrapped: bytes) -> str:
    """Return the name of the root that wrapped these bytes, as they say themselves."""
    return wrapped[1:HEADER_BYTES].hex()


def bound(key_id: str, context: bytes) -> bytes:
    """Return the associated data for a context: the provider must not open without it."""
    return frame(FORMAT + bytes.fromhex(key_id), context)


def seal(key_id: str, context: bytes, body: bytes) -> bytes:
    """Return what is stored of a provider's answer."""
    return FORMAT + bytes.fromhex(key_id) + _digest(key_id, context, body) + body


def unseal(key_id: str, context: bytes, wrapped: bytes) -> bytes:
    """Return what the provider gave when it wrapped.

    Raises:
        Broken: ``root.wrong`` for another root's, ``key.unwrap`` for altered or moved bytes.
    """
    if wrapped[:HEADER_BYTES] != FORMAT + bytes.fromhex(key_id):
        raise wrong_root()
    body = wrapped[HEADER_BYTES + DIGEST_BYTES :]
    digest = wrapped[HEADER_BYTES : HEADER_BYTES + DIGEST_BYTES]
    if not hmac.compare_digest(digest, _digest(key_id, context, body)):
        raise altered_key()
    return body


def _digest(key_id: str, context: bytes, body: bytes) -> bytes:
    framed = frame(b"bailee sealed 1", bound(key_id, context), body)
    return hashlib.sha256(framed).digest()[:DIGEST_BYTES]
