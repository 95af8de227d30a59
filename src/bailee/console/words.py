"""How times, ids and numbers are written for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bailee.clock import read_time


def day(time: str) -> str:
    """Return the day of a time, ``29 Nov 2026``; times of the house are in UTC."""
    return read_time(time).strftime("%-d %b %Y") if time else ""


def moment(time: str) -> str:
    """Return a time to the minute, ``29 Nov 2026, 21:07 UTC``."""
    return read_time(time).strftime("%-d %b %Y, %H:%M UTC") if time else ""


def short(name: str) -> str:
    """Return as much of a random id as people compare: its end, for ids of one call begin alike."""
    return name if len(name) <= 12 else f"…{name[-8:]}"


def plain(code: str) -> str:
    """Return a code of ours as words: ``emergency-alert`` is ``emergency alert``."""
    return code.replace("-", " ").replace("_", " ")


def count(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def choose(names: Iterable[str], chosen: Iterable[str]) -> list[tuple[str, bool]]:
    """Return names, each with whether it is chosen."""
    picked = frozenset(chosen)
    return [(name, name in picked) for name in names]
