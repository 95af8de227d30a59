"""What a server answers about training, dormant accounts and access reviews."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about training, dormant accounts and reviews."""


class Text(Answer, frozen=True):
    """A text to read: the undertaking, or a controller's handling procedure."""

    kind: str
    version: int
    text_sha256: str
    text: str
    published: str
    due: str
    controller: str = ""
    agreement: str = ""


class Duty(Answer, frozen=True):
    """What one person has to read, and whether it is ``in-force`` or ``due``."""

    kind: str
    status: str
    version: int
    text_sha256: str = ""
    until: str = ""
    controller: str = ""
    entry: Entry | None = None


class Training(Answer, frozen=True):
    """Everything that one person has to read."""

    principal: str
    duties: list[Duty]


class Idle(Answer, frozen=True):
    """Somebody who was not seen for too long."""

    principal: str
    kind: str
    name: str
    status: str
    outcome: str
    last_use: str = ""


class Dormant(Answer, frozen=True):
    """Everybody who was not seen for so many days."""

    days: int
    accounts: list[Idle]


class Use(Answer, frozen=True):
    """What was done with a verb under a grant."""

    verb: str
    calls: int
    records: int


class ReviewedGrant(Answer, frozen=True):
    """One grant in a review."""

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
    decidable: bool = False
    kind: str = ""
    name: str = ""
    reviewer: str = ""
    decided: str = ""
    shortened: str = ""
    reason: str = ""
    entry: Entry | None = None


class AccessReview(Answer, frozen=True):
    """One review; ``summary`` is what its recorded hash is of, once it is closed."""

    review: str
    controller: str
    status: str
    opened: str
    opened_by: str
    due: str
    since: str = ""
    overdue: bool = False
    closed: str = ""
    closed_by: str = ""
    counts: dict[str, int] = {}
    grants: list[ReviewedGrant] = []
    summary: str = ""
    summary_sha256: str = ""
    entry: Entry | None = None


class AccessReviews(Answer, frozen=True):
    """A controller's reviews, oldest first."""

    reviews: list[AccessReview]


__all__ = [
    "AccessReview",
    "AccessReviews",
    "Dormant",
    "Duty",
    "Idle",
    "ReviewedGrant",
    "Text",
    "Training",
    "Use",
]
