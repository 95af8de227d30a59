"""Signals, as the doors ask for them, and where they come from (C9.1, C2.5(5)).

What watches feeds them: touches of honey, refusals and limits read off a controller's log, floods
of bad credentials off the house's, and controls that guard data and failed. A control's signal
stands in the transaction of its look; the others are found by a round, once a minute. A round that
died is done again: it raises nothing twice, and counts what is late from its own time on.

Floods of credentials are at the door of all: each controller gets a signal of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import incident_shapes as shapes
from bailee.app import store
from bailee.app.incident_desk import VERB, IncidentDesk
from bailee.app.office import entry_of
from bailee.app.parts import Parts
from bailee.app.reserved import CONTROLLER
from bailee.app.state import Observation
from bailee.db import HOUSE
from bailee.incidents import store as incident_store
from bailee.incidents.signal import (
    CONTROL,
    CREDENTIALS,
    HONEY,
    LIMIT,
    LIMIT_CODE,
    OPEN,
    REFUSALS,
    REFUSED_MANY,
    SHOWN_MANY,
    SPAN,
    VERDICTS,
    Signal,
    Tried,
    bursts,
    overdue,
)
from bailee.incidents.signals import Sign, Verdict
from bailee.vault import honey_store
from bailee.vault.honey import Alarm

if TYPE_CHECKING:
    from bailee.app.house import House

REFUSED, DOOR = "vault:call:refused", "access:credential:refused"
FIRST_LOOK = timedelta(days=1)
"""So far back a process looks that has not looked before."""
MOST = 2_000
"""Refusals of one round; so many of one caller are a burst long before."""
GUARDS = frozenset(
    (
        "access-log", "record-keeping", "encryption-at-rest", "keys-wrapped",
        "encryption-standard", "least-privilege", "purpose-limit", "permitted-elements",
        "disclosure-consent", "revocation", "credential-strength", "customer-passwords",
        "transport", "no-values-in-urls",
    )
)  # fmt: skip
"""Controls whose failing may mean that somebody got at data."""
TO_SIGNAL = {"incident": "promote", "dismissed": "dismiss"}
"""Verdicts on an alarm, as verdicts on its signal."""


class Alarming(IncidentDesk):
    """Acts upon signals."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._looked: dict[str, datetime] = {}
        """Until when a controller's log was looked at; lost with the process, which looks again."""

    def list_signals(self, caller: Caller, controller: str) -> shapes.Signals:
        """List a controller's signals to who is told, never of their own doing."""

        def work(conn: sa.Connection) -> shapes.Signals:
            found = self.signals.listed(conn, caller, controller)
            ids = {one.principal for one in found} | {one.decided_by for one in found}
            return shapes.Signals([self._signal(one) for one in found], self._called(conn, ids))

        return self.read(caller, controller, VERB, work)

    def decide_signal(
        self, caller: Caller, controller: str, item: str, body: shapes.SignalVerdict
    ) -> shapes.Signal:
        """Promote a signal, or dismiss it; an alarm behind it is decided with it."""
        verdict = Verdict(body.verdict, body.reason, body.incident)

        def work(conn: sa.Connection) -> shapes.Signal:
            done = self.signals.decide(conn, caller, (controller, item), verdict)
            if done.result.source == HONEY:
                self._assess_with(conn, caller, done.result)
            return self._signal(done.result, entry_of(done.entry))

        return self.act(caller, controller, VERB, work)

    def _assess_with(self, conn: sa.Connection, caller: Caller, one: Signal) -> None:
        """Decide on the alarm that a signal came from, as its signal was decided."""
        alarm = honey_store.alarm_of(conn, one.controller, one.about)
        if alarm is not None and alarm.state == "due":
            verdict = next(
                word for word, event in TO_SIGNAL.items() if VERDICTS[event] == one.state
            )
            cast("House", self).settle_alarm(conn, caller, alarm, (verdict, one.reason))

    def follow_alarm(
        self, conn: sa.Connection, caller: Caller, alarm: Alarm, said: tuple[str, str]
    ) -> None:
        """Decide on the signal of an alarm that somebody just decided on."""
        if alarm.controller == CONTROLLER:
            return
        sign = _of_alarm(alarm)
        self.signals.raise_(conn, alarm.controller, sign)
        found = incident_store.one(conn, Signal, alarm.controller, sign.signal_id)
        if found is not None and found.state == OPEN:
            self.signals.settle(conn, caller, found, Verdict(TO_SIGNAL[said[0]], said[1]))

    # What watches.

    def signal_failure(
        self, conn: sa.Connection, controller: str, seen: Observation, before: Observation | None
    ) -> None:
        """Raise a signal when a control that guards data failed anew, in the look's transaction."""
        if controller == CONTROLLER or seen.control not in GUARDS or seen.result != "failed":
            return
        if before is not None and (before.result, before.findings) == ("failed", seen.findings):
            return
        sign = Sign(CONTROL, seen.control, seen.time, also=(seen.entry_id,))
        self.signals.raise_(conn, controller, sign)

    def tend_incidents(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Raise what the logs tell, ask what failing duties ask, count what nobody decided on."""
        floods = self._floods()
        self.go_round("signals", lambda name: self._tend_one(name, floods), stopped)

    def _tend_one(self, controller: str, floods: list[Sign]) -> None:
        """Look, and write only where there is something to write."""
        if controller == CONTROLLER:
            return
        now = self.parts.clock.now()

        def look(conn: sa.Connection) -> tuple[list[Sign], bool, list[tuple[str, datetime]]]:
            self.parts.agreements.in_force(conn, controller)
            signs = [*self._signs(conn, controller, self._since(controller, now)), *floods]
            fresh = [
                one
                for one in signs
                if incident_store.one(conn, Signal, controller, one.signal_id) is None
            ]
            waiting = incident_store.every(conn, Signal, controller, states=(OPEN,))
            broken = cast("House", self).broken_duties(conn, controller)
            return fresh, bool(overdue(waiting, now)), broken

        fresh, late, broken = self.parts.data.read(controller, look)

        def work(conn: sa.Connection) -> None:
            for sign in fresh:
                self.signals.raise_(conn, controller, sign)
            self.signals.count(conn, controller)
            passed = store.last_passed(conn, controller)
            for control, since in broken:
                self.events.ask(conn, controller, (control, since, passed.get(control)))

        if fresh or late or broken:
            self.parts.data.write(controller, work)
        self._looked[controller] = now

    def _since(self, controller: str, now: datetime) -> datetime:
        """Return from when on a log is looked at: a burst may have begun before the last look."""
        return self._looked.get(controller, now - FIRST_LOOK) - SPAN

    def _signs(self, conn: sa.Connection, controller: str, since: datetime) -> Iterator[Sign]:
        yield from map(_of_alarm, honey_store.alarms(conn, controller, due=True))
        tried = []
        found = self.parts.ledger.since(conn, controller, since, REFUSED)
        for fields, opening in islice(found, MOST):
            who = opening.who()
            person = who.get("on_behalf_of", "") or who.get("principal_id", "")
            code = str(fields["detail"].get("code", ""))
            tried.append(Tried(person, _time(fields), code=code))
        for one in bursts(tried, REFUSED_MANY):
            day = one.at.date().isoformat()
            yield Sign(REFUSALS, "calls.refused", one.at, one.who, (day,))
        for one in bursts([each for each in tried if each.code == LIMIT_CODE], 1):
            yield Sign(LIMIT, LIMIT_CODE, one.at, one.who, (one.at.date().isoformat(),))

    def _floods(self) -> list[Sign]:
        """Return floods of bad credentials at the house's door."""
        now = self.parts.clock.now()

        def work(conn: sa.Connection) -> list[Tried]:
            found = self.parts.ledger.since(conn, HOUSE, self._since(HOUSE, now), DOOR)
            return [
                Tried(opening.words().get("source", ""), _time(fields), int(fields["count"]))
                for fields, opening in islice(found, MOST)
            ]

        floods = bursts(self.parts.data.read(HOUSE, work), SHOWN_MANY)
        self._looked[HOUSE] = now
        return [
            Sign(CREDENTIALS, "credentials.refused", one.at, also=(one.at.date().isoformat(),))
            for one in floods
        ]


def _of_alarm(alarm: Alarm) -> Sign:
    return Sign(HONEY, alarm.alarm_id, alarm.raised, alarm.principal)


def _time(fields: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(fields["time"]))
