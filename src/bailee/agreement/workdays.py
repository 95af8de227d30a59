"""Business days: which days count where an agreement counts business days (C5.4, C6, C9).

A calendar is a rule, not a list, so that no year runs out. One is known: ``us-federal-reserve``,
the holidays on which the Federal Reserve Banks are closed (5 U.S.C. 6103(a), as the Banks observe
it: a holiday on a Sunday closes the Monday after, one on a Saturday closes nothing). By a calendar
that is not known here every day counts: a deadline is then early and never late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
FEDERAL_RESERVE = "us-federal-reserve"
JUNETEENTH_SINCE = 2021  # Pub. L. 117-17


def federal_reserve(day: date) -> bool:
    """Say whether the Federal Reserve Banks are open on a day."""
    if day.weekday() in (SATURDAY, SUNDAY):
        return False
    before = day - timedelta(days=1)
    return not (_holiday(day) or (day.weekday() == MONDAY and _fixed(before)))


def _holiday(day: date) -> bool:
    return _fixed(day) or any(
        day == _nth(day.year, month, weekday, which)
        for month, weekday, which in (
            (1, MONDAY, 3),  # Birthday of Martin Luther King, Jr.
            (2, MONDAY, 3),  # Washington's Birthday
            (5, MONDAY, -1),  # Memorial Day
            (9, MONDAY, 1),  # Labor Day
            (10, MONDAY, 2),  # Columbus Day
            (11, THURSDAY, 4),  # Thanksgiving Day
        )
    )


def _fixed(day: date) -> bool:
    """Say whether a holiday has this date in every year."""
    if (day.month, day.day) == (6, 19):
        return day.year >= JUNETEENTH_SINCE
    return (day.month, day.day) in {(1, 1), (7, 4), (11, 11), (12, 25)}


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    """Return the first, second … of a weekday in a month; -1 for the last."""
    if which < 0:
        last = date(year, month + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def _every_day(_day: date) -> bool:
    return True


CALENDARS: Mapping[str, Callable[[date], bool]] = {FEDERAL_RESERVE: federal_reserve}
"""Name in the terms -> whether a day is a business day."""


def after(day: date, count: int, calendar: str) -> date:
    """Return the ``count``-th business day after a day, which itself does not count."""
    counts = CALENDARS.get(calendar, _every_day)
    while count > 0:
        day += timedelta(days=1)
        count -= counts(day)
    return day
