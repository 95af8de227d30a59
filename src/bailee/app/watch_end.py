"""Controls over the end of agreements (C6, C6(i)): asked, isolated, in time, certified.

They try at the reserved controller, whose agreement they end in a transaction that never commits.
Of the controller itself they look at what was written down: orders without a choice, clocks, values
that no law keeps, certificates that are not what the log holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.access import Ask, Caller, bump
from bailee.app.canary import CONTROLLER, Canary
from bailee.app.control import refused
from bailee.app.end_papers import DONE, ENDED, LAPSED
from bailee.app.watch_access import planted
from bailee.app.watch_procedures import kept
from bailee.errors import Failure
from bailee.privacy import termination_store as store
from bailee.privacy.end_desk import WITHIN
from bailee.privacy.termination import BEFORE, DESTROYED, REST, RETURN, WHOLE, Termination

if TYPE_CHECKING:
    from bailee.app.house import House

RUNNING, LEFT = "termination.running", "retention.lapsed"
HAND = Caller("end-of-agreement", "", "machine")
"""Who ends the reserved controller's agreement, and undoes it."""


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _ended(house: House, attempt: Callable[[sa.Connection], list[str]]) -> list[str]:
    """Try something where an agreement has just ended; nothing of it stays."""
    found: list[str] = []

    def work(conn: sa.Connection) -> None:
        bump(conn)  # what is remembered from here on is never asked for again
        parts = house.parts
        parts.agreements.end(conn, CONTROLLER, parts.clock.now(), by=HAND)
        parts.agreements.expire(conn, CONTROLLER, by=HAND)
        found.extend(attempt(conn))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, work)
    return found


def _one(house: House, controller: str) -> Termination | None:
    return house.parts.data.read(controller, lambda conn: store.one(conn, controller))


def termination(house: House, controller: str) -> list[str]:
    """Look whether the agreement gives a day, and whether an end that came is past its own."""
    parts = house.parts

    def day(conn: sa.Connection) -> bool:
        agreement = parts.agreements.in_force(conn, controller)
        return agreement.due(WITHIN, parts.clock.now()) is not None

    found = sorted(turned(house, controller))
    if not parts.data.read(controller, day):
        found.append("termination.no_day")
    one = _one(house, controller)
    if one is not None and one.state != DESTROYED and one.ended <= parts.clock.now():
        found.append(RUNNING)
    return found


def turned(house: House, controller: str) -> frozenset[str]:
    """Return what is wrong with the clocks of an end, now."""
    return kept(house, controller, ENDED, LAPSED)


def return_or_destroy(house: House, controller: str) -> list[str]:
    """Try to destroy what nobody chose to be destroyed; look at orders without a choice."""

    def attempt(conn: sa.Connection) -> list[str]:
        held = WHOLE, True, "{}", list[str]()
        return refused(
            lambda: house.terminations.ordered(conn, HAND, CONTROLLER, held),
            "termination.no_choice",
            "destroyed.unasked",
        )

    found, one = _ended(house, attempt), _one(house, controller)
    if one is None or one.state in BEFORE:
        return found
    if not one.choice or one.chosen is None or one.ordered is None or one.chosen > one.ordered:
        found.append("destroyed.unasked")
    if one.choice == RETURN and not one.received:
        found.append("destroyed.unreturned")
    return sorted(set(found))


def retention_isolation(house: House, controller: str) -> list[str]:
    """Try to use a planted value after an end; look at what is left and no law keeps."""
    with planted(house) as canary:
        found = _ended(house, partial(_uses, house, canary))
    one = _one(house, controller)
    if one is None or (one.state, one.scope) != (DESTROYED, REST):
        return found
    closing, now = house.parts.vault.closing, house.parts.clock.now()
    lines = house.parts.data.read(controller, lambda conn: closing.kept(conn, controller))
    stock = closing.stock(controller)
    if any(line.until <= now and line.until > (one.ordered or now) for line in lines):
        found.append(LEFT)
    elif stock.values != stock.kept and not stock.held:
        found.append("retention.more_than_law")
    return sorted(set(found))


def _uses(house: House, canary: Canary, conn: sa.Connection) -> list[str]:
    closing = house.parts.vault.closing
    asks = [
        Ask(verb, CONTROLLER, canary.purpose, ("person.name",))
        for verb in ("reveal", "search", "protect", "encrypt")
    ]
    return [
        code
        for ask in asks
        for code in refused(
            partial(closing.isolated, conn, canary.caller, ask),
            "controller.isolated",
            f"isolation.{ask.verb}",
        )
    ]


def destruction_certificate(house: House, controller: str) -> list[str]:
    """Try to certify what was not destroyed; look whether certificates are there, and the same."""
    found = ["certificate.of_nothing"]  # unless it is refused
    with suppress(_Undo):
        found = refused(
            lambda: house.parts.data.write(CONTROLLER, lambda conn: _certify(house, conn)),
            "termination.not_destroyed",
            "certificate.of_nothing",
        )
    found += sorted(kept(house, controller, DONE))
    one = _one(house, controller)
    made = house.parts.data.read(controller, lambda conn: store.certificates(conn, controller))
    if one is not None and one.state == DESTROYED and not made:
        found.append("certificate.missing")
    for each in made:
        if hashlib.sha256(each.body.encode("ascii")).hexdigest() != each.sha256:
            found.append("certificate.altered")
        elif not _logged(house, controller, each.entry_id):
            found.append("certificate.unlogged")
    return sorted(set(found))


def _certify(house: House, conn: sa.Connection) -> None:
    house.certified(conn, HAND, CONTROLLER)
    raise _Undo


def _logged(house: House, controller: str, entry_id: str) -> bool:
    try:
        house.parts.data.read(
            controller, lambda conn: house.parts.ledger.place(conn, controller, entry_id)
        )
    except Failure:
        return False
    return True
