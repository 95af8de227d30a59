"""Statements of the hot path, compiled once and handed to the driver as they are.

SQLAlchemy Core asks about 15 microseconds of every execution, the driver two. So what runs in every
call is written as a Core statement like any other, and compiled once for each dialect: table and
SQL cannot drift apart, and nobody writes SQL by hand.

Rows come back as plain tuples in the order of the selected columns. There is no type conversion
between the driver and the caller, so only columns of text, integers, bytes and flags (which SQLite
answers as 0 and 1) may stand in such a statement; any other is refused when it is compiled. Errors
are SQLAlchemy's own, without parameters in their text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from bailee.line import LINE, Line, Refusal, Sent

T = TypeVar("T")
Row = tuple[Any, ...]
_STEADY = "bailee.steady"
_PLAIN = (sa.String, sa.Integer, sa.LargeBinary, sa.Boolean)
_SIZES = (1, 8, 64, 500)
"""Lengths of IN lists: a shorter one is filled up by repeating its first item."""
_Sql = tuple[str, tuple[int, ...] | None, Row]
"""SQL; the order of its placeholders, None where it is the order in which values are given; and
the statement's constants, which are counted on from the last value."""


class Prepared:
    """One statement and the order in which its parameters are given.

    Args:
        statement: a Core statement whose variable parts are ``sa.bindparam``; the last one may be
            expanding, and then ``each`` runs it.
        names: of those parameters, in the order in which every call gives them.
    """

    def __init__(self, statement: Any, *names: str) -> None:
        self._statement = statement
        self._names = names
        self._compiled: dict[tuple[str, int], _Sql] = {}

    def first(self, conn: sa.Connection, *values: Any) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self._run(conn, values, 0).fetchone()
        return row

    def value(self, conn: sa.Connection, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self._run(conn, values, 0).fetchone()
        return None if row is None else row[0]

    def steady(self, conn: sa.Connection, *values: Any) -> Row | None:
        """Return the first row, which calls that share a commit read once."""
        return steady(conn, (self, values), lambda: self.first(conn, *values))

    def all(self, conn: sa.Connection, *values: Any) -> list[Row]:
        """Return every row."""
        rows: list[Row] = self._run(conn, values, 0).fetchall()
        return rows

    def changed(self, conn: sa.Connection, *values: Any) -> int:
        """Return how many rows it changed."""
        count: int = self._run(conn, values, 0).rowcount
        return count

    def changed_aside(self, conn: sa.Connection, *values: Any) -> int:
        """Return how many rows it changed, none of which any ``steady`` question is about."""
        count = self.changed(conn, *values)
        seen: _Steady | None = conn.info.get(_STEADY)
        if seen is not None and seen.raw.total_changes == seen.changes + count:
            seen.changes += count
        return count

    def each(self, conn: sa.Connection, *values: Any) -> Iterator[Row]:
        """Return the rows of an expanding statement; the last value is the collection of items."""
        *fixed, items = values
        items = list(items)
        for at in range(0, len(items), _SIZES[-1]):
            some = items[at : at + _SIZES[-1]]
            size = next(size for size in _SIZES if size >= len(some))
            some += [some[0]] * (size - len(some))
            yield from self._run(conn, (*fixed, *some), size).fetchall()

    def ahead(self, conn: sa.Connection, *values: Any) -> None:
        """Let the answer come with that of the next statement, for the next one who asks the same.

        It is as of then: for what is read once, before anything is changed. No effect on SQLite,
        where there is no way to save.
        """
        line: Line | None = conn.info.get(LINE)
        if line is not None:
            line.ahead(*_heard(conn, *self._made(conn.dialect, values, 0)))

    def sent(self, conn: sa.Connection, *values: Any, refusal: Refusal | None = None) -> Sent:
        """Return the statement as it is sent to PostgreSQL at a transaction's end."""
        return Sent(*self._made(conn.dialect, values, 0), refusal)

    def asked(self, conn: sa.Connection, *values: Any) -> tuple[str, Row]:
        """Return the text and the parameters as the driver takes them, for a question alone."""
        return _heard(conn, *self._made(conn.dialect, values, 0))

    def _run(self, conn: sa.Connection, values: Row, size: int) -> Any:
        return execute(conn, *self._made(conn.dialect, values, size))

    def _made(self, dialect: sa.Dialect, values: Row, size: int) -> tuple[str, Row]:
        found = self._compiled.get((dialect.name, size))
        text, order, constants = found or self._compile(dialect, size)
        if order is not None:
            values += constants
            values = tuple([values[place] for place in order])
        return text, values

    def _compile(self, dialect: sa.Dialect, size: int) -> _Sql:
        check_types(getattr(self._statement, "selected_columns", ()))
        names = list(self._names)
        blank: dict[str, Any] = dict.fromkeys(names, "")  # every value comes at the call
        if size:
            last = names.pop()
            names += [f"{last}_{n}" for n in range(1, size + 1)]
            blank[last] = [""] * size
        compiled = self._statement.compile(dialect=positional(dialect.name))
        state = compiled.construct_expanded_state(blank)
        constants = {
            name: value
            for name, value in state.parameters.items()
            if name not in names and name not in blank
        }
        places = {name: place for place, name in enumerate((*names, *constants))}
        given = list(state.positiontup)
        if set(given) != set(places) or None in constants.values():
            raise TypeError(f"parameters are {sorted(set(given))}, not {sorted(names)}")
        order = tuple(places[name] for name in given)
        as_given = order == tuple(range(len(names)))
        made = state.statement, None if as_given else order, tuple(constants.values())
        self._compiled[dialect.name, size] = made
        return made


class _Steady:
    """What was answered in one transaction since its rows changed last."""

    __slots__ = ("answers", "changes", "raw")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.changes = -1
        self.answers: dict[Hashable, Any] = {}

    def forget(self) -> None:
        """Ask anew: rows went back, and SQLite's count of changes does not go back with them."""
        self.changes = -1


@contextmanager
def steadily(conn: sa.Connection) -> Iterator[Callable[[], None]]:
    """Let ``steady`` remember on this connection (SQLite) until the end of its transaction.

    Whoever rolls a part of the transaction back calls what is yielded.
    """
    seen = conn.info[_STEADY] = _Steady(conn.connection.driver_connection)
    try:
        yield seen.forget
    finally:
        del conn.info[_STEADY]


def steady(conn: sa.Connection, question: Hashable, ask: Callable[[], T]) -> T:
    """Answer what every call asks first, once for all calls that share a transaction.

    Nobody else writes meanwhile, and what the transaction changes itself is counted by SQLite, so
    the same question has the same answer until then. Every call of a group had arrived before the
    group began: what it is told was true after it came. Elsewhere each call asks.
    """
    seen: _Steady | None = conn.info.get(_STEADY)
    if seen is None or conn.in_nested_transaction():  # what is seen there may be rolled back
        return ask()
    changes = seen.raw.total_changes
    if seen.changes != changes:
        seen.answers.clear()
        seen.changes = changes
    answers = seen.answers
    if question not in answers:
        answer = ask()
        if seen.raw.total_changes == changes:  # asking may write, and then it is not steady
            answers[question] = answer
        return answer
    found: T = answers[question]
    return found


def positional(dialect: str) -> sa.Dialect:
    """Return a dialect with placeholders by position."""
    if dialect == "postgresql":
        return PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
    return SQLiteDialect_pysqlite(paramstyle="qmark")


def check_types(columns: Iterable[Any]) -> None:
    """Refuse columns whose values the drivers convert.

    Raises:
        TypeError: for any but text, integers, bytes and flags.
    """
    if not all(isinstance(column.type, _PLAIN) for column in columns):
        raise TypeError("only text, integers, bytes and flags pass without conversion")


def execute(
    conn: sa.Connection,
    text: str,
    values: Sequence[Any],
    *,
    many: bool = False,
    refusal: Refusal | None = None,
) -> Any:
    """Run one statement at the driver; whoever listens to statements hears of it as of any."""
    text, values = _heard(conn, text, values, many=many)
    line: Line | None = conn.info.get(LINE)
    raw: Any = conn.connection.driver_connection
    try:
        if line is not None:
            return line.run(text, values, refusal)
        return raw.executemany(text, values) if many else raw.execute(text, values)
    except Exception as error:  # noqa: BLE001 - translated, or raised as it is
        raise translated(conn, error) from None


def execute_later(conn: sa.Connection, text: str, values: Sequence[Any]) -> None:
    """Run one statement whose answer nobody reads; on PostgreSQL it travels with the next one."""
    line: Line | None = conn.info.get(LINE)
    if line is None:
        execute(conn, text, values)
    else:
        line.later(*_heard(conn, text, values))


def _heard(
    conn: sa.Connection, text: str, values: Sequence[Any], *, many: bool = False
) -> tuple[str, Any]:
    """Let listeners hear of a statement, and perhaps change it."""
    for listener in conn.dispatch.before_cursor_execute:
        text, values = listener(conn, None, text, values, None, many)
    return text, values


def heard(conn: sa.Connection, sent: Sent) -> Sent:
    """Let listeners hear of a statement that is sent at the end."""
    sent.text, sent.values = _heard(conn, sent.text, sent.values)
    return sent


def translated(conn: sa.Connection, error: Exception) -> Exception:
    """Return a driver's error as SQLAlchemy would have raised it; others as they are."""
    dialect, raw = conn.dialect, conn.connection.driver_connection
    base = dialect.loaded_dbapi.Error
    if not isinstance(error, base):
        return error
    gone = dialect.is_disconnect(error, raw, None)
    return sa.exc.DBAPIError.instance(
        None, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )


__all__ = [
    "Prepared",
    "Row",
    "check_types",
    "execute",
    "execute_later",
    "heard",
    "positional",
    "steadily",
    "steady",
    "translated",
]
