"""Access reviews: each living grant is confirmed, shortened or ended by somebody else (C2.5(6)).

A review is a campaign at one controller, or at the house for the rights of administration. It opens
with a snapshot of the living grants, each with what was done under it since the review before.
Nobody reviews a grant of their own nor one that they gave. A decision executes in the transaction
that records it. What nobody decided by the due date is out of time; where the operator wants it,
the house then ends the grant.

Emergencies are left out: they last an hour and have a review of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bailee.access.grant import EMERGENCY_MARK, Grant, Rules
from bailee.access.lifecycle import Table
from bailee.canonical import encode
from bailee.clock import write_time
from bailee.errors import Conflict, Invalid, NotFound, Refused

REVIEW: Table = {"open": {"close": "closed"}, "closed": {}}
ITEM: Table = {
    "undecided": {
        "keep": "kept",
        "end": "ended",
        "shorten": "shortened",
        "lapse": "lapsed",
        "vanish": "gone",
    },
    "kept": {},
    "ended": {},
    "shortened": {},
    "lapsed": {},
    "gone": {},
}
"""``lapse``: the house ended what nobody decided; ``vanish``: the grant ended by itself before."""
DECISIONS = ("keep", "end", "shorten")
INTERVAL = "access.review"
"""What terms call the time between two reviews."""
REASON_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Cadence:
    """When reviews are due, as the operator wants it."""

    every: timedelta
    decide: timedelta
    """Time to decide, from the opening on."""
    ends: bool = True
    """Whether the house ends what nobody decided in time."""


@dataclass(frozen=True, slots=True)
class Review:
    """A review, as stored."""

    controller: str
    review_id: str
    state: str
    opened_by: str
    since: datetime | None
    """Use is counted from there on: the opening of the review before; None for the first."""
    opened: datetime
    due: datetime
    closed_by: str = ""
    closed: datetime | None = None
    summary_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One grant in a review, as it stood when that opened, and what was decided of it."""

    controller: str
    review_id: str
    grant_id: str
    principal: str
    granted_by: str
    verbs: tuple[str, ...]
    elements: tuple[str, ...]
    purposes: tuple[str, ...]
    created: datetime
    until: datetime
    uses: str
    """Canonical JSON: verb -> [calls, records]."""
    state: str = "undecided"
    reviewer: str = ""
    decided: datetime | None = None
    shortened: datetime | None = None
    """The new end, where it was shortened."""
    reason: str = field(default="", repr=False)
    """Free text may name people: it is stored for the reviewers and goes nowhere else."""
    reason_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer makes of one grant."""

    decision: str
    reason: str = field(repr=False)
    until: datetime | None = None


def reviewed(grants: Collection[Grant], now: datetime) -> list[Grant]:
    """Return the grants that a review is about: living ones, but for emergencies."""
    return [
        one
        for one in grants
        if one.state == "living"
        and one.until > now
        and not one.approval_id.startswith(EMERGENCY_MARK)
    ]


def item_of(grant: Grant, review_id: str, used: Mapping[str, tuple[int, int]]) -> Item:
    """Return a grant as a review's line."""
    return Item(
        controller=grant.controller,
        review_id=review_id,
        grant_id=grant.grant_id,
        principal=grant.principal,
        granted_by=grant.granted_by,
        verbs=grant.verbs,
        elements=grant.elements,
        purposes=grant.purposes,
        created=grant.created,
        until=grant.until,
        uses=encode({verb: list(counts) for verb, counts in used.items()}).decode("ascii"),
    )


def next_opening(
    last: Review | None, grants: Collection[Grant], cadence: Cadence, rules: Rules | None
) -> datetime | None:
    """Return by when the next review opens; None where there is nothing to review.

    Counted from the last opening, or from the oldest grant where there was none; what the
    agreement names wins where it is shorter.
    """
    start = last.opened if last else min((one.created for one in grants), default=None)
    if start is None:
        return None
    named = rules.due(INTERVAL, start) if rules is not None else None
    return min(filter(None, (start + cadence.every, named)))


def check_verdict(verdict: Verdict, grant: Grant, now: datetime) -> None:
    """Refuse a decision that is none, that says nothing, or that would lengthen a grant.

    Raises:
        Invalid: ``review.decision``, ``review.reason``, ``review.until``.
    """
    if verdict.decision not in DECISIONS:
        raise Invalid("review.decision", f"A decision is: {', '.join(DECISIONS)}.")
    if not verdict.reason.strip() or len(verdict.reason) > REASON_LIMIT:
        raise Invalid(
            "review.reason", f"A reason has 1 to {REASON_LIMIT} characters, not all blank."
        )
    shorter = verdict.until is not None and now < verdict.until < grant.until
    if shorter != (verdict.decision == "shorten") or (verdict.until is not None and not shorter):
        raise Invalid(
            "review.until",
            "A grant is shortened to an end that is to come and before its own; no other decision "
            "names an end.",
        )


def check_reviewer(who: Collection[str], item: Item) -> None:
    """Refuse whoever holds a grant or gave it, and whoever shares a key with one of these.

    Args:
        who: the reviewer, and everybody with whom they share a key.
        item: what they would decide on.

    Raises:
        Refused: ``self.review``.
    """
    if not set(who).isdisjoint({item.principal, item.granted_by}):
        raise Refused(
            "self.review",
            "Nobody reviews a grant of their own, nor one that they gave.",
            do="Let somebody else who may review there decide it.",
        )


def overdue(review: Review, items: Sequence[Item], now: datetime) -> bool:
    """Tell whether decisions of an open review are out of time; one that lapsed was missed too."""
    late = any(one.state in ("undecided", "lapsed") for one in items)
    return review.state == "open" and now > review.due and late


def summary(review: Review, items: Sequence[Item]) -> bytes:
    """Return what a closed review came to, as canonical JSON: ids, codes and hashes only."""
    content: dict[str, Any] = {
        "controller": review.controller,
        "review": review.review_id,
        "opened": write_time(review.opened),
        "opened_by": review.opened_by,
        "since": write_time(review.since) if review.since else "",
        "due": write_time(review.due),
        "closed": write_time(review.closed) if review.closed else "",
        "closed_by": review.closed_by,
        "grants": [
            {
                "grant": one.grant_id,
                "principal": one.principal,
                "granted_by": one.granted_by,
                "verbs": list(one.verbs),
                "elements": list(one.elements),
                "purposes": list(one.purposes),
                "until": write_time(one.until),
                "used": one.uses,
                "outcome": one.state,
                "reviewer": one.reviewer,
                "decided": write_time(one.decided) if one.decided else "",
                "shortened": write_time(one.shortened) if one.shortened else "",
                "reason_sha256": one.reason_sha256,
            }
            for one in sorted(items, key=lambda each: each.grant_id)
        ],
    }
    return encode(content)


def sha256(data: bytes) -> str:
    """Return a hash as text."""
    return hashlib.sha256(data).hexdigest()


def tally(items: Sequence[Item]) -> dict[str, int]:
    """Count items by state."""
    return {state: sum(one.state == state for one in items) for state in ITEM}


def unknown() -> NotFound:
    """Return the failure of whoever names a review, or a grant in one, that there is not."""
    return NotFound("review.unknown", "There is no such review, or no such grant in it.")


def moved() -> Conflict:
    """Return the refusal of whoever decides what somebody else has decided meanwhile."""
    return Conflict(
        "review.decided",
        "Somebody else decided that meanwhile.",
        do="Look at the review again; a decision stands.",
    )
