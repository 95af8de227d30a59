"""Reveal limits: how many subjects one principal sees for one purpose in a rolling day (A8).

Each call adds one row that carries its own count and the running total, so the day's sum is the
difference of two rows, found by index however many there are. Rows are only ever inserted. The
check and the row are one statement in the caller's transaction: a call that fails counts nothing,
and no two calls can both take the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.errors import Invalid, Refused

WINDOW = timedelta(hours=24)
PERSON_DAILY = 200
SERVICE_DAILY = 10_000
BULK_DAILY = 100_000
"""A grant for more than this a day is bulk: not in a house of one person."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call shows, for the count."""

    controller: str
    principal: str
    purpose: str
    subjects: int


def window_start(now: datetime) -> datetime:
    """Return the moment from which (exclusive) a call still counts."""
    return now - WINDOW


def check_subjects(subjects: int) -> None:
    """Refuse to count backwards.

    Raises:
        Invalid: ``limit.subjects``.
    """
    if subjects < 0:
        raise Invalid("limit.subjects", "A call is counted for no subject or more, never for less.")


def limit_reached(daily: int) -> Refused:
    """Return the refusal of a call that would show more than a day allows."""
    return Refused(
        "reveal.limit",
        f"Your grant shows {daily} subjects in a rolling day.",
        do="Wait, ask for fewer, or request an approval from a second person.",
    )
