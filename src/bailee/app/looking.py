"""Controls that look because somebody asked: one run at a time, which outlives the request.

Some controls search every file and every table, which takes as long as there is data. A request
waits for some seconds; then it is told to come back, and the look goes on. Whoever asks for the
same meanwhile, or soon after its end, gets what it saw; who asks for something else is told to
wait. If the process dies, what was seen until then is on record, and the rest is due.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from bailee.errors import Unavailable

T = TypeVar("T")
ANSWER_SECONDS = 15.0
FRESH_SECONDS = 60.0
"""So long what was seen is given to whoever asks for the same."""


class _Run(Generic[T]):
    """One run, in a thread of its own."""

    def __init__(self, wanted: object, work: Callable[[], T]) -> None:
        self.wanted = wanted
        self.ended = threading.Event()
        self._work, self._value, self._error = work, list[T](), BaseException()
        self._at = 0.0
        threading.Thread(target=self._go, name="looking", daemon=True).start()

    def _go(self) -> None:
        try:
            self._value.append(self._work())
        except BaseException as error:  # noqa: BLE001 - handed to whoever asked
            self._error = error
        self._at = time.monotonic()
        self.ended.set()

    def serves(self, wanted: object) -> bool:
        """Say whether this is what somebody wants, and not too old."""
        fresh = not self.ended.is_set() or time.monotonic() - self._at < FRESH_SECONDS
        return self.wanted == wanted and fresh

    def value(self) -> T:
        """Return what came of it, or raise."""
        if self._value:
            return self._value[0]
        raise self._error


class Looking(Generic[T]):
    """The one run that there may be.

    Args:
        seconds: how long a request waits.
    """

    def __init__(self, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._run: _Run[T] | None = None  # owned by _lock

    def see(self, wanted: object, work: Callable[[], T]) -> T:
        """Return what a run sees that was asked for by these words: one under way, or a new one.

        Raises:
            Unavailable: ``controls.looking`` while it, or one for somebody else, goes on.
        """
        with self._lock:
            run = self._run
            if run is None or (run.ended.is_set() and not run.serves(wanted)):
                run = self._run = _Run(wanted, work)
            elif run.wanted != wanted:
                raise _busy("Controls are looking already, for somebody else.")
        if not run.ended.wait(self._seconds):
            raise _busy("The controls are still looking.")
        with self._lock:
            if self._run is run:
                self._run = None
        return run.value()

    def end(self) -> None:
        """Wait until nobody looks any more; before what they look at is closed."""
        with self._lock:
            run = self._run
        if run is not None:
            run.ended.wait()


def _busy(says: str) -> Unavailable:
    return Unavailable(
        "controls.looking", says, do="Ask the same again: what they see is kept for a minute."
    )
