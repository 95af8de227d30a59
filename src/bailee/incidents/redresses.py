"""Acts upon what a controller asks after a breach (C9.3(i), monitoring)."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.access.lifecycle import step
from bailee.access.principal import REPRESENTATIVE
from bailee.errors import Conflict, Invalid, Refused
from bailee.incidents import store
from bailee.incidents.desk import CONTROLLER, Actor, Desk, unknown
from bailee.incidents.incident import Incident
from bailee.incidents.redress import DEMAND, Redress, check_redress, check_settled, least_life
from bailee.incidents.wording import Writing, check_words, check_writing
from bailee.procedures import Matter

EVENTS = ("settle", "contest")


class Redresses:
    """The redresses of every controller.

    Args:
        desk: what acts share.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def enter(
        self, conn: sa.Connection, caller: Caller, wanted: Redress, writing: Writing
    ) -> Done[Redress]:
        """Enter what a controller asks: its representative, or one of us upon its writing.

        Ids, times and who enters it are filled in here.

        Raises:
            Refused: ``grant.missing``; NotFound: ``incident.unknown``, ``outsider.unknown``;
            Invalid: ``redress.*``, ``incident.writing``.
        """
        access, controller = self._desk.access, wanted.controller
        theirs = access.speaks_for(conn, caller, controller)
        if not theirs:
            access.begin_told(conn, caller, controller)
            check_writing(writing)
            access.outsider(conn, controller, writing.given_by, REPRESENTATIVE)
        now = self._desk.clock.now()
        check_redress(wanted, now)
        if store.one(conn, Incident, controller, wanted.incident_id) is None:
            raise unknown("incident")
        made = replace(
            wanted,
            redress_id=secrets.token_hex(16),
            received=now if theirs else wanted.received,
            recorded=now,
            entered_by=caller.accountable,
            given_by=caller.accountable if theirs else writing.given_by,
            reference="" if theirs else writing.reference,
            text_sha256="" if theirs else writing.text_sha256,
        )
        store.add(conn, made)
        actor, matter, since = caller.actor(), _matter(made), made.received
        self._desk.timers.start(conn, actor, matter, trigger=made.trigger, since=since)
        return Done(made, self._tell(conn, actor, made, "received"))

    def answer(
        self,
        conn: sa.Connection,
        caller: Caller,
        where: tuple[str, str],
        said: tuple[str, str, datetime | None],
    ) -> Done[Redress]:
        """Settle a redress, or contest it; ``said`` is which, the proof or reason, and until when.

        Raises:
            Refused: ``grant.missing``, ``redress.not_ours``; NotFound: ``redress.unknown``;
            Conflict: ``lifecycle.event``; Invalid: ``redress.answer``, ``redress.until``.
        """
        (controller, item), (event, text, until) = where, said
        if self._desk.side(conn, caller, controller) == CONTROLLER:
            raise Refused("redress.not_ours", "A redress is answered by the other side.")
        now = self._desk.access.begin_told(conn, caller, controller)
        found = store.one(conn, Redress, controller, item)
        if found is None:
            raise unknown("redress")
        if event not in EVENTS:
            raise Invalid("redress.answer", f"An answer is: {' or '.join(EVENTS)}.")
        check_words("answer", text, most=1000)
        state = step(DEMAND, found.state, event)
        if event == "settle":
            check_settled(found, until, least_life(self._desk.rules(conn, controller), now))
            matter = _matter(found)
            self._desk.timers.meet(conn, caller.actor(), matter, trigger=found.trigger, at=now)
        after = replace(
            found, state=state, answered_by=caller.accountable, answered=now, answer=text,
            until=until,
        )  # fmt: skip
        if not store.move(conn, found, after):
            raise Conflict("redress.answered", "Somebody else answered it meanwhile.")
        return Done(after, self._tell(conn, caller.actor(), after, after.state))

    def of(self, conn: sa.Connection, controller: str, incident: str) -> list[Redress]:
        """Return what was asked because of an incident."""
        return store.every(conn, Redress, controller, incident_id=incident)

    def _tell(self, conn: sa.Connection, actor: Actor, one: Redress, past: str) -> object:
        detail: dict[str, str | int] = {
            "redress": one.redress_id,
            "incident": one.incident_id,
            "kind": one.kind,
        }
        where = one.controller, f"incidents:redress:{past}"
        context = {"given_by": one.given_by}
        control = one.control
        return self._desk.tell(conn, actor, where, control=control, detail=detail, context=context)


def _matter(one: Redress) -> Matter:
    return Matter(one.controller, "redress", one.redress_id)
