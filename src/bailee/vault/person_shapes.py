"""Shapes of a person across records; for the house itself, never from outside."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from bailee.vault.shapes import MAX_ITEMS, Answer, Entry, Id, Name, Request


class ShowPerson(Request, frozen=True):
    """Show what people hold in these records, for a request of theirs.

    Attributes:
        people: internal ids.
        disclosure: the one that it leaves in.
    """

    purpose: Name
    people: list[str]
    records: Annotated[list[Id], Meta(max_length=MAX_ITEMS)]
    request: Id
    disclosure: Id
    approval: str = ""


class PersonRecord(Answer, frozen=True):
    """What is a person's own in one record."""

    record: str
    fields: dict[str, str]


class PersonShown(Answer, frozen=True):
    """Records in the order of their ids."""

    records: list[PersonRecord]
    entry: Entry
