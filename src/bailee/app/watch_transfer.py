"""Controls over transfers (C7.3(3), C7.3(4)): try to cross a border, then look at the register.

What is tried takes place at the reserved controller, in a transaction that is undone. A flow to a
recipient that rests on nothing is something that somebody still has to do, because the data path
refuses it meanwhile; a flow to ourselves, to our people or to the keys runs whatever the register
says, so one of those that rests on nothing is a failure.

Not seen: where our people sit, and where a recipient is whose consent names no country.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.canary import CONTROLLER, Canary
from bailee.app.control import refused
from bailee.app.probe import Probe, tried
from bailee.app.watch_access import planted
from bailee.privacy import transfer_store as store
from bailee.privacy.assertion import Said, standing
from bailee.privacy.border import RESIDENT
from bailee.privacy.flow import (
    CLAUSE_14,
    KEYS,
    NEEDS,
    OURSELVES,
    RECIPIENT,
    SUBPROCESSOR,
    Flow,
    Verdict,
    subject_of,
)
from bailee.vault.tables import subject

if TYPE_CHECKING:
    from bailee.app.house import House

UNPLACED = frozenset({"register.ourselves_missing", "register.keys_missing"})
WAITING = frozenset({"flow.waits"})
UNFOUNDED = frozenset({"flow.waits", "flow.no_mechanism"})
"""Findings that come and go between two looks: what a flow rests on ends by the clock."""
UNASSESSED = frozenset({"assessment.missing"})
TOO_LONG = timedelta(days=400)

Judged = list[tuple[Flow, Verdict]]


def transfer_register(house: House, controller: str) -> list[str]:
    """Try to confirm a flow alone; see that data and keys have a place, and two people each."""

    def alone(probe: Probe) -> list[str]:
        probe.lend("interpret", "approve")
        flow = probe.flow(recorded_by=probe.caller.principal_id, state="recorded")
        return refused(
            lambda: house.flow_desk.confirm(probe.conn, probe.caller, CONTROLLER, flow.flow_id),
            "self.approve",
            "register.confirmed_alone",
        )

    found = tried(house, alone)
    running = [one for one, _ in _running(house, controller)]
    if not any(one.receiver_kind == OURSELVES for one in running):
        found.append("register.ourselves_missing")
    named = {one.receiver.casefold() for one in running if one.receiver_kind == KEYS}
    if not {place.casefold() for place in house.keys_at()} <= named:
        found.append("register.keys_missing")
    found += _subprocessors(house, controller, running)
    if any(one.confirmed_by in ("", one.recorded_by) for one in running):
        found.append("register.one_person")
    return sorted(set(found))


def _subprocessors(house: House, controller: str, running: list[Flow]) -> list[str]:
    """Return a code where one is engaged that reaches data from abroad, and no flow says so."""
    table = house.parts.border.table
    known = {
        (one.receiver.casefold(), one.country)
        for one in running
        if one.receiver_kind == SUBPROCESSOR
    }
    for one in house.parts.data.read(
        controller, lambda conn: house.live(conn, controller)
    ).subprocessors:
        names = {one["name"].casefold(), one["subprocessor"]}
        for country in one["countries"]:
            reached = any((name, country) in known for name in names)
            if not reached and not table.within("eu", country):
                return ["register.subprocessor_missing"]
    return []


def transfer_mechanism(house: House, controller: str) -> list[str]:
    """Try to let a planted value leave for abroad on ever more; see what every flow rests on."""
    with planted(house) as canary:
        found = tried(house, lambda probe: _crossing(probe, canary))
    return sorted({*found, *unfounded(house, controller)})


def unfounded(house: House, controller: str) -> frozenset[str]:
    """Return what European flows that rest on nothing now come to."""
    judged = _running(house, controller)
    return frozenset(_unfounded(one for one in judged if one[0].regime == "eu"))


def transfer_uk(house: House, controller: str) -> list[str]:
    """Try European clauses for a resident of the United Kingdom; see what British data rests on."""
    return _of_regime(house, controller, "uk")


def transfer_swiss(house: House, controller: str) -> list[str]:
    """Try European clauses for a resident of Switzerland; see what Swiss data rests on."""
    return _of_regime(house, controller, "ch")


def transfer_assessment(house: House, controller: str) -> list[str]:
    """Try to sign an assessment for too long; see that each contract has one that stands."""

    def too_long(probe: Probe) -> list[str]:
        probe.lend("interpret")
        subject_ = subject_of(CLAUSE_14, probe.flow())
        until = house.parts.clock.now() + TOO_LONG
        said = Said(subject=subject_, text="A control tries.", until=until)
        return refused(
            lambda: house.flow_desk.sign(probe.conn, probe.caller, CONTROLLER, said),
            "assertion.until",
            "assessment.without_end",
        )

    def work(conn: sa.Connection) -> list[str]:
        made, now = store.assertions(conn, controller), house.parts.border.now(conn, controller)
        stand, ever = standing(made, now), {one.subject for one in made}
        found = []
        for flow, _ in house.flow_desk.judged(conn, controller):
            one = subject_of(CLAUSE_14, flow)
            waits = NEEDS.get(flow.mechanism) == CLAUSE_14 and one not in stand
            if waits and flow.state_at(now) == "confirmed":
                found.append("assessment.ended" if one in ever else "assessment.missing")
        return found

    return sorted({*tried(house, too_long), *house.parts.data.read(controller, work)})


def _crossing(probe: Probe, canary: Canary) -> list[str]:
    """Leave with a consent alone, with a flow that nobody assessed, then with all of it.

    The last must succeed: else what refused the others may have been something else.
    """
    probe.consent(canary)
    found = refused(
        lambda: probe.leave(canary), "transfer.no_mechanism", "transfer.without_mechanism"
    )
    flow = probe.flow()
    found += refused(
        lambda: probe.leave(canary), "transfer.no_mechanism", "transfer.without_assessment"
    )
    probe.assess(flow)
    probe.leave(canary)
    return found


def _of_regime(house: House, controller: str, regime: str) -> list[str]:
    def crossing(probe: Probe, canary: Canary) -> list[str]:
        moved = sa.update(subject).where(subject.c.controller == CONTROLLER)
        probe.conn.execute(moved.values(residence=RESIDENT.get(regime, "unknown")))
        probe.consent(canary)
        probe.assess(probe.flow())
        found = refused(
            lambda: probe.leave(canary), "transfer.no_mechanism", f"transfer.{regime}_unprotected"
        )
        probe.assess(probe.flow(regime))
        probe.leave(canary)
        return found

    with planted(house) as canary:
        found = tried(house, lambda probe: crossing(probe, canary))
    judged = _running(house, controller)
    found += _unfounded(one for one in judged if one[0].regime == regime)
    protected = house.parts.data.read(
        controller, lambda conn: house.parts.border.protected(conn, controller)
    )
    if regime in protected:
        found += _unmatched(house, judged, regime)
    return sorted(set(found))


def _unmatched(house: House, judged: Judged, regime: str) -> list[str]:
    """Return what is wrong where European data goes and the other regime's has no flow."""
    table, found = house.parts.border.table, []
    have = {_target(one) for one, verdict in judged if one.regime == regime and verdict.holds}
    for one, _ in judged:
        if one.regime == "eu" and not table.within(regime, one.country):
            waits = one.receiver_kind == RECIPIENT
            missing = "flow.waits" if waits else "flow.no_mechanism"
            found += [] if _target(one) in have else [missing]
    return found


def _target(one: Flow) -> tuple[str, str, str]:
    return one.receiver_kind, one.receiver.casefold(), one.country


def _unfounded(judged: Iterable[tuple[Flow, Verdict]]) -> list[str]:
    return [
        "flow.waits" if one.receiver_kind == RECIPIENT else "flow.no_mechanism"
        for one, verdict in judged
        if not verdict.holds
    ]


def _running(house: House, controller: str) -> Judged:
    def work(conn: sa.Connection) -> Judged:
        now = house.parts.border.now(conn, controller)
        return [
            (one, verdict)
            for one, verdict in house.flow_desk.judged(conn, controller)
            if one.state_at(now) == "confirmed"
        ]

    return house.parts.data.read(controller, work)
