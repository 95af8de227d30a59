"""Marks: found by, told nothing by, renewed without being known (C2.8(1), C6)."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from bailee.keys import Derived
from bailee.vault.mark import LENGTH, Marks, below, digest, version_of

OLD, NEW = Derived(1, bytes(range(32))), Derived(2, bytes(range(32, 64)))
MEANT = digest(b"bailee subject", b"cust-1")


def cmac(key: bytes, message: bytes) -> bytes:
    """Return AES-CMAC (RFC 4493)."""
    made = CMAC(algorithms.AES(key))
    made.update(message)
    return made.finalize()


def doubled(block: bytes) -> bytes:
    """Double in GF(2**128) (RFC 5297 section 2.3)."""
    shifted = (int.from_bytes(block) << 1) & (2**128 - 1)
    return (shifted ^ (0x87 if block[0] & 0x80 else 0)).to_bytes(16)


def siv(key: bytes, words: list[bytes], plain: bytes) -> bytes:
    """Return AES-SIV as RFC 5297 writes it down, for plain texts of 16 bytes and more."""
    mac, counter = key[: len(key) // 2], key[len(key) // 2 :]
    d = cmac(mac, bytes(16))
    for word in words:
        d = bytes(a ^ b for a, b in zip(doubled(d), cmac(mac, word), strict=True))
    end = bytes(a ^ b for a, b in zip(plain[-16:], d, strict=True))
    v = cmac(mac, plain[:-16] + end)
    start = bytearray(v)
    start[8] &= 0x7F
    start[12] &= 0x7F
    made = Cipher(algorithms.AES(counter), modes.CTR(bytes(start))).encryptor()
    return v + made.update(plain)


def test_a_mark_is_what_the_standard_makes_of_the_digest() -> None:
    """Version in four bytes, then AES-SIV under a key of HMAC-SHA-512, as RFC 5297 computes it."""
    framed = b"\0\0\0\x0ebailee subject\0\0\0\x06cust-1"
    meant = hashlib.sha256(framed).digest()
    key = hmac.digest(OLD.key, b"bailee marks", "sha512")

    made = Marks([OLD], b"subject").make(meant)

    assert meant == MEANT
    assert made == b"\0\0\0\x01" + siv(key, [b"bailee mark", b"subject"], meant)
    assert len(made) == LENGTH == 52


def test_marks_of_other_keys_uses_and_meanings_differ() -> None:
    """Nothing about two marks under different keys or uses tells that they mean the same."""
    marks = {
        Marks([key], use).make(meant)[4:]
        for key in (OLD, NEW)
        for use in (b"subject", b"call")
        for meant in (MEANT, digest(b"bailee subject", b"cust-2"))
    }

    assert len(marks) == 8


@given(st.binary(min_size=32, max_size=32))
def test_a_renewed_mark_is_the_one_that_would_be_written_now(meant: bytes) -> None:
    """Who knows the reference finds it, though who renewed the mark did not."""
    before = Marks([OLD], b"subject").make(meant)
    both = Marks([NEW, OLD], b"subject")

    assert both.renew(before) == Marks([NEW], b"subject").make(meant) == both.all(meant)[0]
    assert before in both.all(meant)
    assert before < below(2) <= both.make(meant)


@pytest.mark.parametrize("place", [0, 3, 4, 19, 20, 51])
def test_an_altered_mark_and_one_of_a_dead_key_are_not_renewed(place: int) -> None:
    """One changed bit, another use, or a key that is gone: nothing comes of it."""
    made = bytearray(Marks([OLD], b"subject").make(MEANT))
    made[place] ^= 1

    assert Marks([NEW, OLD], b"subject").renew(bytes(made)) is None
    assert Marks([NEW], b"subject").renew(Marks([OLD], b"subject").make(MEANT)) is None
    assert Marks([OLD], b"call").renew(Marks([OLD], b"subject").make(MEANT)) is None
    assert version_of(Marks([NEW], b"subject").make(MEANT)) == 2
