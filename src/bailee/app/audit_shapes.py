"""Shapes of the auditor's room: engagements, what an auditor is shown, samples, packs (C5.2)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from bailee.app import rights
from bailee.app.disclosure_shapes import Consent, Disclosure
from bailee.app.shapes import (
    Answer,
    ClauseState,
    Day,
    Interpretation,
    Line,
    Log,
    Moment,
    Observation,
    OpenQuestion,
    Optional,
    Reason,
    Request,
    Whole,
)
from bailee.vault.shapes import Entry, Id

Digest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
"""SHA-256 in hex, or nothing."""
PAGE = 256
"""Entries on one page, as many as a bundle of the log holds."""


class NewAuditor(Request, frozen=True):
    """The auditor whom a controller chose: one named person of a named firm."""

    name: Line
    firm: Line
    email: Line
    undertaking: Line
    """Reference of the confidentiality undertaking that they signed."""
    undertaken: Day


class NewEngagement(Request, frozen=True):
    """Ask for an engagement: by the controller's representative, or by us upon its writing."""

    auditor: Id
    """The auditor's id."""
    until: Moment
    reason: Literal["yearly", "discrepancy", "event", "threat"] = "yearly"
    since: Moment | None = None
    """When the window begins; at once upon a threat."""
    basis: Annotated[str, Meta(max_length=1000)] = ""
    """What an exception or a threat rests on."""
    given_by: Optional = ""
    """Where one of us enters it: the representative who confirmed it in writing."""
    reference: Annotated[str, Meta(max_length=200)] = ""
    text_sha256: Digest = ""


class NoticeAnswer(Request, frozen=True):
    """Our answer to a notice; without one the engagement opens when the notice is over."""

    answer: Literal["accept", "decline"]
    reason: Annotated[str, Meta(max_length=1000)] = ""
    """Why it is declined; the controller reads it."""


class Engagement(Answer, frozen=True):
    """One engagement: who examines, why, from when to when, and how it stands now."""

    engagement: str
    auditor: str
    firm: str
    reason: str
    status: str
    """``requested``, ``accepted``, ``open``, ``expired``, ``declined``, ``withdrawn``, ``closed``;
    the window is read off the clock at each call."""
    noticed: str
    since: str
    """When it opens, or opened."""
    until: str
    side: str
    """Whose person entered it: ``controller`` or ``processor``."""
    asked_by: str
    basis: str = ""
    given_by: str = ""
    reference: str = ""
    text_sha256: str = ""
    answered_by: str = ""
    answer: str = ""
    closed_by: str = ""
    views: int = 0
    """Answers that the auditor got; each has its entry."""
    refused: int = 0
    entry: Entry | None = None


class Engagements(Answer, frozen=True):
    """A controller's engagements, oldest first."""

    engagements: list[Engagement]


class Looks(Answer, frozen=True):
    """What one control saw over time, newest first; the pack holds all of it."""

    control: str
    says: str
    total: int
    looks: list[Observation]


class Evidence(Answer, frozen=True):
    """Every obligation with its state and clause, and what its control saw over time."""

    controller: str
    agreement: str
    text_sha256: str
    clauses: list[ClauseState]
    controls: list[Looks]
    interpretations: list[Interpretation]
    questions: list[OpenQuestion]
    """What the text leaves open: exceptions from a plain reading."""
    entry: Entry | None = None
    """Of this view, where an auditor had it."""


class EntryPage(Request, frozen=True):
    """Which entries: ``count`` of a log from an index on; the newest log where none is named."""

    start: Annotated[int, Meta(ge=0, le=2**53 - 1)] = 0
    count: Annotated[int, Meta(ge=1, le=PAGE)] = PAGE
    log: Annotated[str, Meta(max_length=255)] = ""


class LoggedEntry(Answer, frozen=True):
    """One entry, byte for byte, with its opening; that is empty where it was erased."""

    index: int
    entry: str
    opening: str = ""


class LoggedEntries(Answer, frozen=True):
    """A page of a log, and the controller's logs with the keys that verify them."""

    log: str
    size: int
    entries: list[LoggedEntry]
    logs: list[Log]
    house: list[Log] = field(default_factory=list)
    """The house's own logs: a pack shows entries of these, which their keys verify."""
    entry: Entry | None = None


class RightHolder(Answer, frozen=True):
    """Somebody who ever held a right at this controller (C1.3, C2.5(1))."""

    principal: str
    kind: str
    name: str
    status: str
    relation: str = ""
    employer: str = ""
    undertaking: str = ""
    undertaken: str = ""
    owner: str = ""


class RightsHeld(Answer, frozen=True):
    """Who may or might do what here, who said so, and what left (C2.3, C2.5(4))."""

    holders: list[RightHolder]
    grants: list[rights.Grant]
    approvals: list[rights.Approval]
    emergencies: list[rights.Emergency]
    consents: list[Consent]
    disclosures: list[Disclosure]
    entry: Entry | None = None


class NewSample(Request, frozen=True):
    """Draw entries by a published rule: population, size and seed draw the same ones again."""

    population: Annotated[str, Meta(min_length=1, max_length=61)]
    """``all``, or how the entries' actions begin: ``vault:record:``."""
    size: Whole
    seed: Annotated[str, Meta(min_length=8, max_length=64)]
    """Chosen by the auditor, not by us."""


class Bound(Answer, frozen=True):
    """A log, and how many of its entries a population took in."""

    log: str
    size: int


class Sample(Answer, frozen=True):
    """One sample: everything that draws it again, and the entry that fixes it."""

    sample: str
    engagement: str
    drawn_by: str
    created: str
    population: str
    size: int
    seed: str
    members: int
    """How many entries the population had."""
    bounds: list[Bound]
    """The logs of the population, and how many entries of each."""
    chosen: list[str]
    """Ids of entries, in the order of their rank."""
    entry_id: str
    entry: Entry | None = None


class Samples(Answer, frozen=True):
    """The samples of an engagement, oldest first."""

    samples: list[Sample]
    entry: Entry | None = None


class PackWish(Request, frozen=True):
    """For whose age key a copy of a pack is encrypted."""

    recipient: Annotated[str, Meta(max_length=100)] = ""


class Pack(Answer, frozen=True):
    """One evidence pack that was made: what its manifest hashes to, and the entry that says so."""

    pack: str
    engagement: str
    made_by: str
    created: str
    manifest_sha256: str
    certificate_sha256: str
    """Of the certificate that its report is signed with; empty where it has none."""
    files: int
    entry_id: str


class Packs(Answer, frozen=True):
    """The packs that were made of a controller, oldest first."""

    packs: list[Pack]
    entry: Entry | None = None


__all__ = [
    "Bound",
    "Engagement",
    "Engagements",
    "EntryPage",
    "Evidence",
    "LoggedEntries",
    "LoggedEntry",
    "Looks",
    "NewAuditor",
    "NewEngagement",
    "NewSample",
    "NoticeAnswer",
    "Pack",
    "PackWish",
    "Packs",
    "Reason",
    "RightHolder",
    "RightsHeld",
    "Sample",
    "Samples",
]
