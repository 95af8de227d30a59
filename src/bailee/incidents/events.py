"""Acts upon other events: entered by a person or by our own duties, told or not, and why (C9.2).

A question that our own failing duty asks is asked once: its id is made of the control and the look
that found it, and another one opens only after the last was answered and the duty was kept since.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.access.lifecycle import step
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid
from bailee.incidents import notice, store
from bailee.incidents.desk import CONTROLLER, Actor, Desk, unknown
from bailee.incidents.event import DUTY, EVENT, KEPT, KINDS, TOLD, VERDICTS, Event, asked
from bailee.incidents.notice import Notice, text_of
from bailee.incidents.signal import name_signal
from bailee.incidents.wording import check_words
from bailee.procedures import MACHINE, Matter, Message

ANSWERED = (TOLD, KEPT)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody found out, and when."""

    kind: str
    discovered: datetime
    what: str = field(repr=False)


class Events:
    """The events of every controller.

    Args:
        desk: what acts share.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def enter(
        self, conn: sa.Connection, caller: Caller, controller: str, found: Found
    ) -> Done[Event]:
        """Enter an event; its clock runs from its discovery.

        Raises:
            Refused: ``grant.missing``; Invalid: ``event.kind``, ``event.discovered``,
            ``incident.text``.
        """
        now = self._desk.access.begin_told(conn, caller, controller)
        if found.kind not in KINDS:
            raise Invalid("event.kind", f"An event is one of: {', '.join(KINDS)}.")
        if found.discovered > now:
            raise Invalid("event.discovered", "It was discovered some time ago.")
        made = Event(
            event_id=secrets.token_hex(16),
            controller=controller,
            kind=found.kind,
            about="",
            discovered=found.discovered,
            recorded=now,
            opened_by=caller.accountable,
            what=check_words("what", found.what),
        )
        return Done(made, self._add(conn, caller.actor(), made))

    def ask(
        self, conn: sa.Connection, controller: str, about: tuple[str, datetime, datetime | None]
    ) -> bool:
        """Let a duty ask whether the controller must be told that it is not kept.

        ``about`` is its control, since when it is not kept, and when it was kept last before.
        False when that is asked already, or was answered and nothing changed since.
        """
        control, since, kept = about
        if asked(store.every(conn, Event, controller, about=control), kept):
            return False
        made = Event(
            event_id=name_signal("question", control, since.isoformat()),
            controller=controller,
            kind=DUTY,
            about=control,
            discovered=since,
            recorded=self._desk.clock.now(),
            opened_by=HOUSE,
        )
        if store.one(conn, Event, controller, made.event_id) is not None:
            return False
        self._add(conn, MACHINE, made)
        return True

    def decide(
        self, conn: sa.Connection, caller: Caller, where: tuple[str, str], said: tuple[str, str]
    ) -> Done[Event]:
        """Tell the controller, or say why it need not be told; ``said`` is verdict and text.

        Raises:
            Refused: ``grant.missing``, ``notice.contact``; NotFound: ``event.unknown``;
            Conflict: ``lifecycle.event``; Invalid: ``event.verdict``, ``incident.text``.
        """
        (controller, item), (verdict, text) = where, said
        now = self._desk.access.begin_told(conn, caller, controller)
        found = store.one(conn, Event, controller, item)
        if found is None:
            raise unknown("event")
        if verdict not in VERDICTS:
            raise Invalid("event.verdict", f"A verdict is: {' or '.join(VERDICTS)}.")
        check_words("reason", text)
        after = replace(
            found,
            state=step(EVENT, found.state, verdict),
            decided_by=caller.accountable,
            decided=now,
            reason=text,
        )
        if not store.move(conn, found, after):
            raise Conflict("event.decided", "Somebody else decided on it meanwhile.")
        if after.state == TOLD:
            self._write(conn, caller, after, now)
        else:
            self._desk.timers.stop(conn, caller.actor(), _matter(found), reason="not-owed")
        return Done(after, self._tell(conn, caller.actor(), after, after.state))

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Event]:
        """Return events: all to us, what was told to the controller's side; as ``Desk.side``."""
        side = self._desk.side(conn, caller, controller)
        return store.every(conn, Event, controller, states=(TOLD,) if side == CONTROLLER else ())

    def notices(self, conn: sa.Connection, controller: str, item: str) -> list[Notice]:
        """Return the versions of a notice, oldest first."""
        return store.every(conn, Notice, controller, matter=item)

    def _write(self, conn: sa.Connection, caller: Caller, one: Event, now: datetime) -> None:
        contacts = self._desk.contacts(conn, caller.accountable, now)
        text = "\n".join(filter(None, (one.what, one.reason)))
        parts = tuple(notice.other(one, text, caller.accountable, contacts))
        version = len(self.notices(conn, one.controller, one.event_id)) + 1
        subject = f"Notice: {KINDS[one.kind]}"
        message = Message(one.kind, one.role, subject, text_of(parts))
        matter, actor = _matter(one), caller.actor()
        sent = self._desk.notices.write(conn, actor, matter, message, meets=one.trigger)
        made = Notice(
            controller=one.controller,
            matter=one.event_id,
            version=version,
            kind=one.kind,
            parts=parts,
            facts_sha256="",
            facts=None,
            written=now,
            written_by=caller.accountable,
            sent_as=sent.notice_id,
        )
        store.add(conn, made)

    def _add(self, conn: sa.Connection, actor: Actor, made: Event) -> object:
        store.add(conn, made)
        matter, since = _matter(made), made.discovered
        self._desk.timers.start(conn, actor, matter, trigger=made.trigger, since=since)
        return self._tell(conn, actor, made, "entered")

    def _tell(self, conn: sa.Connection, actor: Actor, one: Event, past: str) -> object:
        detail = {"event": one.event_id, "kind": one.kind}
        where = one.controller, f"incidents:event:{past}"
        context = {"about": one.about}
        control = one.control
        return self._desk.tell(conn, actor, where, control=control, detail=detail, context=context)


def _matter(one: Event) -> Matter:
    return Matter(one.controller, "event", one.event_id)
