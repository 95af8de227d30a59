"""Sabotages of clocks, corrections and amendments (C5.3, C8)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bailee.assurance import case_store
from bailee.assurance.case_tables import correction
from bailee.assurance.correction import Correction
from bailee.assurance.writing import Origin
from bailee.procedures import Matter, Timer, store
from bailee.procedures.tables import timer
from tests.sabotage.stage import CONTROLLER, Stage, broken

DAY = timedelta(days=1)


def ran_out(
    trigger: str, parameter: str, kind: str
) -> Callable[[Stage], AbstractContextManager[None]]:
    """Return a sabotage: a clock of a trigger ran out yesterday, and nobody met it."""

    @contextmanager
    def act(stage: Stage) -> Iterator[None]:
        house, item = stage.house, secrets.token_hex(16)
        now = house.parts.clock.now()
        one = Timer(
            timer_id=item,
            matter=Matter(CONTROLLER, kind, item),
            trigger=trigger,
            parameter=parameter,
            since=now - 3 * DAY,
            aware=None,
            opened=now - 3 * DAY,
            due=now - DAY,
            floor=False,
            target=False,
            bases=(),
        )
        house.parts.data.write(CONTROLLER, lambda conn: store.add_timer(conn, one))
        try:
            yield
        finally:
            gone = sa.delete(timer).where(
                (timer.c.controller == CONTROLLER) & (timer.c.timer_id == item)
            )
            house.parts.data.write(CONTROLLER, lambda conn: conn.execute(gone))

    return act


@contextmanager
def cure_overdue(stage: Stage) -> Iterator[None]:
    """Let a problem's time for the cure be over."""
    house, item = stage.house, secrets.token_hex(16)
    now = house.parts.clock.now()
    clara = stage.people["Clara Whitfield"].principal_id
    one = Correction(
        item, CONTROLLER, "A port is open.", Origin("controller", clara, clara), now - 3 * DAY,
        now - 3 * DAY, now - DAY, now - DAY,
    )  # fmt: skip
    house.parts.data.write(CONTROLLER, lambda conn: case_store.add(conn, one))
    try:
        yield
    finally:
        gone = sa.delete(correction).where(
            (correction.c.controller == CONTROLLER) & (correction.c.correction_id == item)
        )
        house.parts.data.write(CONTROLLER, lambda conn: conn.execute(gone))


def clocks_stopped(stage: Stage) -> AbstractContextManager[None]:
    """Let no trigger start anything."""
    return broken(stage.house.timers, "start", lambda *_, **__: [])
