"""Demands for a controller's data, as the doors ask for them (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import msgspec
import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import demand_shapes as shapes
from bailee.app.office import entry_of
from bailee.app.procedure_rows import moment
from bailee.app.procedures import Procedures
from bailee.clock import read_time
from bailee.db import HOUSE
from bailee.privacy.demand import FREEZES, Demand
from bailee.privacy.demands import ENTER, Demands, Move


class Demanding(Procedures):
    """Acts upon demands."""

    @property
    def demands(self) -> Demands:
        """Return the acts upon demands."""
        return Demands(self.parts.access, timers=self.timers, notices=self.notices)

    def enter_demand(
        self, caller: Caller, controller: str, body: shapes.NewDemand
    ) -> shapes.Demand:
        """Enter a demand: what it names is frozen, and the controller is told."""
        now = self.parts.clock.now()
        wanted = Demand(
            demand_id="",
            controller=controller,
            kind=body.kind,
            source=body.source,
            asks=body.asks,
            reference=body.reference,
            elements=tuple(sorted(set(body.elements))),
            received=_time(body.received) or now,
            entered=now,
            entered_by="",
            answer_by=_time(body.answer_by),
            ban_basis=body.ban_basis,
            ban_until=_time(body.ban_until),
        )

        def work(conn: sa.Connection) -> shapes.Demand:
            done = self.demands.enter(conn, caller, wanted)
            shown = demand_shape(done.result, self.parts.clock.now())
            return msgspec.structs.replace(shown, entry=entry_of(done.entry))

        return self.act(caller, controller, ENTER, work)

    def move_demand(
        self, caller: Caller, controller: str, item: str, body: shapes.DemandMove
    ) -> shapes.Demand:
        """Say what happened to a demand."""
        move = Move(body.event, body.note, tuple(body.keys), body.outcome, body.records)

        def work(conn: sa.Connection) -> shapes.Demand:
            done = self.demands.move(conn, caller, controller, item, move=move)
            shown = demand_shape(done.result, self.parts.clock.now())
            return msgspec.structs.replace(shown, entry=entry_of(done.entry))

        return self.act(caller, controller, ENTER, work)

    def list_demands(self, caller: Caller, controller: str) -> shapes.Demands:
        """List demands: to ours all, to the controller those that it may know of."""

        def work(conn: sa.Connection) -> shapes.Demands:
            found = self.demands.listed(conn, caller, controller)
            now, counts = self.parts.clock.now(), dict[str, Counter[str]]()
            for one in found:
                counts.setdefault(one.kind, Counter())[one.outcome or "open"] += 1
            shown = [demand_shape(one, now) for one in reversed(found)]
            return shapes.Demands(shown, {kind: dict(many) for kind, many in counts.items()})

        return self.read(caller, controller, "audit", work)

    def end_bans(self) -> int:
        """Tell controllers of demands whose ban is over by its own day; return how many."""
        known = self.parts.data.read(HOUSE, self.parts.agreements.controllers)
        return sum(self._end_bans(row.controller) for row in known if row.status != "destroyed")

    def _end_bans(self, controller: str) -> int:
        return self.parts.data.write(
            controller, lambda conn: self.demands.end_bans(conn, controller)
        )


def demand_shape(one: Demand, now: datetime) -> shapes.Demand:
    """Return a demand as it stands now."""
    return shapes.Demand(
        demand=one.demand_id,
        kind=one.kind,
        source=one.source,
        asks=one.asks,
        reference=one.reference,
        elements=list(one.elements),
        status=one.state,
        received=moment(one.received),
        entered=moment(one.entered),
        entered_by=one.entered_by,
        frozen=one.state in FREEZES,
        banned=one.banned(now),
        answer_by=moment(one.answer_by),
        ban_basis=one.ban_basis,
        ban_until=moment(one.ban_until),
        ban_ended=moment(one.ban_ended),
        challenge=one.challenge,
        keys=list(one.keys),
        released_by=one.released_by,
        least=one.least,
        outcome=one.outcome,
        records=one.records,
        closed=moment(one.closed),
    )


def _time(text: str) -> datetime | None:
    return read_time(text) if text else None
