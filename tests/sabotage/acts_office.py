"""Sabotages of who can be reached (C10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bailee.app.officers import CHECK
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.procedures.tables import contact, notice, officer
from tests.sabotage.stage import CONTROLLER, Stage


@contextmanager
def _without(
    stage: Stage, table: sa.Table, place: str, which: sa.ColumnElement[bool]
) -> Iterator[None]:
    """Take rows out of a table, and put them back."""
    data = stage.house.parts.data
    mine = (table.c.controller == place) & which

    def take(conn: sa.Connection) -> list[dict[str, Any]]:
        rows = [dict(row) for row in conn.execute(sa.select(table).where(mine)).mappings()]
        conn.execute(sa.delete(table).where(mine))
        return rows

    rows = data.write(place, take)
    assert rows
    try:
        yield
    finally:
        data.write(place, lambda conn: conn.execute(sa.insert(table), rows))


def coordinator_gone(stage: Stage) -> AbstractContextManager[None]:
    """Strike the coordinator out of the register."""
    return _without(stage, officer, HOUSE, officer.c.role == "coordinator")


def security_contact_gone(stage: Stage) -> AbstractContextManager[None]:
    """Strike the first security contact out of the register."""
    first = (officer.c.role == "security") & (officer.c.rank == "first")
    return _without(stage, officer, HOUSE, first)


def delegate_gone(stage: Stage) -> AbstractContextManager[None]:
    """Strike the controller's delegate out of its contacts."""
    return _without(stage, contact, CONTROLLER, contact.c.rank == "delegate")


@contextmanager
def contacts_silent(stage: Stage) -> Iterator[None]:
    """Let the check of this quarter have been handed over long ago, and answered by nobody."""
    data = stage.house.parts.data
    table = notice
    mine = (table.c.controller == CONTROLLER) & (table.c.kind == CHECK)

    def rows(conn: sa.Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in conn.execute(sa.select(table).where(mine)).mappings()]

    before = data.read(CONTROLLER, rows)
    old = write_time(stage.house.parts.clock.now() - timedelta(days=9))
    change = table.update().where(mine).values(state="handed", handed=old, ack_due=old)
    data.write(CONTROLLER, lambda conn: conn.execute(change))
    try:
        yield
    finally:

        def put(conn: sa.Connection) -> None:
            conn.execute(sa.delete(table).where(mine))
            conn.execute(sa.insert(table), before)

        data.write(CONTROLLER, put)
