"""Whole calls in the thread that commits: SQLite's answer to what threads cost small calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pysqlite3 import dbapi2

from bailee.db import Database, SqliteDatabase, Undone, defer_rows
from bailee.errors import Unavailable
from bailee.prepared import Prepared, steady

_metadata = sa.MetaData()
_kept = sa.Table(
    "kept_row",
    _metadata,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
)
_COUNT = Prepared(sa.select(sa.func.count()).where(_kept.c.controller == sa.bindparam("of")), "of")


@pytest.fixture
def database(tmp_path: Path) -> Any:
    """Return a file with one table."""
    made = SqliteDatabase(tmp_path / "data.db")
    _metadata.create_all(made.engine)
    yield made
    made.close()


def insert(name: str, conn: sa.Connection) -> str:
    """Write one row."""
    conn.execute(_kept.insert().values(controller="acme", name=name))
    return name


def stored(database: SqliteDatabase) -> list[str]:
    """Return what another program would find in the file."""
    conn = dbapi2.connect(database.path)
    try:
        return [name for (name,) in conn.execute("SELECT name FROM kept_row ORDER BY name")]
    finally:
        conn.close()


def attended(database: Database, *calls: Callable[[], Any]) -> list[Any]:
    """Run calls in one group; return what was delivered for each."""
    held, done = threading.Event(), threading.Semaphore(0)
    outcomes: list[Any] = [None] * len(calls)

    def deliver(at: int, value: Any, error: BaseException | None) -> Callable[[], None]:
        outcomes[at] = value if error is None else error
        return wake

    def wake() -> None:
        done.release(len(calls))

    database.attend(partial(held.wait, 10), lambda _value, _error: None)
    for at, call in enumerate(calls):
        assert database.attend(call, partial(deliver, at))
    held.set()
    assert done.acquire(timeout=10)
    return outcomes


def test_an_answer_leaves_behind_the_commit(database: SqliteDatabase) -> None:
    """While a call runs nobody else sees its rows; when its answer is delivered everybody does."""
    seen: list[list[str]] = []
    done = threading.Event()

    def call() -> str:
        name = database.write("acme", partial(insert, "a"))
        seen.append(stored(database))
        return name

    def deliver(value: Any, error: BaseException | None) -> Callable[[], None]:
        assert (value, error) == ("a", None)
        seen.append(stored(database))
        return done.set

    database.attend(call, deliver)
    assert done.wait(10)
    assert seen == [[], ["a"]]


def test_a_part_that_fails_takes_nothing_with_it(database: SqliteDatabase) -> None:
    """A refusal's own entry stays, the refused work does not, and neighbours keep theirs."""

    def refused() -> None:
        try:
            database.write("acme", lambda conn: [insert("lost", conn), 1 / 0])
        except ZeroDivisionError:
            database.write("acme", partial(insert, "refusal"))
            raise

    outcomes = attended(
        database,
        partial(database.write, "acme", partial(insert, "a")),
        refused,
        partial(database.write, "acme", partial(insert, "b")),
    )
    assert [outcomes[0], outcomes[2]] == ["a", "b"]
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert stored(database) == ["a", "b", "refusal"]


def test_a_call_reads_what_it_wrote(database: SqliteDatabase) -> None:
    """A reading between two parts sees the first."""

    def call() -> int:
        database.write("acme", partial(insert, "a"))
        return int(database.read("acme", lambda conn: _COUNT.value(conn, "acme")))

    assert attended(database, call) == [1]


def test_work_begins_no_transaction_of_its_own(database: SqliteDatabase) -> None:
    """Inside a part another one is refused, for it could not fail alone."""

    def nested(conn: sa.Connection) -> str:
        insert("outer", conn)
        return database.write("acme", partial(insert, "inner"))

    outcomes = attended(database, partial(database.write, "acme", nested))
    assert isinstance(outcomes[0], RuntimeError)
    assert stored(database) == []


def test_a_group_that_comes_to_nothing_says_so(database: SqliteDatabase) -> None:
    """Where the commit cannot be made, every call of the group hears that it left nothing."""
    steps: list[str] = []

    def doomed() -> str:
        database.write(
            "acme", lambda conn: defer_rows(conn, _kept, [("acme", "twice"), ("acme", "twice")])
        )
        database.after(lambda: steps.append("after"))
        return "answered"

    outcomes = attended(
        database, doomed, partial(database.write, "acme", partial(insert, "neighbour"))
    )
    assert [type(one) for one in outcomes] == [Undone, Undone]
    assert (steps, stored(database)) == ([], [])
    assert database.write("acme", partial(insert, "later")) == "later"


def test_steps_afterwards_see_the_commit(database: SqliteDatabase) -> None:
    """What is to be done after a call is done when its rows are durable, and before the answer."""
    seen: list[list[str]] = []

    def call() -> None:
        database.write("acme", partial(insert, "a"))
        database.after(lambda: seen.append(stored(database)))
        assert seen == []

    assert attended(database, call) == [None]
    assert seen == [["a"]]
    database.after(lambda: seen.append([]))  # outside of a call: at once
    assert len(seen) == 2


def test_a_steady_question_is_asked_again_when_rows_changed(database: SqliteDatabase) -> None:
    """Calls of one group share an answer until one of them writes, and no longer."""
    asked: list[int] = []

    def ask(conn: sa.Connection) -> int:
        def question() -> int:
            asked.append(1)
            return int(_COUNT.value(conn, "acme"))

        return steady(conn, "how many", question)

    def look() -> int:
        return database.read("acme", ask)

    def write() -> str:
        return database.write("acme", partial(insert, "a"))

    assert attended(database, look, look, write, look, look) == [0, 0, "a", 1, 1]
    assert len(asked) == 2
    assert attended(database, look) == [1]
    assert len(asked) == 3


def test_what_a_failed_part_saw_of_itself_is_told_to_nobody(database: SqliteDatabase) -> None:
    """An answer from before a rollback is not given after it, in the call or in its neighbours."""

    def count(conn: sa.Connection) -> int:
        return steady(conn, "how many", lambda: int(_COUNT.value(conn, "acme")))

    def undone(conn: sa.Connection) -> None:
        insert("lost", conn)
        assert count(conn) == 1
        raise ZeroDivisionError

    def nested(conn: sa.Connection) -> int:
        savepoint = conn.begin_nested()
        insert("lost", conn)
        assert count(conn) == 1
        savepoint.rollback()
        return count(conn)

    outcomes = attended(
        database,
        partial(database.write, "acme", undone),
        partial(database.read, "acme", count),
        partial(database.write, "acme", nested),
        partial(database.read, "acme", count),
    )
    assert isinstance(outcomes[0], ZeroDivisionError)
    assert outcomes[1:] == [0, 0, 0]


def test_a_full_queue_is_refused(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound a call is told to come again; those that wait are done."""
    monkeypatch.setattr("bailee.sqlite.QUEUE_LIMIT", 2)
    held, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        held.wait(10)

    database.attend(hold, lambda _value, _error: None)
    assert begun.wait(10)
    for _ in range(2):
        database.attend(lambda: None, lambda _value, _error: None)
    with pytest.raises(Unavailable, match=r"db\.busy"):
        database.attend(lambda: None, lambda _value, _error: None)
    held.set()
