"""Dates as pages write them, each taken at its latest possible day.

``March 2023`` is 31 March, ``2016`` its last day: what has a life is never called old too early.
A date in figures with slashes is read as Americans write it, unless that cannot be.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    r"(?<![0-9./-])(?:"
    r"(?P<iso>(?P<iy>(?:19|20)[0-9]{2})-(?P<im>[0-9]{2})-(?P<id>[0-9]{2}))"
    rf"|{_MONTH.format('am')}\s(?P<ad>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<ay>(?:19|20)[0-9]{{2}})"
    rf"|(?P<bd>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH.format('bm')},?\s(?P<by>(?:19|20)[0-9]{{2}})"
    rf"|{_MONTH.format('cm')},?\s(?P<cy>(?:19|20)[0-9]{{2}})"
    r"|(?P<sm>[0-9]{1,2})/(?P<sd>[0-9]{1,2})/(?P<sy>(?:19|20)[0-9]{2})"
    r"|q(?P<q>[1-4])[\s/-](?P<qy>(?:19|20)[0-9]{2})"
    r"|(?P<year>(?:19|20)[0-9]{2})"
    r")(?![0-9]|[./-][0-9])"
)
_YEAR_WORD = re.compile(
    r"\b(?:in|of|for|since|until|till|through|before|to|from|by|during|year|early|late|mid|end of|"
    r"fy|between|and|after|ended|ending)[\s-]?$"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, where it stands, and whether only its year is said."""

    day: date
    start: int
    end: int
    year_only: bool


def dates(text: str) -> Iterator[Dated]:
    """Yield the dates of a text in lower case; a bare year only behind a word of time."""
    for found in _DATE.finditer(text):
        bare = found["year"] is not None
        if bare and not _YEAR_WORD.search(text, max(0, found.start() - 12), found.start()):
            continue
        day = _day(found)
        if day is not None:
            yield Dated(day, found.start(), found.end(), bare)


def _day(found: re.Match[str]) -> date | None:
    if found["iso"]:
        parts = (int(found["iy"]), int(found["im"]), int(found["id"]))
    elif found["am"]:
        parts = (int(found["ay"]), _month(found["am"]), int(found["ad"]))
    elif found["bm"]:
        parts = (int(found["by"]), _month(found["bm"]), int(found["bd"]))
    elif found["cm"]:
        parts = (int(found["cy"]), _month(found["cm"]), 0)
    elif found["sy"]:
        month, day = int(found["sm"]), int(found["sd"])
        parts = (int(found["sy"]), *((day, month) if month > 12 else (month, day)))
    elif found["qy"]:
        parts = (int(found["qy"]), 3 * int(found["q"]), 0)
    else:
        parts = (int(found["year"]), 12, 31)
    year, month, day = parts
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def _month(name: str) -> int:
    return _NAMES.index(name[:3]) + 1


def later(day: date, months: int) -> date:
    """Return the same day some months on, or the last of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
