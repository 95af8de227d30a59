"""Controls over a controller's instructions (C2.4, C7.2(2), C7.3(2), GDPR 28(3)).

Each tries, at the reserved controller and in a transaction that is undone, what must not work: a
purpose that nobody accepted, one that one person accepted alone, one that was withdrawn; an
instruction that infringes and is not answered. Then it looks at the controller's own rows.

What somebody does for a purpose that they did not name, no control here sees.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Ask, Caller, Grant, Principal, bump
from bailee.access import store as access_store
from bailee.access.principal import REPRESENTATIVE
from bailee.agreement import Extension
from bailee.agreement.extensions import extend, extensions, retract
from bailee.app.canary import CONTROLLER, PROBE
from bailee.app.control import refused
from bailee.app.watch_procedures import LATE, MISSED, UNANSWERED, UNDELIVERED
from bailee.app.watch_training import somebody
from bailee.errors import Failure
from bailee.privacy import instruction_store as store
from bailee.privacy.instruction import (
    LAWFUL,
    PROCESSING,
    PURPOSE,
    RECEIVED,
    SELL,
    Asks,
    Given,
    Instruction,
    Opinion,
)
from bailee.privacy.instructions import MATTER, Move
from bailee.procedures import store as procedure_store

if TYPE_CHECKING:
    from bailee.app.house import House

WORD, ELEMENT, OTHER = "instruction-drill", "person.name", "person.email"
DIGEST = "0" * 64
UNFOUNDED, ALONE = "purpose.unfounded", "instruction.accepted_alone"
WAITING, UNTOLD = "instruction.waiting", "instruction.untold"
LOOSE = frozenset((UNFOUNDED, ALONE))
ANSWERING = frozenset((MISSED, LATE, UNANSWERED, UNDELIVERED, WAITING, UNTOLD))
"""Findings that come and go between two looks."""


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


@dataclass(frozen=True)
class Drill:
    """One of ours and the house's service, who may act at the reserved controller for a while."""

    house: House
    conn: sa.Connection
    ours: Caller
    worker: Caller
    signer: str
    now: datetime

    def give(self, kind: str, asks: Asks) -> Instruction:
        """Enter an instruction from paper."""
        given = Given(
            kind=kind,
            text="A drill.",
            asks=asks,
            signed_by=self.signer,
            received=self.now,
            since=self.now,
            until=self.now + timedelta(days=1),
            reference="a drill",
            writing_sha256=DIGEST,
        )
        return self.house.instructing.give(self.conn, self.ours, CONTROLLER, given).result

    def move(self, one: Instruction, event: str) -> Instruction:
        """Move it, as one of ours."""
        item, move = one.instruction_id, Move(event, "a drill", LAWFUL)
        return self.house.instructing.move(self.conn, self.ours, CONTROLLER, item, move=move).result

    def ask(self, element: str = ELEMENT) -> None:
        """Ask for a value, for the purpose of the drill."""
        ask = Ask("reveal", CONTROLLER, WORD, (element,))
        self.house.parts.access.decide(self.conn, self.worker, ask)

    def unserved(self, found: str, element: str = ELEMENT) -> list[str]:
        """Ask, which must be refused for the purpose; return a finding when it is served."""
        return refused(lambda: self.ask(element), "purpose.not_in_agreement", found)


def documented_instructions(house: House, controller: str) -> list[str]:
    """Try a purpose before anybody accepted it, by one person, and after it was withdrawn."""
    return sorted({*_tried(house, _purpose), *unfounded(house, controller)})


def _purpose(drill: Drill) -> list[str]:
    found = drill.unserved("purpose.unaccepted")
    made = drill.give(PURPOSE, Asks(WORD, (ELEMENT,), ("reveal",)))
    found += refused(
        lambda: drill.move(made, "check"),
        "instruction.one_person",
        "instruction.compared_alone",
    )
    said = Opinion(LAWFUL, "A drill.", drill.ours.principal_id, drill.now)
    store.move(drill.conn, made, replace(made, state="checked", opinion=said))
    drill.move(made, "accept")
    found += drill.unserved("purpose.accepted_by_one")
    found += refused(lambda: drill.move(made, "accept"), "instruction.one_person", ALONE)
    found += drill.unserved("purpose.accepted_alone")
    found += _served(drill)
    return found


def _served(drill: Drill) -> list[str]:
    """See that an extension serves what it names, and nothing before, beside or after it."""
    far = drill.now + timedelta(days=1)
    for since, until, code in (
        (far, far + timedelta(days=1), "purpose.before_its_day"),
        (drill.now - timedelta(days=1), drill.now, "purpose.after_its_end"),
    ):
        found = _with(drill, since, until, lambda code=code: drill.unserved(code))  # type: ignore[misc]
        if found:
            return found
    return _with(drill, drill.now, far, lambda: _living(drill))


def _living(drill: Drill) -> list[str]:
    try:
        drill.ask()
    except Failure as failure:  # a refusal of everything would prove nothing
        return [f"purpose.not_served.{failure.code}"]
    return drill.unserved("purpose.beyond_its_elements", OTHER)


