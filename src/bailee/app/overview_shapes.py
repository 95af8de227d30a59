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
    "Entries",
    "Holding",
    "Me",
    "NewAccess",
    "Recorded",
    "Stretch",
    "Tally",
    "Today",
    "Waiting",
]
