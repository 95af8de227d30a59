"""Shapes of access reviews (C2.5(6), MISSION A10)."""

from __future__ import annotations

from typing import Literal

import msgspec

from bailee.app.shapes import Moment, Reason
from bailee.vault.shapes import Entry, Name


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class NewDecision(Request, frozen=True):
    """What a reviewer makes of one grant; it happens at once."""

    grant: Name
    decision: Literal["keep", "end", "shorten"]
    reason: Reason
    """For the other reviewers; kept out of logs and entries."""
    until: Moment | None = None
    """The new end, with ``shorten`` alone."""


class Use(Answer, frozen=True):
    """What was done with a verb under a grant since the review before."""

    verb: str
    calls: int
    records: int


class ReviewedGrant(Answer, frozen=True):
    """One grant: who, what, by whom, until when, how it was used; and what was decided of it."""

    grant: str
    principal: str
    granted_by: str
    verbs: list[str]
    elements: list[str]
    purposes: list[str]
    created: str
    until: str
    used: list[Use]
    status: str
    """``undecided``, ``kept``, ``shortened``, ``ended``; ``lapsed`` when the house ended it because
    nobody decided in time; ``gone`` when it ended by itself before."""
    decidable: bool = False
    """Whether whoever asks may decide it now."""
    kind: str = ""
    name: str = ""
    """Of the holder; for reviewers alone."""
    reviewer: str = ""
    decided: str = ""
    shortened: str = ""
    reason: str = ""
    entry: Entry | None = None


class AccessReview(Answer, frozen=True):
    """One review."""

    review: str
    controller: str
    status: str
    opened: str
    opened_by: str
    due: str
    since: str = ""
    """Use is counted from there on; empty where it is counted from the beginning."""
    overdue: bool = False
    closed: str = ""
    closed_by: str = ""
    counts: dict[str, int] = {}
    """Grants by status."""
    grants: list[ReviewedGrant] = []
    summary: str = ""
    """Of a closed review: canonical JSON, whose SHA-256 is on record."""
    summary_sha256: str = ""
    entry: Entry | None = None


class AccessReviews(Answer, frozen=True):
    """A controller's reviews, oldest first, without their grants."""

    reviews: list[AccessReview]


__all__ = ["AccessReview", "AccessReviews", "NewDecision", "ReviewedGrant", "Use"]
