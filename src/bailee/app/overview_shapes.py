"""Shapes of what a person looks at first: who they are here, and what waits for somebody."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from bailee.app.rights import Approval
from bailee.app.shapes import Moment, Names, Reason
from bailee.vault.shapes import Name


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class Holding(Answer, frozen=True):
    """One of the caller's own living grants."""

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
    """The session's id; '' for whoever shows a key."""
    factors: list[str] = []
    """What the session was opened with."""
    enrolled: list[str] = []
    """Second factors that the person has."""
    controllers: dict[str, str] = {}
    """Controllers that the caller may know: short name to name."""
    holdings: list[Holding] = []

    def may(self, verb: str, controller: str = "") -> bool:
        """Say whether a grant names a verb, at a controller or anywhere; the door asks again."""
        return any(
            verb in one.verbs and controller in ("", one.controller) for one in self.holdings
        )


class Waiting(Answer, frozen=True):
    """One thing that waits for somebody."""

    what: str
    """A code: ``approval``, ``emergency-alert``, ``emergency-review``, ``obligation``…"""
    state: Literal["failing", "overdue", "due", "waiting"]
    says: str
    controller: str
    item: str = ""
    """The id that it is about, or the clause."""
    due: str = ""
    who: str = ""
    """Who can act: ``you``, or the verb that it takes."""


class Today(Answer, frozen=True):
    """What is failing, overdue or due, and what waits, worst first."""

    waiting: list[Waiting]
    counts: dict[str, dict[str, int]] = {}
    """Per controller: how many obligations are in each state."""


class Approvals(Answer, frozen=True):
    """Requests and what became of them, newest first."""

    approvals: list[Approval]
    names: dict[str, str] = {}
    """Of who asked and who decided."""


class NewAccess(Request, frozen=True):
    """Ask a second person for a right that nobody gave yet (C2.5(4))."""

    verbs: Names
    purpose: Name
    elements: Names
    until: Moment
    reason: Reason
    daily: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None


class Stretch(Request, frozen=True):
    """Which entries of the newest log: the last ones, or those before an index."""

    before: Annotated[int, Meta(ge=0)] | None = None
    most: Annotated[int, Meta(ge=1, le=200)] = 50


class Recorded(Answer, frozen=True):
    """One entry with its opening, as far as that still exists."""

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
    """What the session was opened with, where there was one."""
    context: dict[str, str] = {}
    opened: bool = True
    """Whether the opening is still there."""


class Entries(Answer, frozen=True):
    """A stretch of a log, newest first; names of principals are beside it, not in the log."""

    log: str
    size: int
    entries: list[Recorded]
    names: dict[str, str] = {}


class OwnEntries(Answer, frozen=True):
    """The caller's own entries among a log's last ones, newest first."""

    log: str
    first: int
    """Index of the first entry that was looked at; older ones were not."""
    size: int
    entries: list[Recorded]


class Holder(Answer, frozen=True):
    """One record that a call touched, as it was then; ids are random."""

    record: str
    subject: str
    elements: list[str] = []


class EntryView(Answer, frozen=True):
    """One entry as its auditor checks it: what it says, what it commits to, where it stands.

    Attributes:
        covered: size of the tree under the checkpoint that the proof stands under.
        path: the audit path, hex, from the leaf upwards (RFC 6962 2.1.1).
        leaf: the entry's leaf hash, hex.
        fits: the opening gives the commitments; false where it is erased.
        actor: what the opening says of who it was: ids alone.
        records: the first of them; ``touched`` says how many there are.
    """

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
    """One log with its newest checkpoint and who saw that.

    Attributes:
        seen: size up to which enough witnesses saw one history; 0 where nobody did.
        unseen_since: when the first checkpoint was signed that not enough of them saw.
    """

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
    """How old its last look may be."""
    result: str = ""
    """``passed``, ``failed``, ``blind``; '' when it never looked."""
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
    """What the controls of a controller saw since a day, from what is recorded and no more."""

    since: str
    until: str
    controls: list[ControlLook]
    days: list[ControlDay]
    clauses: list[ClauseDay]
    """Days on which nobody looked are not there."""


class Tally(Answer, frozen=True):
    """How often one kind of access happened on one day."""

    day: str
    action: str
    purpose: str
    principal: str
    calls: int
    records: int


class Activity(Answer, frozen=True):
    """Accesses by day, purpose and principal, counted from the log's last entries."""

    log: str
    first: int
    """Index of the first entry that was counted; older ones were not."""
    size: int
    tallies: list[Tally]
    names: dict[str, str] = {}


__all__ = [
    "Activity",
    "Approvals",
    "ControlDay",
    "ControlLook",
    "Cosigned",
    "Entries",
    "EntryView",
    "Holder",
    "Holding",
    "Me",
    "NewAccess",
    "OwnEntries",
    "Recorded",
    "Sealed",
    "Seals",
    "Stretch",
    "Tally",
    "Today",
    "Waiting",
    "Watched",
]
