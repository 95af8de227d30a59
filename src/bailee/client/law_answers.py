"""What is answered about laws beside the agreement."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about laws."""


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
    proof: str = ""
    quantity: int | None = None
    unit: str = ""
    direction: str = ""
    counting: str = ""
    trigger: str = ""
    contents: list[str] = []
    control: str = ""
    stands: str = ""
    valid_from: str = ""
    valid_to: str = ""
    strictest: bool = False


class LawParameter(Answer, frozen=True):
    """One quantity: what every source says of it, and who is strictest."""

    parameter: str
    says: str
    state: str
    claims: list[LawLine]
    vague: list[str] = []
    unverified: list[str] = []


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
    edition: str = ""
    verified: str = ""
    verified_by: str = ""
    valid_from: str = ""
    valid_to: str = ""
    leaves_out: str = ""
    editions: list[LawEdition] = []
    oldest: str = ""
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
    lasts: str = ""


class Clock(Answer, frozen=True):
    """What runs for one parameter from a trigger on."""

    clock: str
    claims: list[ClockClaim]
    due: str = ""
    basis: str = ""
    vague: list[str] = []
    unverified: list[str] = []


class Clocks(Answer, frozen=True):
    """What a trigger starts."""

    trigger: str
    since: str
    clocks: list[Clock]