def _with(
    drill: Drill, since: datetime, until: datetime, attempt: Callable[[], list[str]]
) -> list[str]:
    """Try something while an extension stands, and once more the purpose when it is withdrawn."""
    item, names = secrets.token_hex(16), frozenset((ELEMENT,))
    made = Extension(item, item, WORD, names, frozenset(("reveal",)), since, until, drill.now)
    extend(drill.conn, CONTROLLER, made)
    bump(drill.conn)
    found = attempt()
    retract(drill.conn, CONTROLLER, item, drill.now)
    bump(drill.conn)
    return found + drill.unserved("purpose.after_withdrawal")


def unfounded(house: House, controller: str) -> frozenset[str]:
    """Return codes for purposes without an accepted instruction, or which one person accepted."""

    def work(conn: sa.Connection) -> frozenset[str]:
        now, found = house.parts.clock.now(), set()
        known = {one.instruction_id: one for one in store.instructions(conn, controller)}
        for added in extensions(conn, controller):
            if added.ended is not None or added.until <= now:
                continue
            one = known.get(added.instruction_id)
            if one is None or not _grounds(one, added):
                found.add(UNFOUNDED)
        for one in known.values():
            if one.state in ("accepted", "executed") and len(set(one.accepted_by)) < one.needs:
                found.add(ALONE)
        return frozenset(found)

    return house.parts.data.read(controller, work)


def _grounds(one: Instruction, added: Extension) -> bool:
    """Say whether a purpose is no wider and no longer than the instruction says."""
    return (
        (one.state, one.kind, one.asks.purpose) == ("accepted", PURPOSE, added.purpose)
        and added.elements <= set(one.asks.elements)
        and added.verbs <= set(one.asks.verbs)
        and one.since <= added.since
        and one.until is not None
        and added.until <= one.until
    )


def unlawful_instruction(house: House, controller: str) -> list[str]:
    """Give an instruction to sell data: it must be answered at once, and nobody can accept it."""
    return sorted({*_tried(house, _sale), *unanswered(house, controller)})


def _sale(drill: Drill) -> list[str]:
    made = drill.give(PROCESSING, Asks(does=SELL))
    store.move(drill.conn, made, replace(made, entered_by=""))  # somebody else entered the paper
    seen = drill.move(made, "check")
    notices = {one.notice_id for one in procedure_store.notices(drill.conn, CONTROLLER)}
    if seen.state != "answered" or seen.notice_id not in notices:
        return ["instruction.infringement_unseen"]
    said = Opinion(LAWFUL, "A drill.", "", drill.now)
    store.move(drill.conn, seen, replace(seen, state="checked", objections=(), opinion=said))
    return refused(
        lambda: drill.move(made, "accept"),
        "instruction.infringes",
        "instruction.infringement_accepted",
    )


def unanswered(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about our word on instructions now.

    The trigger also starts clocks of other matters, which are not this control's.
    """

    def work(conn: sa.Connection) -> frozenset[str]:
        now, found = house.parts.clock.now(), set()
        known = store.instructions(conn, controller)
        notices = {
            one.notice_id: one
            for one in procedure_store.notices(conn, controller)
            if one.matter.kind == MATTER
        }
        for one in known:
            if one.overdue(now):
                found.add(WAITING)
            if one.state == "answered" and one.notice_id not in notices:
                found.add(UNTOLD)
        timers = procedure_store.timers(conn, controller, trigger=RECEIVED)
        ours = sorted(
            (one for one in timers if one.matter.kind == MATTER), key=lambda one: one.opened
        )
        states = [state for one in ours if (state := one.state_at(now)) != "stopped"]
        if "missed" in states:
            found.add(MISSED)
        if [state for state in states if state != "running"][-1:] == ["late"]:
            found.add(LATE)
        if any(one.unanswered(now) for one in notices.values()):
            found.add(UNANSWERED)
        if any(one.state == "waiting" and one.attempts for one in notices.values()):
            found.add(UNDELIVERED)
        return frozenset(found)

    return house.parts.data.read(controller, work)


def _tried(house: House, attempt: Callable[[Drill], list[str]]) -> list[str]:
    """Let something be tried; return what it found, and undo everything."""
    found: list[str] = []

    def work(conn: sa.Connection) -> None:
        found.extend(attempt(_set(house, conn)))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, work)
    return found


def _set(house: House, conn: sa.Connection) -> Drill:
    now, access = house.parts.clock.now(), house.parts.access
    ours, worker = somebody(house, conn), access.machine(conn, PROBE)
    signer = Principal(
        secrets.token_hex(16), "person", "active", now, "Drill",
        relation=REPRESENTATIVE, represents=CONTROLLER,
    )  # fmt: skip
    access_store.add_principal(conn, signer)
    lent = Grant(
        grant_id=secrets.token_hex(16),
        principal=ours.principal_id,
        verbs=("interpret", "approve"),
        elements=(),
        purposes=(),
        controller=CONTROLLER,
        until=now + timedelta(minutes=5),
        daily=0,
        created=now,
        granted_by="",
    )
    access_store.add_grant(conn, lent)
    reader = replace(
        lent,
        grant_id=secrets.token_hex(16),
        principal=worker.principal_id,
        verbs=("reveal",),
        elements=(ELEMENT, OTHER),
        purposes=(WORD,),
        daily=1,
    )
    access_store.add_grant(conn, reader)
    bump(conn)
    return Drill(house, conn, ours, worker, signer.principal_id, now)
