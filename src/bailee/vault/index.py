"""Blind indexes: equality without the value (C2.8(1)).

An index entry is HMAC-SHA-256 over the normal form, truncated to 16 bytes, under a key that
exists once per controller, element and version of the normaliser. Two controllers, or two
elements, never share an entry. Whoever holds the database without that key learns which records
of one controller are equal in one element, and nothing else.

An element with few possible values would tell more: its digest is cut down to ``bucket_bits``, so
that many values share a bucket, and a search decrypts the bucket and compares. Elements with
fewer values than that are not indexed at all.

Index keys are replaced online: new entries are written under the newest version, a search asks
for all versions that still exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bailee.vault import mac
from bailee.vault.catalogue import Element

DIGEST_BYTES = 16


def entry(key: bytes, element: Element, normal: str) -> bytes:
    """Return the index entry of a normal form: 16 bytes, or a bucket's few."""
    return maker(key, element)(normal)


def maker(key: bytes, element: Element) -> Callable[[str], bytes]:
    """Return ``entry`` under one key and for one element, for many normal forms."""
    made = mac.under(key)
    if element.index == "bucket":
        return lambda normal: _bucket(made(normal.encode()), element.bucket_bits)
    return lambda normal: made(normal.encode())[:DIGEST_BYTES]


def entries(keys: Iterable[bytes], element: Element, normal: str) -> list[bytes]:
    """Return what to search for: the entry under every living version of the key."""
    return [entry(key, element, normal) for key in keys]


def _bucket(digest: bytes, bits: int) -> bytes:
    size = (bits + 7) // 8
    kept = int.from_bytes(digest[:size], "big") >> (size * 8 - bits)
    return kept.to_bytes(size, "big")
