"""PostgreSQL: any number of processes; row-level security bound to each transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import sqlalchemy as sa

from bailee.errors import Unavailable
from bailee.line import LINE, Line, Sent
from bailee.prepared import Prepared, translated
from bailee.rows import deferring, taken
from bailee.transaction import BUSY_MILLISECONDS, Deliver, Overtaken, T, Work, lost, translate

POOL = 16
"""Connections of one process to one database."""
POOL_SECONDS = 10
"""How long a call waits for one of them."""
MOST_TRIES = 8
"""So often work is done that what it stood on was changed under."""
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

    Connections stay open and go to whoever has waited longest. Each is spoken to by its line, which
    saves round trips; statements that SQLAlchemy sends itself first send what waits there.
    """

    def __init__(self, url: sa.URL, pool: int = POOL) -> None:
        connect = {**CLIENT, "options": " ".join(f"-c {k}={v}" for k, v in SERVER.items())}
        self.engine = sa.create_engine(
            url, poolclass=sa.NullPool, hide_parameters=True, connect_args=connect
        )
        sa.event.listen(self.engine, "before_cursor_execute", _by_sqlalchemy)
        self._lean = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._places = _Places(pool)

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction that sees only the controller's rows.

        What the work deferred travels with the COMMIT. When the connection ends in that round trip
        nobody knows whether it was committed, and the caller is told so. Work that was overtaken
        (``rows.send_last``) left nothing behind and is done again, on what holds now.

        Raises:
            Unavailable: ``db.overtaken`` when that happened too often.
        """
        for _ in range(MOST_TRIES):
            with suppress(Overtaken):
                return self._write_once(controller, work)
        raise Unavailable("db.overtaken", "Rights kept changing meanwhile.", do="Try again.")

    def _write_once(self, controller: str, work: Work[T]) -> T:
        try:
            with self._connection() as conn:
                _line(conn).begin(controller)
                with deferring(conn, flush=False):
                    value = work(conn)
                    last = taken(conn)
                if _line(conn).failed:  # its COMMIT would be a ROLLBACK
                    raise Unavailable("db.failed", "The database gave up the transaction.")
                _commit(conn, last)
                return value
        except sa.exc.IntegrityError:
            raise
        except (sa.exc.DBAPIError, sa.exc.PendingRollbackError, psycopg.Error) as error:
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

    def first(self, controller: str, question: Prepared, *values: Any) -> tuple[Any, ...] | None:
        """Answer one question alone, in one round trip, by a row that the controller may see."""
        try:
            with self._connection() as conn:
                text, given = question.asked(conn, *values)
                return _line(conn).ask(controller, text, given).fetchone()
        except (sa.exc.DBAPIError, psycopg.Error) as error:
            raise translate(error) from None

    def purge(self) -> None:
        """Vacuum: dead rows go now instead of some day. WAL archives have their own horizon."""
        with self._lean.connect() as conn:
            conn.exec_driver_sql("VACUUM")

    def close(self) -> None:
        """Close every connection."""
        for conn in self._places.take_all():
            conn.close()
        self.engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        """Lend a connection; whatever is raised ends the transaction that was begun on it."""
        conn, kept = self._places.take(), None
        try:
            conn = self._working(conn)
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
                _drop(conn)
            self._places.give(kept)

    def _working(self, conn: sa.Connection | None) -> sa.Connection:
        """Return a connection that works; one that the server ended meanwhile is replaced."""
        if conn is not None:
            with suppress(psycopg.OperationalError):
                _line(conn).check()
                return conn
            _drop(conn)
        conn = self._lean.connect()
        conn.info[LINE] = Line(_driver(conn))
        return conn


class _Place:
    """Where a caller waits for a connection."""

    __slots__ = ("conn", "given", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.lock.acquire()
        self.given = False
        self.conn: sa.Connection | None = None


class _Places:
    """A pool: None stands for a connection that was not opened yet.

    One that comes back goes to whoever has waited longest; else the last that came back is the next
    to go, so that no more are kept busy than are needed.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._lock = threading.Lock()
        self._idle: list[sa.Connection | None] = [None] * count  # owned by _lock
        self._waiting: deque[_Place] = deque()  # owned by _lock

    def take(self) -> sa.Connection | None:
        """Return a connection when it is this caller's turn.

        Raises:
            Unavailable: ``db.busy``.
        """
        with self._lock:
            if self._idle:
                return self._idle.pop()
            place = _Place()
            self._waiting.append(place)
        if not place.lock.acquire(timeout=POOL_SECONDS):
            with self._lock:
                if not place.given:
                    self._waiting.remove(place)
                    raise Unavailable("db.busy", "Too many calls are waiting.", do="Try again.")
        return place.conn

    def give(self, conn: sa.Connection | None) -> None:
        """Put a connection back, or the right to open one."""
        with self._lock:
            if not self._waiting:
                self._idle.append(conn)
                return
            place = self._waiting.popleft()
            place.conn, place.given = conn, True
            place.lock.release()

    def take_all(self) -> Iterator[sa.Connection]:
        """Yield every open connection, as far as they come back in time."""
        with suppress(Unavailable):
            for _ in range(self._count):
                conn = self.take()
                if conn is not None:
                    yield conn


def _driver(conn: sa.Connection) -> Any:
    return conn.connection.driver_connection


def _drop(conn: sa.Connection) -> None:
    """Close a connection in whatever state it is."""
    with suppress(sa.exc.SQLAlchemyError, psycopg.Error):
        conn.invalidate()
        conn.close()


def _line(conn: sa.Connection) -> Line:
    """Return a connection's line.

    Raises:
        psycopg.OperationalError: when SQLAlchemy gave the connection up meanwhile, as it does when
            one of its own statements finds it dead.
    """
    try:
        line: Line = conn.info[LINE]
    except (KeyError, sa.exc.InvalidRequestError):
        raise psycopg.OperationalError("the connection is closed") from None
    return line


def _by_sqlalchemy(conn: sa.Connection, cursor: Any, text: str, *_rest: Any) -> None:
    """Send what waits before a statement that takes another way."""
    line: Line | None = conn.info.get(LINE)
    if line is None or cursor is None:  # not one of ours, or by the line itself
        return
    if text.startswith(_FORGETTING):
        line.forget()
    try:
        line.settle()
    except psycopg.Error as error:
        raise translated(conn, error) from None


_FORGETTING = ("ROLLBACK", "DROP", "ALTER", "DISCARD", "DEALLOCATE")
"""After these the driver throws away what is prepared, ours too."""


def _commit(conn: sa.Connection, last: list[Sent]) -> None:
    try:
        _line(conn).commit(last)
    except psycopg.Error as error:
        if _driver(conn).closed:
            raise lost() from None
        raise translated(conn, error) from None


def _rolled_back(conn: sa.Connection | None) -> sa.Connection | None:
    """Return a connection fit for another call, None if there is none."""
    if conn is None:
        return None
    try:
        _line(conn).rollback()
    except (sa.exc.SQLAlchemyError, psycopg.Error, KeyError):  # KeyError: it was just being opened
        return None
    return conn
