"""A clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Hours:
    """Time stands still until it is moved. ``ticks`` is the same in monotonic seconds."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def ticks(self) -> float:
        """Return seconds on a clock of no meaning."""
        return self.time.timestamp()

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)
