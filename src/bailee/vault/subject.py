"""A subject: the person or organisation that values are about. Pure.

A subject is known by the caller's reference, of which only a mark is stored (``mark``), beside a
random internal id. Protected again after erasure it gets a new id, a new key and, while rows of
the former one are still being deleted, the next *generation*: nothing leads from one to the other.

The coarse attributes are what notices of a breach are counted by (C9.3): every one may be
``unknown``, and an organisation is never counted as a person.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bailee.errors import Invalid, NotFound
from bailee.vault.mark import digest
from bailee.vault.validate import VALIDATORS, Unfit

UNKNOWN = "unknown"


class Attributes(msgspec.Struct, frozen=True, gc=False):
    """What is said of a subject; None is what a call did not say."""

    kind: str | None = None
    category: str | None = None
    nationalities: tuple[str, ...] | None = None
    residence: str | None = None

    def then(self, later: Attributes) -> Attributes:
        """Return both, the later word first."""
        return Attributes(
            later.kind or self.kind,
            later.category or self.category,
            self.nationalities if later.nationalities is None else later.nationalities,
            later.residence or self.residence,
        )


class Subject(msgspec.Struct, frozen=True, gc=False):
    """A stored subject; one is made for each row that is read.

    ``allowing`` are the purposes that a restriction lets go on. ``nationalities`` is empty when
    unknown.
    """

    subject_id: str
    key_id: str
    generation: int
    kind: str
    category: str
    nationalities: tuple[str, ...]
    residence: str
    state: str
    held: bool
    allowing: tuple[str, ...]


def reference_digest(reference: str) -> bytes:
    """Return what the mark of a caller's reference stands for."""
    return digest(b"bailee subject", reference.encode())


def read_attributes(
    kind: str | None,
    category: str | None,
    nationalities: Sequence[str] | None,
    residence: str | None,
) -> Attributes:
    """Check and normalise what a call says of a subject; kind and category are checked words.

    Raises:
        Invalid: ``subject.nationality``, ``subject.residence``.
    """
    countries: tuple[str, ...] | None = None
    if nationalities is not None:
        try:
            known = [one for one in nationalities if one != UNKNOWN]
            countries = tuple(sorted({VALIDATORS["country"](one) for one in known}))
        except Unfit:
            raise Invalid(
                "subject.nationality",
                "A nationality is not a code of ISO 3166-1.",
                do="Write two letters, or unknown.",
            ) from None
    if residence is not None and residence != UNKNOWN:
        try:
            residence = VALIDATORS["subdivision"](residence)
        except Unfit:
            raise Invalid(
                "subject.residence",
                "A residence is not a code of ISO 3166-2.",
                do="Write a code such as US-CA or DE, or unknown.",
            ) from None
    return Attributes(kind, category, countries, residence)


def unknown_subject() -> NotFound:
    """Return the error of a reference that leads nowhere here."""
    return NotFound(
        "subject.unknown",
        "There is no such subject here.",
        do="Check the reference and the controller; an erased subject is not found either.",
    )


def unknown_record() -> NotFound:
    """Return the error of a record that is not here, whether or not it is somebody else's."""
    return NotFound(
        "record.unknown",
        "There is no such record here.",
        do="Check the id and the controller; an erased record is not found either.",
    )
