"""Entries that wait for the sequencer, and when there are too many to let another access in.

An access whose entry could not be integrated for long would be an access that no auditor sees. So
beyond a number of waiting entries of a log, or when a log took nothing in for some time, accesses
are refused (never an entry dropped), until the sequencer has caught up (S8: bounded, visible).
Acts of administration are few, and may be what ends the trouble: they are let in, and recorded.

Every process looks at the inbox twice a second and counts what it appends itself in between. What
other processes append meanwhile is seen with the next look: the bound is kept but for their half
second. The bounds are per log, so that one controller's broken log stops nobody else.

Time is measured here, between two looks, and not read from entries: no clock that jumps, and none
of another machine, opens or closes the door.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bailee.db import HOUSE, Database
from bailee.errors import Failure, Unavailable
from bailee.ledger import store

LOOK_SECONDS = 0.5
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many entries of a log may wait, and how long a log may take nothing in."""

    entries: int = 10_000
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one log: how many entries, the first one, since when it has been the first."""

    count: int
    first: int
    since: float


class Backlog:
    """What this process knows of the inbox.

    Args:
        bounds: beyond which accesses are refused.
        ticks: monotonic seconds.
    """

    def __init__(self, bounds: Bounds, ticks: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds
        self._ticks = ticks
        self._lock = threading.Lock()
        self._queues: dict[str, Queue] = {}  # owned by _lock, as all below
        self._recent: dict[str, int] = {}  # appended here since the last look began
        self._earlier: dict[str, int] = {}  # between the two last looks: perhaps not committed then
        self._counted: dict[str, int] = {}  # before that; the look that is under way finds them
        self._looked: float | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._full: frozenset[str] = frozenset()

    # Asked by every access

    def admit(self, controller: str) -> None:
        """Let an access of a controller's data go on.

        Raises:
            Unavailable: ``ledger.backlog``; nothing was changed.
        """
        if self._refuses(controller, self._ticks()):
            raise Unavailable(
                "ledger.backlog",
                "Too many records of accesses wait for the log; none is let in unrecorded.",
                do="Try again; if it lasts, the operator finds the sequencer's trouble in its log.",
            )

    def appended(self, controller: str, count: int) -> None:
        """Count entries that this process puts into the inbox."""
        with self._lock:
            self._recent[controller] = self._recent.get(controller, 0) + count

    def _refuses(self, controller: str, now: float) -> bool:
        with self._lock:
            if self._looked is None:
                return False  # nothing looks here: no sequencer was started in this process
            if now - self._looked > self._bounds.seconds:
                return True  # nobody could look for so long: who knows what waits
            queue = self._queues.get(controller)
            own = sum(
                counts.get(controller, 0) for counts in (self._recent, self._earlier, self._counted)
            )
            return own + (queue.count if queue else 0) >= self._bounds.entries or (
                queue is not None and now - queue.since > self._bounds.seconds
            )

    # Looked at in the background

    def start(self, database: Database) -> None:
        """Look now, then twice a second."""
        self._looked = self._ticks()
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._run, args=(database,), name="backlog", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End looking; from here on every access is let in."""
        if self._thread is not None:
            self._stopping.set()
            self._thread.join()
            self._thread = None
        with self._lock:
            self._looked = None

    def look(self, database: Database) -> None:
        """Count what waits for each log; what came since the last look counts twice until the next.

        Raises:
            Failure: what kept it from looking; what was known stays.
        """
        with self._lock:  # entries are appended before their commit: the last ones may be missing
            for name, count in self._earlier.items():
                self._counted[name] = self._counted.get(name, 0) + count
            self._earlier, self._recent = self._recent, {}
        found = database.read(HOUSE, store.backlog)
        now = self._ticks()
        with self._lock:
            self._queues = _follow(self._queues, found, now)
            self._counted = {}
            self._looked = now

    def waiting(self) -> Mapping[str, int]:
        """Return how many entries waited for each log at the last look."""
        with self._lock:
            return {name: queue.count for name, queue in self._queues.items()}

    def refusing(self) -> frozenset[str]:
        """Return the controllers whose accesses are refused now."""
        now = self._ticks()
        with self._lock:
            names = {*self._queues, *self._recent, *self._earlier, *self._counted}
        return frozenset(name for name in names if self._refuses(name, now))

    def _run(self, database: Database) -> None:
        while True:
            try:
                self.look(database)
            except Failure as failure:
                _LOG.error("inbox: %s", failure.code)
            except Exception as error:  # noqa: BLE001 - must outlive any one look
                _LOG.error("inbox: %s", type(error).__name__)
            self._tell()
            if self._stopping.wait(LOOK_SECONDS):
                return

    def _tell(self) -> None:
        """Write down when refusing begins and ends; never a controller's name."""
        full, self._full = self._full, self.refusing()
        if self._full and not full:
            _LOG.error("inbox: %d logs do not keep up, their accesses are refused", len(self._full))
        elif full and not self._full:
            _LOG.error("inbox: every log has caught up")


def _follow(
    before: Mapping[str, Queue], found: Mapping[str, tuple[int, int]], now: float
) -> dict[str, Queue]:
    """Return the queues as they are now; one whose first entry is still there keeps its time."""
    queues = {}
    for name, (count, first) in found.items():
        known = before.get(name)
        stuck = known is not None and known.first == first
        queues[name] = Queue(count, first, known.since if known and stuck else now)
    return queues
