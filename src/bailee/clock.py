"""The only caller of the system clock. Times are aware, in UTC, with whole milliseconds.

A clock that is set back would lengthen every grant and shorten every record: so a ``Clock``
never goes back. Within the tolerance it stands still; beyond it, it refuses (nothing is done at
a time that cannot be recorded).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bailee.errors import Invalid, Unavailable

TOLERANCE = timedelta(seconds=5)


def system_time() -> datetime:
    """Return the machine's time, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


class Clock:
    """Time that does not run backwards.

    Args:
        source: where time comes from; tests pass their own.
        floor: the latest time already recorded; the clock never answers earlier.
    """

    def __init__(
        self, source: Callable[[], datetime] = system_time, floor: datetime | None = None
    ) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._latest = floor or datetime.min.replace(tzinfo=UTC)  # owned by _lock

    def now(self) -> datetime:
        """Return the time, whole milliseconds, never earlier than the last answer.

        Raises:
            Unavailable: ``clock.set_back`` when the source is behind by more than the tolerance.
        """
        seen = self._source()
        seen = seen.replace(microsecond=seen.microsecond // 1000 * 1000)
        with self._lock:
            if seen >= self._latest:
                self._latest = seen
            elif self._latest - seen > TOLERANCE:
                raise Unavailable(
                    "clock.set_back",
                    "The machine's clock is behind what is already recorded.",
                    do="Set the clock right (NTP), then try again.",
                )
            return self._latest

    def raise_floor(self, floor: datetime) -> None:
        """Never answer earlier than ``floor`` from now on."""
        with self._lock:
            self._latest = max(self._latest, floor)


def write_time(moment: datetime) -> str:
    """Return ``2026-11-20T21:07:00.000Z`` (RFC 3339, UTC, milliseconds)."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"


def read_time(text: str) -> datetime:
    """Return the time that an RFC 3339 text with a zone says.

    Raises:
        Invalid: ``time.unreadable``, also for a text without a zone.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # a zone can push the first and last days off the calendar
        pass
    raise Invalid(
        "time.unreadable",
        "That is not a time with a zone.",
        do="Write it as 2026-11-20T21:07:00Z.",
    )
