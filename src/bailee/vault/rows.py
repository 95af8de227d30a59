"""Rows in bulk: lists cut to one statement's size, and many rows in one insert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
CHUNK = 500
"""Parameters of one list; both engines allow far more."""

Row = Mapping[str, Any]


def chunks(items: Collection[T]) -> Iterator[list[T]]:
    """Yield the items in lists short enough for one statement."""
    rows = list(items)
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]


def insert(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement. If the process dies here the transaction is gone with them."""
    if rows:
        conn.execute(sa.insert(table), rows)
