"""Shapes of our own people whom controllers reach (C10)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.shapes import Moment
from bailee.vault.shapes import Entry, Name


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class NewOfficer(Request, frozen=True):
    """Appoint a person of ours: in which role, reached how, from when to when.

    Attributes:
        reach: ``tel:+NUMBER`` or ``mailto:NAME@HOST``, of the office.
        qualification: the writing by which they are qualified.
    """

    role: Literal["coordinator", "security"]
    rank: Literal["first", "delegate"]
    principal: Name
    reach: Annotated[str, Meta(min_length=8, max_length=300)]
    qualification: Annotated[str, Meta(min_length=1, max_length=200)]
    since: Moment
    until: Moment


class Officer(Answer, frozen=True):
    """One appointment.

    Attributes:
        status: ``on-duty``, ``planned``, ``over``, or ``absent`` for one who is not with us now.
        checked: when they confirmed, in person, that they are reached so.
    """

    officer: str
    role: str
    rank: str
    name: str
    reach: str
    status: str
    since: str
    until: str
    principal: str = ""
    qualification: str = ""
    checked: str = ""
    entry: Entry | None = None


class Gap(Answer, frozen=True):
    """A stretch in which nobody answers for security."""

    since: str
    until: str


class Officers(Answer, frozen=True):
    """Whom controllers reach, and when nobody would answer within the next fourteen days."""

    officers: list[Officer]
    gaps: list[Gap] = []
    findings: list[str] = []
