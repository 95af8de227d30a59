"""A log of its own for a witness's tests: leaves, roots and proofs by RFC 6962's definitions.

Written from the text of the standard, recursively, and apart from the code under test.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "log.example/5f2c/2026"


def node(left: bytes, right: bytes) -> bytes:
    """Return an inner node's hash."""
    return sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """Return the largest power of two below a count."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def root(leaves: list[bytes]) -> bytes:
    """Return MTH (RFC 6962 §2.1)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def proof(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """Return SUBPROOF (RFC 6962 §2.1.2)."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*proof(old, leaves[:k], whole=whole), root(leaves[k:])]
    return [*proof(old - k, leaves[k:], whole=False), root(leaves[:k])]


class Log:
    """A log with its key; ``fork`` makes another history from an entry on."""

    def __init__(self, origin: str = ORIGIN, seed: bytes = b"log") -> None:
        self.origin = origin
        self.key = Ed25519PrivateKey.from_private_bytes(sha256(seed).digest())
        self.public = self.key.public_key().public_bytes_raw()
        self.fork_at = 1 << 60

    @property
    def key_id(self) -> bytes:
        """Return the key's id (C2SP signed-note)."""
        return sha256(self.origin.encode() + b"\n\x01" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the key's text (C2SP signed-note)."""
        shown = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.origin}+{self.key_id.hex()}+{shown}"

    def leaves(self, size: int) -> list[bytes]:
        """Return the first entries."""
        return [b"%d%b" % (n, b"!" if n >= self.fork_at else b"") for n in range(size)]

    def text(self, size: int, more: str = "") -> str:
        """Return what is signed."""
        shown = base64.b64encode(root(self.leaves(size))).decode()
        return f"{self.origin}\n{size}\n{shown}\n{more}"

    def note(self, size: int, more: str = "") -> str:
        """Return a signed checkpoint."""
        text = self.text(size, more)
        line = base64.b64encode(self.key_id + self.key.sign(text.encode())).decode()
        return f"{text}\n\u2014 {self.origin} {line}\n"

    def body(self, old: int, size: int, *, path: list[bytes] | None = None, more: str = "") -> str:
        """Return the body of a submission."""
        if path is None:
            path = proof(old, self.leaves(size)) if 0 < old <= size else []
        lines = "".join(base64.b64encode(one).decode() + "\n" for one in path)
        return f"old {old}\n{lines}\n{self.note(size, more)}"
