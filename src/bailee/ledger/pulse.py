"""The beat that keeps a log signed: a background thread that runs the sequencer.

It beats every 200 ms, so whatever is new is signed within 250 ms of its commit plus the pass
itself. On its first beat it signs what an earlier process left unsigned.

On PostgreSQL one process of all leads: it holds an advisory lock in a session of its own. A leader
that dies loses it with the session, at once; one that is paused, or cut off, when it has not
renewed its lease. The others try for the lock at each beat. Nothing depends on there being one
leader only: the head's compare-and-swap and the signing guard do not let two write one log.
"""

from __future__ import annotations

import logging
import threading

import sqlalchemy as sa

from bailee.db import Database
from bailee.errors import Failure
from bailee.ledger import lease_store
from bailee.ledger.sequencer import Pass, Sequencer

BEAT_SECONDS = 0.2
LEADER_KEY = int.from_bytes(b"ledger", "big")
LEASE_SECONDS = 4.0
"""A leader that says nothing for so long is followed by another (PostgreSQL)."""
_LOG = logging.getLogger(__name__)


class Pulse:
    """One thread over one database; ``start`` and ``stop`` belong to its owner."""

    def __init__(self, sequencer: Sequencer, database: Database) -> None:
        self._sequencer = sequencer
        self._database = database
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._session: sa.Connection | None = None  # owned by the thread
        self.last: Pass | None = None  # replaced as a whole after each pass
        self.leading = False  # whether this process sequences; as of the last beat
        self.signings = 0  # changes whenever something was signed
        self.trouble: str = ""  # code of what stopped the last pass, empty when none

    def start(self) -> None:
        """Begin beating."""
        self._thread.start()

    def stop(self) -> None:
        """Make one last pass and end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        self._beat()
        while not self._stopping.wait(BEAT_SECONDS):
            self._beat()
        self._beat()
        self._let_go()

    def _let_go(self) -> None:
        """Close the leader's session, dead or alive; whoever holds the lock next leads."""
        session, self._session = self._session, None
        if session is not None:
            session.invalidate()  # never back into the pool with the lock
            session.close()

    def _beat(self) -> None:
        """Make one pass if leading; whatever goes wrong is kept visible and tried again."""
        try:
            self.leading = self._leads()
            if not self.leading:
                self.trouble = ""  # whatever it was, it is the leader's to tell now
                return
            self.last = self._sequencer.run(self._database, self._leads)
            self.signings += bool(self.last.signed)
            self.trouble = next((t.code for t in self.last.troubles.values()), "")
        except Failure as failure:
            self.trouble = failure.code
        except Exception as error:  # noqa: BLE001 - the beat must outlive any one pass
            self._let_go()
            self.leading = False
            self.trouble = f"ledger.{type(error).__name__.lower()}"
        if self.trouble:
            _LOG.error("sequencer: %s", self.trouble)

    def _leads(self) -> bool:
        """Hold the leader's lock in a session of its own; a lost session loses the lock."""
        if self._database.engine.dialect.name != "postgresql":
            return True
        if self._session is None:
            session = self._database.engine.connect()
            session = session.execution_options(isolation_level="AUTOCOMMIT")
            if not lease_store.lead(session, LEADER_KEY, LEASE_SECONDS):
                session.close()
                return False
            self._session = session
            _LOG.info("sequencer: this process leads")
            return True
        try:
            lease_store.still_leads(self._session)
        except sa.exc.DBAPIError:
            _LOG.warning("sequencer: the lease was lost")
            self._let_go()
            return False
        return True
