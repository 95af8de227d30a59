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

from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from bailee.errors import Invalid, Unavailable
from bailee.rows import defer_rows, deferring, flush_rows, insert_rows
from bailee.sqlite import SqliteDatabase
from bailee.transaction import BUSY_MILLISECONDS, T, Work, translate

HOUSE = "house"
"""Stands where a controller's name stands, for rows and acts that belong to no controller."""

DATA = sa.MetaData()
"""Tables of the data database."""

KEYS = sa.MetaData()
"""Tables of the key database, which is backed up apart."""

POOL = 16
"""PostgreSQL connections of one process to one database."""


class Database(Protocol):
    """What both engines promise."""

    engine: sa.Engine

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction for a controller; return after the durable commit.

        Work changes rows, not the schema.
        """

    def read(self, controller: str, work: Work[T]) -> T:
        """Run work that only reads, on one consistent snapshot."""

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


def scope(conn: sa.Connection, controller: str) -> None:
    """Let the rest of this transaction see a controller's rows (row-level security)."""
    if conn.dialect.name == "postgresql":
        flush_rows(conn)  # they belong to who was seen so far
        conn.exec_driver_sql("SELECT set_config('bailee.controller', %s, true)", (controller,))


CLIENT = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A server that vanished without a word is noticed within some twenty seconds."""
SERVER = {
    # As on SQLite: a lock that somebody holds too long fails the call instead of all calls.
    "lock_timeout": BUSY_MILLISECONDS,
    # A process that was stopped, or lost, in the middle of a transaction gives its locks back.
    "idle_in_transaction_session_timeout": 30_000,
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 3,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""What the server is asked for each session."""


class PostgresDatabase:
    """One cluster, any number of processes."""

    def __init__(self, url: sa.URL, pool: int = POOL) -> None:
        self.engine = sa.create_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,
            connect_args={**CLIENT, "options": " ".join(f"-c {k}={v}" for k, v in SERVER.items())},
        )

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction that sees only the controller's rows."""
        try:
            with self.engine.begin() as conn:
                scope(conn, controller)
                with deferring(conn):
                    value = work(conn)
                raw: Any = conn.connection.driver_connection
                if raw.info.transaction_status.name == "INERROR":  # its COMMIT would be a ROLLBACK
                    raise Unavailable("db.failed", "The database gave up the transaction.")
                return value
        except sa.exc.IntegrityError:
            raise
        except sa.exc.DBAPIError as error:
            raise translate(error) from None
        except sa.exc.TimeoutError:
            raise Unavailable("db.busy", "Too many calls are waiting.", do="Try again.") from None

    def read(self, controller: str, work: Work[T]) -> T:
        """Run reading work; a transaction is needed all the same, for ``SET LOCAL``."""
        return self.write(controller, work)

    def purge(self) -> None:
        """Vacuum: dead rows go now instead of some day. WAL archives have their own horizon."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("VACUUM")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


__all__ = [
    "DATA",
    "HOUSE",
    "KEYS",
    "Database",
    "PostgresDatabase",
    "SqliteDatabase",
    "Work",
    "defer_rows",
    "insert_rows",
    "open_database",
    "scope",
]
