"""A record: values of one main subject, each encrypted on its own, in one row. Pure.

The body is a msgpack map from element to ciphertext. A value that belongs to somebody else (a
payee, a joint holder) stands as a pair of that subject's internal id and the ciphertext under
that subject's key, so erasing that person makes it unreadable wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bailee.errors import Broken
from bailee.vault.subject import Subject

Sealed = bytes | tuple[str, bytes]
"""A ciphertext of the main subject, or another subject's id and its ciphertext."""

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(dict[str, Sealed]).decode


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it stands in the database, with its main subject."""

    record_id: str
    subject: Subject
    body: bytes
    version: int
    created: str


def pack(values: Mapping[str, Sealed]) -> bytes:
    """Return a record's body."""
    return _ENCODE(values)


def unpack(body: bytes) -> dict[str, Sealed]:
    """Return the sealed values of a body by element.

    Raises:
        Broken: ``record.body``.
    """
    try:
        return _DECODE(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Broken("record.body", "A stored record cannot be read.") from None


def by_holder(sealed: Mapping[str, Sealed], main: str) -> dict[str, dict[str, bytes]]:
    """Return ciphertexts by element, grouped by whose they are; the main subject is always there.

    Nearly every record is one person's, so each thing that is asked of a record is asked once for
    each group and not for each value.
    """
    own = {name: one for name, one in sealed.items() if isinstance(one, bytes)}
    groups = {main: own}
    if len(own) < len(sealed):
        for name, one in sealed.items():
            if not isinstance(one, bytes):
                groups.setdefault(one[0], {})[name] = one[1]
    return groups


def holder_of(sealed: Sealed, main: str) -> str:
    """Return the id of the subject whose value this is."""
    return main if isinstance(sealed, bytes) else sealed[0]


def ciphertext_of(sealed: Sealed) -> bytes:
    """Return the ciphertext."""
    return sealed if isinstance(sealed, bytes) else sealed[1]
