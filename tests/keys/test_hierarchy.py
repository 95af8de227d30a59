"""Wrapping: known answers, and no key opens anywhere but in its place."""

from __future__ import annotations

import hashlib
import hmac
import re
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from bailee.errors import Broken, Gone, NotFound
from bailee.keys import hierarchy
from bailee.keys.hierarchy import ControllerKey, Ring, SubjectKey

AEAD = AESGCM(bytes(32))
NONCE = bytes(12)


def test_aes_gcm_gives_the_published_answer() -> None:
    """McGrew and Viega, The Galois/Counter Mode of Operation, test case 16 (AES-256)."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    associated = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")

    assert AESGCM(key).encrypt(nonce, plain, associated) == bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )


def test_a_wrapped_key_is_laid_out_as_documented() -> None:
    """Format byte, nonce, ciphertext and tag; format and context framed as associated data."""
    associated = bytes.fromhex("000000010100000003") + b"ctx"
    expected = b"\x01" + NONCE + AEAD.encrypt(NONCE, b"k" * 32, associated)

    assert hierarchy.wrap(AEAD, b"ctx", b"k" * 32, NONCE) == expected
    assert len(expected) == 1 + 12 + 32 + 16


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_a_key_comes_back_in_its_own_context_alone(context: bytes, other: bytes) -> None:
    """What was wrapped for one context opens there and in no other (C2.8(1))."""
    wrapped = hierarchy.wrap(AEAD, context, b"k" * 32, NONCE)

    assert hierarchy.unwrap(AEAD, context, wrapped) == b"k" * 32
    if other != context:
        with pytest.raises(Broken, match=r"key\.unwrap"):
            hierarchy.unwrap(AEAD, other, wrapped)


def test_no_two_places_have_the_same_context() -> None:
    """Controllers, purposes, versions, subjects, logs and entries are all told apart."""
    places = [
        hierarchy.controller_context("a", "data", 1),
        hierarchy.controller_context("a", "data", 11),
        hierarchy.controller_context("a", "index", 1),
        hierarchy.controller_context("ad", "ata", 1),
        hierarchy.subject_context("a", "k", 1, 1),
        hierarchy.subject_context("a", "k", 1, 2),
        hierarchy.subject_context("a", "k", 2, 1),
        hierarchy.subject_context("a", "k1", 1, 1),
        hierarchy.subject_context("b", "k", 1, 1),
        hierarchy.log_context("a"),
        hierarchy.opening_context("a", "k"),
        hierarchy.opening_context("ak", ""),
        hierarchy.check_context(),
    ]

    assert all(a != b for a, b in combinations(places, 2))


@pytest.mark.parametrize("place", [0, 1, 12, 13, 44, 60])
def test_a_changed_byte_is_seen(place: int) -> None:
    """A wrapped key with any byte changed does not open."""
    wrapped = bytearray(hierarchy.wrap(AEAD, b"ctx", b"k" * 32, NONCE))
    wrapped[place] ^= 1

    with pytest.raises(Broken, match=r"key\.unwrap"):
        hierarchy.unwrap(AEAD, b"ctx", bytes(wrapped))


@pytest.mark.parametrize("length", [0, 1, 13, 28])
def test_a_cut_key_is_seen(length: int) -> None:
    """A wrapped key cut short does not open, and does not crash."""
    wrapped = hierarchy.wrap(AEAD, b"ctx", b"k" * 32, NONCE)

    with pytest.raises(Broken, match=r"key\.unwrap"):
        hierarchy.unwrap(AEAD, b"ctx", wrapped[:length])


def test_derivation_is_hmac_over_framed_labels() -> None:
    """A derived key is HMAC-SHA-256 over length-prefixed labels, computed here by hand."""
    labels = [b"bailee keys 1", b"derive", b"index", b"person.email"]
    framed = b"".join(len(label).to_bytes(4, "big") + label for label in labels)
    expected = hmac.new(b"s" * 32, framed, hashlib.sha256).digest()

    assert hierarchy.derive(b"s" * 32, "index", "person.email") == expected


def test_entropy_in_blocks_gives_distinct_values_of_full_length() -> None:
    """Keys and nonces cut from one block are whole and all different."""
    for cut, size in (
        (hierarchy.new_keys, 32),
        (hierarchy.new_nonces, 12),
    ):
        values = cut(500)

        assert {len(value) for value in values} == {size}
        assert len(set(values)) == 500
        assert cut(0) == []


def test_names_of_one_call_are_neighbours_and_otherwise_random() -> None:
    """128 bits in hexadecimal, in order, 32 of them shared by the call and no other call's."""
    first, second = hierarchy.new_ids(500), hierarchy.new_ids(500)

    for names in (first, second):
        assert names == sorted(set(names))
        assert len({name[:8] for name in names}) == 1
        assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)
        assert len({name[8:24] for name in names}) == 500
    assert first[0][:8] != second[0][:8]
    assert hierarchy.new_ids(0) == []


def test_a_subject_key_hands_out_its_versions() -> None:
    """The newest and the older versions are there; any other version is None."""
    old, new = AESGCM(b"o" * 32), AESGCM(b"n" * 32)
    key = SubjectKey("k", 3, new, {2: old})

    assert (key.at(3), key.at(2), key.at(1)) == (new, old, None)


def test_keys_do_not_show_themselves() -> None:
    """No representation of a key holds its bytes, so none reaches a log (C3.2)."""
    secret = b"\x41" * 32
    shown = repr(
        [
            SubjectKey("k", 1, AESGCM(secret)),
            ControllerKey("data", 1, secret, AESGCM(secret)),
            hierarchy.Derived(1, secret),
        ]
    )

    assert "AAAA" not in shown
    assert "4141" not in shown


def test_a_ring_without_keys_says_why() -> None:
    """An unknown controller is not found; a destroyed one is gone."""
    with pytest.raises(NotFound, match=r"controller\.unknown"):
        Ring("a", 0, {}).current("data")
    with pytest.raises(Gone, match=r"controller\.destroyed"):
        Ring("a", 1, {}, destroyed=True).current("data")


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("index/3", ("index", 3)),
        ("index/", None),
        ("other/3", None),
        ("a" * 32, None),
        ("index/x", None),
    ],
)
def test_names_of_versions_are_read_strictly(name: str, meaning: tuple[str, int] | None) -> None:
    """Only a known purpose, a slash and a number name a version."""
    assert hierarchy.read_version_name(name) == meaning
