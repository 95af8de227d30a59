"""Marks: what finds a reference or a call again, tells nothing of it, and can be renewed. Pure.

A mark is the deterministic authenticated encryption (AES-SIV, RFC 5297) of a SHA-256 digest, under
one version of the controller's reference key::

    version of the key (4 bytes, big endian) | synthetic IV (16) | encrypted digest (32)

Equal things have equal marks under one version. Unlike a keyed digest, a mark can be brought under
a newer version without what it stands for: it is opened to the digest, and sealed again. When the
older version is destroyed, what was made under it, in whatever copy of the database, is random
bytes: no guess can be tried at it. Marks of older versions sort before those of newer ones, so the
index that finds marks also finds what is to be renewed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bailee.canonical import frame
from bailee.keys import Derived

VERSION_BYTES = 4
LENGTH = VERSION_BYTES + 16 + 32


def digest(*parts: bytes) -> bytes:
    """Return what a mark stands for."""
    return hashlib.sha256(frame(*parts)).digest()


def below(version: int) -> bytes:
    """Return what every mark of an older version sorts before."""
    return version.to_bytes(VERSION_BYTES)


def version_of(mark: bytes) -> int:
    """Return the version of the key that a mark was made under."""
    return int.from_bytes(mark[:VERSION_BYTES])


class Marks:
    """Marks for one use.

    Args:
        keys: the controller's reference keys: written with the first, read with all.
        use: what is marked; marks of two uses are never equal.
    """

    def __init__(self, keys: Sequence[Derived], use: bytes) -> None:
        self._use = [b"bailee mark", use]
        self._ciphers = {
            key.version: AESSIV(hmac.digest(key.key, b"bailee marks", "sha512")) for key in keys
        }
        self.version = keys[0].version

    def make(self, meant: bytes) -> bytes:
        """Return the mark of a digest, as it is written."""
        return self._seal(self.version, meant)

    def all(self, meant: bytes) -> list[bytes]:
        """Return the marks by which a digest may stand in the database, the written one first."""
        return [self._seal(version, meant) for version in self._ciphers]

    def renew(self, mark: bytes) -> bytes | None:
        """Return a mark as it is written now; None when its version is gone, or it was altered."""
        version = version_of(mark)
        if version not in self._ciphers:
            return None
        try:
            return self.make(self._ciphers[version].decrypt(mark[VERSION_BYTES:], self._use))
        except InvalidTag:
            return None

    def _seal(self, version: int, meant: bytes) -> bytes:
        return below(version) + self._ciphers[version].encrypt(meant, self._use)
