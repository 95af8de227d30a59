"""Rows in bulk: lists cut to one statement's size, and many rows in one insert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.prepared import Prepared
from bailee.rows import insert_rows

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


def about(query: sa.Select[Any]) -> Prepared:
    """Prepare a query of ``OF`` and ``SOME``."""
    return Prepared(query, "of", "some")


def insert(
    conn: sa.Connection, table: sa.Table, columns: str, rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows in one statement. If the process dies here the transaction is gone with them.

    Args:
        conn: of the transaction.
        table: where to.
        columns: what stands in a row, in words: every column in the order of its declaration.
        rows: their values.

    Raises:
        TypeError: for other columns, or another order.
    """
    declared = " ".join(table.c.keys())
    if columns != declared:
        raise TypeError(f"{table.name} has {declared}, not {columns}")
    insert_rows(conn, table, rows)
