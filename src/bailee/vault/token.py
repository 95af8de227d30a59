"""Tokens: random stand-ins for values that may live where the value may not (PCI 3.5.1).

A token is 128 random bits, ``tok_`` and 26 letters of base32, or where a controller chose so an
*alias* in the element's own format (``alias``): nothing about the value can be computed from it.
It points to its *holders* (subject, record, element) and opens only through one that lives; when
the last one is erased it leads nowhere any more. No token ever stands for a second value: there are
too many opaque ones to meet one again, and an alias that was let go is kept and not drawn again.

The same value gives the same token only to a caller who may ask for equality anyway (the verb
``search``); for others each token is fresh. The shared token is found again by a *fingerprint*:
HMAC-SHA-256 of the normal form under the controller's token key, bound to the element, 16 bytes. A
value's alias has another fingerprint than its opaque token, so that it may have both.
"""

from __future__ import annotations

import os
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
_JOINTS = {ord("-"): None, ord(" "): None}


def fresh(count: int) -> list[str]:
    """Return new tokens; entropy is drawn in one block for all.

    A random byte chooses a letter fairly, for there are 32 and 256 is a multiple of it. The last
    letter holds the three bits that 25 letters leave of 128, in front of two that are not set.
    """
    many = os.urandom(WHOLE * count).translate(_ANY_LETTER).decode("ascii")
    last = os.urandom(count).translate(_LAST_LETTER).decode("ascii")
    return [f"{PREFIX}{many[WHOLE * n : WHOLE * n + WHOLE]}{last[n]}" for n in range(count)]


def is_alias(token: str) -> bool:
    """Say whether a token is in an element's format; it might then be taken for a value."""
    return not token.startswith(PREFIX)


def bare(text: str) -> str:
    """Return a token as it is stored: hyphens and spaces of an alias do not count.

    Systems put them in and take them out of numbers as they like.
    """
    return text.translate(_JOINTS) if is_alias(text) else text


def fingerprint(key: bytes, element: str, normal: str, *, alias: bool = False) -> bytes:
    """Return what finds the shared token of a value again."""
    return fingerprints(key, element, alias=alias)(normal)


def fingerprints(key: bytes, element: str, *, alias: bool = False) -> Callable[[str], bytes]:
    """Return ``fingerprint`` under one key and for one element, for many values."""
    words = (b"bailee token", element.encode(), *([b"alias"] if alias else []))
    made = mac.under(key, frame(*words))
    return lambda normal: made(frame(normal.encode()))[:FINGERPRINT_BYTES]
