"""The SQL of freezes: rows of a controller's own."""

from __future__ import annotations

import sqlalchemy as sa

from bailee import canonical
from bailee.access.freeze import Freeze
from bailee.access.store import within
from bailee.db import DATA

FREEZE = sa.Table(
    "disclosure_freeze",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True, nullable=False),
    sa.Column("freeze_id", sa.String(64), primary_key=True, nullable=False),
    sa.Column("elements", sa.Text, nullable=False),
    sa.Column("keys", sa.Text, nullable=False),
)


def put(conn: sa.Connection, one: Freeze) -> None:
    """Insert a freeze, or write for whom it is lifted."""
    row = {
        "elements": canonical.encode(list(one.elements)).decode("ascii"),
        "keys": canonical.encode(list(one.keys)).decode("ascii"),
    }
    where = (FREEZE.c.controller == one.controller) & (FREEZE.c.freeze_id == one.freeze_id)
    with within(conn, one.controller):
        if conn.execute(FREEZE.update().where(where).values(**row)).rowcount == 0:
            values = {"controller": one.controller, "freeze_id": one.freeze_id, **row}
            conn.execute(FREEZE.insert().values(**values))


def drop(conn: sa.Connection, controller: str, freeze_id: str) -> None:
    """Lift a freeze."""
    where = (FREEZE.c.controller == controller) & (FREEZE.c.freeze_id == freeze_id)
    with within(conn, controller):
        conn.execute(sa.delete(FREEZE).where(where))


def freezes(conn: sa.Connection, controller: str) -> list[Freeze]:
    """Return a controller's freezes."""
    query = sa.select(FREEZE).where(FREEZE.c.controller == controller)
    with within(conn, controller):
        rows = conn.execute(query.order_by(FREEZE.c.freeze_id)).mappings().all()
    return [
        Freeze(
            row["freeze_id"],
            row["controller"],
            tuple(canonical.decode(row["elements"].encode())),
            tuple(canonical.decode(row["keys"].encode())),
        )
        for row in rows
    ]
