"""Rows in bulk: lists cut to one statement's size, and many rows in one insert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import itemgetter
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


def insert(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement. If the process dies here the transaction is gone with them."""
    if rows:
        insert_rows(conn, table, list(map(itemgetter(*table.c.keys()), rows)))
