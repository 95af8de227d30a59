"""Other events and what a controller asks after a breach, as the doors ask for them (C9.2, C9.3).

Our own duties that fail, or at which nobody looked in time, ask by themselves whether the
controller must be told; a named person answers with a reason. One question for each control: what
``other-notices`` finds is that such a question waits, so it asks none itself.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.app import incident_shapes as shapes
from bailee.app import store
from bailee.app.incident_desk import VERB, IncidentDesk, stamp, when
from bailee.app.office import entry_of
from bailee.clock import read_time, write_time
from bailee.incidents import store as incident_store
from bailee.incidents.event import OTHERS, Event, asked
from bailee.incidents.events import Found
from bailee.incidents.redress import Redress
from bailee.incidents.wording import Writing
from bailee.procedures import Matter

SEE = "audit"


class Telling(IncidentDesk):
    """Acts upon events and redresses."""

    def enter_event(self, caller: Caller, controller: str, body: shapes.NewEvent) -> shapes.Event:
        """Enter something that the controller is told of."""
        found = Found(body.kind, read_time(body.discovered), body.what)

        def work(conn: sa.Connection) -> shapes.Event:
            return self._entered(conn, self.events.enter(conn, caller, controller, found))

        return self.act(caller, controller, VERB, work)

    def list_events(self, caller: Caller, controller: str) -> shapes.Events:
        """List events: all to us, to the controller's side those that it was told of."""

        def work(conn: sa.Connection) -> shapes.Events:
            found = self.events.listed(conn, caller, controller)
            ids = {one.opened_by for one in found} | {one.decided_by for one in found}
            shown = [self._event(conn, one) for one in found]
            return shapes.Events(shown, self._called(conn, ids))

        return self.read(caller, controller, SEE, work)

    def decide_event(
        self, caller: Caller, controller: str, item: str, body: shapes.EventVerdict
    ) -> shapes.Event:
        """Tell the controller, or say why not."""
        said = body.verdict, body.reason

        def work(conn: sa.Connection) -> shapes.Event:
            return self._entered(conn, self.events.decide(conn, caller, (controller, item), said))

        return self.act(caller, controller, VERB, work)

    def enter_redress(
        self, caller: Caller, controller: str, item: str, body: shapes.NewRedress
    ) -> shapes.Redress:
        """Ask because of an incident, for the controller."""
        writing = Writing(body.given_by, body.reference, body.text_sha256)

        def work(conn: sa.Connection) -> shapes.Redress:
            now = self.parts.clock.now()
            wanted = Redress(
                redress_id="",
                controller=controller,
                incident_id=item,
                kind=body.kind,
                received=when(body.received) or now,
                recorded=now,
                entered_by="",
                given_by="",
                amount=body.amount,
                currency=body.currency,
                people=body.people,
            )
            done = self.redresses.enter(conn, caller, wanted, writing)
            return self._redress(done.result, entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def answer_redress(
        self, caller: Caller, controller: str, item: str, body: shapes.RedressAnswer
    ) -> shapes.Redress:
        """Settle a redress, or contest it."""
        said = body.answer, body.text, when(body.until)

        def work(conn: sa.Connection) -> shapes.Redress:
            done = self.redresses.answer(conn, caller, (controller, item), said)
            return self._redress(done.result, entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def broken_duties(self, conn: sa.Connection, controller: str) -> list[tuple[str, datetime]]:
        """Return controls whose duties are not kept, since when, and which did not ask yet."""
        from bailee.app.controls import CONTROLS  # noqa: PLC0415 - controls look at houses

        now, last = self.parts.clock.now(), store.last_observations(conn, controller)
        agreement = self.parts.agreements.in_force(conn, controller)
        passed, found = store.last_passed(conn, controller), []
        every = incident_store.every(conn, Event, controller)
        for slug, seen in last.items():
            control = CONTROLS.get(slug)
            before = [one for one in every if one.about == slug]
            if control is None or slug == OTHERS or asked(before, passed.get(slug)):
                continue
            stale = seen.time + control.watch.every
            since = seen.time if seen.result == "failed" else stale if now > stale else None
            if since is not None and agreement.obligations_for(slug):
                found.append((slug, since))
        return found

    def _entered(self, conn: sa.Connection, done: Done[Event]) -> shapes.Event:
        shown = self._event(conn, done.result)
        return msgspec.structs.replace(shown, entry=entry_of(done.entry))

    def _event(self, conn: sa.Connection, one: Event) -> shapes.Event:
        notices = self.events.notices(conn, one.controller, one.event_id)
        return shapes.Event(
            event=one.event_id,
            kind=one.kind,
            about=one.about,
            discovered=write_time(one.discovered),
            recorded=write_time(one.recorded),
            opened_by=one.opened_by,
            status=one.state,
            what=one.what,
            decided_by=one.decided_by,
            decided=stamp(one.decided),
            reason=one.reason,
            notices=self._versions(conn, notices),
            clocks=self._clocks(conn, Matter(one.controller, "event", one.event_id)),
        )
