"""How old a page says that a report or certificate is, and when it stops to speak.

A SOC report speaks for twelve months after its period, a bridge letter for three more; a PCI DSS
attestation for a year after it was signed; an ISO certificate for three years (ISO/IEC 17021-1,
9.1.3). The numbers stand in the table (``lasts``). Of several dates on a page the latest counts:
who names last year's report beside this year's claims this year's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bailee.assurance.dates import Dated, dates, later

LEAD = 60

_FIRST = re.compile(
    r"\b(?:first|initial|initially|inaugural|original(?:ly)?|began|founded|history|planned|next|"
    r"upcoming|will|scheduled|expect(?:s|ed)?)\b"
)
_OTHER = re.compile(
    r"\b(?:publish\w*|releas\w*|introduc\w*|effect\w*|force|retir\w*|replac\w*|supersed\w*|became|"
    r"enacted|adopted|announced|updated|revis\w*|mandatory|requir\w*|since|from|beginning|starting|"
    r"starts?|version|edition|withdr\w*|applies|deadline|transition\w*)\b[^.;]{0,30}$"
)
_EXPIRY = re.compile(
    r"\b(?:valid|expir\w*|good|renewal due|runs?|certified)\b(?:\W+\w+){0,3}?\W*"
    r"\b(?:until|through|thru|to|till|on|by|date|expir\w*)\W*$|\b(?:expir\w*|until|till)\W*$"
)
_PERIOD = re.compile(
    r"\b(?:periods?|ending|ended|ends|covering|covers|through|to|year)\b(?:\W+\w+){0,2}?\W*$|[\u2013-]\s*$"
)
_ISSUED = re.compile(
    r"\b(?:dated|issued|signed|completed|performed|conducted|as of|obtained|received|audit\w*|"
    r"assess\w*|reports?|aoc|attest\w*|certificates?|examin\w*|validated)\b(?:\W+\w+){0,3}?\W*$"
)
_ABOUT = re.compile(
    r"\b(?:reports?|audit\w*|assess\w*|attest\w*|aoc|certif\w*|examin\w*|periods?|valid\w*|expir\w*)\b"
)
_LEADING_YEAR = re.compile(r"\b(20[0-9]{2})\s$")
_REPORT_NEXT = re.compile(
    r"[^.;]{0,25}?\b(?:report|audit|examination|attestation|assessment|certificate)"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says about one report: the last day it speaks for, and how that was said."""

    speaks_until: date
    how: str


def said(text: str, span: tuple[int, int], stop: int, lasts: int) -> Said | None:
    """Return the latest life that a sentence (lower case) gives to what is named in it.

    Args:
        text: the sentence.
        span: where the name stands; empty when it stands in a sentence before.
        stop: where the next name begins: dates behind it are that one's.
        lasts: for how many months such a report speaks.
    """
    if _FIRST.search(text) or not _ABOUT.search(text):
        return None
    found = [
        one
        for dated in dates(text)
        if dated.start < stop and (one := _life(text, dated, lasts)) is not None
    ]
    start, end = span
    year = _LEADING_YEAR.search(text, max(0, start - 6), start)
    if year and _REPORT_NEXT.match(text, end):
        until = later(date(int(year[1]), 12, 31), lasts)
        found.append(Said(until, f"is of {year[1]}"))
    return max(found, key=lambda one: one.speaks_until, default=None)


def said_apart(text: str, lasts: int) -> Said | None:
    """Return the life that a sentence gives to a report named shortly before."""
    if not re.search(r"\b(?:period|expir\w+|valid)\b", text):
        return None
    return said(text, (0, 0), len(text), lasts)


def _life(text: str, dated: Dated, lasts: int) -> Said | None:
    lead = text[max(0, dated.start - LEAD) : dated.start]
    if _OTHER.search(lead):
        return None
    if _EXPIRY.search(lead):
        return Said(dated.day, f"ran until {dated.day}")
    if _PERIOD.search(lead):
        return Said(later(dated.day, lasts), f"is of a period that ended on {dated.day}")
    if _ISSUED.search(lead):
        return Said(later(dated.day, lasts), f"is of {dated.day} at the latest")
    return None
