"""Rows that hang on subject keys, as a vault would have them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bailee.db import Database

_metadata = sa.MetaData()
_rows = sa.Table(
    "simulated_row",
    _metadata,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key_id", sa.String(32), nullable=False),
)
AT_ONCE = 2


class RowsSimulator:
    """Some rows for each subject key; deleted a few at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        _metadata.create_all(database.engine)

    def fill(self, controller: str, key_ids: Sequence[str]) -> None:
        """Add one row for each key id given (an id may be repeated)."""
        rows = [
            {"controller": controller, "number": number, "key_id": key_id}
            for number, key_id in enumerate(key_ids)
        ]
        self._database.write(controller, lambda conn: conn.execute(_rows.insert(), rows))

    def delete(self, conn: sa.Connection, controller: str, key_ids: Sequence[str] | None) -> int:
        """Delete a few rows of these keys, or of all; return how many."""
        some = sa.select(_rows.c.number).where(_rows.c.controller == controller).limit(AT_ONCE)
        if key_ids is not None:
            some = some.where(_rows.c.key_id.in_(list(key_ids)))
        numbers = list(conn.scalars(some))
        conn.execute(
            _rows.delete().where(_rows.c.controller == controller, _rows.c.number.in_(numbers))
        )
        return len(numbers)

    def left(self, controller: str) -> list[str]:
        """Return the key ids of the rows that are there."""
        query = sa.select(_rows.c.key_id).where(_rows.c.controller == controller)
        return self._database.read(
            controller, lambda conn: list(conn.scalars(query.order_by(_rows.c.number)))
        )
