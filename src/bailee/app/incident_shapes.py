"""What is sent and answered about signals, incidents, notices, other events and redresses (C9)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from bailee.app.audit_shapes import Digest
from bailee.app.procedure_shapes import Timer
from bailee.app.shapes import Answer, Moment, Optional, Reason, Request, Whole
from bailee.incidents.facts import Facts
from bailee.incidents.notice import Part
from bailee.incidents.scope import MOST, Scope
from bailee.vault.shapes import Entry, Id

Words = Annotated[str, Meta(min_length=1, max_length=4000)]
Perhaps = Annotated[str, Meta(max_length=4000)]
"""Words, or nothing new."""
Ids = Annotated[list[Annotated[str, Meta(min_length=1, max_length=128)]], Meta(max_length=MOST)]
PAGE = 256


class Accesses(Request, frozen=True):
    """Which accesses an incident is about; a list that is empty asks for all."""

    since: Moment
    until: Moment
    people: Ids = field(default_factory=list)
    """Principals."""
    keys: Ids = field(default_factory=list)
    records: Ids = field(default_factory=list)
    purposes: Ids = field(default_factory=list)
    elements: Ids = field(default_factory=list)


class SignalVerdict(Request, frozen=True):
    """What a person makes of a signal."""

    verdict: Literal["promote", "dismiss"]
    reason: Reason
    incident: Optional = ""
    """Where it is promoted: an open incident that it belongs to, else a new one."""


class Signal(Answer, frozen=True):
    """Something looks like a breach."""

    signal: str
    source: str
    about: str
    principal: str
    raised: str
    recorded: str
    due: str
    """Past it, undecided, it counts as a suspicion dated from ``raised``."""
    status: str
    incident: str = ""
    decided_by: str = ""
    decided: str = ""
    reason: str = ""
    entry: Entry | None = None


class Signals(Answer, frozen=True):
    """Signals that the caller is told of, oldest first."""

    signals: list[Signal]
    names: dict[str, str]


class NewIncident(Request, frozen=True):
    """Open an incident."""

    suspected: Moment
    """When it could have been known: the clock runs from it, also where it lies back."""
    nature: Words
    scope: Accesses
    aware: Moment | None = None
    """When it was known to be one."""
    contact: Optional = ""
    """Who of us can be asked; whoever opens it by default."""


class IncidentChange(Request, frozen=True):
    """What was learnt; facts are counted anew."""

    scope: Accesses | None = None
    aware: Moment | None = None
    contact: Optional = ""
    nature: Perhaps = ""


class NewNotice(Request, frozen=True):
    """What a person says in the next version of the notice; the rest stands as it was said."""

    nature: Perhaps = ""
    consequences: Perhaps = ""
    measures: Perhaps = ""


class IncidentEnd(Request, frozen=True):
    """How it ended."""

    outcome: Literal["breach", "no-breach"]
    reason: Reason


class NoticeVersion(Answer, frozen=True):
    """One version of a notice, and what became of it."""

    version: int
    kind: str
    written: str
    written_by: str
    parts: list[Part]
    changed: list[str]
    """Parts that say something else than the version before."""
    facts_sha256: str = ""
    notice: str = ""
    """Id of what goes out: it is acknowledged by that."""
    status: str = ""
    """``waiting``, ``handed`` over, ``acknowledged``."""
    entry: Entry | None = None


class Redress(Answer, frozen=True):
    """What the controller asks because of an incident."""

    redress: str
    incident: str
    kind: str
    received: str
    recorded: str
    given_by: str
    status: str
    amount: int = 0
    currency: str = ""
    people: int = 0
    reference: str = ""
    text_sha256: str = ""
    answered_by: str = ""
    answered: str = ""
    answer: str = ""
    until: str = ""
    entry: Entry | None = None


class Happened(Answer, frozen=True):
    """One line of an incident's history."""

    at: str
    what: str
    by: str = ""


