"""The incident room's parts, and how what is stored of it is shown (C9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from bailee.app import incident_shapes as shapes
from bailee.app import procedure_shapes
from bailee.app.parts import Parts
from bailee.app.procedure_rows import timer_shape
from bailee.app.procedures import Procedures
from bailee.clock import read_time, write_time
from bailee.incidents.desk import Desk
from bailee.incidents.events import Events
from bailee.incidents.incidents import Incidents
from bailee.incidents.notice import Notice, changed
from bailee.incidents.redress import Redress
from bailee.incidents.redresses import Redresses
from bailee.incidents.scope import Scope
from bailee.incidents.signal import Signal
from bailee.incidents.signals import Signals
from bailee.procedures import Matter, store
from bailee.vault import honey_store
from bailee.vault.shapes import Entry

VERB = "approve"
"""What names a refused act: who is told of alarms holds it, or ``people`` at the house."""


def stamp(moment: datetime | None) -> str:
    """Return a time as the API shows it, '' for none."""
    return write_time(moment) if moment else ""


def when(text: str | None) -> datetime | None:
    """Return a time that a call names, None for none."""
    return read_time(text) if text else None


def scope_of(body: shapes.Accesses) -> Scope:
    """Return a question as it was asked."""
    lists = body.people, body.keys, body.records, body.purposes, body.elements
    return Scope(body.since, body.until, *map(tuple, lists))


class IncidentDesk(Procedures):
    """What acts upon signals, incidents, events and redresses stand on."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        desk = Desk(
            access=parts.access,
            rules=parts.agreements.in_force,
            ledger=parts.ledger,
            clock=parts.clock,
            honey=self.honey_of,
            timers=self.timers,
            notices=self.notices,
            targets=self.targets,
        )
        self.signals, self.incidents = Signals(desk), Incidents(desk)
        self.events, self.redresses = Events(desk), Redresses(desk)

    def honey_of(self, conn: sa.Connection, controller: str) -> frozenset[str]:
        """Return honey that stands, and honey that anybody ever touched: nobody is behind it."""
        vault = self.parts.vault
        touched = (vault.honey_in(one) for one in honey_store.alarms(conn, controller))
        return vault.honey_ids(conn, controller).union(*touched)

    def _called(self, conn: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
        """Return names of those who did something (C2.5(2))."""
        names = self.parts.access.names(conn)
        return {one: names[one] for one in sorted(set(ids)) if one in names}

    def _signal(self, one: Signal, entry: Entry | None = None) -> shapes.Signal:
        return shapes.Signal(
            signal=one.signal_id,
            source=one.source,
            about=one.about,
            principal=one.principal,
            raised=write_time(one.raised),
            recorded=write_time(one.recorded),
            due=write_time(one.due),
            status=one.state,
            incident=one.incident_id,
            decided_by=one.decided_by,
            decided=stamp(one.decided),
            reason=one.reason,
            entry=entry,
        )

    def _versions(self, conn: sa.Connection, found: list[Notice]) -> list[shapes.NoticeVersion]:
        """Return versions, each with what it says anew."""
        befores = [(), *(one.parts for one in found)]
        return [
            shapes.NoticeVersion(
                version=one.version,
                kind=one.kind,
                written=write_time(one.written),
                written_by=one.written_by,
                parts=list(one.parts),
                changed=list(changed(before, one.parts)),
                facts_sha256=one.facts_sha256,
                notice=one.sent_as,
                status=self._sent(conn, one),
            )
            for before, one in zip(befores, found, strict=False)
        ]

    def _sent(self, conn: sa.Connection, one: Notice) -> str:
        found = store.one_notice(conn, one.controller, one.sent_as)
        return found.state if found else ""

    def _clocks(self, conn: sa.Connection, *matters: Matter) -> list[procedure_shapes.Timer]:
        """Return the clocks of matters as they stand now."""
        now = self.parts.clock.now()
        return [
            timer_shape(one, now)
            for matter in matters
            for one in self.timers.listed(conn, matter.controller, matter)
        ]

    def _redress(self, one: Redress, entry: Entry | None = None) -> shapes.Redress:
        return shapes.Redress(
            redress=one.redress_id,
            incident=one.incident_id,
            kind=one.kind,
            received=write_time(one.received),
            recorded=write_time(one.recorded),
            given_by=one.given_by,
            status=one.state,
            amount=one.amount,
            currency=one.currency,
            people=one.people,
            reference=one.reference,
            text_sha256=one.text_sha256,
            answered_by=one.answered_by,
            answered=stamp(one.answered),
            answer=one.answer,
            until=stamp(one.until),
            entry=entry,
        )
