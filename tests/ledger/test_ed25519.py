"""The verifier's own Ed25519 against RFC 8032 §7.1 and against OpenSSL."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.ledger.verify import Q, ed25519_verifies

# RFC 8032 §7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
            "6bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d"
            "8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6"
            "594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_published_signatures_verify(vector: tuple[str, str, str]) -> None:
    """The RFC's signatures verify; for another message, or with one bit changed, they do not."""
    public, message, signature = (bytes.fromhex(text) for text in vector)
    assert ed25519_verifies(public, message, signature)
    assert not ed25519_verifies(public, message + b"x", signature)
    for at in (0, 31, 32, 63):
        bent = bytearray(signature)
        bent[at] ^= 1
        assert not ed25519_verifies(public, message, bytes(bent))


def test_agrees_with_openssl() -> None:
    """Signatures that OpenSSL makes verify."""
    for _ in range(8):
        key, message = Ed25519PrivateKey.generate(), os.urandom(99)
        assert ed25519_verifies(key.public_key().public_bytes_raw(), message, key.sign(message))


def test_second_spellings_are_refused() -> None:
    """A scalar past the group's order, a point that is none, and wrong lengths are refused."""
    public, message, signature = (bytes.fromhex(text) for text in VECTORS[1])
    scalar = int.from_bytes(signature[32:], "little") + Q
    assert not ed25519_verifies(public, message, signature[:32] + scalar.to_bytes(32, "little"))
    assert not ed25519_verifies(b"\xff" * 32, message, signature)
    assert not ed25519_verifies((2).to_bytes(32, "little"), message, signature)
    assert not ed25519_verifies(public, message, signature[:-1])
    assert not ed25519_verifies(public[:-1], message, signature)
