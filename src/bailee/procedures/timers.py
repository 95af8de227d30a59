"""Acts upon timers: start, meet, extend, stop; say that one was missed (C5.2, C6, C7, C9).

Each runs in the transaction of the act that it belongs to: an incident without its clocks never
exists, nor a clock without its incident.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.agreement import Agreement
from bailee.clock import Clock, write_time
from bailee.errors import Conflict, Gone, NotFound
from bailee.ledger import Fact, Receipt, newest_time
from bailee.procedures import store
from bailee.procedures.matter import Matter
from bailee.procedures.target import Targets
from bailee.procedures.timer import Claim, Timer, check_extension, check_since, foresee, step

Record = Callable[[sa.Connection, Fact], Receipt]
Laws = Callable[[sa.Connection, str], Iterable[Claim]]
MACHINE: Mapping[str, str] = {"kind": "machine", "principal_id": "schedule"}
"""Who acts when the clock does."""


def no_laws(_conn: sa.Connection, _controller: str) -> Iterable[Claim]:
    """Return no claims beside the agreement's own."""
    return ()


class Timers:
    """The timers of every controller.

    Args:
        record: puts a fact into the ledger, in the caller's transaction.
        rules: the agreement in force.
        clock: time.
        targets: the operator's times.
        laws: what laws and standards claim for a controller.
    """

    def __init__(
        self,
        record: Record,
        *,
        rules: Callable[[sa.Connection, str], Agreement],
        clock: Clock,
        targets: Targets,
        laws: Laws = no_laws,
    ) -> None:
        self._record = record
        self._rules = rules
        self._clock = clock
        self._targets = targets
        self._laws = laws

    def now(self, conn: sa.Connection, controller: str) -> datetime:
        """Return the time, never earlier than the controller's newest entry."""
        now, newest = self._clock.now(), newest_time(conn, controller)
        return now if newest is None else max(now, newest)

    def start(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        matter: Matter,
        *,
        trigger: str,
        since: datetime,
        aware: datetime | None = None,
        only: str = "",
    ) -> list[Timer]:
        """Start what a trigger sets running; what runs already for this matter is left as it is.

        ``only`` names one parameter, where a trigger stands for several kinds of requests.

        ``since`` is when the clock begins by the text (a suspicion, a receipt), ``aware`` when we
        knew, where that was later.

        Raises:
            Invalid: ``timer.since``.
        """
        controller = matter.controller
        now = self.now(conn, controller)
        check_since(since, aware, now)
        rules = self._rules(conn, controller)
        claims = [Claim(rules.terms.id, line) for line in rules.obligations]
        claims += self._laws(conn, controller)
        known = {
            one.parameter
            for one in store.timers(conn, controller, matter, trigger=trigger)
            if one.state != "stopped"  # what came to nothing may begin again, from another moment
        }
        made = [
            Timer(
                timer_id=secrets.token_hex(16),
                matter=matter,
                trigger=trigger,
                parameter=one.parameter,
                since=since,
                aware=aware,
                opened=now,
                due=one.due,
                floor=one.floor,
                target=one.target,
                bases=one.bases,
            )
            for one in foresee(claims, trigger, since, self._targets)
            if one.parameter not in known and only in ("", one.parameter)
        ]
        for one in made:
            store.add_timer(conn, one)
            self._tell(conn, actor, one, became="started")
        return made

    def meet(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        matter: Matter,
        *,
        trigger: str,
        at: datetime | None = None,
        parameter: str = "",
    ) -> list[Timer]:
        """Note that what a trigger demanded is done, in effect at a moment (default: now).

        Only duties to act end so; a duty to wait ends by ``meet`` on its parameter.
        """
        return [
            self._end(conn, actor, one, event="meet", at=at)
            for one in store.timers(conn, matter.controller, matter, trigger=trigger, running=True)
            if (one.parameter == parameter if parameter else not one.floor)
        ]

    def stop(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        matter: Matter,
        *,
        reason: str,
    ) -> list[Timer]:
        """Stop what still runs for a matter that came to nothing; the reason stays."""
        return [
            self._end(conn, actor, replace(one, reason=reason[:1000]), event="stop")
            for one in store.timers(conn, matter.controller, matter, running=True)
        ]

    def extend(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        controller: str,
        timer_id: str,
        *,
        until: datetime,
        reason: str,
        notified: str = "",
    ) -> Timer:
        """Move a deadline, with the reason and the notice that told of it.

        Raises:
            NotFound: ``timer.unknown``; Conflict: ``timer.state``, ``timer.late``;
            Invalid: ``timer.extension``.
        """
        found, now = store.one_timer(conn, controller, timer_id), self.now(conn, controller)
        if found is None:
            raise NotFound("timer.unknown", "There is no such timer.")
        state = step(found.state, "extend")
        check_extension(found, until, reason, now)
        after = replace(
            found,
            state=state,
            due=until,
            first_due=found.first_due or found.due,
            reason=reason,
            notified=notified,
        )
        self._move(conn, found, after)
        self._tell(conn, actor, after, became="extended")
        return after

    def tell_missed(self, conn: sa.Connection, controller: str) -> int:
        """Say in the log, once each, which timers ran out; return how many."""
        late = self.untold(conn, controller)
        told = [one for one in late if store.tell_missed(conn, one)]
        for one in told:
            self._tell(conn, MACHINE, one, became="missed")
        return len(told)

    def untold(self, conn: sa.Connection, controller: str) -> list[Timer]:
        """Return timers that ran out while no entry says so yet."""
        now = self.now(conn, controller)
        return [
            one
            for one in store.timers(conn, controller, running=True)
            if one.state_at(now) == "missed" and not one.told_missed
        ]

    def listed(
        self, conn: sa.Connection, controller: str, matter: Matter | None = None
    ) -> Sequence[Timer]:
        """Return timers; who may see them, the caller of this decides."""
        return store.timers(conn, controller, matter)

    def _end(
        self,
        conn: sa.Connection,
        actor: Mapping[str, str],
        one: Timer,
        *,
        event: str,
        at: datetime | None = None,
    ) -> Timer:
        now = self.now(conn, one.controller)
        done = now if at is None else min(at, now)
        after = replace(
            one,
            state=step(one.state, event),
            done=done,
            recorded=now,
            done_by=actor.get("principal_id", ""),
        )
        self._move(conn, one, after)
        self._tell(conn, actor, after, became=after.state_at(now))
        return after

    def _move(self, conn: sa.Connection, before: Timer, after: Timer) -> None:
        if not store.move_timer(conn, before, after):
            raise Conflict("timer.state", "Somebody else moved that timer just now.")

    def _tell(
        self, conn: sa.Connection, actor: Mapping[str, str], one: Timer, *, became: str
    ) -> None:
        times = {"since": one.since, "due": one.due, "aware": one.aware, "done": one.done}
        detail: dict[str, Any] = {
            "timer": one.timer_id,
            "matter": one.matter.kind,
            "item": one.matter.item,
            "trigger": one.trigger,
            "target": int(one.target),
            "floor": int(one.floor),
            **{name: write_time(value).lower() for name, value in times.items() if value},
        }
        if one.notified:
            detail["notice"] = one.notified
        self._record(
            conn,
            Fact(
                action=f"procedures:timer:{became}",
                controller=one.controller,
                decision="failed" if became in {"missed", "late", "early"} else "allowed",
                obligations=tuple(basis.obligation for basis in one.bases),
                detail=detail,
                agreement=self._version(conn, one.controller),
                actor=dict(actor),
            ),
        )

    def _version(self, conn: sa.Connection, controller: str) -> str:
        try:
            return self._rules(conn, controller).version_id
        except (Gone, NotFound):
            return ""  # it has ended; its clocks have not (C11.1)
