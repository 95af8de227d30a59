"""Controls over signals, incidents, their notices and what follows (C9).

Each tries at the reserved controller, in a transaction that is undone, what must work or must not;
then it looks at the controller's own clocks. What only people can do, nothing here does for them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller, Credential, Principal
from bailee.access import store as access_store
from bailee.access.principal import REPRESENTATIVE
from bailee.agreement.deadline import deadline
from bailee.app.control import refused
from bailee.app.reserved import CONTROLLER
from bailee.app.watch_access import planted
from bailee.app.watch_emergency import cast_of_ours
from bailee.app.watch_procedures import TURNING, kept
from bailee.clock import write_time
from bailee.errors import Failure
from bailee.incidents import store
from bailee.incidents.counting import count
from bailee.incidents.event import DISCOVERED, KINDS, URGENT
from bailee.incidents.events import Found
from bailee.incidents.incident import SUSPICION, Incident
from bailee.incidents.incidents import LAST, UPDATES, Opening
from bailee.incidents.redress import COSTS, MONITORING, Redress, unmet
from bailee.incidents.scope import Scope
from bailee.incidents.signal import CONTROL, OPEN, Signal, overdue
from bailee.incidents.signals import Sign
from bailee.incidents.wording import Writing
from bailee.procedures import Matter, officer_store
from bailee.procedures import store as procedure_store
from bailee.vault.shapes import Reveal

if TYPE_CHECKING:
    from bailee.app.house import House

AGES = timedelta(days=30)
WHY = "A control tries."
UNDECIDED, NOBODY = "signal.undecided", "contact.nobody"
ALONE, UNANSWERED = "participation.nobody", "monitoring.unanswered"
NOTICE_TURNING = TURNING | {UNDECIDED}
MONITORING_TURNING = TURNING | {UNANSWERED}
Attempt = Callable[[sa.Connection], list[str]]


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _tried(house: House, attempt: Attempt) -> list[str]:
    """Try something at the reserved controller; nothing stays."""
    found: list[str] = []

    def work(conn: sa.Connection) -> None:
        found.extend(attempt(conn))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, work)
    return found


# C9.1: the notice.


def breach_notice(house: House, controller: str) -> list[str]:
    """Let a signal wait too long, and try to close what it became without a word to anybody."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, _ = cast_of_ours(house, conn)
        sign = Sign(CONTROL, "probe", house.parts.clock.now() - AGES, also=(secrets.token_hex(8),))
        house.signals.raise_(conn, CONTROLLER, sign)
        house.signals.count(conn, CONTROLLER)
        counted = store.one(conn, Signal, CONTROLLER, sign.signal_id)
        if counted is None or counted.state != "counted":
            return ["signal.silence_dismisses"]
        made = house.incidents.found(conn, CONTROLLER, counted.incident_id)
        found = [] if made.suspected <= sign.raised else ["breach.dated_forward"]
        if not _runs(conn, Matter(CONTROLLER, "incident", made.incident_id), SUSPICION):
            found.append("breach.no_clock")
        where, end = (CONTROLLER, made.incident_id), ("no-breach", WHY)
        return found + refused(
            lambda: house.incidents.close(conn, giver, where, end),
            "incident.untold",
            "breach.closed_untold",
        )

    return sorted({*_tried(house, attempt), *late_notices(house, controller)})


def late_notices(house: House, controller: str) -> frozenset[str]:
    """Return what is late: notices, and signals that nobody decided on and nothing counted."""

    def work(conn: sa.Connection) -> bool:
        waiting = store.every(conn, Signal, controller, states=(OPEN,))
        return bool(overdue(waiting, house.parts.clock.now()))

    undecided = house.parts.data.read(controller, work)
    return kept(house, controller, SUSPICION) | ({UNDECIDED} if undecided else set())


