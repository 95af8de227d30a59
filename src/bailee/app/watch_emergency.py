"""The control over access in an emergency (C2.5(4); MISSION A8)."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller, Emergency, Grant, Principal, Wanted, emergency_store
from bailee.access import store as access_store
from bailee.access.code import GLASS
from bailee.access.credential import new_secret
from bailee.access.emergency import LONGEST, overdue
from bailee.access.grant import EMERGENCY_MARK
from bailee.agreement import load_terms
from bailee.app.canary import CONTROLLER, ELEMENTS, PROBE, TERMS
from bailee.app.control import Blind, refused
from bailee.db import HOUSE
from bailee.errors import Refused

if TYPE_CHECKING:
    from bailee.app.house import House

TURNING = frozenset(
    {
        "break_glass.alert_unacknowledged",
        "break_glass.review_overdue",
        "break_glass.unjustified",
    }
)
"""Findings that come and go between two looks, with the clock and with what people do."""


def break_glass(house: House, controller: str) -> list[str]:
    """Try what must not open, in transactions that are undone; then look at the register."""
    found = _tried(house)
    found += house.parts.data.read(controller, lambda conn: _register(conn, controller))
    return sorted({*found, *turned(house, controller)})


def turned(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time now, or was found wrong."""
    now = house.parts.clock.now()

    def work(conn: sa.Connection) -> frozenset[str]:
        open_ones = emergency_store.emergencies(conn, controller, unsettled=True)
        return frozenset(code for one in open_ones for code in overdue(one, now))

    return house.parts.data.read(controller, work)


def _register(conn: sa.Connection, controller: str) -> list[str]:
    """Look for emergencies that no act of ours can have written."""
    known = {one.emergency_id: one for one in emergency_store.emergencies(conn, controller)}
    grants = [
        one
        for one in access_store.grants(conn, controller)
        if one.approval_id.startswith(EMERGENCY_MARK)
    ]
    found = [code for one in known.values() for code in _impossible(one)]
    for grant in grants:
        if grant.until - grant.created > LONGEST:
            found.append("break_glass.outlasts_hour")
        if grant.approval_id not in known:
            found.append("break_glass.unregistered")
    return found


def _impossible(one: Emergency) -> list[str]:
    if one.opener in {one.issued_by, one.acknowledged_by, one.reviewer}:
        return ["break_glass.one_person"]
    if one.reviewer and one.reviewer == one.issued_by:
        return ["break_glass.one_person"]
    return []


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _tried(house: House) -> list[str]:
    """Let a service, and two people of ours, try at the reserved controller; nothing stays."""
    found: list[str] = []

    def attempt(conn: sa.Connection) -> None:
        found.extend(_by_service(house, conn))
        found.extend(_by_people(house, conn))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, attempt)
    return found


def _by_service(house: House, conn: sa.Connection) -> list[str]:
    probe = house.parts.access.machine(conn, PROBE)
    code = new_secret(GLASS)
    return refused(
        lambda: _break(house, conn, (probe, code), timedelta(minutes=5)),
        "break_glass.for_people",
        "break_glass.by_service",
    )


def _by_people(house: House, conn: sa.Connection) -> list[str]:
    """Whoever holds ``people`` makes a code for a colleague, who tries more than they may.

    Both are lent what it takes to come to the point, in the transaction that is undone. In a house
    of one nobody can open: there it is tried that nobody makes a code for themselves.
    """
    giver, opener = cast_of_ours(house, conn)
    access = house.parts.access
    for one, verb in ((giver, "audit"), (opener or giver, "approve")):
        access_store.add_grant(conn, _lent(house, one.principal_id, verb))

    def issue(to: str) -> str:
        return access.issue_code(conn, giver, CONTROLLER, to).result.secret

    found = refused(lambda: issue(giver.principal_id), "self.mint", "break_glass.code_for_oneself")
    if opener is None:
        return found
    emergency_store.set_tries(conn, opener.principal_id, None)  # theirs may be locked just now
    code = issue(opener.principal_id)
    long = LONGEST + timedelta(minutes=1)
    found += refused(
        lambda: _break(house, conn, (opener, code), long), "break_glass.until", "break_glass.long"
    )
    opened = _break(house, conn, (opener, code), LONGEST)
    found += refused(
        lambda: _break(house, conn, (opener, code), LONGEST),
        "break_glass.code",
        "break_glass.code_twice",
    )
    access_store.set_grant_state(conn, CONTROLLER, opened.grant_id, "revoked")
    found += refused(
        lambda: access.review_emergency(
            conn, opener, CONTROLLER, opened.emergency_id, verdict="justified", reason="A control."
        ),
        "self.review",
        "break_glass.reviewed_by_opener",
    )
    return found


def _break(
    house: House, conn: sa.Connection, who: tuple[Caller, str], life: timedelta
) -> Emergency:
    """Try to open; a refusal that would be raised after the commit is raised at once."""
    caller, code = who
    until = house.parts.clock.now() + life
    purpose = load_terms(TERMS).purposes[0].id
    wanted = Wanted(("search",), ELEMENTS[:1], purpose, until, "A control tries.")
    done = house.parts.access.break_glass(conn, caller, CONTROLLER, code=code, wanted=wanted)
    if isinstance(done, Refused):
        raise done
    return done.result


def _lent(house: House, principal_id: str, verb: str) -> Grant:
    now = house.parts.clock.now()
    return Grant(
        grant_id=f"lent-{verb}-{principal_id[:32]}",
        principal=principal_id,
        verbs=(verb,),
        elements=(),
        purposes=(),
        controller=CONTROLLER,
        until=now + timedelta(minutes=5),
        daily=0,
        created=now,
        granted_by="",
    )


def cast_of_ours(house: House, conn: sa.Connection) -> tuple[Caller, Caller | None]:
    """Return somebody who holds ``people``, and a colleague of ours if there is one.

    Raises:
        Blind: ``nobody.holds_people``.
    """
    now = house.parts.clock.now()
    ours = {one.principal_id for one in access_store.principals(conn) if _is_ours(one)}
    keys = {
        one.principal: Caller(one.principal, one.key_id, "person")
        for one in access_store.live_credentials(conn, now)
        if one.kind == "key" and one.principal in ours
    }
    holders = {
        one.principal
        for one in access_store.grants(conn, HOUSE)
        if "people" in one.verbs and one.state == "living" and one.until > now
    }
    giver = next((keys[name] for name in keys if name in holders), None)
    if giver is None:
        raise Blind("nobody.holds_people")
    return giver, next((one for one in keys.values() if one != giver), None)


def _is_ours(one: Principal) -> bool:
    return one.kind == "person" and one.state == "active" and not one.represents
