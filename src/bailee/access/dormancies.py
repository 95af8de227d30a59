"""Acts on dormant accounts: suspended by the house, let back in by a colleague (C2.5(6))."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bailee.access import store, use_store
from bailee.access.desk import Done
from bailee.access.dormancy import Idle, idle, may_lapse
from bailee.access.grant import PASSED_ON
from bailee.access.lifecycle import step
from bailee.access.people import People
from bailee.access.principal import Caller
from bailee.db import HOUSE


class Dormancies(People):
    """Acts on accounts that nobody uses."""

    def unused(self, conn: sa.Connection, after: timedelta) -> list[str]:
        """Return people whom the house has to suspend now.

        Whoever was never seen is counted from today: this may be the first look after an update,
        and nobody was idle because nobody counted.
        """
        now, last = self._clock.now(), use_store.last_seen(conn)
        everybody = store.principals(conn)
        for one in everybody:
            if one.state == "active" and one.principal_id not in last:
                use_store.see(conn, one.principal_id, now)
        return [
            one.principal_id
            for one in everybody
            if may_lapse(one, last.get(one.principal_id), now=now, after=after)
        ]

    def lapse(
        self,
        conn: sa.Connection,
        principal_id: str,
        after: timedelta,
        *,
        actor: Mapping[str, str],
    ) -> bool:
        """Suspend a person who was not seen for too long; False when they were, meanwhile.

        Raises:
            Conflict: ``administrator.last``: the house would be locked to everybody.
        """
        store.bump(conn)
        now, found = self._clock.now(), self._principal(conn, principal_id)
        last = use_store.last_seen(conn).get(principal_id)
        if not may_lapse(found, last, now=now, after=after):
            return False
        store.set_principal_state(conn, principal_id, step(found.table, found.state, "lapse"))
        self._end_codes(conn, principal_id)
        mine = [one for one in store.live_credentials(conn, now) if one.principal == principal_id]
        self._revoke(conn, [one for one in mine if one.kind != "key"])
        if self._administers(conn, principal_id, now):
            self._keep_administrators(conn)
        self._note(
            conn,
            "access:principal:dormant",
            actor,
            detail={"kind": found.kind, "days": after.days},
            context={"principal_id": principal_id},
        )
        return True

    def _administers(self, conn: sa.Connection, principal_id: str, now: datetime) -> bool:
        """Tell whether somebody lets people in or gives rights; nobody else can be the last."""
        return any(
            one.state == "living" and one.until > now and not PASSED_ON.isdisjoint(one.verbs)
            for one in store.grants(conn, HOUSE, principal_id)
        )

    def reactivate(self, conn: sa.Connection, caller: Caller, principal_id: str) -> Done[None]:
        """Let a dormant person back in: keys that are not over and grants count again.

        Raises:
            Refused: ``grant.missing``; NotFound: ``principal.unknown``;
            Conflict: ``lifecycle.event`` for whoever is not dormant.
        """
        now = self._begin(conn, caller, "people", HOUSE)
        found = self._principal(conn, principal_id)
        state = step(found.table, found.state, "reactivate")
        store.set_principal_state(conn, principal_id, state)
        use_store.see(conn, principal_id, now)
        context = {"principal_id": principal_id}
        entry = self._note(conn, "access:principal:reactivated", caller.actor(), context=context)
        return Done(None, entry)

    def idle(self, conn: sa.Connection, caller: Caller, after: timedelta) -> list[Idle]:
        """Return who was not seen for too long, for whoever holds ``people``.

        Raises:
            Refused: ``grant.missing``.
        """
        self._demand(conn, caller, "people", HOUSE)
        return self.idle_ones(conn, after)

    def idle_ones(self, conn: sa.Connection, after: timedelta) -> list[Idle]:
        """Return who was not seen for too long: dormant people, and whoever is only flagged."""
        now, last = self._clock.now(), use_store.last_seen(conn)
        found = [
            idle(one, last.get(one.principal_id), now=now, after=after)
            for one in store.principals(conn)
        ]
        return [one for one in found if one is not None]