def breach_update(house: House, controller: str) -> list[str]:
    """Write a first notice; the clock of the next one must run."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, made = _opened(house, conn)
        done = house.incidents.write_notice(conn, giver, (CONTROLLER, made.incident_id), {})
        runs = _runs(conn, Matter(CONTROLLER, UPDATES, done.result.sent_as), LAST)
        return [] if runs else ["update.no_clock"]

    return sorted({*_tried(house, attempt), *late_updates(house, controller)})


def late_updates(house: House, controller: str) -> frozenset[str]:
    """Return what is late of further versions."""
    return kept(house, controller, LAST)


def breach_facts(house: House, controller: str) -> list[str]:
    """Read one planted value and count it; count again what notices of open incidents counted."""
    since = house.parts.clock.now()
    with planted(house) as canary:
        body = Reveal(canary.purpose, ["person.name"], records=[canary.record])
        house.vault.reveal(canary.caller, CONTROLLER, body)
        house.settle()
        scope = Scope(
            write_time(since),
            write_time(house.parts.clock.now()),
            people=(canary.caller.principal_id,),
            records=(canary.record,),
        )
        facts = house.parts.data.read(
            CONTROLLER, lambda conn: house.incidents.count(conn, CONTROLLER, scope)
        )
    plain = {one.element: one.plain for one in facts.elements}
    seen = facts.calls, facts.records, facts.people, facts.organisations, plain
    wrong = [] if seen == (2, 1, 1, 0, {"person.name": 1}) else ["facts.wrong"]
    return wrong + house.parts.data.read(controller, lambda conn: _changed(house, conn, controller))


def _changed(house: House, conn: sa.Connection, controller: str) -> list[str]:
    """Return a code when a notice's facts do not come out again, up to the entries it counted."""
    for one in store.every(conn, Incident, controller):
        written = house.incidents.notices(conn, controller, one.incident_id)
        if not one.open or not written or written[-1].facts is None:
            continue
        before = written[-1].facts
        up_to = {log.log: log.entries for log in before.logs}
        question = controller, before.scope, house.honey_of(conn, controller)
        again = count(conn, house.parts.ledger, question, up_to=up_to)
        if again.digest() != written[-1].facts_sha256:
            return ["facts.changed"]
    return []


def breach_contact(house: House, controller: str) -> list[str]:
    """Try a notice that names nobody to ask; look whether open incidents have somebody."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, made = _opened(house, conn)
        now = house.parts.clock.now()
        for one in officer_store.officers(conn):
            officer_store.end(conn, one.officer_id, now)
        store.move(conn, made, replace(made, contact=""))
        where = CONTROLLER, made.incident_id
        return refused(
            lambda: house.incidents.write_notice(conn, giver, where, {}),
            "notice.contact",
            "notice.without_contact",
        )

    return sorted({*_tried(house, attempt), *nobody_to_ask(house, controller)})


def nobody_to_ask(house: House, controller: str) -> frozenset[str]:
    """Return whether there is an open incident of which nobody of ours can be asked."""

    def work(conn: sa.Connection) -> frozenset[str]:
        running = [one for one in store.every(conn, Incident, controller) if one.open]
        alone = [one for one in running if not house.incidents.reachable(conn, one)]
        return frozenset({NOBODY}) if alone else frozenset()

    return house.parts.data.read(controller, work)


# C9.1 urgent, C9.2.


def urgent_notice(house: House, controller: str) -> list[str]:
    """Enter an urgent issue and tell it: by its own clock, to the security desk."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, _ = cast_of_ours(house, conn)
        said = Found(URGENT, house.parts.clock.now(), WHY)
        made = house.events.enter(conn, giver, CONTROLLER, said).result
        matter = Matter(CONTROLLER, "event", made.event_id)
        found = [] if _runs(conn, matter, "urgent-issue-found") else ["urgent.no_clock"]
        house.events.decide(conn, giver, (CONTROLLER, made.event_id), ("tell", WHY))
        sent = procedure_store.notices(conn, CONTROLLER, matter)
        return found + ([] if [one.role for one in sent] == ["security"] else ["urgent.desk"])

    return sorted({*_tried(house, attempt), *late_urgent(house, controller)})


def late_urgent(house: House, controller: str) -> frozenset[str]:
    """Return what is late of urgent issues."""
    return kept(house, controller, "urgent-issue-found")


