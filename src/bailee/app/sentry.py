"""Bad credentials: counted per source, recorded on the house's log, never echoed (C2.5(3))."""

from __future__ import annotations

import threading

from bailee.clock import Clock
from bailee.db import HOUSE, Database
from bailee.ledger import Fact, Flood, Ledger


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

    def refuse(self, source: str, code: str) -> None:
        """Record that a credential was refused; durable before the answer when it is the first."""
        with self._lock:
            source, count = self._flood.refuse(source, self._clock.now())
        if count:
            self._record(source, count, code)

    def flush(self) -> None:
        """Record what floods left uncounted."""
        with self._lock:
            due = self._flood.due(self._clock.now())
        for source, count in due:
            self._record(source, count, "credential.flood")

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
