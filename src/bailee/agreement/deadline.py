"""When a duty's time is up, by the counting rule that its terms name. Pure.

Minutes and hours run from the trigger on. Days begin with the day after it and end with the last
one, at midnight where the agreement's clock stands (C5.4: "within 2 Business Days"). What a rule
would lengthen beyond that is not taken for our own duties: our own clock may be early, it may not
be late.

``last_moment`` takes it, for whoever asks until when the law itself would wait. Regulation (EEC,
Euratom) 1182/71, Article 3: the hour, or the day, of the event is not part of the period (1); a
period ends with its last hour, one of months or years on the same date, or where that month has no
such date on its last day (2); a last day that is a holiday, a Sunday or a Saturday is carried over
to the next working day, hours excepted (4); a period of two days or more holds two working days
(5). The holidays are those of the place of whoever must act: given, and none where not given, which
is early.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo

from bailee.agreement import workdays
from bailee.agreement.source import Obligation

EU = "eu-1182-71"
_EXACT = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
_MONTHS = {"months": 1, "years": 12}
TWO = 2
"""Working days that a period of as many days holds at least (Article 3(5))."""


def deadline(line: Obligation, start: datetime) -> datetime | None:
    """Return the last moment at which a duty is done in time; None where it has no number."""
    if line.quantity is None or line.direction != "max":
        return None
    if line.unit in _EXACT:
        return start + line.quantity * _EXACT[line.unit]
    if line.counting == "business":
        return end_of_business_day(start, line.quantity, line.calendar, line.timezone)
    zone = _zone(line.timezone)
    return _end(_last_day(line, _day_of(start, zone)), zone)


def last_moment(
    line: Obligation, start: datetime, holidays: Collection[date] = ()
) -> datetime | None:
    """Return until when the law itself waits: not before ``deadline``; None without a number.

    Where the zone is not known it is ``deadline``: nothing can be said of its days.
    """
    early, zone = deadline(line, start), _zone(line.timezone)
    if early is None or zone is None or line.counting != EU or line.unit == "minutes":
        return early
    if line.unit == "hours":
        local = start.astimezone(zone)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return early - into + timedelta(hours=1)
    first = _day_of(start, zone)
    last = _last_day(line, first)
    two = (last - first).days >= TWO
    while not _works(last, holidays) or (two and not _holds_two(first, last, holidays)):
        last += timedelta(days=1)
    return _end(last, zone)


def _last_day(line: Obligation, first: date) -> date:
    """Return the last day of a period, whose first day is not part of it."""
    quantity = line.quantity or 0
    if line.unit in _MONTHS:
        return _months_after(first, quantity * _MONTHS[line.unit])
    return first + timedelta(days=quantity * (7 if line.unit == "weeks" else 1))


def _works(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < workdays.SATURDAY and day not in holidays


def _holds_two(first: date, last: date, holidays: Collection[date]) -> bool:
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    working = (day for day in days if _works(day, holidays))
    return len(tuple(islice(working, TWO))) == TWO


def end_of_business_day(start: datetime, count: int, calendar: str, timezone: str) -> datetime:
    """Return the end of the ``count``-th business day after a moment."""
    zone = _zone(timezone)
    return _end(workdays.after(_day_of(start, zone), count, calendar), zone)


def _zone(name: str) -> tzinfo | None:
    """Return a zone; None where this machine does not know it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (LookupError, ValueError, OSError):
        return None


def _day_of(moment: datetime, zone: tzinfo | None) -> date:
    """Return the day of a moment; without the zone, the earliest that it can be anywhere."""
    if zone is None:
        return moment.astimezone(UTC).date() - timedelta(days=1)
    return moment.astimezone(zone).date()


def _end(day: date, zone: tzinfo | None) -> datetime:
    """Return the midnight that ends a day; without the zone, when it begins in UTC: early."""
    if zone is None:
        return datetime.combine(day, time(), UTC)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
