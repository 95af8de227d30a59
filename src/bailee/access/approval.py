"""Approvals: a second person's yes, bound to one use (MISSION A8; C2.5(4)).

Two kinds. ``bulk`` lets its requester see up to a maximum of subjects for one purpose until an
end; each call draws from it in its own transaction. ``access`` asks for a right that nobody gave
yet; its approval ends in a grant that expires. The requester never approves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.grant import REVEALING, covers_elements
from bailee.access.lifecycle import Table
from bailee.access.view import Schema
from bailee.errors import Invalid, Refused

BULK, ACCESS = "bulk", "access"
LONGEST = timedelta(days=30)
LARGEST = 10_000_000
REASON_LIMIT = 1000

APPROVAL: Table = {
    "requested": {
        "approve": "approved",
        "settle": "granted",
        "refuse": "refused",
        "withdraw": "withdrawn",
        "expire": "expired",
    },
    "approved": {
        "draw": "approved",
        "exhaust": "drawn",
        "withdraw": "withdrawn",
        "expire": "expired",
    },
    "granted": {},
    "refused": {},
    "withdrawn": {},
    "drawn": {},
    "expired": {},
}
"""``settle`` is the approval of an ``access`` request: the grant exists from the same commit on.
``expire`` comes from the clock: it is read off ``until``, never written."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval, as stored."""

    approval_id: str
    controller: str
    kind: str
    requester: str
    verbs: tuple[str, ...]
    purpose: str
    elements: tuple[str, ...]
    maximum: int
    """Subjects in all (bulk), or per rolling day (access)."""
    remaining: int
    until: datetime
    created: datetime
    state: str = "requested"
    approver: str = ""
    decided: datetime | None = None
    reason: str = field(default="", repr=False)
    """Free text for the second person; may name people, so it stays out of the ledger."""

    def state_at(self, now: datetime) -> str:
        """Return the state, with the clock's own event taken in."""
        if self.until <= now and "expire" in APPROVAL[self.state]:
            return APPROVAL[self.state]["expire"]
        return self.state


@dataclass(frozen=True, slots=True)
class Wanted:
    """The bounds that a requester asks for."""

    kind: str
    verbs: tuple[str, ...]
    maximum: int
    until: datetime
    reason: str = field(default="", repr=False)


def check_request(wanted: Wanted, now: datetime) -> None:
    """Refuse a request without a sensible bound.

    Raises:
        Invalid: ``approval.maximum``, ``approval.until``, ``approval.reason``.
    """
    if not 0 < wanted.maximum <= LARGEST:
        raise Invalid("approval.maximum", f"An approval is for 1 to {LARGEST} subjects.")
    if not now < wanted.until <= now + LONGEST:
        raise Invalid(
            "approval.until", f"An approval ends in the future, within {LONGEST.days} days."
        )
    if len(wanted.reason) > REASON_LIMIT:
        raise Invalid("approval.reason", f"A reason has at most {REASON_LIMIT} characters.")


@dataclass(frozen=True, slots=True)
class Use:
    """What somebody wants to draw an approval for."""

    requester: str
    verb: str
    purpose: str
    elements: tuple[str, ...]
    subjects: int


def check_use(approval: Approval, use: Use, schema: Schema, now: datetime) -> None:
    """Refuse a use that was not approved.

    Raises:
        Refused: ``approval.binding``, ``approval.expired``, ``approval.exhausted``,
            ``approval.not_approved``.
    """
    fits = (
        approval.kind == BULK
        and approval.requester == use.requester
        and (use.verb in approval.verbs or (use.verb in REVEALING and "reveal" in approval.verbs))
        and approval.purpose == use.purpose
        and covers_elements(approval.elements, use.elements, schema)
    )
    if not fits:
        raise Refused(
            "approval.binding",
            "That approval is for somebody else, another purpose, or other elements.",
            do="Request one for exactly what you do.",
        )

    state = approval.state_at(now)
    if state == "expired":
        raise Refused("approval.expired", "That approval has ended.", do="Request a new one.")
    if state == "drawn" or (state == "approved" and approval.remaining < use.subjects):
        raise Refused(
            "approval.exhausted",
            f"That approval has {approval.remaining} subjects left.",
            do="Ask for fewer, or request a new one.",
        )
    if state != "approved":
        raise Refused(
            "approval.not_approved",
            f"That approval is {state}.",
            do="A second person who holds 'approve' must approve it first.",
        )
