"""Tokens: random stand-ins for values that may live where the value may not (PCI 3.5.1).

A token is 128 random bits, ``tok_`` and 26 letters of base32: nothing about the value can be
computed from it. It points to its *holders* (subject, record, element) and opens only through one
that lives; when the last one is erased the token is gone.

The same value gives the same token only to a caller who may ask for equality anyway (the verb
``search``); for others each token is fresh. The shared token is found again by a *fingerprint*:
HMAC-SHA-256 of the normal form under the controller's token key, bound to the element, 16 bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from bailee.canonical import frame
from bailee.vault import mac

PREFIX = "tok_"
LETTERS = b"abcdefghijklmnopqrstuvwxyz234567"
FINGERPRINT_BYTES = 16
WHOLE = 25
"""Letters of five bits; one of three follows."""
_ANY_LETTER, _LAST_LETTER = LETTERS * 8, LETTERS[::4] * 32
"""From each byte to a letter."""
_TOKEN = re.compile(r"tok_[a-z2-7]{26}", re.ASCII)


def fresh(count: int) -> list[str]:
    """Return new tokens; entropy is drawn in one block for all.

    A random byte chooses a letter fairly, for there are 32 and 256 is a multiple of it. The last
    letter holds the three bits that 25 letters leave of 128, in front of two that are not set.
    """
    many = os.urandom(WHOLE * count).translate(_ANY_LETTER).decode("ascii")
    last = os.urandom(count).translate(_LAST_LETTER).decode("ascii")
    return [f"{PREFIX}{many[WHOLE * n : WHOLE * n + WHOLE]}{last[n]}" for n in range(count)]


def looks_like(text: str) -> bool:
    """Say whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def fingerprint(key: bytes, element: str, normal: str) -> bytes:
    """Return what finds the shared token of a value again."""
    return fingerprints(key, element)(normal)


def fingerprints(key: bytes, element: str) -> Callable[[str], bytes]:
    """Return ``fingerprint`` under one key and for one element, for many values."""
    made = mac.under(key, frame(b"bailee token", element.encode()))
    return lambda normal: made(frame(normal.encode()))[:FINGERPRINT_BYTES]
