"""Hashes of passwords that another application made, taken over when it moves in (C2.7). Pure.

Four kinds, in the forms in which the usual libraries write them::

    $argon2id$v=19$m=65536,t=3,p=4$SALT$HASH            RFC 9106
    $2b$12$…  $2a$…  $2y$…                              bcrypt
    $pbkdf2-sha256$600000$SALT$HASH  (or sha512)        RFC 8018; ``.`` for ``+``, no padding
    pbkdf2_sha256$600000$SALT$BASE64                    RFC 8018, as Django writes it
    $scrypt$ln=16,r=8,p=1$SALT$HASH                     RFC 7914

Such a hash lives until its password is right for the first time, and is replaced then. Its cost is
bounded, since whoever sends it chooses what each try of it takes here.

Deliberately not refused: hashes that are too cheap. They are sealed like any other, and to leave
them where they came from would be worse. Nothing can be said of the strength of what was hashed.
bcrypt reads 72 bytes and no more; a longer password is right whatever follows them, until it is
hashed anew.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode
from collections.abc import Callable

import bcrypt

from bailee.errors import Invalid

LONGEST = 512
"""Characters of an imported hash."""
BCRYPT_BYTES = 72
MOST_MEMORY = 128 * 1024 * 1024
"""Bytes that one try of an imported hash may take (scrypt, Argon2)."""
MOST_ROUNDS = 5_000_000
MOST_PASSES = 8
MOST_LANES = 8
LEAST_LOG, MOST_LOG = 4, 14
"""Rounds of bcrypt, as a power of two."""

_BASE64 = r"[A-Za-z0-9+/]{4,128}"
_ARGON2 = re.compile(
    rf"\$argon2id\$v=19\$m=([1-9]\d{{0,6}}),t=([1-9]\d?),p=([1-9]\d?)\${_BASE64}\${_BASE64}",
    re.ASCII,
)
_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}", re.ASCII)
_PBKDF2 = re.compile(
    r"\$pbkdf2-(sha256|sha512)\$([1-9]\d{0,7})\$([A-Za-z0-9./]{4,128})\$([A-Za-z0-9./]{27,128})",
    re.ASCII,
)
_DJANGO = re.compile(
    r"pbkdf2_(sha256)\$([1-9]\d{0,7})\$([!-#%-~]{1,64})\$([A-Za-z0-9+/]{43}=)", re.ASCII
)
_SCRYPT = re.compile(
    rf"\$scrypt\$ln=([1-9]\d?),r=([1-9]\d?),p=([1-9]\d?)\$({_BASE64})\$({_BASE64})", re.ASCII
)

Fits = Callable[[bytes], bool]


def check(text: str) -> None:
    """Refuse what is no hash of a kind that is known here, or costs too much.

    Raises:
        Invalid: ``customer_password.imported``.
    """
    try:
        known = is_argon2(text) or _reader(text) is not None
    except ValueError:  # no whole bytes, or a salt that the library does not take
        known = False
    if not known:
        raise Invalid(
            "customer_password.imported",
            "That is no hash of a kind and cost that can be taken over.",
            do="Send Argon2id, bcrypt, PBKDF2 with SHA-256 or SHA-512, or scrypt, as written.",
        )


def is_argon2(text: str) -> bool:
    """Tell whether a hash is Argon2id of a bearable cost; that library compares it."""
    found = _ARGON2.fullmatch(text)
    if found is None:
        return False
    memory, passes, lanes = map(int, found.groups())
    return (
        8 * lanes <= memory <= MOST_MEMORY // 1024 and passes <= MOST_PASSES and lanes <= MOST_LANES
    )


def fits(text: str, typed: bytes) -> bool:
    """Tell whether a password is the one that another application hashed, by other than Argon2."""
    compare = _reader(text)
    return compare is not None and compare(typed)


def _reader(text: str) -> Fits | None:
    """Return what compares a password with a hash; None for what is none of ours to read."""
    for pattern, read in _KINDS:
        found = pattern.fullmatch(text)
        if found is not None:
            return read(found)
    return None


def _bcrypt(found: re.Match[str]) -> Fits | None:
    if not LEAST_LOG <= int(found[1]) <= MOST_LOG:
        return None
    text = found[0].encode()
    return lambda typed: bcrypt.checkpw(typed[:BCRYPT_BYTES], text)


def _pbkdf2(found: re.Match[str]) -> Fits | None:
    name, rounds = found[1], int(found[2])
    salt, made = _unpadded(found[3].replace(".", "+")), _unpadded(found[4].replace(".", "+"))
    return _derived(name, rounds, (salt, made))


def _django(found: re.Match[str]) -> Fits | None:
    made = b64decode(found[4], validate=True)
    return _derived(found[1], int(found[2]), (found[3].encode(), made))


def _derived(name: str, rounds: int, kept: tuple[bytes, bytes]) -> Fits | None:
    salt, made = kept
    if rounds > MOST_ROUNDS:
        return None
    return lambda typed: hmac.compare_digest(
        hashlib.pbkdf2_hmac(name, typed, salt, rounds, len(made)), made
    )


def _scrypt(found: re.Match[str]) -> Fits | None:
    cost, size, lanes = 1 << int(found[1]), int(found[2]), int(found[3])
    salt, made = _unpadded(found[4]), _unpadded(found[5])
    if 128 * cost * size > MOST_MEMORY or lanes > MOST_LANES:
        return None
    return lambda typed: hmac.compare_digest(
        hashlib.scrypt(
            typed, salt=salt, n=cost, r=size, p=lanes, maxmem=2 * MOST_MEMORY, dklen=len(made)
        ),
        made,
    )


def _unpadded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fits | None]], ...] = (
    (_BCRYPT, _bcrypt),
    (_PBKDF2, _pbkdf2),
    (_DJANGO, _django),
    (_SCRYPT, _scrypt),
)
