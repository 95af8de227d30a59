"""Shapes of mappings from groups to grants, and of people whom the identity provider knows."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.shapes import Day, Line, Names
from bailee.vault.shapes import Entry, Name

Text = Annotated[str, Meta(max_length=254)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class NewMapping(Request, frozen=True):
    """What a group of the identity provider shall give each member, by name or by external id."""

    verbs: Names
    elements: Names
    purposes: Names
    days: Annotated[int, Meta(ge=1, le=366)]
    """So long a member's grant lives, from the day it is made."""
    group: Text = ""
    external_id: Text = ""
    daily: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    """Subjects that may be shown per purpose and rolling day; a usual number when left out."""


class GroupMapping(Answer, frozen=True):
    """One mapping and how it stands."""

    mapping: str
    verbs: list[str]
    elements: list[str]
    purposes: list[str]
    days: int
    daily: int
    status: str
    until: str
    proposed_by: str
    approved_by: str = ""
    group: str = ""
    external_id: str = ""
    entry: Entry | None = None


class GroupMappings(Answer, frozen=True):
    """A controller's mappings, ended ones too."""

    mappings: list[GroupMapping]


class Provisioned(Answer, frozen=True):
    """A person as the identity provider knows them, and who they are here."""

    user: str
    user_name: str
    status: str
    """``waiting`` until admitted, ``ended``, or the state of the person they are."""
    principal: str = ""
    entry: Entry | None = None


class ProvisionedPeople(Answer, frozen=True):
    """Everybody whom the identity provider knows."""

    people: list[Provisioned]


class Admission(Request, frozen=True):
    """Who a user is, as one of our own people vouches for it (C2.5(1), C2.5(2))."""

    name: Line
    employer: Line
    email: Line
    undertaking: Line
    undertaken: Day
    relation: Literal["employee", "contractor"] = "employee"


class Adoption(Request, frozen=True):
    """Which of the people here a user is."""

    principal: Name


__all__ = [
    "Admission",
    "Adoption",
    "GroupMapping",
    "GroupMappings",
    "NewMapping",
    "Provisioned",
    "ProvisionedPeople",
]
