"""Encryption of single values: what opens, and what does not (C2.8(1), C2.8(3))."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from bailee.errors import Invalid
from bailee.vault import cipher

KEY = AESGCM(bytes(range(32)))
NONCE = bytes(12)
HERE = cipher.place("acme", "subject-1", "record-1")
WHERE = (HERE, "person.ssn")


def sealed(plain: bytes = b"536-90-4399", version: int = 7) -> bytes:
    """Return a ciphertext of a value at its place."""
    return cipher.seal(KEY, version, WHERE, (NONCE, plain))


def test_the_layout_is_the_published_one() -> None:
    """Format, algorithm, key version, nonce, ciphertext, tag; the place and header are associated.

    The associated data is written out by hand here: four-byte lengths before each part.
    """
    header = bytes([1, 1, 0, 0, 0, 7])
    parts = [b"bailee value", b"acme", b"subject-1", b"record-1", b"person.ssn", b"1", header]
    associated = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    expected = header + NONCE + KEY.encrypt(NONCE, b"536-90-4399", associated)

    assert sealed() == expected
    assert cipher.key_version(expected) == 7


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1))
def test_what_was_sealed_opens_in_its_place(plain: bytes, version: int) -> None:
    """Every value comes back, under every version of a key."""
    assert cipher.unseal(KEY, WHERE, sealed(plain, version)) == plain


MOVED = {
    "controller": (cipher.place("globex", "subject-1", "record-1"), "person.ssn"),
    "subject": (cipher.place("acme", "subject-2", "record-1"), "person.ssn"),
    "record": (cipher.place("acme", "subject-1", "record-2"), "person.ssn"),
    "no record": (cipher.place("acme", "subject-1"), "person.ssn"),
    "element": (HERE, "person.passport"),
    "frame": (cipher.place("acmes", "ubject-1", "record-1"), "person.ssn"),
}


@pytest.mark.parametrize("dimension", MOVED)
def test_a_value_moved_in_any_dimension_does_not_open(dimension: str) -> None:
    """Another tenant, person, row, field, or the same letters framed elsewhere: nothing opens."""
    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        cipher.unseal(KEY, MOVED[dimension], sealed())


def test_another_key_does_not_open() -> None:
    """Another subject's key, or none, opens nothing."""
    for key in (AESGCM(bytes(32)), None):
        with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
            cipher.unseal(key, WHERE, sealed())


@pytest.mark.parametrize("at", range(len(sealed())))
def test_every_byte_is_bound(at: int) -> None:
    """One changed bit anywhere, version of the key included, and nothing opens."""
    data = bytearray(sealed())
    data[at] ^= 1

    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        cipher.unseal(KEY, WHERE, bytes(data))


@given(st.binary(max_size=80))
def test_rubbish_does_not_open(data: bytes) -> None:
    """Any bytes are refused in the one way that tells nothing."""
    with pytest.raises(Invalid) as caught:
        cipher.unseal(KEY, WHERE, data)

    assert caught.value.says == "A ciphertext does not open here."
    assert caught.value.__cause__ is None


def test_nonces_are_fresh() -> None:
    """A batch's nonces differ from one another, 12 bytes each."""
    drawn = cipher.nonces(1000)

    assert len(set(drawn)) == 1000
    assert {len(nonce) for nonce in drawn} == {12}


@given(st.binary(min_size=1, max_size=200))
def test_the_armour_is_one_to_one(data: bytes) -> None:
    """Bytes come back from the armoured form, which is safe in JSON and in URLs."""
    text = cipher.armour(data)

    assert text.startswith("bv1.")
    assert set(text[4:]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert cipher.unarmour(text) == data


@pytest.mark.parametrize(
    "text",
    ["", "bv1.", "bv2.AAAA", "AAAA", "bv1.A", "bv1.AB==", "bv1.A A", "bv1.\u00e9", "bv1.AB"],
)
def test_other_spellings_are_refused(text: str) -> None:
    """Another version, padding, white space, stray bits: one spelling only."""
    with pytest.raises(Invalid, match=r"^ciphertext\.wrong_place"):
        cipher.unarmour(text)
