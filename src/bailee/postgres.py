"""PostgreSQL: any number of processes; row-level security bound to each transaction."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from bailee.errors import Unavailable
from bailee.rows import deferring
from bailee.transaction import BUSY_MILLISECONDS, Deliver, T, Work, lost, translate

POOL = 16
"""Connections of one process to one database."""
POOL_SECONDS = 10
"""How long a call waits for one of them."""
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
    """One cluster, any number of processes.

    Connections stay open and go from call to call in turn, so that no caller waits behind those who
    came later. Transactions begin and end by the driver: one round trip begins a transaction and
    tells it whose rows it may see, and SQLAlchemy's bookkeeping, which costs more, is left out.
    """

    def __init__(self, url: sa.URL, pool: int = POOL) -> None:
        connect = {**CLIENT, "options": " ".join(f"-c {k}={v}" for k, v in SERVER.items())}
        self.engine = sa.create_engine(
            url, poolclass=sa.NullPool, hide_parameters=True, connect_args=connect
        )
        self._lean = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._idle: queue.SimpleQueue[sa.Connection | None] = queue.SimpleQueue()
        for _ in range(pool):
            self._idle.put(None)  # a place, not opened yet
        self._pool = pool

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction that sees only the controller's rows."""
        try:
            with self._connection(controller) as conn:
                with deferring(conn):
                    value = work(conn)
                raw = _driver(conn)
                if raw.info.transaction_status.name == "INERROR":  # its COMMIT would be a ROLLBACK
                    raise Unavailable("db.failed", "The database gave up the transaction.")
                try:
                    raw.execute("COMMIT")
                except psycopg.OperationalError:
                    if raw.closed:
                        raise lost() from None
                    raise
                return value
        except sa.exc.IntegrityError:
            raise
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            raise translate(error) from None

    def read(self, controller: str, work: Work[T]) -> T:
        """Run reading work; a transaction is needed all the same, for ``SET LOCAL``."""
        return self.write(controller, work)

    def attend(self, call: Callable[[], T], deliver: Deliver) -> bool:  # noqa: ARG002 - none of it
        """Decline: transactions here wait for the server, so each call needs its own thread."""
        return False

    def after(self, step: Callable[[], None]) -> None:
        """Do it now: what this thread wrote was committed before ``write`` returned."""
        step()

    def purge(self) -> None:
        """Vacuum: dead rows go now instead of some day. WAL archives have their own horizon."""
        with self._lean.connect() as conn:
            conn.exec_driver_sql("VACUUM")

    def close(self) -> None:
        """Close every connection."""
        with suppress(queue.Empty):
            for _ in range(self._pool):
                conn = self._idle.get(timeout=POOL_SECONDS)
                if conn is not None:
                    conn.close()
        self.engine.dispose()

    @contextmanager
    def _connection(self, controller: str) -> Iterator[sa.Connection]:
        """Lend a connection with a transaction begun; whatever is raised ends both."""
        try:
            conn = self._idle.get(timeout=POOL_SECONDS)
        except queue.Empty:
            raise Unavailable("db.busy", "Too many calls are waiting.", do="Try again.") from None
        kept = None
        try:
            conn = self._begun(conn, controller)
            yield conn
            kept = conn  # its transaction was committed
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                kept = _rolled_back(conn)
            raise
        except BaseException:
            kept = _rolled_back(conn)
            raise
        finally:
            if kept is None and conn is not None:
                with suppress(sa.exc.DBAPIError, psycopg.Error):
                    conn.close()
            self._idle.put(kept)

    def _begun(self, conn: sa.Connection | None, controller: str) -> sa.Connection:
        """Begin; a kept connection that the server ended meanwhile is replaced once."""
        begin = sql.SQL("BEGIN; SELECT set_config('bailee.controller', {}, true)").format(
            controller
        )
        if conn is not None:
            with suppress(psycopg.OperationalError):
                _driver(conn).execute(begin)
                return conn
            with suppress(sa.exc.DBAPIError, psycopg.Error):
                conn.close()
        conn = self._lean.connect()
        _driver(conn).execute(begin)
        return conn


def _driver(conn: sa.Connection) -> Any:
    return conn.connection.driver_connection


def _rolled_back(conn: sa.Connection | None) -> sa.Connection | None:
    """Return a connection fit for another call, None if there is none."""
    if conn is None:
        return None
    try:
        _driver(conn).execute("ROLLBACK")
    except (sa.exc.SQLAlchemyError, psycopg.Error):
        return None
    return conn
