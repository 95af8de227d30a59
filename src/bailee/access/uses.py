"""What every call leaves behind for those who look after rights: that somebody was there (C2.5(6)).

That somebody was seen is written at their first call of each day, by each process; what was done
under a grant is counted in the call's own transaction, so that a call that fails counts nothing.
"""

from __future__ import annotations

import functools

import sqlalchemy as sa

from bailee.access import use_store
from bailee.access.desk import Desk
from bailee.access.grant import Ask, Decision
from bailee.access.memory import MEMORY_LIMIT
from bailee.access.principal import Caller
from bailee.db import HOUSE, Database


class Uses(Desk):
    """Counts of use."""

    @functools.cached_property
    def _seen_on(self) -> dict[str, str]:
        """Return the day on which this process last wrote that somebody was seen.

        Threads that meet here write the same row twice at most.
        """
        return {}

    def count_use(self, conn: sa.Connection, ask: Ask, decision: Decision, *, records: int) -> None:
        """Count a call under each grant that it stands on, in its own transaction."""
        day = f"{self._clock.now():%Y-%m-%d}"
        for grant_id in decision.grants:
            where = (ask.controller, grant_id)
            use_store.count(conn, where, ask.verb, records=records, day=day)

    def _see(self, database: Database, caller: Caller) -> None:
        """Write down that somebody was seen, once a day."""
        now = self._clock.now()
        day = f"{now:%Y-%m-%d}"
        unseen = [one for one in caller.principals if self._seen_on.get(one) != day]
        if not unseen:
            return

        def work(conn: sa.Connection) -> None:
            for principal_id in sorted(unseen):
                use_store.see(conn, principal_id, now)

        database.write(HOUSE, work)
        if len(self._seen_on) >= MEMORY_LIMIT:
            self._seen_on.clear()
        self._seen_on.update(dict.fromkeys(unseen, day))
