"""SQLite: one file, one process, one writer, who commits for many at once.

Work comes from other threads and is one *part* of a group's transaction: it can fail alone, and
all parts become durable by one commit. A small call costs less than bringing it from thread to
thread and back for each of its transactions, so a whole call may be *attended*: it runs in the
writer's thread, what it writes are parts of the group, and its answer is delivered behind the
commit.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic

import sqlalchemy as sa
from pysqlite3 import dbapi2 as pysqlite

from bailee.errors import Unavailable
from bailee.prepared import steadily
from bailee.rows import Deferred, deferring
from bailee.transaction import BUSY_MILLISECONDS, Deliver, T, Undone, Work, translate

UNKNOWN = "db.gone"
"""The one end of a group after which it may have happened all the same."""
QUEUE_LIMIT = 4096
GROUP_LIMIT = 256
WRITER_CACHE_KILOBYTES = 64 * 1024
"""A batch of a thousand records changes up to some 30 MB of pages. SQLite's own 2 MB would write
each of them to the log many times before the commit, and read it back in between."""
CHECKPOINT_PAGES = 4096
"""Pages in the write-ahead log at which a commit folds it into the file."""
_BY_DRIVER = "bailee_by_driver"
"""Option of connections whose transactions begin and end at the driver."""


class _Job(Generic[T]):
    """Work or a whole call on its way through the writer, and what came of it."""

    __slots__ = ("call", "deliver", "error", "value", "work")

    def __init__(
        self, work: Work[T] | None, deliver: Deliver, call: Callable[[], T] | None = None
    ) -> None:
        self.work = work
        self.call = call
        self.deliver = deliver
        self.value: T | None = None
        self.error: BaseException | None = None

    def run(self, group: _Group) -> None:
        """Do it; an error is its own and is kept for whoever waits."""
        try:
            if self.work is not None:
                self.value = group.part(self.work)
            elif self.call is not None:
                self.value = self.call()
        except Exception as error:  # noqa: BLE001 - handed to the caller, who waits for it
            self.error = error
        group.check()

    def end(self, failure: BaseException | None) -> Callable[[], None] | None:
        """Deliver; a failure is the group's, and undid everything."""
        with suppress(Exception):  # one that cannot be told must not keep it from the others
            if failure is None:
                return self.deliver(self.value, self.error)
            if self.call is None or getattr(failure, "code", "") == UNKNOWN:
                return self.deliver(None, failure)
            return self.deliver(None, Undone())
        return None


class _Group:
    """The transaction that the writer's thread is in: parts that fail alone, and one commit.

    One savepoint stands where the last part that changed rows ended; parts that only read or
    defer leave it there. SQLite counts changed rows itself, so none goes unseen, whoever changed
    them.
    """

    def __init__(self, conn: sa.Connection, deferred: Deferred, forget: Callable[[], None]) -> None:
        self.conn = conn
        self._forget = forget
        self.after: list[Callable[[], None]] = []
        self._deferred = deferred
        raw: Any = conn.connection.driver_connection
        self._raw = raw
        self._inside = False
        self._raw.execute("SAVEPOINT work")

    def part(self, work: Work[T]) -> T:
        """Run work so that its failure undoes nothing but itself."""
        if self._inside:
            raise RuntimeError("work may not start another transaction")
        self.check()
        raw, deferred = self._raw, self._deferred
        before, kept = raw.total_changes, len(deferred)
        self._inside = True
        try:
            value = work(self.conn)
        except Exception as error:
            self._forget()
            raw.execute("ROLLBACK TO work")
            del deferred[kept:]
            told = _told(error)
            if told is error:
                raise
            raise told from None
        finally:
            self._inside = False
        if raw.total_changes != before:
            raw.execute("RELEASE work")
            raw.execute("SAVEPOINT work")
        return value

    def look(self, work: Work[T]) -> T:
        """Run work that only reads; it sees what the group has written so far."""
        if self._inside:
            raise RuntimeError("work may not start another transaction")
        try:
            return work(self.conn)
        except (sa.exc.DBAPIError, pysqlite.Error) as error:
            raise translate(error) from None

    def check(self) -> None:
        """End the group when its transaction is gone: a full disk ends it, whoever saw that.

        Raises:
            Unavailable: ``db.failed``.
        """
        if not self._raw.in_transaction:
            raise Unavailable("db.failed", "The database gave up the transaction.")


