"""Encryption of single values: AES-256-GCM directly under a subject's key (C2.8(1), C2.8(3)).

A ciphertext is ``header || nonce || encrypted || tag``::

    header   format (1 byte, 1) | algorithm (1 byte, 1 = AES-256-GCM) | key version (4, big endian)
    nonce    12 random bytes; 2**32 are safe under one key (NIST SP 800-38D 8.3)
    tag      16 bytes

Associated data is the framed place of the value: format, controller, subject, record, element,
schema version, and the header with its key version. A value copied to another row, field, person
or tenant does not open, nor under another version of the key. For values kept elsewhere the
record is empty.

Not covered: an older ciphertext of the same element of the same record, put back into its own
place by somebody who writes to the database, opens. The ledger shows the update that it undoes.
"""

from __future__ import annotations

import os
import struct
from binascii import a2b_base64, b2a_base64
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.canonical import frame
from bailee.errors import Invalid
from bailee.keys import SubjectKey

FORMAT = 1
AES_256_GCM = 1
SCHEMA_VERSION = b"1"
"""Of the meaning of the associated data; another meaning is another format byte too."""

NONCE_BYTES = 12
ARMOUR = "bv1."
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")  # what is not of this alphabet stays so
_LAST = {2: b"AQgw", 3: b"AEIMQUYcgkosw048", 0: bytes(range(256))}
"""Last characters that leave no bit over, by length modulo four: one spelling for each value."""
_HEADER = struct.Struct(">BBI")
_START = _HEADER.size
_BODY = _START + NONCE_BYTES
_SHORTEST = _BODY + 16


def place(controller: str, subject_id: str, record_id: str = "") -> bytes:
    """Return the first half of the associated data: shared by all values of a record."""
    return frame(b"bailee value", controller.encode(), subject_id.encode(), record_id.encode())


@lru_cache(maxsize=8192)  # elements x key versions in use
def _tail(element: str, version: int) -> tuple[bytes, bytes]:
    header = _HEADER.pack(FORMAT, AES_256_GCM, version)
    return header, frame(element.encode(), SCHEMA_VERSION, header)


def nonces(count: int) -> list[bytes]:
    """Return random nonces, drawn in one block."""
    block = os.urandom(NONCE_BYTES * count)
    return [block[at : at + NONCE_BYTES] for at in range(0, len(block), NONCE_BYTES)]


def seal(
    aead: AESGCM, version: int, where: tuple[bytes, str], sealed: tuple[bytes, bytes]
) -> bytes:
    """Return the ciphertext of a value.

    Args:
        aead: the subject's key.
        version: of that key.
        where: the ``place`` and the element.
        sealed: a fresh nonce, and the value in UTF-8.
    """
    header, tail = _tail(where[1], version)
    nonce, plain = sealed
    return header + nonce + aead.encrypt(nonce, plain, where[0] + tail)


def key_version(ciphertext: bytes) -> int:
    """Return the version of the key that a ciphertext names; it is proven only by opening.

    Raises:
        Invalid: ``ciphertext.wrong_place`` for anything that has no header of ours.
    """
    if len(ciphertext) >= _SHORTEST:
        form, algorithm, version = _HEADER.unpack_from(ciphertext)
        if form == FORMAT and algorithm == AES_256_GCM:
            return int(version)
    raise wrong_place()


def unseal(aead: AESGCM | None, where: tuple[bytes, str], ciphertext: bytes) -> bytes:
    """Return the value behind a ciphertext in its place.

    Args:
        aead: the subject's key in the version that ``key_version`` names; None if it is gone.
        where: the ``place`` and the element.
        ciphertext: header, nonce, encrypted, tag.

    Raises:
        Invalid: ``ciphertext.wrong_place``, whatever does not match.
    """
    version = key_version(ciphertext)
    if aead is not None:
        associated = where[0] + _tail(where[1], version)[1]
        try:
            return aead.decrypt(ciphertext[_START:_BODY], ciphertext[_BODY:], associated)
        except InvalidTag:
            pass
    raise wrong_place()


def opened(key: SubjectKey, where: tuple[bytes, str], ciphertext: bytes) -> bytes:
    """Return the value behind a ciphertext, as ``unseal``, under whichever version it names.

    Nearly all are under the newest version, so that header is compared before any is read.
    """
    header, tail = _tail(where[1], key.version)
    if not ciphertext.startswith(header) or len(ciphertext) < _SHORTEST:
        return unseal(key.at(key_version(ciphertext)), where, ciphertext)
    try:
        return key.aead.decrypt(ciphertext[_START:_BODY], ciphertext[_BODY:], where[0] + tail)
    except InvalidTag:
        raise wrong_place() from None


def wrong_place() -> Invalid:
    """Return the one error of a ciphertext that does not open."""
    return Invalid(
        "ciphertext.wrong_place",
        "A ciphertext does not open here.",
        do="Send it with the element and the subject it was made for, unchanged.",
    )


def armour(ciphertext: bytes) -> str:
    """Return the form for JSON: ``bv1.`` and base64url without padding (RFC 4648 section 5)."""
    return ARMOUR + _to_base64url(ciphertext)


def unarmour(text: str) -> bytes:
    """Return the bytes of the armoured form.

    Raises:
        Invalid: ``ciphertext.wrong_place``; other spellings fail too.
    """
    if text.startswith(ARMOUR) and text.isascii():
        body = text[len(ARMOUR) :].encode()
        if body and body[-1] in _LAST.get(len(body) % 4, b""):
            try:
                padded = body.translate(_STANDARD) + b"=" * (-len(body) % 4)
                return a2b_base64(padded, strict_mode=True)
            except ValueError:
                pass
    raise wrong_place()


def _to_base64url(data: bytes) -> str:
    return b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")
