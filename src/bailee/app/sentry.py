"""Bad credentials: counted per source, recorded on the house's log, never echoed (C2.5(3))."""

from __future__ import annotations

import threading
from datetime import timedelta

from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.errors import Failure
from bailee.ledger import Fact, Flood, Ledger
from bailee.ledger.flood import WINDOW


class Sentry:
    """Records refused credentials: the first of a source at once, a flood as one entry a second.

    The source is committed, not clear: an address can be somebody's.
    """

    def __init__(self, database: Database, ledger: Ledger, clock: Clock) -> None:
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self._lock = threading.Lock()
        self._flood = Flood()  # owned by _lock
        self._left: list[tuple[str, int]] = []  # owned by _lock

    def refuse(self, source: str, code: str) -> None:
        """Record that a credential was refused; durable before the answer when it is the first."""
        with self._lock:
            source, count = self._flood.refuse(source, self._clock.now())
        if count:
            self._record(source, count, code)

    def flush(self, *, last: bool = False) -> None:
        """Record what floods left uncounted.

        Args:
            last: windows that are still open too; nobody flushes after this.

        Raises:
            Failure: what was not recorded stays counted for the next flush.
        """
        with self._lock:
            self._left += self._flood.due(self._clock.now() + (WINDOW if last else timedelta()))
            due, self._left = self._left, []
        while due:
            source, count = due[-1]
            try:
                self._record(source, count, "credential.flood")
            except Failure:
                with self._lock:
                    self._left += due
                raise
            due.pop()

    def _record(self, source: str, count: int, code: str) -> None:
        fact = Fact(
            action="access:credential:refused",
            controller=HOUSE,
            decision="refused",
            count=count,
            detail={"code": code},
            context={"source": source},
        )
        self._database.write(HOUSE, lambda conn: self._ledger.append(conn, fact))
