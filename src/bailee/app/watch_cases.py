"""Controls over what a controller sends and we answer: problems, measures, texts (C5.3, C8)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.canary import CONTROLLER
from bailee.app.watch_procedures import TURNING, kept
from bailee.assurance import case_store
from bailee.assurance.amendment import RECEIVED, Amendment
from bailee.assurance.correction import INTERIM, LATE, PROBLEM, Correction
from bailee.procedures import MACHINE, Matter

if TYPE_CHECKING:
    from bailee.app.house import House

CORRECTING = TURNING | {LATE}
NO_CLOCK = "clock.not_started"
OURS, UNREASONED = "correction.cured_by_us", "amendment.refused_without_reason"
ITEM = "c" * 32


def security_correction(house: House, controller: str) -> list[str]:
    """Start a problem's clock in a transaction that is undone; look at the problems there are."""
    return sorted(
        {*late(house, controller), *_clock(house, PROBLEM), *_impossible(house, controller)}
    )


def interim_measures(house: House, controller: str) -> list[str]:
    """Start an order's clock in a transaction that is undone; look at the orders there are."""
    return sorted({*measures(house, controller), *_clock(house, INTERIM)})


def agreement_amendments(house: House, controller: str) -> list[str]:
    """Start a text's clock in a transaction that is undone; look at how texts were answered."""
    found = {*answers(house, controller), *_clock(house, RECEIVED)}

    def work(conn: sa.Connection) -> bool:
        texts = case_store.cases(conn, Amendment, controller)
        return any(one.state == "refused" and not one.reason.strip() for one in texts)

    if house.parts.data.read(controller, work):
        found.add(UNREASONED)
    return sorted(found)


def late(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about problems now."""

    def work(conn: sa.Connection) -> bool:
        now = house.parts.clock.now()
        return any(one.late(now) for one in case_store.cases(conn, Correction, controller))

    over = {LATE} if house.parts.data.read(controller, work) else set()
    return kept(house, controller, PROBLEM) | over


def measures(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about ordered measures now."""
    return kept(house, controller, INTERIM)


def answers(house: House, controller: str) -> frozenset[str]:
    """Return what is out of time about answers to texts now."""
    return kept(house, controller, RECEIVED)


def _impossible(house: House, controller: str) -> list[str]:
    """Look for problems that somebody else than the controller called cured."""

    def work(conn: sa.Connection) -> bool:
        access = house.parts.access
        return any(
            access.principal(conn, one.settled_by).represents != controller
            for one in case_store.cases(conn, Correction, controller)
            if one.state == "cured"
        )

    return [OURS] if house.parts.data.read(controller, work) else []


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def _clock(house: House, trigger: str) -> list[str]:
    found: list[str] = []

    def attempt(conn: sa.Connection) -> None:
        now = house.timers.now(conn, CONTROLLER)
        matter = Matter(CONTROLLER, "trial", ITEM)
        if not house.timers.start(conn, MACHINE, matter, trigger=trigger, since=now):
            found.append(NO_CLOCK)
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(CONTROLLER, attempt)
    return found
