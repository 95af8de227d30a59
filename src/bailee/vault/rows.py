"""Rows in bulk: lists cut to one statement's size, and many rows in one insert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
CHUNK = 500
"""Parameters of one list; both engines allow far more."""

Row = Mapping[str, Any]


OF: sa.BindParameter[Any] = sa.bindparam("of")
"""The controller, in every statement."""
SOME: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)
"""The items of one chunk."""


def chunks(items: Collection[T]) -> Iterator[list[T]]:
    """Yield the items in lists short enough for one statement."""
    rows = list(items)
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]


def each(
    conn: sa.Connection, query: sa.Select[Any], controller: str, items: Collection[Any]
) -> Iterator[Sequence[Any]]:
    """Run a prepared query of ``OF`` and ``SOME`` over all items and yield its rows.

    Queries stand ready as constants: to build one costs more than to run it.
    """
    for some in chunks(items):
        yield from conn.execute(query, {"of": controller, "some": some})


def insert(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement. If the process dies here the transaction is gone with them."""
    if rows:
        conn.execute(sa.insert(table), rows)
