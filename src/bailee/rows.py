"""Rows written many at a time, by statements made once from the tables' declarations.

A statement built by SQLAlchemy costs fifty to a hundred microseconds on its way; the same text
handed to the driver a tenth. So what is written with every call goes this way. The text is made
from the ``sa.Table``, so it cannot drift from the schema.

Rows that nothing reads again in their own transaction are *deferred*: ``bailee.db`` writes them
right before the commit, on SQLite those of a whole group of calls at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bailee.prepared import check_types, execute, positional

Row = Sequence[Any]
"""A value for every column of the table, in the order of their declaration."""

Deferred = list[tuple[sa.Table, Sequence[Row]]]

_DEFERRED = "bailee.deferred"


def insert_rows(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows now, by one statement.

    Raises:
        TypeError: for a table with a column whose values need more than the driver.
    """
    if not rows:
        return
    text = _insert(table, conn.dialect.name)
    if conn.dialect.name == "sqlite":  # no round trip: one short statement, run often
        execute(conn, text, list(map(tuple, rows)), many=True)
    else:  # one array for each column
        execute(conn, text, tuple(map(list, zip(*rows, strict=True))))


def defer_rows(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows right before the commit of the transaction that ``Database.write`` opened.

    Until then nobody sees them, this transaction's own statements neither. Work that fails takes
    its rows with it. If they cannot be written the commit does not happen, and on SQLite it is
    the whole group's: so only rows that cannot clash with others may be deferred. In a nested
    transaction, or one that somebody else opened, they are inserted at once.
    """
    deferred: Deferred | None = conn.info.get(_DEFERRED)
    if deferred is None or conn.in_nested_transaction():
        insert_rows(conn, table, rows)
    else:
        deferred.append((table, rows))


@contextmanager
def deferring(conn: sa.Connection) -> Iterator[Deferred]:
    """Keep what is deferred inside, and write it at the end if nothing was raised.

    Whoever rolls a part of the transaction back cuts that part's rows off the list.
    """
    deferred: Deferred = []
    conn.info[_DEFERRED] = deferred
    try:
        yield deferred
        flush_rows(conn)
    finally:
        del conn.info[_DEFERRED]


def flush_rows(conn: sa.Connection) -> None:
    """Write what was deferred until now, each table's rows in their order."""
    deferred: Deferred = conn.info.get(_DEFERRED, [])
    tables: dict[sa.Table, list[Row]] = {}
    for table, rows in deferred:
        tables.setdefault(table, []).extend(rows)
    deferred.clear()
    for table, found in tables.items():
        insert_rows(conn, table, found)


@lru_cache(maxsize=256)
def _insert(table: sa.Table, dialect: str) -> str:
    check_types(table.columns)
    names = [column.name for column in table.columns]
    statement: sa.Insert = sa.insert(table)
    if dialect == "postgresql":
        arrays = [sa.bindparam(column.name, type_=sa.ARRAY(column.type)) for column in table.c]
        statement = statement.from_select(
            names, sa.select("*").select_from(sa.func.unnest(*arrays))
        )
    return str(statement.compile(dialect=positional(dialect)))
