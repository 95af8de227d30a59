"""Transactions on SQLite and PostgreSQL; the only importer of the drivers.

A caller hands in *work*: a function of a connection. ``write`` runs it in one transaction and
returns after the commit is durable, so whatever it returns may leave the house. Work that raises
leaves nothing behind.

* SQLite: one writer thread. It takes all work that queued up while the previous commit ran,
  gives each its own savepoint, and commits once (``synchronous=FULL``): group commit without a
  timer. If the process dies before the commit returns, none of the group was acknowledged.
* PostgreSQL: one pooled connection and one transaction per call; the server groups commits.
  Row-level security sees the controller through ``SET LOCAL`` (``scope``); unset denies.

Two databases exist, data and keys; each is one ``Database`` with its own tables.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from pysqlite3 import dbapi2 as pysqlite

from bailee.errors import Invalid, Unavailable

T = TypeVar("T")
Work = Callable[[sa.Connection], T]

HOUSE = "house"
"""Stands where a controller's name stands, for rows and acts that belong to no controller."""

DATA = sa.MetaData()
"""Tables of the data database."""

KEYS = sa.MetaData()
"""Tables of the key database, which is backed up apart."""

QUEUE_LIMIT = 4096
GROUP_LIMIT = 256
BUSY_MILLISECONDS = 5000


class Database(Protocol):
    """What both engines promise."""

    engine: sa.Engine

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction for a controller; return after the durable commit."""

    def read(self, controller: str, work: Work[T]) -> T:
        """Run work that only reads, on one consistent snapshot."""

    def purge(self) -> None:
        """Make deleted bytes unrecoverable from the engine's own files, as far as it can."""

    def close(self) -> None:
        """Finish queued work and close every connection."""


def open_database(url: str) -> Database:
    """Open ``sqlite:///path`` or ``postgresql://…``.

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
        return PostgresDatabase(parsed.set(drivername="postgresql+psycopg"))
    raise Invalid(
        "db.url",
        "That is not the address of a database bailee knows.",
        do="Give sqlite:///path or postgresql://…",
    )


def scope(conn: sa.Connection, controller: str) -> None:
    """Let the rest of this transaction see a controller's rows (row-level security)."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SELECT set_config('bailee.controller', %s, true)", (controller,))


def _translate(error: sa.exc.DBAPIError) -> Unavailable:
    """Say what a driver's error means without repeating its text, which may hold values."""
    text = str(error.orig).lower()
    if any(word in text for word in ("locked", "busy", "lock timeout", "deadlock")):
        return Unavailable("db.locked", "The database is locked by somebody else.", do="Try again.")
    if "full" in text or "no space" in text:
        return Unavailable("db.full", "The database's disk is full.", do="Free space, try again.")
    if error.connection_invalidated:
        return Unavailable(
            "db.gone",
            "The connection to the database was lost; whether the call took effect is unknown.",
            do="Send the same call again with the same Idempotency-Key.",
        )
    return Unavailable("db.failed", "The database did not do it.", do="See the operator's log.")


def _unconfirmed(failure: Unavailable) -> Unavailable:
    """Say what a failure of COMMIT itself means on SQLite.

    When a sync fails, the commit already stands in the write-ahead log, unconfirmed: this process
    forgets it, but one that opens the file after a crash may find it and believe it. A lock or a
    full disk comes before that.
    """
    if failure.code != "db.failed":
        return failure
    return Unavailable(
        "db.gone",
        "The database did not confirm it; whether the call took effect is unknown.",
        do="Send the same call again with the same Idempotency-Key.",
    )


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
        self._queue: queue.Queue[tuple[Work[Any], Future[Any]] | None] = queue.Queue(QUEUE_LIMIT)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"writer:{path.name}", daemon=True)
        self._thread.start()

    def write(self, controller: str, work: Work[T]) -> T:  # noqa: ARG002 - one file, no row security
        """Run work in the writer's next group; return after its commit."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("work may not start another transaction")
        if self._closed:
            raise Unavailable("db.closed", "The database is closed.")
        future: Future[T] = Future()
        try:
            self._queue.put_nowait((work, future))
        except queue.Full:
            raise Unavailable("db.busy", "Too many calls are waiting.", do="Try again.") from None
        return future.result()

    def read(self, controller: str, work: Work[T]) -> T:  # noqa: ARG002 - one file, no row security
        """Run work on a snapshot, beside the writer."""
        try:
            with self.engine.begin() as conn:
                return work(conn)
        except sa.exc.DBAPIError as error:
            raise _translate(error) from None

    def purge(self) -> None:
        """Fold the write-ahead log into the file and cut it to nothing (secure_delete is on)."""
        try:
            with self.engine.connect() as conn:
                raw = conn.connection.driver_connection
                if raw is not None:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (pysqlite.Error, sa.exc.DBAPIError):
            raise Unavailable("db.failed", "The database's log could not be cut.") from None

    def close(self) -> None:
        """Finish queued work and close."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
        self.engine.dispose()
        self._writer_engine.dispose()

    def _run(self) -> None:
        more = True
        while more:
            first = self._queue.get()
            group = [] if first is None else [first]
            more = first is not None
            while more and len(group) < GROUP_LIMIT:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    more = False
                else:
                    group.append(item)
            if group:
                self._commit(group)

    def _commit(self, group: list[tuple[Work[Any], Future[Any]]]) -> None:
        """Run a group, commit once, and only then answer.

        If the process dies here nobody was told anything: the group is as if never sent.
        """
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        failure: BaseException | None = None
        committing = False
        try:
            with self._writer_engine.begin() as conn:
                for work, future in group:
                    outcomes.append((future, *_in_savepoint(conn, work)))
                committing = True
        except sa.exc.DBAPIError as error:
            failure = _unconfirmed(_translate(error)) if committing else _translate(error)
        except BaseException as error:  # noqa: BLE001 - the writer must outlive any group
            failure = error
        if failure is not None:
            for _, future in group:
                future.set_exception(failure)
            return
        for future, value, raised in outcomes:
            if raised is None:
                future.set_result(value)
            else:
                future.set_exception(raised)


def _in_savepoint(conn: sa.Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    """Run one work of a group so that its failure undoes nothing but itself."""
    conn.exec_driver_sql("SAVEPOINT work")
    try:
        value = work(conn)
    except Exception as error:  # noqa: BLE001 - handed to the caller, who waits for it
        conn.exec_driver_sql("ROLLBACK TO work")
        conn.exec_driver_sql("RELEASE work")
        if isinstance(error, sa.exc.DBAPIError) and not isinstance(error, sa.exc.IntegrityError):
            return None, _translate(error)
        return None, error
    conn.exec_driver_sql("RELEASE work")
    return value, None


def _sqlite_engine(path: Path, begin: str) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        module=pysqlite,
        hide_parameters=True,
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

    @sa.event.listens_for(engine, "begin")
    def _begin(conn: sa.Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine


class PostgresDatabase:
    """One cluster, any number of processes."""

    def __init__(self, url: sa.URL) -> None:
        self.engine = sa.create_engine(
            url,
            pool_size=16,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,
            # As on SQLite: a lock that somebody holds too long fails the call instead of all calls.
            connect_args={"options": f"-c lock_timeout={BUSY_MILLISECONDS}"},
        )

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work in one transaction that sees only the controller's rows."""
        try:
            with self.engine.begin() as conn:
                scope(conn, controller)
                return work(conn)
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
    "open_database",
    "scope",
]
