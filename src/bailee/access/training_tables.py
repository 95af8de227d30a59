"""The tables of training, of use, and of reviews.

Texts, acknowledgements, reviews and use of grants belong to a controller, or to the house where
they are about the house's own; when somebody was last seen belongs to the house.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _count(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, autoincrement=False, nullable=False)


TEXT = sa.Table(
    "handling_text",
    DATA,
    _column("controller", key=True),
    _count("version", key=True),
    _column("kind"),
    _text("text"),
    _column("text_sha256"),
    _column("agreement"),
    _time("published"),
    _time("due"),
)

ACKNOWLEDGEMENT = sa.Table(
    "acknowledgement",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _column("acknowledgement_id", key=True),
    _column("kind"),
    _count("version"),
    _column("text_sha256"),
    _time("at"),
)

LAST_USE = sa.Table(
    "last_use",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _time("at"),
)
"""When somebody was last seen, to the day: written at the first call of each day."""

GRANT_USE = sa.Table(
    "grant_use",
    DATA,
    _column("controller", key=True),
    _column("grant_id", key=True),
    sa.Column("day", sa.String(10), primary_key=True, nullable=False),
    _column("verb", key=True),
    _count("slot", key=True),
    _count("calls"),
    _count("records"),
)
"""What was done under a grant on a day. Each connection of PostgreSQL counts in a slot of its own,
so that no two calls that are under way ever wait for one row."""

REVIEW = sa.Table(
    "access_review",
    DATA,
    _column("controller", key=True),
    _column("review_id", key=True),
    _column("state"),
    _column("opened_by"),
    _time("since"),
    _time("opened"),
    _time("due"),
    _column("closed_by"),
    _time("closed"),
    _column("summary_sha256"),
)

REVIEW_ITEM = sa.Table(
    "access_review_item",
    DATA,
    _column("controller", key=True),
    _column("review_id", key=True),
    _column("grant_id", key=True),
    _column("principal"),
    _column("granted_by"),
    _text("verbs"),
    _text("elements"),
    _text("purposes"),
    _time("created"),
    _time("until"),
    _text("uses"),
    _column("state"),
    _column("reviewer"),
    _time("decided"),
    _time("shortened"),
    _text("reason"),
    _column("reason_sha256"),
)
"""A grant as it stood when the review opened, and what was decided of it."""
