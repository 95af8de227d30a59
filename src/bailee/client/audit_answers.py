"""What is answered about audits: engagements, what an auditor is shown, samples, packs."""

from __future__ import annotations

from msgspec import field

from bailee.client.answers import (
    Answer,
    ClauseState,
    Entry,
    Interpretation,
    Log,
    Observation,
    OpenQuestion,
)
from bailee.client.disclosure_answers import Consent, Disclosure
from bailee.client.rights import Approval, Emergency, Grant


class Engagement(Answer, frozen=True):
    """One engagement: who examines, why, from when to when, and how it stands now."""

    engagement: str
    auditor: str
    firm: str
    reason: str
    status: str
    noticed: str
    since: str
    until: str
    side: str
    asked_by: str
    basis: str = ""
    given_by: str = ""
    reference: str = ""
    text_sha256: str = ""
    answered_by: str = ""
    answer: str = ""
    closed_by: str = ""
    views: int = 0
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
    entry: Entry | None = None


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
    grants: list[Grant]
    approvals: list[Approval]
    emergencies: list[Emergency]
    consents: list[Consent]
    disclosures: list[Disclosure]
    entry: Entry | None = None


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
    bounds: list[Bound]
    chosen: list[str]
    entry_id: str
    entry: Entry | None = None


class Samples(Answer, frozen=True):
    """The samples of an engagement, oldest first."""

    samples: list[Sample]
    entry: Entry | None = None


class Pack(Answer, frozen=True):
    """One evidence pack that was made: what its manifest hashes to, and the entry that says so."""

    pack: str
    engagement: str
    made_by: str
    created: str
    manifest_sha256: str
    certificate_sha256: str
    files: int
    entry_id: str


class Packs(Answer, frozen=True):
    """The packs that were made of a controller, oldest first."""

    packs: list[Pack]
    entry: Entry | None = None
