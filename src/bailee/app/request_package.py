"""The package that a person's data leaves in: JSON, encrypted for its recipient (GDPR 15, 20).

Machine-readable and whole: every value with its element's name, and what is said of the person
beside values. Never on a disk in clear; encrypted it waits in the database until it is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pyrage

from bailee.errors import Invalid, Oversized
from bailee.vault.person_shapes import PersonRecord
from bailee.vault.subject import Subject

FORMAT = "bailee-person-1"
MOST_BYTES = 32 * 1024 * 1024
"""A person who holds more is returned in parts, by hand: `bailee reveal`."""


class _Person(msgspec.Struct, frozen=True):
    """What is said of the person beside values."""

    kind: str
    category: str
    nationalities: tuple[str, ...]
    residence: str


class _Package(msgspec.Struct, frozen=True):
    """The whole."""

    format: str
    controller: str
    request: str
    made: str
    people: list[_Person]
    records: list[PersonRecord]


def check_recipient(recipient: str) -> None:
    """Refuse a package for nobody.

    Raises:
        Invalid: ``request.recipient``.
    """
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise Invalid(
            "request.recipient",
            "A package is encrypted for somebody's age key.",
            do="Have its reader make one, `age-keygen`, and give its age1….",
        ) from None


def seal(
    about: tuple[str, str, str],
    people: Iterable[Subject],
    records: list[PersonRecord],
    recipient: str,
) -> bytes:
    """Return a package under age; ``about``: controller, request, when it is made.

    Raises:
        Oversized: ``request.too_large``.
    """
    controller, request, made = about
    said = [_Person(one.kind, one.category, one.nationalities, one.residence) for one in people]
    whole = _Package(FORMAT, controller, request, made, said, records)
    plain = msgspec.json.encode(whole)
    if len(plain) > MOST_BYTES:
        raise Oversized("request.too_large", "The package would be larger than is kept here.")
    sealed: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(recipient)])
    return sealed
