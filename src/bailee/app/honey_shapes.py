"""What is sent and answered about honey: consents, plantings, alarms. No record's id is in it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from bailee.app.shapes import Answer, Line, Moment, Reason, Request, Text
from bailee.vault.honey import MOST
from bailee.vault.shapes import Entry, Name


class NewHoneyConsent(Request, frozen=True):
    """The controller's consent to honey among its data, signed by its named representative."""

    text: Text
    """The writing itself; its SHA-256 is kept."""
    writing: Line
    """Where the writing is kept."""
    since: Moment
    until: Moment


class HoneyConsent(Answer, frozen=True):
    """One consent: who signed it, what it rests on, and whether it counts now."""

    consent: str
    status: str
    counts: bool
    signed_by: str
    writing: str
    text_sha256: str
    since: str
    until: str
    withdrawn_by: str = ""
    removed: int = 0
    """Honey records that went with it, when it was withdrawn."""
    entry: Entry | None = None


class HoneyConsents(Answer, frozen=True):
    """Every consent ever given at a controller, oldest first."""

    consents: list[HoneyConsent]


class NewHoney(Request, frozen=True):
    """Plant records of nobody."""

    count: Annotated[int, Meta(ge=1, le=MOST)] = 1
    elements: Annotated[list[Name], Meta(max_length=100)] = field(default_factory=list)
    """What each holds; none to resemble records that are there."""


class Honey(Answer, frozen=True):
    """How a controller's honey stands. Which records it is, is told to nobody."""

    controller: str
    records: int
    readable: bool
    """False when the list of it does not open: nothing raises an alarm until it is planted anew."""
    alarms: int
    """Alarms on which nobody has decided; the caller's own touches are not among them."""


class Removed(Answer, frozen=True):
    """How many honey records were erased."""

    removed: int
    entry: Entry


class Verdict(Request, frozen=True):
    """What a second person makes of an alarm."""

    verdict: Literal["incident", "dismissed"]
    reason: Reason


class Alarm(Answer, frozen=True):
    """Somebody touched honey: who, by which call, and what was made of it.

    ``entry_id`` is the call's entry; its opening, for its auditor, says which records it touched.
    """

    alarm: str
    controller: str
    principal: str
    verb: str
    entry_id: str
    raised: str
    due: str
    state: str
    """``due``, ``incident`` or ``dismissed``."""
    records: int
    """How many of the records that the call touched were honey."""
    overdue: bool = False
    through: str = ""
    assessed_by: str = ""
    assessed: str = ""
    reason: str = ""
    entry: Entry | None = None


class Alarms(Answer, frozen=True):
    """Alarms that the caller is told of, oldest first."""

    alarms: list[Alarm]


__all__ = [
    "Alarm",
    "Alarms",
    "Honey",
    "HoneyConsent",
    "HoneyConsents",
    "NewHoney",
    "NewHoneyConsent",
    "Removed",
    "Verdict",
]
