"""Undertaking, training, dormant accounts, as the doors ask for them (C2.2, C2.5(1), C2.5(6))."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bailee.access import Caller, Idle, Text
from bailee.access import Duty as Owed
from bailee.access.training import sha256
from bailee.app import rights
from bailee.app import training_shapes as shapes
from bailee.app.controls import CONTROLS
from bailee.app.office import Office, entry_of
from bailee.app.procedure import UNDERTAKING, procedure_text
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, NotFound

VERB = "training"
SCHEDULE = {"kind": "machine", "principal_id": "schedule"}


class Training(Office):
    """Acts upon what people read and sign, and upon accounts that nobody uses."""

    def text(self, caller: Caller, controller: str = HOUSE) -> shapes.Text:
        """Show the text in force: of a controller, or the house's undertaking.

        What the controls changed since it was published is published first.
        """
        access = self.parts.access
        self.read(caller, controller, VERB, lambda conn: access.see(conn, caller, controller))
        self._publish(controller)
        return self.read(
            caller,
            controller,
            VERB,
            lambda conn: _text(access.text_in_force(conn, caller, controller)),
        )

    def acknowledge_text(
        self, caller: Caller, body: shapes.Read, controller: str = HOUSE
    ) -> shapes.Duty:
        """Acknowledge, for oneself, the text in force."""

        def work(conn: sa.Connection) -> shapes.Duty:
            done = self.parts.access.acknowledge(conn, caller, controller, body.text_sha256)
            duty = _duty(done.result)
            return shapes.Duty(
                kind=duty.kind,
                status=duty.status,
                version=duty.version,
                text_sha256=duty.text_sha256,
                until=duty.until,
                controller=duty.controller,
                entry=entry_of(done.entry),
            )

        return self.act(caller, controller, VERB, work)

    def training(self, caller: Caller, item: str = "") -> shapes.Training:
        """List what the caller has to read, or with ``people`` anybody."""

        def work(conn: sa.Connection) -> shapes.Training:
            duties = self.parts.access.duties(conn, caller, item)
            return shapes.Training(item or caller.principal_id, [_duty(one) for one in duties])

        return self.read(caller, HOUSE, VERB, work)

    def generated(self, conn: sa.Connection, controller: str) -> tuple[str, str]:
        """Return the text that agreement and controls give now, and the agreement's version.

        Raises:
            NotFound: where no agreement is in force.
        """
        if controller == HOUSE:
            return UNDERTAKING, ""
        agreement = self.parts.agreements.in_force(conn, controller)
        return procedure_text(agreement, CONTROLS.values()), agreement.version_id

    def publish_texts(self, stopped: Callable[[], bool] = lambda: False) -> int:
        """Publish every text that changed; return how many."""
        known = self.parts.data.read(HOUSE, self.parts.agreements.controllers)
        names = [row.controller for row in known if row.status != "destroyed"]
        done = 0
        for controller in (HOUSE, *names):
            if stopped():
                break
            try:
                done += self._publish(controller)
            except NotFound:
                continue  # no agreement is in force there (yet)
        return done

    def suspend_dormant(self) -> int:
        """Suspend everybody who was not seen for too long; return how many people."""
        access, data, after = self.parts.access, self.parts.data, self.parts.settings.dormant
        done = 0
        for one in data.write(HOUSE, lambda conn: access.unused(conn, after)):
            try:
                done += data.write(
                    HOUSE,
                    lambda conn, one=one: access.lapse(conn, one, after, actor=SCHEDULE),  # type: ignore[misc]
                )
            except Conflict:
                continue  # the last who could let people in: shown as flagged
        return done

    def dormant(self, caller: Caller) -> shapes.Dormant:
        """List accounts that were not used for too long."""
        after = self.parts.settings.dormant

        def work(conn: sa.Connection) -> shapes.Dormant:
            found = self.parts.access.idle(conn, caller, after)
            return shapes.Dormant(after.days, [_idle(one) for one in found])

        return self.read(caller, HOUSE, "people", work)

    def reactivate(self, caller: Caller, item: str) -> rights.Changed:
        """Let a dormant person back in."""

        def work(conn: sa.Connection) -> rights.Changed:
            done = self.parts.access.reactivate(conn, caller, item)
            return rights.Changed(item, "active", entry_of(done.entry))

        return self.act(caller, HOUSE, "people", work)

    def _publish(self, controller: str) -> bool:
        """Publish a text if it changed; tell whether it did."""

        def stale(conn: sa.Connection) -> bool:
            text, _ = self.generated(conn, controller)
            return self.parts.access.published(conn, controller) != sha256(text)

        def work(conn: sa.Connection) -> Text:
            text, agreement = self.generated(conn, controller)
            return self.parts.access.publish_text(
                conn, controller, text, agreement=agreement, actor=SCHEDULE
            )

        if not self.parts.data.read(controller, stale):
            return False
        self.parts.data.write(controller, work)
        return True


def _text(one: Text) -> shapes.Text:
    return shapes.Text(
        kind=one.kind,
        version=one.version,
        text_sha256=one.text_sha256,
        text=one.text,
        published=write_time(one.published),
        due=write_time(one.due),
        controller="" if one.controller == HOUSE else one.controller,
        agreement=one.agreement,
    )


def _duty(one: Owed) -> shapes.Duty:
    return shapes.Duty(
        kind=one.kind,
        status="in-force" if one.met else "due",
        version=one.version,
        text_sha256=one.text_sha256,
        until=write_time(one.until) if one.until else "",
        controller="" if one.controller == HOUSE else one.controller,
    )


def _idle(one: Idle) -> shapes.Idle:
    who = one.principal
    return shapes.Idle(
        principal=who.principal_id,
        kind=who.kind,
        name=who.name,
        status=who.state,
        outcome=one.outcome,
        last_use=f"{one.last:%Y-%m-%d}" if one.last else "",
    )