class Incident(Answer, frozen=True):
    """One incident: what is suspected, what is known, what was said and asked."""

    incident: str
    status: str
    suspected: str
    recorded: str
    dated_back: bool
    opened_by: str
    contact: str
    scope: Scope
    aware: str = ""
    nature: str = ""
    facts: Facts | None = None
    counted: str = ""
    closed: str = ""
    closed_by: str = ""
    outcome: str = ""
    reason: str = ""
    notices: list[NoticeVersion] = field(default_factory=list)
    redresses: list[Redress] = field(default_factory=list)
    clocks: list[Timer] = field(default_factory=list)
    history: list[Happened] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    entry: Entry | None = None


class Incidents(Answer, frozen=True):
    """A controller's incidents, oldest first, each without what was said and asked."""

    incidents: list[Incident]


class EntryWish(Request, frozen=True):
    """Which entries of an incident: those that follow a place, from the first by default."""

    log: Annotated[str, Meta(max_length=255)] = ""
    index: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0
    most: Annotated[int, Meta(ge=1, le=PAGE)] = 100


class InScope(Answer, frozen=True):
    """One entry of the log that an incident is about."""

    log: str
    index: int
    entry_id: str
    time: str
    action: str
    purpose: str
    elements: list[str]
    principal: str
    through: str
    records: list[str]


class IncidentEntries(Answer, frozen=True):
    """Entries, oldest first. The next page follows the last one's place."""

    entries: list[InScope]
    names: dict[str, str]


class Drill(Request, frozen=True):
    """Rehearse an incident on the real log."""

    scope: Accesses
    nature: Words = "A drill: nothing happened."


class Drilled(Answer, frozen=True):
    """The notice that would have gone out, and how long it took to write."""

    parts: list[Part]
    facts: Facts
    milliseconds: int
    lines: list[str]
    entry: Entry


class NewEvent(Request, frozen=True):
    """Enter something that the controller is told of."""

    kind: Literal[
        "urgent-issue",
        "complaint",
        "departure",
        "unlawful-instruction",
        "impossible-instruction",
        "duty-not-kept",
    ]
    discovered: Moment
    what: Words


class EventVerdict(Request, frozen=True):
    """Tell the controller, or say why not."""

    verdict: Literal["tell", "keep"]
    reason: Words
    """What it is told, or why it is not."""


class Event(Answer, frozen=True):
    """Something that the controller is told of, or a question whether it must be."""

    event: str
    kind: str
    about: str
    discovered: str
    recorded: str
    opened_by: str
    status: str
    what: str = ""
    decided_by: str = ""
    decided: str = ""
    reason: str = ""
    notices: list[NoticeVersion] = field(default_factory=list)
    clocks: list[Timer] = field(default_factory=list)
    entry: Entry | None = None


class Events(Answer, frozen=True):
    """Events, oldest first; to the controller's side those that it was told of."""

    events: list[Event]
    names: dict[str, str]


class NewRedress(Request, frozen=True):
    """Ask for costs or for monitoring, as the controller; or enter its writing."""

    kind: Literal["costs", "monitoring"]
    received: Moment | None = None
    """When its writing came; now, where its representative asks in person."""
    amount: Whole = 0
    """In the currency's smallest unit."""
    currency: Annotated[str, Meta(max_length=3)] = ""
    people: Whole = 0
    given_by: Optional = ""
    reference: Annotated[str, Meta(max_length=200)] = ""
    text_sha256: Digest = ""


class RedressAnswer(Request, frozen=True):
    """Settle a redress with the proof of it, or contest it with a reason."""

    answer: Literal["settle", "contest"]
    text: Reason
    until: Moment | None = None
    """Until when people are monitored."""


__all__ = [
    "Accesses",
    "Drill",
    "Drilled",
    "EntryWish",
    "Event",
    "EventVerdict",
    "Events",
    "Happened",
    "Id",
    "InScope",
    "Incident",
    "IncidentChange",
    "IncidentEnd",
    "IncidentEntries",
    "Incidents",
    "NewEvent",
    "NewIncident",
    "NewNotice",
    "NewRedress",
    "NoticeVersion",
    "Redress",
    "RedressAnswer",
    "Signal",
    "SignalVerdict",
    "Signals",
]
