"""Incidents, as the doors ask for them: open, look into, tell, close, take part, rehearse (C9).

Counting reads the whole stretch of the log that a scope names, in a transaction that only reads;
what came out is kept by an act of its own. If the process dies in between, nothing was counted.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.app import incident_shapes as shapes
from bailee.app.incident_desk import VERB, IncidentDesk, scope_of, stamp, when
from bailee.app.office import entry_of
from bailee.clock import read_time, write_time
from bailee.errors import Conflict
from bailee.incidents import store
from bailee.incidents.counting import matching
from bailee.incidents.incident import Incident
from bailee.incidents.incidents import UPDATES, Change, Opening
from bailee.incidents.notice import Notice, text_of
from bailee.incidents.scope import Scope, read_scope
from bailee.incidents.signal import Signal
from bailee.procedures import Matter

if TYPE_CHECKING:
    from bailee.app.house import House

SEE = "audit"
CONTROL = "breach-notice"


class Responding(IncidentDesk):
    """Acts upon incidents."""

    def open_incident(
        self, caller: Caller, controller: str, body: shapes.NewIncident
    ) -> shapes.Incident:
        """Open an incident; nothing is counted yet."""
        opening = Opening(
            suspected=read_time(body.suspected),
            nature=body.nature,
            scope=scope_of(body.scope),
            aware=when(body.aware),
            contact=body.contact,
        )

        def work(conn: sa.Connection) -> shapes.Incident:
            done = self.incidents.open(conn, caller, controller, opening)
            return self._answered(conn, done)

        return self.act(caller, controller, VERB, work)

    def list_incidents(self, caller: Caller, controller: str) -> shapes.Incidents:
        """List a controller's incidents to both sides."""

        def work(conn: sa.Connection) -> shapes.Incidents:
            found = self.incidents.listed(conn, caller, controller)
            return shapes.Incidents([_incident(one) for one in found])

        return self.read(caller, controller, SEE, work)

    def show_incident(self, caller: Caller, controller: str, item: str) -> shapes.Incident:
        """Show one incident to both sides, with everything that was said and asked."""

        def work(conn: sa.Connection) -> shapes.Incident:
            found = self.incidents.shown(conn, caller, (controller, item))
            return self._in_full(conn, found)

        return self.read(caller, controller, SEE, work)

    def change_incident(
        self, caller: Caller, controller: str, item: str, body: shapes.IncidentChange
    ) -> shapes.Incident:
        """Keep what was learnt, and count anew."""

        def current(conn: sa.Connection) -> Scope:
            self._demand_told(conn, caller, controller)
            before = self.incidents.found(conn, controller, item).scope
            return before if body.scope is None else read_scope(scope_of(body.scope))

        cast("House", self).settle()
        scope = self.read(caller, controller, VERB, current)
        facts = self.parts.data.read(
            controller, lambda conn: self.incidents.count(conn, controller, scope)
        )
        change = Change(
            scope=None if body.scope is None else scope,
            facts=facts,
            aware=when(body.aware),
            contact=body.contact or None,
            nature=body.nature or None,
        )

        def work(conn: sa.Connection) -> shapes.Incident:
            done = self.incidents.change(conn, caller, (controller, item), change)
            if done.result.scope != scope:
                raise Conflict(
                    "incident.moved",
                    "Somebody else changed that incident just now.",
                    do="Look at it, then count again.",
                )
            return self._answered(conn, done)

        return self.act(caller, controller, VERB, work)

    def write_incident_notice(
        self, caller: Caller, controller: str, item: str, body: shapes.NewNotice
    ) -> shapes.Incident:
        """Write the next version of the notice and send it."""
        said = {name: text for name, text in msgspec.to_builtins(body).items() if text}

        def work(conn: sa.Connection) -> shapes.Incident:
            done = self.incidents.write_notice(conn, caller, (controller, item), said)
            found = self.incidents.found(conn, controller, item)
            return self._answered(conn, Done(found, done.entry))

        return self.act(caller, controller, VERB, work)

    def close_incident(
        self, caller: Caller, controller: str, item: str, body: shapes.IncidentEnd
    ) -> shapes.Incident:
        """Close an incident of which the controller was told."""

        def work(conn: sa.Connection) -> shapes.Incident:
            end = body.outcome, body.reason
            return self._answered(conn, self.incidents.close(conn, caller, (controller, item), end))

        return self.act(caller, controller, VERB, work)

    def incident_entries(
        self, caller: Caller, controller: str, item: str, body: shapes.EntryWish
    ) -> shapes.IncidentEntries:
        """Show the entries that an incident is about; that the controller's side read is recorded.

        If the process dies after reading, nobody was answered and nothing is recorded.
        """
        after = (body.log, body.index) if body.log else None

        def work(conn: sa.Connection) -> shapes.IncidentEntries:
            found = self.incidents.shown(conn, caller, (controller, item))
            question = controller, found.scope, frozenset[str]()
            page = islice(matching(conn, self.parts.ledger, question, after), body.most)
            shown = [_entry(*each) for each in page]
            names = self._called(conn, {one.principal for one in shown})
            return shapes.IncidentEntries(shown, names)

        cast("House", self).settle()
        answer = self.read(caller, controller, SEE, work)
        self.parts.data.write(
            controller,
            lambda conn: self.incidents.note_shown(
                conn, caller, (controller, item), len(answer.entries)
            ),
        )
        return answer

    def drill_incident(self, caller: Caller, controller: str, body: shapes.Drill) -> shapes.Drilled:
        """Rehearse on the real log: nothing is opened, sent or counted as real; it is recorded."""
        begun = time.monotonic()

        def rehearse(conn: sa.Connection) -> tuple[Any, Any]:
            self._demand_told(conn, caller, controller)
            scope = read_scope(scope_of(body.scope))
            opening = Opening(scope.window[0], body.nature, scope)
            facts = self.incidents.count(conn, controller, scope)
            return facts, self.incidents.rehearse(conn, caller, opening, facts)

        cast("House", self).settle()
        facts, parts = self.read(caller, controller, VERB, rehearse)
        took = int((time.monotonic() - begun) * 1000)

        def note(conn: sa.Connection) -> shapes.Drilled:
            receipt = self.parts.access.note(
                conn,
                "incidents:drill:run",
                caller.actor(),
                controller=controller,
                control=CONTROL,
                detail={"facts": facts.digest(), "milliseconds": took},
            )
            lines = list(text_of(parts))
            return shapes.Drilled(list(parts), facts, took, lines, entry_of(receipt))

        return self.parts.data.write(controller, note)

    # Inside.

    def _demand_told(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        if not self.parts.access.is_told(conn, caller, controller):
            self.parts.access.demand(conn, caller, VERB, controller)

    def _answered(self, conn: sa.Connection, done: Done[Incident]) -> shapes.Incident:
        shown = self._in_full(conn, done.result)
        return msgspec.structs.replace(shown, entry=entry_of(done.entry))

    def _in_full(self, conn: sa.Connection, one: Incident) -> shapes.Incident:
        controller, item = one.controller, one.incident_id
        written = self.incidents.notices(conn, controller, item)
        notices = self._versions(conn, written)
        redresses = [self._redress(each) for each in self.redresses.of(conn, controller, item)]
        signals = store.every(conn, Signal, controller, incident_id=item)
        history = _history(one, signals, notices, redresses)
        return msgspec.structs.replace(
            _incident(one),
            notices=notices,
            redresses=redresses,
            clocks=self._clocks(conn, *_matters(one, written)),
            history=history,
            names=self._called(
                conn, {one.contact, *one.scope.people, *(each.by for each in history)}
            ),
        )


def _matters(one: Incident, written: list[Notice]) -> list[Matter]:
    """Return what has clocks because of an incident."""
    own = Matter(one.controller, "incident", one.incident_id)
    return [own, *(Matter(one.controller, UPDATES, each.sent_as) for each in written)]


def _incident(one: Incident) -> shapes.Incident:
    return shapes.Incident(
        incident=one.incident_id,
        status=one.state,
        suspected=write_time(one.suspected),
        recorded=write_time(one.recorded),
        dated_back=one.dated_back,
        opened_by=one.opened_by,
        contact=one.contact,
        scope=one.scope,
        aware=stamp(one.aware),
        nature=one.nature,
        facts=one.facts,
        counted=stamp(one.counted),
        closed=stamp(one.closed),
        closed_by=one.closed_by,
        outcome=one.outcome,
        reason=one.reason,
    )


def _history(
    one: Incident,
    signals: list[Signal],
    notices: list[shapes.NoticeVersion],
    redresses: list[shapes.Redress],
) -> list[shapes.Happened]:
    """Return what happened, oldest first; a suspicion that lies back stands where it was."""
    lines = [
        (write_time(one.suspected), "suspected", ""),
        (write_time(one.recorded), "written down", one.opened_by),
        (stamp(one.aware), "known to be a breach", ""),
        (stamp(one.counted), "facts counted", ""),
        (stamp(one.closed), f"closed: {one.outcome}", one.closed_by),
        *((write_time(each.raised), f"signal: {each.source}", "") for each in signals),
        *((each.written, f"notice {each.version}", each.written_by) for each in notices),
        *((each.recorded, f"asked: {each.kind}", each.given_by) for each in redresses),
        *((each.answered, f"{each.kind}: {each.status}", each.answered_by) for each in redresses),
    ]
    return [shapes.Happened(*line) for line in sorted(lines) if line[0]]


def _entry(log: str, index: int, fields: dict[str, Any], opening: Any) -> shapes.InScope:
    actor = opening.who()
    caller, behalf = actor.get("principal_id", ""), actor.get("on_behalf_of", "")
    blocks = [msgspec.json.decode(block)["record_id"] for _, block in opening.records]
    return shapes.InScope(
        log=log,
        index=index,
        entry_id=str(fields["id"]),
        time=str(fields["time"]),
        action=str(fields["action"]),
        purpose=str(fields["purpose"]),
        elements=list(fields["elements"]),
        principal=behalf or caller,
        through=caller if behalf else "",
        records=[one for one in blocks if one],
    )