def _unconfirmed(failure: Unavailable) -> Unavailable:
    """Say what a failure of COMMIT itself means on SQLite.

    When a sync fails, the commit already stands in the write-ahead log, unconfirmed: this process
    forgets it, but one that opens the file after a crash may find it and believe it. A lock or a
    full disk comes before that.
    """
    if failure.code != "db.failed":
        return failure
    return Unavailable(
        UNKNOWN,
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
        self.engine = _open(path)
        self._lean = self.engine.execution_options(**{_BY_DRIVER: True})
        self._writer: sa.Connection | None = None  # owned by the writer's thread
        self._readers: deque[sa.Connection] = deque()  # idle ones; the last used is used next
        self._group: _Group | None = None  # owned by the writer's thread
        self._queue: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False  # owned by _lock: what ends the queue is the last thing put into it
        self._thread = threading.Thread(target=self._run, name=f"writer:{path.name}", daemon=True)
        self._thread.start()

    def write(self, controller: str, work: Work[T]) -> T:  # noqa: ARG002 - one file, no row security
        """Run work in the writer's next group; return after its commit.

        In an attended call it is a part of the group under way, and returns before the commit.
        """
        if threading.current_thread() is self._thread and self._group is not None:
            return self._group.part(work)
        done = threading.Lock()
        done.acquire()
        outcome: list[Any] = []

        def deliver(value: Any, error: BaseException | None) -> None:
            outcome[:] = value, error
            done.release()

        self._put(_Job(work, deliver))
        done.acquire()
        value, error = outcome
        if error is not None:
            try:
                raise error
            finally:
                del error, outcome  # or the traceback would hold itself
        return value  # type: ignore[no-any-return]

    def attend(self, call: Callable[[], T], deliver: Deliver) -> bool:
        """Run a whole call in the writer's next group without waiting for it; always True here.

        The transactions that it begins are parts of the group. ``deliver`` gets what it returned
        or raised, after the commit and in the writer's thread: until then nothing of it may leave.
        ``Undone`` says that the group came to nothing.
        """
        self._put(_Job(None, deliver, call))
        return True

    def after(self, step: Callable[[], None]) -> None:
        """Do something as soon as what this thread wrote last is durable; it must not raise."""
        group = self._group if threading.current_thread() is self._thread else None
        if group is None:
            step()
        else:
            group.after.append(step)

    def _put(self, job: _Job[Any]) -> None:
        if threading.current_thread() is self._thread:
            raise RuntimeError("work may not start another transaction")
        if self._queue.qsize() >= QUEUE_LIMIT:
            raise Unavailable("db.busy", "Too many calls are waiting.", do="Try again.")
        with self._lock:
            if self._closed:
                raise Unavailable("db.closed", "The database is closed.")
            self._queue.put(job)

    def read(self, controller: str, work: Work[T]) -> T:  # noqa: ARG002 - one file, no row security
        """Run work on a snapshot, beside the writer.

        Every call of the house reads before it does anything else, so readers stay open, and begin
        and end without SQLAlchemy's own bookkeeping, which costs ten times what it books. An
        attended call reads on the writer's own connection.
        """
        if threading.current_thread() is self._thread and self._group is not None:
            return self._group.look(work)
        try:
            conn = self._readers.pop()
        except IndexError:
            conn = self._lean.connect()
        raw: Any = conn.connection.driver_connection
        try:
            raw.execute("BEGIN")
            value = work(conn)
            raw.execute("ROLLBACK")  # ends the snapshot; nothing was written
        except (sa.exc.DBAPIError, pysqlite.Error) as error:
            conn.close()
            raise translate(error) from None
        except BaseException:
            raw.rollback()
            self._readers.append(conn)
            raise
        self._readers.append(conn)
        return value

    def purge(self) -> None:
        """Fold the write-ahead log into the file and cut it to nothing (secure_delete is on)."""
        try:
            with self.engine.connect() as conn:
                raw: Any = conn.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (pysqlite.Error, sa.exc.DBAPIError):
            raise Unavailable("db.failed", "The database's log could not be cut.") from None

    def close(self) -> None:
        """Finish queued work and close."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()

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
        if self._writer is not None:
            self._writer.close()

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        """Run a group, commit once, and only then answer.

        If the process dies here nobody was told anything: the group is as if never sent.
        """
        failure: BaseException | None = None
        committing, steps = False, list[Callable[[], None]]()
        try:
            conn = self._writer = self._writer or self._connect_writer()
            raw: Any = conn.connection.driver_connection
            raw.execute("BEGIN IMMEDIATE")
            steps = self._run_group(conn, jobs)
            committing = True
            raw.execute("COMMIT")
        except (sa.exc.DBAPIError, pysqlite.Error) as error:
            failure = _unconfirmed(translate(error)) if committing else translate(error)
        except BaseException as error:  # noqa: BLE001 - the writer must outlive any group
            failure = error
        if failure is None:
            for step in steps:
                with suppress(Exception):  # the writer must outlive it, and others wait
                    step()
        elif self._writer is not None:
            with suppress(sa.exc.DBAPIError, pysqlite.Error):
                self._writer.close()  # rolls back
            self._writer = None
        for wake in dict.fromkeys([job.end(failure) for job in jobs]):
            if wake is not None:
                with suppress(Exception):
                    wake()

    def _connect_writer(self) -> sa.Connection:
        conn = self._lean.connect()
        raw: Any = conn.connection.driver_connection
        raw.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KILOBYTES}")
        raw.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        return conn

    def _run_group(self, conn: sa.Connection, jobs: list[_Job[Any]]) -> list[Callable[[], None]]:
        """Run every job, then write what they deferred; return what is to be done afterwards."""
        with deferring(conn) as deferred, steadily(conn) as forget:
            group = self._group = _Group(conn, deferred, forget)
            try:
                for job in jobs:
                    job.run(group)
            finally:
                self._group = None
        return group.after


def _told(error: Exception) -> BaseException:
    """Return what the caller of failed work is told."""
    if isinstance(error, sa.exc.DBAPIError) and not isinstance(error, sa.exc.IntegrityError):
        return translate(error)
    return error


def _open(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        module=pysqlite,
        hide_parameters=True,
        poolclass=sa.NullPool,
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
        if not conn.get_execution_options().get(_BY_DRIVER):
            conn.exec_driver_sql("BEGIN")

    return engine
