"""Rows written many at a time, by statements made once from the tables' declarations.

A statement built by SQLAlchemy costs fifty to a hundred microseconds on its way; the same text
handed to the driver a tenth. So what is written with every call goes this way. The text is made
from the ``sa.Table``, so it cannot drift from the schema.

Rows that nothing reads again in their own transaction are *deferred*: ``bailee.db`` writes them
right before the commit, on SQLite those of a whole group of calls at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bailee.line import LINE, Sent
from bailee.prepared import check_types, execute, heard, positional

Row = Sequence[Any]
"""A value for every column of the table, in the order of their declaration."""

Deferred = list[tuple[sa.Table, Sequence[Row]]]
Checks = list[Sent]

_DEFERRED = "bailee.deferred"
_CHECKS = "bailee.checks"
_LAST = "bailee.last"
_ONE = "one row on postgresql"


def insert_rows(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows now, by one statement.

    Raises:
        TypeError: for a table with a column whose values need more than the driver.
    """
    if not rows:
        return
    if conn.dialect.name == "sqlite":  # no round trip: one short statement, run often
        execute(conn, _insert(table, "sqlite"), list(map(tuple, rows)), many=True)
    else:
        execute(conn, *_at_once(table, rows))


def insert_free_rows(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> list[Row]:
    """Insert the rows whose primary key nobody has; return the keys of those.

    Another transaction that is just inserting the same key is waited for (PostgreSQL). A clash in
    any other unique index is an error as ever.

    Raises:
        TypeError: for a table with a column whose values need more than the driver.
    """
    if not rows:
        return []
    text = _insert_free(table, conn.dialect.name)
    if conn.dialect.name == "sqlite":
        done = [execute(conn, text, tuple(row)).fetchall() for row in rows]
        return [key for keys in done for key in keys]
    found: list[Row] = execute(conn, text, tuple(map(array, zip(*rows, strict=True)))).fetchall()
    return found


def _at_once(table: sa.Table, rows: Sequence[Row]) -> tuple[str, tuple[Any, ...]]:
    """Return one statement for PostgreSQL: of many rows one array for each column."""
    if len(rows) == 1:
        return _insert(table, _ONE), tuple(rows[0])
    return _insert(table, "postgresql"), tuple(map(array, zip(*rows, strict=True)))


def array(values: Iterable[Any]) -> str:
    """Return values as the text of a PostgreSQL array (its manual, 8.15.2 and 8.4.1).

    The driver's own way escapes each value by regular expressions, at ten times the price.

    Raises:
        TypeError: for any but text, integers, bytes, flags and None.
    """
    try:
        return "{" + ",".join([_WRITTEN[type(value)](value) for value in values]) + "}"
    except KeyError:
        raise TypeError("only text, integers, bytes and flags stand in an array") from None


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    str: lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"',
    bytes: lambda data: '"\\\\x' + data.hex() + '"',
    int: str,
    bool: lambda flag: "t" if flag else "f",
    type(None): lambda _: "NULL",
}


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


def defer_check(conn: sa.Connection, check: Callable[[], Sequence[Sent]]) -> bool:
    """Run statements behind all deferred rows, right before the commit, which a refusal prevents.

    For what holds a lock that others wait for. False, and nothing is done, where statements do not
    travel together (SQLite has one writer) or in a nested transaction: run them at once there.
    """
    checks: Checks | None = conn.info.get(_CHECKS)
    if checks is None or LINE not in conn.info or conn.in_nested_transaction():
        return False
    checks.extend(check())
    return True


def send_last(
    conn: sa.Connection, name: str, make: Callable[[], Sequence[Sent]], *, instead: bool = False
) -> None:
    """Send statements right before the COMMIT, behind everything else: only it can follow.

    For what must hold at the commit itself, and for locks that nobody may hold while waiting for
    another. The first that is given under a name stays, unless ``instead``. No effect where
    statements do not travel together: SQLite has one writer, for whom nothing changes meanwhile.
    """
    last: dict[str, Sequence[Sent]] | None = conn.info.get(_LAST)
    if last is not None and LINE in conn.info and (instead or name not in last):
        last[name] = make()


@contextmanager
def deferring(conn: sa.Connection, *, flush: bool = True) -> Iterator[Deferred]:
    """Keep what is deferred inside, and write it at the end if nothing was raised.

    Whoever rolls a part of the transaction back cuts that part's rows off the list. Without
    ``flush`` whoever commits writes it: ``taken``.
    """
    deferred: Deferred = []
    conn.info[_DEFERRED] = deferred
    conn.info[_CHECKS] = []
    conn.info[_LAST] = {}
    try:
        yield deferred
        if flush:
            flush_rows(conn)
    finally:
        del conn.info[_DEFERRED], conn.info[_CHECKS], conn.info[_LAST]


def flush_rows(conn: sa.Connection) -> None:
    """Write what was deferred until now, each table's rows in their order."""
    for table, found in _gathered(conn):
        insert_rows(conn, table, found)
    checks: Checks = conn.info.get(_CHECKS, [])
    for check in checks:
        execute(conn, check.text, check.values, refusal=check.refusal)
    checks.clear()


def taken(conn: sa.Connection) -> list[Sent]:
    """Take what was deferred as statements for PostgreSQL, to be sent with the COMMIT."""
    last = [heard(conn, Sent(*_at_once(table, rows))) for table, rows in _gathered(conn) if rows]
    checks: Checks = conn.info[_CHECKS]
    last += [heard(conn, check) for check in checks]
    final: dict[str, Sequence[Sent]] = conn.info[_LAST]
    last += [heard(conn, one) for each in final.values() for one in each]
    return last


def _gathered(conn: sa.Connection) -> Iterable[tuple[sa.Table, list[Row]]]:
    """Take what was deferred, by table."""
    deferred: Deferred = conn.info.get(_DEFERRED, [])
    tables: dict[sa.Table, list[Row]] = {}
    for table, rows in deferred:
        tables.setdefault(table, []).extend(rows)
    deferred.clear()
    return tables.items()


@lru_cache(maxsize=256)
def _insert(table: sa.Table, dialect: str) -> str:
    check_types(table.columns)
    names = [column.name for column in table.columns]
    statement: sa.Insert = sa.insert(table)
    if dialect == _ONE:
        dialect = "postgresql"
    elif dialect == "postgresql":
        statement = statement.from_select(names, _unnested(table))
    return str(statement.compile(dialect=positional(dialect)))


@lru_cache(maxsize=256)
def _insert_free(table: sa.Table, dialect: str) -> str:
    check_types(table.columns)
    key = list(table.primary_key.columns)
    statement: Any
    if dialect == "sqlite":
        statement = sqlite.insert(table)
    else:
        names = [column.name for column in table.columns]
        statement = postgresql.insert(table).from_select(names, _unnested(table))
    statement = statement.on_conflict_do_nothing(index_elements=key).returning(*key)
    return str(statement.compile(dialect=positional(dialect)))


def _unnested(table: sa.Table) -> sa.Select[Any]:
    arrays = [sa.bindparam(column.name, type_=sa.ARRAY(column.type)) for column in table.c]
    return sa.select("*").select_from(sa.func.unnest(*arrays))
