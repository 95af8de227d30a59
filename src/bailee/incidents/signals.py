"""Acts upon signals: raised by what watches, decided by a person, or counting by themselves (C9.1).

Whoever a signal is about is not told of it and decides nothing on it. Raising twice changes
nothing. If the process dies between a signal's time and its counting, the next round counts it,
dated from the signal all the same.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.access.lifecycle import step
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid
from bailee.incidents import store
from bailee.incidents.desk import Actor, Desk, unknown
from bailee.incidents.incident import SUSPICION, Incident, first_scope
from bailee.incidents.scope import read_scope
from bailee.incidents.signal import (
    OPEN,
    SIGNAL,
    SOURCES,
    VERDICTS,
    Signal,
    due,
    name_signal,
    overdue,
)
from bailee.incidents.wording import check_words
from bailee.procedures import MACHINE, Matter

CONTROL = "breach-notice"


@dataclass(frozen=True, slots=True)
class Sign:
    """What somebody who watches saw."""

    source: str
    about: str
    raised: datetime
    principal: str = ""
    also: tuple[str, ...] = ()
    """Words beside ``about`` that make it another one: a day, an entry."""

    @property
    def signal_id(self) -> str:
        """The id of its signal."""
        return name_signal(self.source, self.about, self.principal, *self.also)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of a signal; ``into`` is an incident that is open already."""

    event: str
    reason: str
    into: str = ""


