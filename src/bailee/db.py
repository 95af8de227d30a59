"""Transactions on SQLite and PostgreSQL; the only importer of the drivers.

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

import os
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from pysqlite3 import dbapi2 as pysqlite

from bailee.errors import Invalid, Unavailable
from bailee.rows import defer_rows, deferring, flush_rows, insert_rows

T = TypeVar("T")
Work = Callable[[sa.Connection], T]
Deliver = Callable[[Any, BaseException | None], None]
"""Takes what work returned, or what it or the commit raised."""

HOUSE = "house"
"""Stands where a controller's name stands, for rows and acts that belong to no controller."""

DATA = sa.MetaData()
"""Tables of the data database."""

KEYS = sa.MetaData()
"""Tables of the key database, which is backed up apart."""

QUEUE_LIMIT = 4096
GROUP_LIMIT = 256
BUSY_MILLISECONDS = 5000
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


def _translate(error: Exception) -> Unavailable:
    """Say what a driver's error means without repeating its text, which may hold values."""
    text = str(getattr(error, "orig", error)).lower()
    if any(word in text for word in ("locked", "busy", "lock timeout", "deadlock")):
        return Unavailable("db.locked", "The database is locked by somebody else.", do="Try again.")
    if "full" in text or "no space" in text:
        return Unavailable("db.full", "The database's disk is full.", do="Free space, try again.")
    if getattr(error, "connection_invalidated", False):
        return Unavailable(
            "db.gone",
            "The connection to the database was lost; whether the call took effect is unknown.",
            do="Send the same call again with the same Idempotency-Key.",
        )
    return Unavailable("db.failed", "The database did not do it.", do="See the operator's log.")


class _Job(Generic[T]):
    """Work on its way through the writer, and what came of it."""

    __slots__ = ("deliver", "error", "value", "work")

    def __init__(self, work: Work[T], deliver: Deliver) -> None:
        self.work = work
        self.deliver = deliver
        self.value: T | None = None
        self.error: BaseException | None = None


