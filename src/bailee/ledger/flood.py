"""Counts a flood of refused credentials into one entry per source and second. Pure.

The first refusal of a source is recorded at once, so it is durable before its answer; it opens a
window of one second in which the rest is only counted. What was counted goes into the next entry
for that source. If the process dies, at most the counts of the open windows are lost, never that
there was a flood. The source is a name (an IP address) that the entry only commits to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=1)
MAX_SOURCES = 10_000
OTHERS = "others"
"""Stands for every source past the limit, so that a flood from many places stays small too."""


@dataclass(slots=True)
class _Window:
    until: datetime
    uncounted: int  # refusals since the last entry


class Flood:
    """Windows per source. Not thread-safe: its owner holds a lock."""

    def __init__(self, window: timedelta = WINDOW, max_sources: int = MAX_SOURCES) -> None:
        self._window = window
        self._max_sources = max_sources
        self._windows: dict[str, _Window] = {}

    def refuse(self, source: str, now: datetime) -> tuple[str, int]:
        """Count one refusal; return (source, count) to record now, count 0 for nothing yet."""
        if source not in self._windows and len(self._windows) >= self._max_sources:
            source = OTHERS
        window = self._windows.get(source)
        if window is not None and now < window.until:
            window.uncounted += 1
            return source, 0
        count = 1 + (window.uncounted if window else 0)
        self._windows[source] = _Window(now + self._window, 0)
        return source, count

    def due(self, now: datetime) -> list[tuple[str, int]]:
        """Return (source, count) of every closed window with something left to record.

        A source that is recorded here opens its next window; one with nothing left is forgotten.
        """
        closed = [name for name, window in self._windows.items() if now >= window.until]
        left = []
        for name in closed:
            count = self._windows.pop(name).uncounted
            if count:
                left.append((name, count))
                self._windows[name] = _Window(now + self._window, 0)
        return left
