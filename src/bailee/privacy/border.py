"""The border: what data path asks before values leave for another country (C7.3(3), C7.3(4)).

``access`` asks at the opening of each disclosure and again at each call within it. For every regime
that the data needs there must be a flow to that company in that country, with those elements, that
rests on something now; else nothing leaves (``transfer.no_mechanism``).

Which regimes: the European one always, because whose data is European cannot be told for certain;
the British and the Swiss one where somebody whose data is held resides there. Reading all
residences is for openings; a call asks of those for which any flow to that company was recorded, so
what is ended or revoked meanwhile stops the next call.

Not seen here: a recipient whose consent names no country. Its writer says it is in the
controller's own; two people stand for that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from bailee.access.disclosure import Abroad, no_mechanism
from bailee.access.view import Schema
from bailee.clock import Clock
from bailee.db import HOUSE
from bailee.ledger import newest_time
from bailee.privacy import transfer_store as store
from bailee.privacy.adequacy import REGIMES, Adequacy, load_adequacy
from bailee.privacy.assertion import standing
from bailee.privacy.flow import Going, Ground, cover, reaches

ALWAYS = "eu"
RESIDENT = {"uk": "GB", "ch": "CH"}
"""Regime -> the country whose residents it protects."""
NAMES = {"eu": "European", "uk": "British", "ch": "Swiss"}


class Border:
    """What transfers rest on.

    Args:
        schema: what the catalogue says of elements.
        clock: the time.
        residences: where everybody resides whose data a controller has here.
        table: decisions on adequacy.
    """

    def __init__(
        self,
        schema: Schema,
        clock: Clock,
        residences: Callable[[sa.Connection, str], frozenset[str]],
        *,
        table: Adequacy | None = None,
    ) -> None:
        self.schema = schema
        self._clock = clock
        self._residences = residences
        self.table = table or load_adequacy()

    def now(self, conn: sa.Connection, controller: str) -> datetime:
        """Return the time, never earlier than the controller's newest entry.

        A clock that was set back over a restart lets no mechanism live again.
        """
        now, newest = self._clock.now(), newest_time(conn, controller)
        return now if newest is None else max(now, newest)

    def ground(self, conn: sa.Connection, controller: str) -> Ground:
        """Return what a controller's flows are judged by, now."""
        now = self.now(conn, controller)
        said = standing(store.assertions(conn, controller), now)
        return Ground(self.table, store.revoked(conn, HOUSE), said, now)

    def mechanism(self, conn: sa.Connection, abroad: Abroad) -> tuple[str, ...]:
        """Return the flows on which something may leave, one for each regime.

        Raises:
            Refused: ``transfer.no_mechanism``.
        """
        going = Going(abroad.recipient, abroad.country, abroad.elements)
        known = store.flows(conn, abroad.controller)
        ground = self.ground(conn, abroad.controller)
        needed = {ALWAYS} | {one.regime for one in known if reaches(one, going)}
        if abroad.opening:
            needed |= self.protected(conn, abroad.controller)
        found = []
        for regime in REGIMES:
            inside = self.table.within(regime, abroad.country)
            if regime not in needed or inside:
                continue
            flow, why = cover(known, ground, self.schema, going=going, regime=regime)
            if flow is None:
                raise no_mechanism(f"{NAMES[regime]} data needs a mechanism, and {why}")
            found.append(flow.flow_id)
        return tuple(found)

    def protected(self, conn: sa.Connection, controller: str) -> frozenset[str]:
        """Return the regimes of the people whose data is held; reads every residence."""
        places = {one[:2] for one in self._residences(conn, controller)}
        return frozenset(regime for regime, place in RESIDENT.items() if place in places)
