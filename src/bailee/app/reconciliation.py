"""Comparisons of a provider's record with ours, and what of them still stands (C2.8(3)). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Run:
    """One comparison over a window.

    Attributes:
        seen: how many of the window were in the record that was shown.
        unexplained: how many of them nobody can explain.
        missing: how many of ours were not in it.
    """

    since: datetime
    until: datetime
    seen: int
    unexplained: int
    missing: int


def standing(runs: Sequence[Run]) -> list[str]:
    """Return the findings that stand: those no later comparison has settled. Pure.

    A later one settles it that covers the same time, was shown no less, and found nothing.
    """
    found = set()
    for place, run in enumerate(runs):
        settled = any(
            not later.unexplained
            and not later.missing
            and later.since <= run.since
            and later.until >= run.until
            and later.seen >= run.seen
            for later in runs[place + 1 :]
        )
        if run.unexplained and not settled:
            found.add("root.unexplained_unwraps")
        if run.missing and not settled:
            found.add("root.record_has_holes")
    return sorted(found)
