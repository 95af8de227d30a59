"""What is answered about signals, incidents, notices, other events and redresses."""

from __future__ import annotations

from msgspec import field

from bailee.client.answers import Answer, Entry
from bailee.client.procedure_answers import Timer


class Signal(Answer, frozen=True):
    """Something looks like a breach."""

    signal: str
    source: str
    about: str
    principal: str
    raised: str
    recorded: str
    due: str
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


class Scope(Answer, frozen=True):
    """Which accesses an incident is about; a list that is empty asks for all."""

    since: str
    until: str
    people: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    purposes: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)


class ElementCount(Answer, frozen=True):
    """In how many records one element was touched, and how."""

    element: str
    category: str
    plain: int
    masked: int
    matched: int
    inside: int


class ActionCount(Answer, frozen=True):
    """How often one thing was done, to how many records."""

    action: str
    calls: int
    records: int


class Bound(Answer, frozen=True):
    """A log, and how many of its entries were counted."""

    log: str
    entries: int


class Sealing(Answer, frozen=True):
    """What one control on encryption saw of that time: ``held``, ``broken``, ``unseen``."""

    control: str
    state: str
    looks: int = 0
    amiss: int = 0
    blind: int = 0
    first: str = ""
    last: str = ""
    entry: str = ""


class Facts(Answer, frozen=True):
    """What the log says of a scope."""

    scope: Scope
    calls: int
    refused: int
    actions: list[ActionCount]
    records: int
    elsewhere: int
    listed: int
    elements: list[ElementCount]
    categories: dict[str, int]
    people: int
    organisations: int
    unclear: int
    roles: dict[str, int]
    nationalities: dict[str, int]
    states: dict[str, int]
    countries: dict[str, int]
    honey: int
    erased: int
    retired: list[str]
    logs: list[Bound]
    encryption: list[Sealing]
    first: str = ""
    last: str = ""


class Part(Answer, frozen=True):
    """One part of a notice: ``computed``, ``asserted`` by somebody, or ``unknown``."""

    key: str
    title: str
    basis: str
    lines: list[str]
    by: str = ""


class NoticeVersion(Answer, frozen=True):
    """One version of a notice, and what became of it."""

    version: int
    kind: str
    written: str
    written_by: str
    parts: list[Part]
    changed: list[str]
    facts_sha256: str = ""
    notice: str = ""
    status: str = ""
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
    """A controller's incidents, oldest first."""

    incidents: list[Incident]


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
    """Entries, oldest first."""

    entries: list[InScope]
    names: dict[str, str]


class Drilled(Answer, frozen=True):
    """The notice that would have gone out, and how long it took to write."""

    parts: list[Part]
    facts: Facts
    milliseconds: int
    lines: list[str]
    entry: Entry


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
    """Events, oldest first."""

    events: list[Event]
    names: dict[str, str]


__all__ = [
    "Drilled",
    "Event",
    "Events",
    "Facts",
    "Incident",
    "IncidentEntries",
    "Incidents",
    "NoticeVersion",
    "Part",
    "Redress",
    "Scope",
    "Signal",
    "Signals",
]