class SqliteDatabase:
    """One file, one process, one writer."""

    def __init__(self, path: Path) -> None:
        previous = os.umask(0o077)  # C2.5(4): the file is its owner's alone
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=True)
        finally:
            os.umask(previous)
        self.path = path
        self.engine = _sqlite_engine(path, "BEGIN")
        self._writer_engine = _sqlite_engine(path, "BEGIN IMMEDIATE")
        self._reader_engine = _sqlite_engine(path, "", poolclass=sa.NullPool)
        self._readers: deque[sa.Connection] = deque()  # idle ones; the last used is used next
        self._queue: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False  # owned by _lock: what ends the queue is the last thing put into it
        self._thread = threading.Thread(target=self._run, name=f"writer:{path.name}", daemon=True)
        self._thread.start()

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in the writer's next group; return after its commit."""
        done = threading.Lock()
        done.acquire()
        outcome: list[Any] = []

        def deliver(value: Any, error: BaseException | None) -> None:
            outcome[:] = value, error
            done.release()

        self.submit(controller, work, deliver)
        done.acquire()
        value, error = outcome
        if error is not None:
            try:
                raise error
            finally:
                del error, outcome  # or the traceback would hold itself
        return value  # type: ignore[no-any-return]

    def submit(self, controller: str, work: Work[T], deliver: Deliver) -> None:  # noqa: ARG002 - one file, no row security
        """Run work in the writer's next group without waiting for it.

        After the commit ``deliver`` is called once, in the writer's thread, with what came of it;
        it must neither wait nor raise.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("work may not start another transaction")
        if self._queue.qsize() >= QUEUE_LIMIT:
            raise Unavailable("db.busy", "Too many calls are waiting.", do="Try again.")
        with self._lock:
            if self._closed:
                raise Unavailable("db.closed", "The database is closed.")
            self._queue.put(_Job(work, deliver))

    def read(self, controller: str, work: Work[T]) -> T:  # noqa: ARG002 - one file, no row security
        """Run work on a snapshot, beside the writer.

        Every call of the house reads before it does anything else, so readers stay open, and begin
        and end without SQLAlchemy's own bookkeeping, which costs ten times what it books.
        """
        try:
            conn = self._readers.pop()
        except IndexError:
            conn = self._reader_engine.connect()
        raw: Any = conn.connection.driver_connection
        try:
            raw.execute("BEGIN")
            value = work(conn)
            raw.execute("ROLLBACK")  # ends the snapshot; nothing was written
        except (sa.exc.DBAPIError, pysqlite.Error) as error:
            conn.close()
            raise _translate(error) from None
        except BaseException:
            raw.rollback()
            self._readers.append(conn)
            raise
        self._readers.append(conn)
        return value

    def purge(self) -> None:
        """Fold the write-ahead log into the file and cut it to nothing (secure_delete is on)."""
        with self.engine.connect() as conn:
            raw = conn.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Finish queued work and close."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        while self._readers:
            self._readers.pop().close()
        for engine in (self.engine, self._writer_engine, self._reader_engine):
            engine.dispose()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            for _ in range(min(self._queue.qsize(), GROUP_LIMIT - 1)):
                job = self._queue.get()
                if job is None:
                    self._queue.put(None)  # the last thing: it is met again
                    break
                group.append(job)
            self._commit(group)
            del first, group  # an idle writer holds nobody's values

    def _commit(self, group: list[_Job[Any]]) -> None:
        """Run a group, commit once, and only then answer.

        If the process dies here nobody was told anything: the group is as if never sent.
        """
        failure: BaseException | None = None
        try:
            with self._writer_engine.begin() as conn:
                _run_group(conn, group)
        except (sa.exc.DBAPIError, pysqlite.Error) as error:
            failure = _translate(error)
        except BaseException as error:  # noqa: BLE001 - the writer must outlive any group
            failure = error
        for job in group:
            with suppress(Exception):  # one that cannot be told must not keep it from the others
                if failure is None:
                    job.deliver(job.value, job.error)
                else:
                    job.deliver(None, failure)


def _run_group(conn: sa.Connection, group: list[_Job[Any]]) -> None:
    """Run each job so that its failure undoes nothing but itself, then write what they deferred.

    One savepoint stands where the last job that changed rows ended; jobs that only read or defer
    leave it there. SQLite counts changed rows itself, so none goes unseen, whoever changed them.
    """
    raw: Any = conn.connection.driver_connection
    with deferring(conn) as deferred:
        raw.execute("SAVEPOINT work")
        for job in group:
            before, kept = raw.total_changes, len(deferred)
            try:
                job.value = job.work(conn)
            except Exception as error:  # noqa: BLE001 - handed to the caller, who waits for it
                job.error = _told(error)
                raw.execute("ROLLBACK TO work")
                del deferred[kept:]
            else:
                if raw.total_changes != before:
                    raw.execute("RELEASE work")
                    raw.execute("SAVEPOINT work")
            if not raw.in_transaction:  # a full disk ends it, whatever the job made of the error
                raise Unavailable("db.failed", "The database gave up the transaction.")


def _told(error: Exception) -> BaseException:
    """Return what the caller of failed work is told."""
    if isinstance(error, sa.exc.DBAPIError) and not isinstance(error, sa.exc.IntegrityError):
        return _translate(error)
    return error


def _sqlite_engine(path: Path, begin: str, **more: Any) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        module=pysqlite,
        hide_parameters=True,
        **more,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # C6: deleted values do not stay in free pages
            "temp_store=MEMORY",
            f"busy_timeout={BUSY_MILLISECONDS}",
        ):
            raw.execute(f"PRAGMA {pragma}")

    if begin:

        @sa.event.listens_for(engine, "begin")
        def _begin(conn: sa.Connection) -> None:
            raw: Any = (
                conn.connection.driver_connection
            )  # a twentieth of the way through SQLAlchemy
            raw.execute(begin)

    return engine


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
            raise _translate(error) from None
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
    "defer_rows",
    "insert_rows",
    "open_database",
    "scope",
]