class Signals:
    """The signals of every controller.

    Args:
        desk: what acts share.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def raise_(self, conn: sa.Connection, controller: str, sign: Sign) -> bool:
        """Write a signal down; False when it stands already."""
        if sign.source not in SOURCES:
            raise ValueError(sign.source)
        if store.one(conn, Signal, controller, sign.signal_id) is not None:
            return False
        now = self._desk.clock.now()
        made = Signal(
            signal_id=sign.signal_id,
            controller=controller,
            source=sign.source,
            about=sign.about,
            principal=sign.principal,
            raised=min(sign.raised, now),
            recorded=now,
            due=due(self._desk.rules(conn, controller), self._desk.targets, sign.raised),
        )
        store.add(conn, made)
        self._tell(conn, MACHINE, made, "raised")
        return True

    def listed(
        self, conn: sa.Connection, caller: Caller, controller: str, *, waiting: bool = False
    ) -> list[Signal]:
        """Return a controller's signals to who is told, but never of their own doing.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if not self._desk.access.is_told(conn, caller, controller):
            self._desk.access.demand(conn, caller, "approve", controller)
        found = store.every(conn, Signal, controller, states=(OPEN,) if waiting else ())
        return [one for one in found if one.principal not in caller.principals]

    def decide(
        self, conn: sa.Connection, caller: Caller, where: tuple[str, str], verdict: Verdict
    ) -> Done[Signal]:
        """Promote a signal to an incident, or dismiss it, with a reason.

        ``where`` is controller and signal.

        Raises:
            Refused: ``grant.missing``, ``self.review``; NotFound: ``signal.unknown``,
            ``incident.unknown``; Conflict: ``lifecycle.event``; Invalid: ``signal.verdict``.
        """
        controller, item = where
        self._desk.access.begin_told(conn, caller, controller)
        found = store.one(conn, Signal, controller, item)
        if found is None or found.principal in caller.principals:
            raise unknown("signal")
        return self.settle(conn, caller, found, verdict)

    def settle(
        self, conn: sa.Connection, caller: Caller, found: Signal, verdict: Verdict
    ) -> Done[Signal]:
        """Decide on a signal that somebody may decide on; raises as ``decide``."""
        if verdict.event not in VERDICTS:
            raise Invalid("signal.verdict", f"A verdict is: {' or '.join(VERDICTS)}.")
        check_words("reason", verdict.reason, most=1000)
        self._desk.apart(conn, caller, (found.principal,))
        after = replace(
            found,
            state=step(SIGNAL, found.state, verdict.event),
            decided_by=caller.accountable,
            decided=self._desk.clock.now(),
            reason=verdict.reason,
        )
        if verdict.event == "promote":
            into = self._join(conn, (caller.actor(), caller.accountable), [after], verdict.into)
            after = replace(after, incident_id=into)
        return Done(after, self._move(conn, caller.actor(), found, after))

    def count(self, conn: sa.Connection, controller: str) -> int:
        """Let signals on which nobody decided in time count as suspicions; return how many.

        Those of one doer, or of one source where there is none, become one incident.
        """
        waiting = store.every(conn, Signal, controller, states=(OPEN,))
        late = overdue(waiting, self._desk.clock.now())
        for group in sorted({one.group for one in late}):
            mine = [one for one in late if one.group == group]
            into = self._join(conn, (MACHINE, ""), mine, self._running(conn, mine[0]))
            for one in mine:
                after = replace(one, state=step(SIGNAL, one.state, "count"), incident_id=into)
                self._move(conn, MACHINE, one, after)
        return len(late)

    def _running(self, conn: sa.Connection, like: Signal) -> str:
        """Return the open incident that an earlier signal of the same group became by itself."""
        for one in store.every(conn, Signal, like.controller, states=("counted",)):
            if one.group == like.group:
                found = store.one(conn, Incident, like.controller, one.incident_id)
                if found is not None and found.open:
                    return found.incident_id
        return ""

    def _join(
        self, conn: sa.Connection, doer: tuple[Actor, str], signals: list[Signal], into: str
    ) -> str:
        """Return the incident that signals belong to; a new one is dated from the first of them.

        ``doer`` is an actor, and who of us it is, '' for the house.
        """
        (actor, by), controller = doer, signals[0].controller
        raised = min(one.raised for one in signals)
        if into:
            found = store.one(conn, Incident, controller, into)
            if found is None:
                raise unknown("incident")
            if not found.open:
                raise Conflict("incident.closed", "That incident is closed.", do="Open a new one.")
            if raised < found.suspected:
                store.move(conn, found, replace(found, suspected=raised))
                self._desk.timers.stop(conn, actor, _matter(found), reason="suspected-earlier")
                self._begin(conn, actor, found, raised)
            return into
        now = self._desk.clock.now()
        made = Incident(
            incident_id=secrets.token_hex(16),
            controller=controller,
            state="suspected",
            suspected=raised,
            recorded=now,
            opened_by=by or HOUSE,
            contact=by,
            scope=read_scope(first_scope(raised, now, signals[0].principal)),
        )
        store.add(conn, made)
        self._desk.tell(
            conn,
            actor,
            (controller, "incidents:incident:opened"),
            control=CONTROL,
            detail={"incident": made.incident_id, "signals": len(signals)},
        )
        self._begin(conn, actor, made, raised)
        return made.incident_id

    def _begin(self, conn: sa.Connection, actor: Actor, one: Incident, since: datetime) -> None:
        self._desk.timers.start(conn, actor, _matter(one), trigger=SUSPICION, since=since)

    def _move(self, conn: sa.Connection, actor: Actor, before: Signal, after: Signal) -> object:
        if not store.move(conn, before, after):
            raise Conflict("signal.decided", "Somebody else decided on it meanwhile.")
        return self._tell(conn, actor, after, after.state)

    def _tell(self, conn: sa.Connection, actor: Actor, one: Signal, past: str) -> object:
        detail: dict[str, str | int] = {"signal": one.signal_id, "source": one.source}
        if one.incident_id:
            detail["incident"] = one.incident_id
        if past != "raised":
            detail["late"] = int(self._desk.clock.now() > one.due)
        context = {"about": one.about, "principal_id": one.principal, "raised": str(one.raised)}
        where = one.controller, f"incidents:signal:{past}"
        return self._desk.tell(conn, actor, where, control=CONTROL, detail=detail, context=context)


def _matter(one: Incident) -> Matter:
    return Matter(one.controller, "incident", one.incident_id)
