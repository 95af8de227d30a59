"""Blind indexes and tokens."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import replace

import pytest

from bailee.vault import index, token
from bailee.vault.catalogue import CATALOGUE

NAME = CATALOGUE["person.name"]
BIRTH = CATALOGUE["person.birth_date"]


def test_an_entry_is_a_truncated_keyed_hash() -> None:
    """RFC 4231, test case 2, cut to 16 bytes."""
    expected = bytes.fromhex("5bdcc146bf60754e6a042426089575c7")

    assert index.entry(b"Jefe", NAME, "what do ya want for nothing?") == expected


@pytest.mark.parametrize(("bits", "expected"), [(8, "5b"), (12, "05bd"), (4, "05"), (16, "5bdc")])
def test_a_bucket_is_the_first_bits(bits: int, expected: str) -> None:
    """Low-entropy elements keep the first bits of RFC 4231's digest and no more."""
    element = replace(BIRTH, bucket_bits=bits)

    entry = index.entry(b"Jefe", element, "what do ya want for nothing?")

    assert entry == bytes.fromhex(expected)


def test_many_birth_dates_share_a_bucket() -> None:
    """A century of birth dates falls into fewer buckets than there are days."""
    days = [
        f"{y}-{m:02d}-{d:02d}"
        for y in range(1920, 2020)
        for m in range(1, 13)
        for d in range(1, 29)
    ]

    entries = {index.entry(b"key", BIRTH, day) for day in days}

    assert len(entries) <= 4096 < len(days) / 8


def test_a_search_asks_under_every_living_key() -> None:
    """While a key is replaced, both versions are asked for."""
    assert index.entries([b"new", b"old"], NAME, "x") == [
        index.entry(b"new", NAME, "x"),
        index.entry(b"old", NAME, "x"),
    ]


def test_tokens_are_random_and_look_like_tokens() -> None:
    """Each is ``tok_`` and 128 random bits in base32; none comes twice."""
    made = token.fresh(1000)

    assert len(set(made)) == 1000
    assert all(re.fullmatch("tok_[a-z2-7]{26}", one) for one in made)
    assert not any(map(token.is_alias, made))


def test_a_token_is_the_base32_of_sixteen_bytes() -> None:
    """Decoded by the standard library and encoded again, each is itself; every letter occurs.

    A letter that is missing from 25,000 has a chance below 1e-340, one of eight from 1,000 1e-57.
    """
    made = token.fresh(1000)
    decoded = [base64.b32decode(one[4:].upper() + "======") for one in made]

    assert {len(one) for one in decoded} == {16}
    assert [base64.b32encode(one).decode()[:26].lower() for one in decoded] == [
        one[4:] for one in made
    ]
    assert {letter for one in made for letter in one[4:29]} == set(
        "abcdefghijklmnopqrstuvwxyz234567"
    )
    assert {one[29] for one in made} == set("aeimquy4")


def test_fingerprints_differ_by_key_element_and_value() -> None:
    """The same digits as another element, or for another controller, have another fingerprint."""
    prints = {
        token.fingerprint(b"k1", "person.ssn", "536904399"),
        token.fingerprint(b"k2", "person.ssn", "536904399"),
        token.fingerprint(b"k1", "person.government_id", "536904399"),
        token.fingerprint(b"k1", "person.ssn", "536904398"),
    }

    assert len(prints) == 4
    assert {len(one) for one in prints} == {16}


def test_a_fingerprint_is_a_truncated_keyed_hash_of_framed_words() -> None:
    """Each word behind its length in four bytes, big endian, digested by the standard library."""
    framed = b"\0\0\0\x0cbailee token\0\0\0\x0aperson.ssn\0\0\0\x09536904399"
    expected = hmac.digest(b"k1", framed, "sha256")[:16]

    assert token.fingerprint(b"k1", "person.ssn", "536904399") == expected
