"""Rows written at the commit stand or fall with the work that deferred them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bailee import sqlite
from bailee.db import Database, SqliteDatabase, Undone, Work, defer_rows, insert_rows
from bailee.errors import Failure, Unavailable
from bailee.rows import Deferred, array, deferring, insert_free_rows
from bailee.transaction import Deliver

_metadata = sa.MetaData()
_kept = sa.Table(
    "kept_row",
    _metadata,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("data", sa.LargeBinary),
)


class Refusal(Exception):  # noqa: N818 - what work raises here
    """The work does not want to."""


@pytest.fixture
def database(data_db: Database) -> Database:
    """Return a database with one more table."""
    _metadata.create_all(data_db.engine)
    return data_db


def names(database: Database) -> list[str]:
    """Return what is stored."""
    query = sa.select(_kept.c.name).order_by(_kept.c.name)
    return database.read("acme", lambda conn: list(conn.scalars(query)))


def deferring_work(*rows: str, fails: bool = False) -> Work[str]:
    """Return work that defers rows, in two calls, and may fail afterwards."""

    def work(conn: sa.Connection) -> str:
        for name in rows:
            defer_rows(conn, _kept, [("acme", name, b"\x00%")])
        if fails:
            raise Refusal
        return rows[0]

    return work


def inserting_work(name: str, *, fails: bool = False) -> Work[str]:
    """Return work that inserts a row at once, and may fail afterwards."""

    def work(conn: sa.Connection) -> str:
        conn.execute(_kept.insert().values(controller="acme", name=name, data=None))
        if fails:
            raise Refusal
        return name

    return work


def together(database: Database, *works: Work[Any]) -> list[Any]:
    """Run works in one group of the writer, in their order; return values or errors."""
    if not isinstance(database, SqliteDatabase):  # the server groups what comes at one time
        return [outcome_of(database, work) for work in works]
    outcomes: list[Any] = [None] * len(works)
    held, done = threading.Event(), threading.Semaphore(0)

    def deliver_to(at: int) -> Deliver:
        def deliver(value: Any, error: BaseException | None) -> None:
            outcomes[at] = value if error is None else error
            done.release()

        return deliver

    database.attend(lambda: held.wait(10), lambda _value, _error: done.release())
    for at, work in enumerate(works):
        database.attend(partial(database.write, "acme", work), deliver_to(at))
    held.set()
    for _ in range(len(works) + 1):
        assert done.acquire(timeout=10)
    return outcomes


def outcome_of(database: Database, work: Work[Any]) -> Any:
    """Return what work returned or raised."""
    try:
        return database.write("acme", work)
    except (Refusal, Failure, sa.exc.IntegrityError) as error:
        return error


def test_deferred_rows_are_there_after_the_commit_and_not_before(database: Database) -> None:
    """The transaction itself does not see them; whoever reads after the answer does."""

    def work(conn: sa.Connection) -> int:
        defer_rows(conn, _kept, [("acme", "a", b"\x00"), ("acme", "b", None)])
        return len(conn.execute(_kept.select()).all())

    assert database.write("acme", work) == 0
    assert names(database) == ["a", "b"]


def test_failed_work_takes_its_deferred_rows_with_it(database: Database) -> None:
    """In a group only the failed one's rows are missing."""
    outcomes = together(
        database,
        deferring_work("a"),
        deferring_work("lost", "lost too", fails=True),
        deferring_work("b", "c"),
    )
    assert [outcomes[0], outcomes[2]] == ["a", "b"]
    assert isinstance(outcomes[1], Refusal)
    assert names(database) == ["a", "b", "c"]


def test_a_writer_that_keeps_rows_of_failed_work_is_found_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the list is not cut, the failed work's rows appear: the test above would fail."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("PostgreSQL ends the whole transaction with its work")

    class Sticky(Deferred):
        def __delitem__(self, _key: Any) -> None:
            """Keep everything."""

    @contextmanager
    def sticky(conn: sa.Connection) -> Iterator[Deferred]:
        with deferring(conn):
            kept = conn.info["bailee.deferred"] = Sticky()
            yield kept
            monkeypatch.undo()

    monkeypatch.setattr(sqlite, "deferring", sticky)
    assert isinstance(outcome_of(database, deferring_work("lost", fails=True)), Refusal)
    assert names(database) == ["lost"]


def test_failed_work_undoes_nothing_of_its_neighbours(database: Database) -> None:
    """Rows inserted at once before and after a failure in the group stay; the failed one's go."""
    together(
        database,
        inserting_work("a"),
        deferring_work("b"),
        inserting_work("lost", fails=True),
        deferring_work("lost too", fails=True),
        inserting_work("c"),
        inserting_work("a"),
        inserting_work("d"),
    )
    assert names(database) == ["a", "b", "c", "d"]


def test_nested_transaction_takes_what_was_deferred_in_it(database: Database) -> None:
    """Rows deferred inside a savepoint that is rolled back are not written at the end."""

    def work(conn: sa.Connection) -> None:
        defer_rows(conn, _kept, [("acme", "a", None)])
        with suppress(Refusal), conn.begin_nested():
            defer_rows(conn, _kept, [("acme", "lost", None)])
            raise Refusal
        with conn.begin_nested():
            defer_rows(conn, _kept, [("acme", "b", None)])

    database.write("acme", work)
    assert names(database) == ["a", "b"]


