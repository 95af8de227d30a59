"""Shapes of the register of laws and of what a trigger starts (C7.1, MISSION A28)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from bailee.app.shapes import Day, Line, Moment, Reason
from bailee.vault.shapes import Entry, Name

LineId = Annotated[str, Meta(min_length=1, max_length=128)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class NewLaw(Request, frozen=True):
    """A law or standard that applies from a day on."""

    law: Name
    begins: Day
    reason: Reason
    """Why it applies; kept out of the ledger."""


class LawEnd(Request, frozen=True):
    """A law that ceases to apply; the controller's representative says so."""

    law: Name
    ends: Day
    """The first day on which it does not apply; today at the earliest."""
    reason: Reason


class NewComparison(Request, frozen=True):
    """That lines of a law, as they stand here, were compared with its current text and hold."""

    law: Name
    edition: Line
    """The text that was read."""
    place: Line
    """Where what was written about it is kept."""
    compared: Day
    lines: Annotated[list[LineId], Meta(max_length=200)] = []
    """Ids of lines; all that bind us when left out."""


class Trigger(Request, frozen=True):
    """Something that starts clocks, at a time."""

    trigger: Name
    since: Moment
    holidays: Annotated[list[Day], Meta(max_length=100)] = []
    """Of the place of whoever must act, where the law's own last day waits for them."""


class LawChanged(Answer, frozen=True):
    """A registration or comparison that was written down."""

    law: str
    since: str = ""
    until: str = ""
    comparison: str = ""
    lines: list[str] = []
    entry: Entry | None = None


class LawLine(Answer, frozen=True):
    """What one line of a law or of the agreement says, and whether it counts."""

    source: str
    line: str
    clause: str
    kind: str
    actor: str
    summary: str
    state: str
    """``counts``, ``binds`` (a duty without a quantity), ``forbids``, ``vague``, ``by both``,
    ``unresolved: source``, ``not ours`` or ``not in force``."""
    proof: str = ""
    """How a law's line is known: its ``text``, ``compared`` by somebody here, a ``report``,
    ``none``."""
    quantity: int | None = None
    unit: str = ""
    direction: str = ""
    counting: str = ""
    trigger: str = ""
    contents: list[str] = []
    control: str = ""
    stands: str = ""
    """The state of the duty, for whoever holds ``audit``."""
    valid_from: str = ""
    valid_to: str = ""
    strictest: bool = False


class LawParameter(Answer, frozen=True):
    """One quantity: what every source says of it, and who is strictest."""

    parameter: str
    says: str
    state: str
    """``decided``, or why there is no one number."""
    claims: list[LawLine]
    vague: list[str] = []
    """Sources that want it soon and name no number: the operator's target counts if earlier."""
    unverified: list[str] = []
    """Sources that might be stricter, had anybody compared them."""


class LawEdition(Answer, frozen=True):
    """An earlier edition, and until when it could be worked by."""

    name: str
    until: str
    proof: str


class Law(Answer, frozen=True):
    """A law or standard: where it is to be read, who read it, how fresh that is, what it says."""

    law: str
    title: str
    kind: str
    source: str
    freshness: str
    """``fresh``, ``stale`` or ``unread``; the last two turn the control due."""
    edition: str = ""
    verified: str = ""
    verified_by: str = ""
    valid_from: str = ""
    valid_to: str = ""
    leaves_out: str = ""
    editions: list[LawEdition] = []
    oldest: str = ""
    """The day on which the line was compared that nobody compared since."""
    unread: list[str] = []
    lines: list[LawLine] = []


class LawRegistration(Answer, frozen=True):
    """From when until when a law applies, by whom and why."""

    law: str
    since: str
    reason: str
    recorded: str
    recorded_by: str
    applies: bool
    dated_back: bool = False
    until: str = ""
    ended_reason: str = ""
    ended: str = ""
    ended_by: str = ""


class LawComparison(Answer, frozen=True):
    """Who compared which lines with which text."""

    comparison: str
    law: str
    edition: str
    place: str
    compared: str
    recorded: str
    recorded_by: str
    lines: list[str]


class KnownLaw(Answer, frozen=True):
    """A law or standard that may be registered."""

    law: str
    title: str


class Laws(Answer, frozen=True):
    """A controller's register of laws, as it stands on a day."""

    controller: str
    terms: str
    """The agreement's, as a source."""
    day: str
    fresh_days: int
    laws: list[Law]
    parameters: list[LawParameter]
    registrations: list[LawRegistration]
    comparisons: list[LawComparison]
    known: list[KnownLaw]
    triggers: list[str]
    names: dict[str, str] = {}


class ClockClaim(Answer, frozen=True):
    """One claim upon a clock, with its times."""

    claim: LawLine
    binds: bool
    due: str = ""
    """When our time is up by it, early where the rule leaves room."""
    lasts: str = ""
    """Until when the law itself would wait."""


class Clock(Answer, frozen=True):
    """What runs for one parameter from a trigger on."""

    clock: str
    claims: list[ClockClaim]
    due: str = ""
    """When our time is up: by the earliest of those that bind, or by the operator's target."""
    basis: str = ""
    """The line that decides, or ``target``."""
    vague: list[str] = []
    unverified: list[str] = []


class Clocks(Answer, frozen=True):
    """What a trigger starts."""

    trigger: str
    since: str
    clocks: list[Clock]


__all__ = [
    "Clock",
    "ClockClaim",
    "Clocks",
    "KnownLaw",
    "Law",
    "LawChanged",
    "LawComparison",
    "LawEdition",
    "LawEnd",
    "LawLine",
    "LawParameter",
    "LawRegistration",
    "Laws",
    "NewComparison",
    "NewLaw",
    "Trigger",
]
