"""Builds of the program that are broken on purpose: the harness must notice each of them.

They are made in the child process, right before its ``main``, by reaching into the product's
modules. No setting of the product breaks it; the environment variable below is read here alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

WHICH = "FAULTS_BUILD"
BUILDS: dict[str, Callable[[Mapping[str, str]], None]] = {}
"""Name of a build → what makes it of a sound one, given the environment."""


BACKGROUND = {"sequencer", "beat", "watch"}
"""Threads of the house whose moments come when they like; a sweep over n needs a fixed order."""


def build(function: Callable[[Mapping[str, str]], None]) -> Callable[[Mapping[str, str]], None]:
    """Register a build under its function's name."""
    BUILDS[function.__name__] = function
    return function


def reach(inside: Any) -> Any:
    """Return a module or a class as something whose parts can be replaced."""
    return inside


def apply(environment: Mapping[str, str]) -> None:
    """Break this process as its environment asks, or leave it sound."""
    for name in filter(None, environment.get(WHICH, "").split(",")):
        BUILDS[name](environment)


@build
def synchronous_normal(_: Mapping[str, str]) -> None:
    """SQLite does not sync its write-ahead log at a commit."""
    from pysqlite3 import dbapi2

    class Careless(reach(dbapi2).Connection):  # type: ignore[misc]
        def execute(self, statement: str, *more: object) -> object:
            if "synchronous" in statement.lower():
                statement = "PRAGMA synchronous=NORMAL"
            return super().execute(statement, *more)

    genuine = dbapi2.connect

    def connect(*args: object, **options: object) -> object:
        return genuine(*args, **(options | {"factory": Careless}))

    reach(dbapi2).connect = connect


@build
def two_leaders(_: Mapping[str, str]) -> None:
    """Every process thinks that it leads the sequencing. Sound all the same: the fence holds."""
    from bailee.ledger import pulse, sequencer

    reach(pulse).BEAT_SECONDS = 0.01
    reach(pulse.Pulse)._leads = lambda _self: True
    genuine = sequencer.Sequencer.run
    reach(sequencer.Sequencer).run = lambda self, database, *_: genuine(self, database)


@build
def no_fence(environment: Mapping[str, str]) -> None:
    """Two leaders, and no compare-and-swap: heads are replaced whatever they are meanwhile.

    Rows that another one stored at the same place are left as they are, for their primary keys
    would be a fence as well; and nobody waits for the other to take from the inbox.
    """
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql import insert

    from bailee.ledger import merkle, store
    from bailee.ledger.head import Waiting
    from bailee.ledger.tables import head, inbox

    two_leaders(environment)

    def lenient(conn: sa.Connection, table: sa.Table, rows: Sequence[Any]) -> None:
        names = table.c.keys()
        if rows:
            values = [dict(zip(names, row, strict=True)) for row in rows]
            conn.execute(insert(table).on_conflict_do_nothing(), values)

    def swap(conn: sa.Connection, old: Any, new: Any) -> bool:
        values = {name: getattr(new, name) for name in ("size", "root", "newest", "status")}
        values["edge"] = merkle.pack_edge(new.tree)
        one = (head.c.controller == old.controller) & (head.c.log == old.log)
        conn.execute(sa.update(head).where(one).values(**values))
        return True

    def enough(conn: sa.Connection, controller: str, below: int, limit: int) -> list[Any]:
        """Take every other waiting entry, so that two find something at one time."""
        mine = sa.select(inbox.c.seq).where(inbox.c.controller == controller, inbox.c.seq < below)
        some = mine.order_by(sa.func.random()).limit(2).with_for_update(skip_locked=True)
        gone = sa.delete(inbox).where(inbox.c.controller == controller, inbox.c.seq.in_(some))
        rows = conn.execute(gone.returning(*list(inbox.c)[1:])).all()
        return sorted(Waiting(r.time, r.seq, r.entry_id, r.base, r.body) for r in rows)

    reach(store).swap_head = swap
    reach(store).insert_rows = lenient
    reach(store).take = enough