def other_notices(house: House, controller: str) -> list[str]:
    """Enter each of the five events; its clock must run, and silence needs a reason."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, _ = cast_of_ours(house, conn)
        found: list[str] = []
        for kind in set(KINDS) - {URGENT}:
            said = Found(kind, house.parts.clock.now(), WHY)
            made = house.events.enter(conn, giver, CONTROLLER, said).result
            if not _runs(conn, Matter(CONTROLLER, "event", made.event_id), DISCOVERED):
                found.append("event.no_clock")
            where = CONTROLLER, made.event_id
            found += refused(
                lambda where=where: house.events.decide(conn, giver, where, ("keep", " ")),  # type: ignore[misc]
                "incident.text",
                "event.kept_silently",
            )
        return found

    return sorted({*_tried(house, attempt), *late_events(house, controller)})


def late_events(house: House, controller: str) -> frozenset[str]:
    """Return what is late of other events, and of questions that our own duties ask."""
    return kept(house, controller, DISCOVERED)


# C9.3.


def participation(house: House, controller: str) -> list[str]:
    """Let a representative of the controller look, and one of somebody else; only one may."""

    def attempt(conn: sa.Connection) -> list[str]:
        _, made = _opened(house, conn)
        where = CONTROLLER, made.incident_id
        theirs, others = (_lent(house, conn, name) for name in (CONTROLLER, "bailee-nobody"))
        try:
            house.incidents.shown(conn, theirs, where)
            found = []
        except Failure:
            found = ["participation.refused"]
        return found + refused(
            lambda: house.incidents.shown(conn, others, where),
            "controller.unknown",
            "participation.anybody",
        )

    return sorted({*_tried(house, attempt), *nobody_takes_part(house, controller)})


def nobody_takes_part(house: House, controller: str) -> frozenset[str]:
    """Return whether there is an open incident and no representative who could take part."""

    def work(conn: sa.Connection) -> frozenset[str]:
        running = any(one.open for one in store.every(conn, Incident, controller))
        there = any(
            one.represents == controller
            and one.relation == REPRESENTATIVE
            and one.state == "active"
            for one in access_store.principals(conn)
        )
        return frozenset({ALONE}) if running and not there else frozenset()

    return house.parts.data.read(controller, work)


def incident_costs(house: House, controller: str) -> list[str]:
    """Try to enter a claim without the controller's writing; look for claims out of time."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, made = _opened(house, conn)
        wanted = replace(_redress(house, made, COSTS), amount=1, currency="USD")
        return refused(
            lambda: house.redresses.enter(conn, giver, wanted, Writing()),
            "incident.writing",
            "costs.without_writing",
        )

    return sorted({*_tried(house, attempt), *late_costs(house, controller)})


def late_costs(house: House, controller: str) -> frozenset[str]:
    """Return what is late of claims."""
    return kept(house, controller, "claim-received")


def credit_monitoring(house: House, controller: str) -> list[str]:
    """Try to settle monitoring that ends tomorrow; look for requests that nobody answered."""

    def attempt(conn: sa.Connection) -> list[str]:
        giver, made = _opened(house, conn)
        wanted = replace(_redress(house, made, MONITORING), people=1)
        store.add(conn, wanted)
        said = "settle", WHY, house.parts.clock.now() + timedelta(days=1)
        return refused(
            lambda: house.redresses.answer(conn, giver, (CONTROLLER, wanted.redress_id), said),
            "redress.until",
            "monitoring.too_short",
        )

    return sorted({*_tried(house, attempt), *late_monitoring(house, controller)})


def late_monitoring(house: House, controller: str) -> frozenset[str]:
    """Return whether a request for monitoring waits longer than our own target."""
    target = house.targets.plain("credit.monitoring")

    def work(conn: sa.Connection) -> frozenset[str]:
        asked = [one for one in unmet(store.every(conn, Redress, controller)) if _monitors(one)]
        now = house.parts.clock.now()
        late = [one for one in asked if now > (deadline(target, one.received) or now)]
        return frozenset({UNANSWERED}) if late else frozenset()

    return house.parts.data.read(controller, work)


def _monitors(one: Redress) -> bool:
    return one.kind == MONITORING


# What attempts share.


def _opened(house: House, conn: sa.Connection) -> tuple[Caller, Incident]:
    """Let somebody of ours open an incident at the reserved controller."""
    giver, _ = cast_of_ours(house, conn)
    now = house.parts.clock.now()
    scope = Scope(write_time(now - timedelta(minutes=1)), write_time(now))
    opening = Opening(now - timedelta(minutes=1), WHY, scope)
    return giver, house.incidents.open(conn, giver, CONTROLLER, opening).result


def _redress(house: House, made: Incident, kind: str) -> Redress:
    now = house.parts.clock.now()
    return Redress(secrets.token_hex(16), CONTROLLER, made.incident_id, kind, now, now, "", "")


def _runs(conn: sa.Connection, matter: Matter, trigger: str) -> bool:
    found = procedure_store.timers(conn, matter.controller, matter, trigger=trigger, running=True)
    return bool(found)


def _lent(house: House, conn: sa.Connection, controller: str) -> Caller:
    """Return a representative of a controller who exists in this transaction alone."""
    name, key, now = secrets.token_hex(16), secrets.token_hex(16), house.parts.clock.now()
    access_store.add_principal(
        conn,
        Principal(
            name, "person", "active", now, "A control", relation=REPRESENTATIVE,
            represents=controller, undertaking="none", undertaken=now.date().isoformat(),
        ),
    )  # fmt: skip
    access_store.add_credential(
        conn,
        Credential(key, secrets.token_bytes(32), "key", name, "", now, now + timedelta(minutes=5)),
    )
    return Caller(name, key, "person")
