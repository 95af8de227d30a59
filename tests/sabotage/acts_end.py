"""Sabotages of the end of an agreement (C6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from bailee.app.canary import CONTROLLER as RESERVED
from bailee.app.end_papers import ENDED, KIND
from bailee.privacy import termination_store, terminations
from bailee.privacy.end_desk import WITHIN
from bailee.privacy.termination import CHOSEN, DESTROY, DESTROYING, Termination
from bailee.privacy.termination_store import Certified
from bailee.privacy.termination_tables import certificate, termination
from bailee.procedures import Matter, Timer, store
from bailee.procedures.tables import timer as TIMER  # noqa: N812 - the table, beside its row
from bailee.vault import isolation
from tests.sabotage.stage import CONTROLLER, Stage, broken

ITEM = "0" * 32


def choices_unchecked(stage: Stage) -> AbstractContextManager[None]:
    """Destroy whatever is ordered, as if it had been chosen."""
    now = stage.house.parts.clock.now()
    chosen = Termination(RESERVED, ITEM, CHOSEN, now, now, choice=DESTROY)
    return broken(terminations, "check_order", lambda *_found, **_order: chosen)


@contextmanager
def destroyed_unasked(stage: Stage) -> Iterator[None]:
    """Write a destruction into the database that the controller never chose."""
    data, now = stage.house.parts.data, stage.house.parts.clock.now()
    ended = now + timedelta(days=1)
    made = Termination(CONTROLLER, ITEM, DESTROYING, ended, now, ordered=now)
    data.write(CONTROLLER, lambda conn: termination_store.add(conn, made))
    try:
        yield
    finally:
        gone = termination.delete().where(termination.c.controller == CONTROLLER)
        data.write(CONTROLLER, lambda conn: conn.execute(gone))


@contextmanager
def end_forgotten(stage: Stage) -> Iterator[None]:
    """Let the days after an end run out."""
    data, now = stage.house.parts.data, stage.house.parts.clock.now()
    late: dict[str, Any] = {
        "timer_id": ITEM, "matter": Matter(CONTROLLER, KIND, ITEM), "trigger": ENDED,
        "parameter": WITHIN, "since": now - timedelta(days=40), "aware": None,
        "opened": now - timedelta(days=40), "due": now - timedelta(days=10), "floor": False,
        "target": False, "bases": (),
    }  # fmt: skip
    data.write(CONTROLLER, lambda conn: store.add_timer(conn, Timer(**late)))
    try:
        yield
    finally:
        gone = TIMER.delete().where(TIMER.c.controller == CONTROLLER, TIMER.c.timer_id == ITEM)
        data.write(CONTROLLER, lambda conn: conn.execute(gone))


def used_after_the_end(_stage: Stage) -> AbstractContextManager[None]:
    """Let everything go on after an agreement's end."""
    return broken(isolation, "check", lambda *_asked, **_ended: None)


@contextmanager
def certificate_altered(stage: Stage) -> Iterator[None]:
    """Change a word of a certificate in the database."""
    data, now = stage.house.parts.data, stage.house.parts.clock.now()
    made = Certified(CONTROLLER, ITEM, now, "0" * 64, "0" * 64, ITEM, '{"destroyed":"all"}')
    data.write(CONTROLLER, lambda conn: termination_store.add_certificate(conn, made))
    try:
        yield
    finally:
        gone = certificate.delete().where(certificate.c.controller == CONTROLLER)
        data.write(CONTROLLER, lambda conn: conn.execute(gone))
