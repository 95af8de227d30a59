"""Keyed digests of many messages under one key."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.vault import mac

VECTORS = [  # RFC 4231, section 4: key, message, HMAC-SHA-256
    (
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "message", "expected"), VECTORS)
def test_the_standards_examples(key: bytes, message: bytes, expected: str) -> None:
    """Each digest of RFC 4231 comes out, wherever the message is cut into start and rest."""
    for cut in range(len(message) + 1):
        assert mac.under(key, message[:cut])(message[cut:]).hex() == expected


@given(st.binary(min_size=1, max_size=80), st.binary(max_size=80), st.lists(st.binary()))
def test_no_message_leaves_a_trace_in_the_next(
    key: bytes, start: bytes, messages: list[bytes]
) -> None:
    """One digest used for many messages gives what the standard library gives for each."""
    made = mac.under(key, start)

    assert [made(one) for one in messages] == [
        hmac.digest(key, start + one, "sha256") for one in messages
    ]
