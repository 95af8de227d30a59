"""The control over honey: a touch of it must be told, and somebody must decide (C2.5(5), C9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Caller
from bailee.agreement import load_terms
from bailee.app.canary import TERMS
from bailee.app.control import Blind
from bailee.app.reserved import CONTROLLER, PROBE
from bailee.app.watch_access import planted
from bailee.db import HOUSE
from bailee.vault import honey_store
from bailee.vault.honey import DRILL, overdue
from bailee.vault.shapes import Reveal

if TYPE_CHECKING:
    from bailee.app.house import House

UNASSESSED = "honey.alarm_unassessed"
"""Comes and goes between two looks, with the clock and with what people do."""


def honey_records(house: House, controller: str) -> list[str]:
    """Touch honey at the reserved controller, and a record beside it; only the first may be told.

    The alarm that it raises is its own exercise: nobody is called, and it takes it away. A list
    is sealed anew, so that the age of its row tells nobody when something was planted.

    Raises:
        Blind: ``honey.none``: nothing is planted, so there is nothing to touch.
    """
    found = {UNASSESSED} if unassessed(house, controller) else set()
    found |= _lists(house, controller)
    if record := house.vault.some_honey(CONTROLLER):
        found |= _tried(house, record)
    elif not found:
        raise Blind("honey.none")
    for name in {CONTROLLER, controller}:
        house.vault.reseal_honey(name)
    return sorted(found)


def unassessed(house: House, controller: str) -> bool:
    """Say whether an alarm waits for a verdict longer than was promised."""
    now = house.parts.clock.now()

    def work(conn: sa.Connection) -> bool:
        return overdue(honey_store.alarms(conn, controller, due=True), now)

    return house.parts.data.read(controller, work)


def _lists(house: House, controller: str) -> set[str]:
    """Look for a list that does not open, and for honey without consent."""

    def work(conn: sa.Connection) -> set[str]:
        stands = house.vault.honey(conn, controller)
        found = set() if stands.readable else {"honey.list_unreadable"}
        consents = house.parts.agreements.consents
        if controller != CONTROLLER and stands.records and not consents.stands(conn, controller):
            found.add("honey.without_consent")
        return found

    found = house.parts.data.read(controller, work)
    if controller != CONTROLLER:
        reserved = house.parts.data.read(CONTROLLER, lambda c: house.vault.honey(c, CONTROLLER))
        found |= set() if reserved.readable else {"honey.list_unreadable"}
    return found


def _tried(house: House, record: str) -> set[str]:
    probe = house.parts.data.write(HOUSE, lambda conn: house.parts.access.machine(conn, PROBE))
    found = set()
    if (states := _touched(house, probe, record)) != [DRILL]:
        found.add("honey.silent" if not states else "honey.drill_calls")
    with planted(house) as canary:
        if _touched(house, probe, canary.record):
            found.add("honey.cries")
    house.parts.data.write(CONTROLLER, lambda conn: honey_store.drop_drills(conn, CONTROLLER))
    return found


def _touched(house: House, probe: Caller, record: str) -> list[str]:
    """Read a record as the house's own service; return the states of the alarms it raised."""
    purpose = load_terms(TERMS).purposes[0].id
    body = Reveal(purpose, ["person.name"], records=[record])
    entry = house.vault.reveal(probe, CONTROLLER, body).entry
    return house.parts.data.read(
        CONTROLLER, lambda conn: honey_store.states_of(conn, CONTROLLER, entry.entry_id)
    )
