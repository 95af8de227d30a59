"""Sabotages of demands for a controller's data (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bailee.access import Freeze, disclosures, freeze_store
from bailee.privacy import demand_store
from bailee.privacy.demand import Demand
from tests.sabotage.stage import CONTROLLER, Stage, broken

DAY = timedelta(days=1)
Act = Callable[[Stage], AbstractContextManager[None]]


def freezes_unchecked(stage: Stage) -> AbstractContextManager[None]:
    """Let whatever leaves leave, frozen or not."""
    del stage
    return broken(disclosures, "check_frozen", lambda *_: None)


def entered(kind: str, *, frozen: bool, late: bool = False) -> Act:
    """Return a sabotage: a demand in the register of which nobody was told."""

    @contextmanager
    def act(stage: Stage) -> Iterator[None]:
        house, item = stage.house, secrets.token_hex(16)
        now = house.parts.clock.now()
        bram = stage.people["Bram Okafor"].principal_id
        one = Demand(
            item, CONTROLLER, kind, "A court", "A list", "4:26-cv-1", ("person.name",),
            now - 2 * DAY, now - 2 * DAY, bram, now - DAY if late else None,
            "sealed" if late else "",
        )  # fmt: skip

        def put(conn: sa.Connection) -> None:
            demand_store.add(conn, one)
            if frozen:
                freeze_store.put(conn, Freeze(item, CONTROLLER, ("person.name",)))

        def take(conn: sa.Connection) -> None:
            table = demand_store.demand
            conn.execute(
                sa.delete(table).where(
                    (table.c.controller == CONTROLLER) & (table.c.demand_id == item)
                )
            )
            freeze_store.drop(conn, CONTROLLER, item)

        house.parts.data.write(CONTROLLER, put)
        try:
            yield
        finally:
            house.parts.data.write(CONTROLLER, take)

    return act
