"""Running timers as a calendar (iCalendar, RFC 5545): what is due when, for any calendar program.

Codes and ids alone: a calendar is copied to telephones. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bailee.procedures.timer import Timer

FOLD = 75
"""Octets of a line (RFC 5545, 3.1)."""
ALARM = "-P1D"
LENGTH = timedelta(minutes=15)
"""A deadline is shown as the quarter of an hour that ends with it."""


def calendar(timers: Iterable[Timer], *, domain: str, now: datetime) -> str:
    """Return a calendar of the timers that still run."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bailee//deadlines//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:bailee deadlines",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for one in timers:
        if one.state == "running":
            lines += _event(one, domain, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _event(one: Timer, domain: str, now: datetime) -> list[str]:
    what = "not before" if one.floor else "due"
    kind = " (own target)" if one.target else ""
    bases = ", ".join(sorted({f"{basis.source} {basis.obligation}" for basis in one.bases}))
    return [
        "BEGIN:VEVENT",
        f"UID:{one.timer_id}@{domain}",
        f"DTSTAMP:{_time(now)}",
        f"DTSTART:{_time(one.due - LENGTH)}",
        f"DTEND:{_time(one.due)}",
        f"SUMMARY:{_text(f'{one.controller}: {one.parameter} {what}{kind}')}",
        f"DESCRIPTION:{_text(f'{one.matter.kind} {one.matter.item}; {one.trigger}; {bases}')}",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(one.parameter)}",
        f"TRIGGER;RELATED=END:{ALARM}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _time(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    for mark in ("\\", ";", ","):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\n", "\\n").replace("\r", "")


def _fold(line: str) -> str:
    data, parts = line.encode("utf-8"), []
    while len(data) > FOLD:
        cut = FOLD
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(data[:cut])
        data = b" " + data[cut:]
    return b"\r\n".join([*parts, data]).decode("utf-8")
