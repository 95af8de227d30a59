"""Sabotages of what witnesses see of the log (C5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bailee.app.watch_ledger import unwitnessed
from bailee.clock import Clock
from bailee.ledger.tables import ahead
from tests.ledger.hall import until
from tests.sabotage.stage import CONTROLLER, Stage, broken
from tests.simulators.witness import DOWN, SIZE, Answer

LATER = timedelta(minutes=11)
LARGE = b"1000000\n"
"""A size that no log of a stage ever has."""


def _show(stage: Stage) -> None:
    """Sign what there is of the controller's log and show it to the witness."""
    house = stage.house
    house.settle()
    witnessing = house.parts.witnessing
    assert witnessing is not None
    log = house.newest_log(CONTROLLER)
    witnessing.show(house.parts.sequencing, CONTROLLER, log, 20)


def _seen(stage: Stage) -> bool:
    _show(stage)
    return not unwitnessed(stage.house, CONTROLLER)


@contextmanager
def nobody_saw(stage: Stage) -> Iterator[None]:
    """Let no witness answer for eleven minutes; then it answers again."""
    witnessing, clock = stage.house.parts.witnessing, stage.house.parts.clock
    with broken(witnessing, "_clock", Clock(lambda: clock.now() + LATER)):
        with broken(stage.line, "say", lambda _: DOWN):
            yield
        until(lambda: _seen(stage))


@contextmanager
def witness_ahead(stage: Stage) -> Iterator[None]:
    """Let the witness name a size of the controller's log that was never signed.

    That is written down for good, for ``bailee restore`` to end; here the row is taken out.
    """
    log, honest = stage.house.newest_log(CONTROLLER), stage.line.say

    def say(body: bytes) -> Answer:
        return (409, SIZE, LARGE) if f"\n{log}\n".encode() in body else honest(body)

    with broken(stage.line, "say", say):
        _show(stage)
        yield
    mine = ahead.delete().where(ahead.c.controller == CONTROLLER)
    stage.house.parts.data.write(CONTROLLER, lambda conn: conn.execute(mine))
    until(lambda: _seen(stage))