@build
def inbox_cursor(_: Mapping[str, str]) -> None:
    """The inbox is read by ``seq > last``: an entry that commits late is stepped over."""
    import sqlalchemy as sa

    from bailee.ledger import pulse, store
    from bailee.ledger.tables import inbox

    reach(pulse).BEAT_SECONDS = 0.005
    last: dict[str, int] = {}
    genuine = store.take

    def newer(conn: sa.Connection, controller: str, below: int, limit: int) -> list[Any]:
        above = last.get(controller, -1)
        behind = sa.select(inbox).where(inbox.c.controller == controller, inbox.c.seq <= above)
        late = conn.execute(behind).all()
        conn.execute(sa.delete(inbox).where(inbox.c.controller == controller, inbox.c.seq <= above))
        taken = genuine(conn, controller, below, limit)
        if late:  # they stay where they are: nobody looks below the cursor
            conn.execute(inbox.insert(), [dict(row._mapping) for row in late])
        if taken:
            last[controller] = max(row.seq for row in taken)
        return taken

    reach(store).take = newer


@build
def no_guard(_: Mapping[str, str]) -> None:
    """Nobody remembers outside of the data database what was signed."""
    from bailee.keys import Keys

    reach(Keys).guard_head = lambda _self, _log: None
    reach(Keys).advance_guard = lambda _self, _log, _size, _root: None


@build
def early_answer(_: Mapping[str, str]) -> None:
    """A call is answered when its transaction is ready, before it is committed."""
    import threading
    import time
    from concurrent.futures import Future

    from bailee import db

    def early(genuine: Any) -> Any:
        def write(self: Any, controller: str, work: Any) -> Any:
            ready: Future[Any] = Future()

            def watched(conn: Any) -> Any:
                value = work(conn)
                if not ready.done():
                    ready.set_result(value)
                time.sleep(0.02)  # a commit on a slow disk
                return value

            def run() -> None:
                try:
                    genuine(self, controller, watched)
                except BaseException as error:  # noqa: BLE001 - to whoever waits, if anybody does
                    if not ready.done():
                        ready.set_exception(error)

            threading.Thread(target=run, daemon=True).start()
            return ready.result()

        return write

    for kind in (db.SqliteDatabase, db.PostgresDatabase):
        reach(kind).write = early(kind.write)
    reach(db.SqliteDatabase).attend = lambda _self, _call, _deliver: False  # nor as a whole


@build
def moved_clock(environment: Mapping[str, str]) -> None:
    """The machine's clock is off by as many seconds as a file says; changed while it runs."""
    from datetime import datetime, timedelta
    from pathlib import Path

    from bailee import clock

    file, genuine = Path(environment["FAULTS_CLOCK"]), clock.system_time

    def moved() -> datetime:
        return genuine() + timedelta(seconds=float(file.read_text("utf-8")))

    reach(clock).system_time = moved
    reach(clock.Clock.__init__).__defaults__ = (moved, None)


@build
def mortal(environment: Mapping[str, str]) -> None:
    """Dies at the n-th moment right before or after something becomes durable, once armed.

    Moments: both sides of every transaction, of every append to the mirror, of every purge. They
    count while the file ``FAULTS_ARMED`` exists, which holds n; 0 only counts, into the file.
    """
    import os
    import signal
    import threading
    from pathlib import Path

    from bailee import db
    from bailee.keys.mirror import FileMirror

    armed, count = Path(environment["FAULTS_ARMED"]), [0]
    counted, lock = armed.with_suffix(".count"), threading.Lock()

    def moment() -> None:
        if not armed.exists() or threading.current_thread().name in BACKGROUND:
            return
        with lock:
            count[0] += 1
            counted.write_text(str(count[0]))
            if count[0] == int(armed.read_text()):
                os.kill(os.getpid(), signal.SIGKILL)

    def dying(genuine: Any) -> Any:
        def both_sides(*args: Any) -> Any:
            moment()
            value = genuine(*args)
            moment()
            return value

        return both_sides

    for kind in (db.SqliteDatabase, db.PostgresDatabase):
        reach(kind).write, reach(kind).purge = dying(kind.write), dying(kind.purge)
    reach(FileMirror).append = dying(FileMirror.append)
    reach(FileMirror).compact = dying(FileMirror.compact)