def test_rows_that_cannot_be_written_leave_nobody_answered(database: Database) -> None:
    """A clash at the commit fails all of the group on SQLite, and nothing of it is stored."""
    database.write("acme", inserting_work("a"))
    outcomes = together(
        database, inserting_work("b"), deferring_work("a"), deferring_work("c", "d")
    )
    if isinstance(database, SqliteDatabase):
        assert all(isinstance(outcome, Undone) for outcome in outcomes)
        assert names(database) == ["a"]
    else:
        assert isinstance(outcomes[1], sa.exc.IntegrityError)
        assert names(database) == ["a", "b", "c", "d"]
    assert database.write("acme", deferring_work("e")) == "e"


def test_work_that_hides_a_failure_is_not_answered(database: Database) -> None:
    """A transaction that the engine has given up is never reported as committed."""

    def work(conn: sa.Connection) -> str:
        conn.execute(_kept.insert().values(controller="acme", name="a", data=None))
        if isinstance(database, SqliteDatabase):
            raw: Any = conn.connection.driver_connection
            raw.execute("ROLLBACK")  # as SQLite does itself when the disk is full
        else:
            with pytest.raises(sa.exc.IntegrityError):
                conn.execute(_kept.insert().values(controller="acme", name="a", data=None))
        return "done"

    assert isinstance(outcome_of(database, work), Unavailable)
    assert names(database) == []


def test_rows_in_a_foreign_transaction_are_inserted_at_once(database: Database) -> None:
    """Where nobody would write them later, deferred rows are written now."""
    with database.engine.begin() as conn:
        defer_rows(conn, _kept, [("acme", "a", None)])
        assert len(conn.execute(_kept.select()).all()) == 1


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 700])
def test_any_number_of_rows_arrives_whole(database: Database, count: int) -> None:
    """However many rows a statement takes, each is stored once with its values."""
    rows = [("acme", f"n{i:04d}", i.to_bytes(2, "big")) for i in range(count)]
    database.write("acme", lambda conn: insert_rows(conn, _kept, rows))
    query = _kept.select().order_by(_kept.c.name)
    stored = database.read("acme", lambda conn: [tuple(row) for row in conn.execute(query)])
    assert stored == rows


def test_columns_that_need_more_than_the_driver_are_refused(database: Database) -> None:
    """A table whose values SQLAlchemy would convert is not written past it."""
    table = sa.Table("odd_row", sa.MetaData(), sa.Column("at", sa.DateTime, primary_key=True))
    with pytest.raises(TypeError, match="conversion"):
        database.write("acme", lambda conn: insert_rows(conn, table, [("2026",)]))


def test_closed_database_takes_nothing(database: Database) -> None:
    """After ``close`` work is refused, not forgotten."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("a pool opens again")
    database.close()
    with pytest.raises(Unavailable, match=r"db\.closed"):
        database.write("acme", deferring_work("a"))
    database.close()


_wide = sa.Table(
    "wide_row",
    _metadata,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text),
    sa.Column("data", sa.LargeBinary),
    sa.Column("flag", sa.Boolean),
)
TEXTS = st.none() | st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
    | st.sampled_from('"\\{},% ')
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    rows=st.lists(
        st.tuples(TEXTS, st.none() | st.binary(), st.none() | st.booleans()), min_size=2, max_size=8
    )
)
def test_many_rows_come_back_as_they_were_written(
    database: Database, rows: list[tuple[str | None, bytes | None, bool | None]]
) -> None:
    """Quotes, backslashes, braces, the word NULL, empty text and every byte mean themselves."""
    sent = [("acme", number - 2, *row) for number, row in enumerate(rows)]

    def write(conn: sa.Connection) -> list[Any]:
        conn.execute(sa.delete(_wide))
        insert_rows(conn, _wide, sent)
        return [tuple(row) for row in conn.execute(sa.select(_wide).order_by(_wide.c.number))]

    assert database.write("acme", write) == sent


@pytest.mark.parametrize("text", ["NULL", "null", "", " ", '"', "\\", "\\x00", "{}", "a,b", "%s"])
def test_words_that_mean_something_in_an_array_are_text_here(database: Database, text: str) -> None:
    """What an array's syntax would read as something else is stored as the text it is."""
    sent = [("acme", n, text, text.encode(), None) for n in range(2)]
    database.write("acme", lambda conn: insert_rows(conn, _wide, sent))
    found = database.read("acme", lambda conn: list(conn.execute(sa.select(_wide))))

    assert [tuple(row) for row in found] == sent


def test_other_types_are_refused() -> None:
    """A value that the array's text is not made for never becomes one by its looks."""
    with pytest.raises(TypeError):
        array([1.5])


def test_rows_whose_key_is_taken_are_left_out(database: Database) -> None:
    """Of many the keys that went in are told; what was there stays as it was."""

    def work(conn: sa.Connection) -> tuple[list[Any], list[Any]]:
        insert_rows(conn, _kept, [("acme", "b", b"first")])
        rows = [("acme", name, b"second") for name in ("a", "b", "c")]
        told = insert_free_rows(conn, _kept, rows), insert_free_rows(conn, _kept, rows)
        assert insert_free_rows(conn, _kept, []) == []
        return told

    first, again = database.write("acme", work)
    query = sa.select(_kept.c.name, _kept.c.data).order_by(_kept.c.name)
    stored = database.read("acme", lambda conn: [tuple(row) for row in conn.execute(query)])

    assert sorted(map(tuple, first)) == [("acme", "a"), ("acme", "c")]
    assert again == []
    assert [(name, bytes(data)) for name, data in stored] == [
        ("a", b"second"),
        ("b", b"first"),
        ("c", b"second"),
    ]
