"""What a server answers to whoever looks: who they are, what waits, what a log says."""

from __future__ import annotations

from typing import Any

import msgspec

from bailee.client.rights import Approval


class Answer(msgspec.Struct, frozen=True):
    """Any answer about looks."""


class Holding(Answer, frozen=True):
    """One of one's own living grants."""

    grant: str
    controller: str
    verbs: list[str]
    elements: list[str]
    purposes: list[str]
    until: str


class Me(Answer, frozen=True):
    """Who shows the credential, and what they may do."""

    principal: str
    kind: str
    name: str
    relation: str = ""
    represents: str = ""
    session: str = ""
    factors: list[str] = []
    enrolled: list[str] = []
    controllers: dict[str, str] = {}
    holdings: list[Holding] = []


class Waiting(Answer, frozen=True):
    """One thing that waits for somebody."""

    what: str
    state: str
    says: str
    controller: str
    item: str = ""
    due: str = ""
    who: str = ""


class Today(Answer, frozen=True):
    """What waits, worst first, and how many obligations are in each state."""

    waiting: list[Waiting]
    counts: dict[str, dict[str, int]] = {}


class Approvals(Answer, frozen=True):
    """Requests and what became of them, newest first; names of principals beside them."""

    approvals: list[Approval]
    names: dict[str, str] = {}


class Recorded(Answer, frozen=True):
    """One entry of a log with its opening, as far as that still exists."""

    index: int
    entry_id: str
    time: str
    action: str
    decision: str
    purpose: str = ""
    elements: list[str] = []
    count: int = 0
    detail: dict[str, Any] = {}
    principal: str = ""
    session: str = ""
    context: dict[str, str] = {}
    opened: bool = True


class Entries(Answer, frozen=True):
    """A stretch of a log, newest first; names of principals are beside it."""

    log: str
    size: int
    entries: list[Recorded]
    names: dict[str, str] = {}


class Holder(Answer, frozen=True):
    """One record that a call touched, as it was then; ids are random."""

    record: str
    subject: str
    elements: list[str] = []


class EntryView(Answer, frozen=True):
    """One entry: what it says, what it commits to, where it stands in its log."""

    log: str
    size: int
    entry: Recorded
    leaf: str
    covered: int
    path: list[str]
    commitments: dict[str, str]
    fits: bool = False
    actor: dict[str, str] = {}
    records: list[Holder] = []
    touched: int = 0
    names: dict[str, str] = {}


class Cosigned(Answer, frozen=True):
    """A witness's line under a checkpoint, and when it looked."""

    witness: str
    at: str


class Sealed(Answer, frozen=True):
    """One log with its newest checkpoint and who saw that."""

    log: str
    status: str
    size: int
    vkey: str
    signed: int = 0
    signed_at: str = ""
    cosigned: list[Cosigned] = []
    seen: int = 0
    unseen_since: str = ""


class Seals(Answer, frozen=True):
    """A controller's logs, oldest first, and the witnesses that are asked."""

    logs: list[Sealed]
    witnesses: list[str] = []


class ControlLook(Answer, frozen=True):
    """One control: what it tries, what its success is worth, and what it saw last."""

    control: str
    says: str
    gives: str
    hours: int
    result: str = ""
    at: str = ""
    findings: list[str] = []
    entry: str = ""


class ControlDay(Answer, frozen=True):
    """How often a control passed, failed, could not look, or left work to do on one day (UTC)."""

    control: str
    day: str
    passed: int = 0
    failed: int = 0
    blind: int = 0
    due: int = 0


class ClauseDay(Answer, frozen=True):
    """How a clause stood on one day, by what its controls saw on it; the worst counts."""

    clause: str
    day: str
    state: str


class Watched(Answer, frozen=True):
    """What the controls of a controller saw since a day."""

    since: str
    until: str
    controls: list[ControlLook]
    days: list[ControlDay]
    clauses: list[ClauseDay]
    """Days on which nobody looked are not there."""


class OwnEntries(Answer, frozen=True):
    """One's own entries among a log's last ones, newest first."""

    log: str
    first: int
    size: int
    entries: list[Recorded]


class Tally(Answer, frozen=True):
    """How often one kind of access happened on one day."""

    day: str
    action: str
    purpose: str
    principal: str
    calls: int
    records: int


class Activity(Answer, frozen=True):
    """Accesses by day, purpose and principal, counted from a log's last entries."""

    log: str
    first: int
    size: int
    tallies: list[Tally]
    names: dict[str, str] = {}
