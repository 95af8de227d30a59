"""Transactions on SQLite and PostgreSQL.

A caller hands in *work*: a function of a connection. ``write`` runs it in one transaction and
returns after the commit is durable, so whatever it returns may leave the house. Work that raises
leaves nothing behind.

* SQLite: one writer thread. It takes all work that queued up while the previous commit ran,
  keeps a savepoint before each that changes something, and commits once (``synchronous=FULL``):
  group commit without a timer. If the process dies before the commit returns, none of the group
  was acknowledged.
* PostgreSQL: one pooled connection and one transaction per call; the server groups commits.
  Row-level security sees the controller through ``SET LOCAL`` (``scope``); unset denies.

Rows that nothing reads again in their own transaction may be *deferred* (``defer_rows``): they
are written right before the commit, those of a whole group by few statements. They stand or fall
with the work that deferred them.

Two databases exist, data and keys; each is one ``Database`` with its own tables.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from bailee.errors import Invalid
from bailee.line import BIND
from bailee.postgres import POOL, PostgresDatabase
from bailee.prepared import Prepared, execute_later
from bailee.rows import defer_rows, flush_rows, insert_rows, send_last
from bailee.sqlite import SqliteDatabase
from bailee.transaction import Deliver, Overtaken, T, Undone, Work

HOUSE = "house"
"""Stands where a controller's name stands, for rows and acts that belong to no controller."""

DATA = sa.MetaData()
"""Tables of the data database."""

KEYS = sa.MetaData()
"""Tables of the key database, which is backed up apart."""


class Database(Protocol):
    """What both engines promise."""

    engine: sa.Engine

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction for a controller; return after the durable commit.

        Work changes rows, not the schema.
        """

    def read(self, controller: str, work: Work[T]) -> T:
        """Run work that only reads, on one consistent snapshot."""

    def attend(self, call: Callable[[], T], deliver: Deliver) -> bool:
        """Run a whole call beside others, its transactions in theirs, if that saves anything.

        False: nothing was done, and the call needs a thread of its own. True: ``deliver`` gets what
        it returned or raised as soon as all that it wrote is durable, or ``Undone``.
        """

    def after(self, step: Callable[[], None]) -> None:
        """Do something as soon as what this thread wrote last is durable; it must not raise."""

    def purge(self) -> None:
        """Make deleted bytes unrecoverable from the engine's own files, as far as it can."""

    def close(self) -> None:
        """Finish queued work and close every connection."""


def open_database(url: str, pool: int = POOL) -> Database:
    """Open ``sqlite:///path`` or ``postgresql://…``.

    Args:
        url: where it is.
        pool: most connections at one time; PostgreSQL only.

    Raises:
        Invalid: ``db.url`` for any other engine.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        parsed = None
    if parsed is not None and parsed.get_backend_name() == "sqlite" and parsed.database:
        return SqliteDatabase(Path(parsed.database))
    if parsed is not None and parsed.get_backend_name() == "postgresql":
        return PostgresDatabase(parsed.set(drivername="postgresql+psycopg"), pool)
    raise Invalid(
        "db.url",
        "That is not the address of a database bailee knows.",
        do="Give sqlite:///path or postgresql://…",
    )


def first(
    database: Database, controller: str, question: Prepared, *values: Any
) -> tuple[Any, ...] | None:
    """Answer one question alone by the first row that a controller may see.

    On PostgreSQL that takes one round trip and no transaction that outlives it.
    """
    if isinstance(database, PostgresDatabase):
        return database.first(controller, question, *values)
    return database.read(controller, lambda conn: question.steady(conn, *values))


def scope(conn: sa.Connection, controller: str) -> None:
    """Let the rest of this transaction see a controller's rows (row-level security)."""
    if conn.dialect.name == "postgresql":
        flush_rows(conn)  # they belong to who was seen so far
        execute_later(conn, BIND, (controller,))


__all__ = [
    "DATA",
    "HOUSE",
    "KEYS",
    "Database",
    "Overtaken",
    "PostgresDatabase",
    "SqliteDatabase",
    "Undone",
    "Work",
    "defer_rows",
    "first",
    "insert_rows",
    "open_database",
    "scope",
    "send_last",
]
