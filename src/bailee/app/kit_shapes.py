"""Shapes of addendum kits (B8; C7.3(3))."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from bailee.app.shapes import Answer, Finding, Request
from bailee.app.transfer_shapes import Blank, Paper, PaperLine
from bailee.vault.shapes import Entry, Name

Given = Annotated[str, Meta(max_length=200)]
"""One printable line, or nothing."""
Some = Annotated[list[Name], Meta(max_length=100)]
Countries = Annotated[list[Annotated[str, Meta(pattern="^[A-Z]{2}$")]], Meta(max_length=60)]


class NewKit(Request, frozen=True):
    """For whom the addendum is filled, and what for; a controller's registers come first."""

    name: Given = ""
    address: Annotated[str, Meta(max_length=500)] = ""
    contact: Given = ""
    representative: Given = ""
    """In the Union, and the data protection officer, or that there is none."""
    security: Given = ""
    """Security contact and delegate."""
    activities: Given = ""
    services: Given = ""
    """The services agreement that the addendum belongs to."""
    effective: Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    law: Given = ""
    member_state: Given = ""
    authority: Given = ""
    frequency: Given = ""
    people: Some = msgspec.field(default_factory=list)
    """``customer``, ``owner``, ``employee``, ``prospect``."""
    purposes: Some = msgspec.field(default_factory=list)
    elements: Some = msgspec.field(default_factory=list)
    """Names and families of the catalogue; of a controller those that may be held, by default."""
    countries: Countries = msgspec.field(default_factory=list)
    """Where the people live."""
    draft: bool = False
    """Show what it would say; nothing is recorded, and the text is not handed out."""


class Kit(Answer, frozen=True):
    """An addendum as it may be offered now."""

    made: str
    text_sha256: str
    paper: Paper
    """What each word rests on."""
    blanks: list[Blank]
    claimed: list[str]
    """Controls whose measures the text claims."""
    unclaimed: list[PaperLine]
    """What stands in no annex, with why; for our own eyes, and in no file."""
    findings: list[Finding]
    """What the lint finds in the text: its blanks, and whatever else was put in."""
    text: str = ""
    manifest: str = ""
    """Canonical JSON: which state it was filled from, and the digests of the rest."""
    manifest_sha256: str = ""
    entry: Entry | None = None
