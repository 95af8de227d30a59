"""When a duty's time is up, by the counting rule that its terms name. Pure.

Minutes and hours run from the trigger on. Days begin with the day after it and end with the last
one, at midnight where the agreement's clock stands (C5.4: "within 2 Business Days"). What a rule
would lengthen beyond that (Regulation 1182/71 carries a last day that is a holiday over to the
next) is not taken: our own clock may be early, it may not be late.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bailee.agreement import workdays
from bailee.agreement.terms import Obligation

_EXACT = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
_MONTHS = {"months": 1, "years": 12}


def deadline(line: Obligation, start: datetime) -> datetime | None:
    """Return the last moment at which a duty is done in time; None where it has no number."""
    if line.quantity is None or line.direction != "max":
        return None
    if line.unit in _EXACT:
        return start + line.quantity * _EXACT[line.unit]
    if line.counting == "business":
        return end_of_business_day(start, line.quantity, line.calendar, line.timezone)
    zone = _zone(line.timezone)
    first = _day_of(start, zone)
    if line.unit in _MONTHS:
        return _end(_months_after(first, line.quantity * _MONTHS[line.unit]), zone)
    days = line.quantity * (7 if line.unit == "weeks" else 1)
    return _end(first + timedelta(days=days), zone)


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
