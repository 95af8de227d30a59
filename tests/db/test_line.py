"""What travels together on PostgreSQL stands or falls together, and row security with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from bailee.db import Database, PostgresDatabase, defer_rows, first, open_database
from bailee.errors import Refused, Unavailable
from bailee.line import BIND, LINE, Line
from bailee.migrations.policies import secure
from bailee.prepared import Prepared
from bailee.rows import defer_check
from tests.clusters import Cluster

_metadata = sa.MetaData()
_seen = sa.Table(
    "seen_row",
    _metadata,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)
_NUMBER = Prepared(sa.select(_seen.c.number).where(_seen.c.name == sa.bindparam("name")), "name")
_ADD = Prepared(
    sa.insert(_seen).values(
        controller=sa.bindparam("of"),
        name=sa.bindparam("name"),
        number=sa.literal_column("1", sa.Integer) // sa.bindparam("by", type_=sa.BigInteger),
    ),
    "of",
    "name",
    "by",
)


@pytest.fixture
def url(cluster: Cluster, postgres_database: str) -> str:
    """Return the address of a database with one more table, in the application's role."""
    owner = open_database(cluster.url(postgres_database))
    _metadata.create_all(owner.engine)
    with owner.engine.begin() as conn:
        secure(conn, ["seen_row"])
    owner.close()
    return cluster.url(postgres_database, "app")


@pytest.fixture
def database(url: str) -> Iterator[PostgresDatabase]:
    """Return it with one connection, so that every call meets what the one before left."""
    made = open_database(url, 1)
    assert isinstance(made, PostgresDatabase)
    yield made
    made.close()


def put(database: Database, controller: str, name: str, number: int) -> None:
    """Store a row."""
    row = (controller, name, number)
    database.write(controller, lambda conn: defer_rows(conn, _seen, [row]))


def number_of(database: Database, controller: str, name: str) -> int | None:
    """Return what a controller sees under a name."""
    found: int | None = database.read(controller, lambda conn: _NUMBER.value(conn, name))
    return found


def test_a_question_alone_sees_one_controllers_rows_and_binds_nobody_after_it(
    database: PostgresDatabase,
) -> None:
    """A question alone sees its controller's rows only, and leaves the connection unbound."""
    put(database, "acme", "a", 7)
    assert first(database, "acme", _NUMBER, "a") == (7,)
    assert first(database, "other", _NUMBER, "a") is None
    assert first(database, "", _NUMBER, "a") is None  # unset denies
    assert first(database, "acme", _NUMBER, "a") == (7,)

    bound = Prepared(
        sa.select(
            sa.func.current_setting("bailee.controller", sa.literal_column("true"), type_=sa.String)
        )
    )
    with database._connection() as conn:
        line: Line = conn.info[LINE]
        assert line.ask("acme", *bound.asked(conn)).fetchone() == ("acme",)
        raw = conn.connection.driver_connection
        assert raw is not None
        assert raw.execute("SELECT current_setting('bailee.controller', true)").fetchone() == ("",)


def test_a_failure_at_the_end_undoes_what_travelled_before_it(database: PostgresDatabase) -> None:
    """A deferred row that clashes, or may not be written, takes the whole transaction with it."""
    put(database, "acme", "a", 1)

    def clashing(conn: sa.Connection) -> None:
        defer_rows(conn, _seen, [("acme", "b", 1)])
        _ADD.changed(conn, "acme", "c", 1)
        defer_rows(conn, _seen, [("acme", "a", 2)])

    with pytest.raises(sa.exc.IntegrityError):
        database.write("acme", clashing)
    with pytest.raises(Unavailable):
        database.write("other", lambda conn: defer_rows(conn, _seen, [("acme", "d", 1)]))
    assert [number_of(database, "acme", name) for name in "abcd"] == [1, None, None, None]


def test_a_check_that_divides_by_zero_refuses_and_nothing_is_committed(
    database: PostgresDatabase,
) -> None:
    """A deferred check that says no raises its refusal, and the COMMIT behind it is skipped."""
    refused = Refused("reveal.limit", "No.")

    def work(conn: sa.Connection, by: int) -> None:
        defer_rows(conn, _seen, [("acme", f"row{by}", 1)])
        assert defer_check(
            conn, lambda: [_ADD.sent(conn, "acme", f"check{by}", by, refusal=lambda: refused)]
        )

    with pytest.raises(Refused, match="No"):
        database.write("acme", lambda conn: work(conn, 0))
    database.write("acme", lambda conn: work(conn, 1))
    names = ["row0", "check0", "row1", "check1"]
    assert [number_of(database, "acme", name) for name in names] == [None, None, 1, 1]


def test_what_is_asked_ahead_answers_once_and_as_of_then(database: PostgresDatabase) -> None:
    """A question sent ahead answers the next who asks it; whoever asks after that asks anew."""
    put(database, "acme", "a", 1)

    def work(conn: sa.Connection) -> list[int]:
        _NUMBER.ahead(conn, "a")
        _NUMBER.value(conn, "b")  # the round trip in which the question travels
        conn.execute(sa.update(_seen).values(number=2))
        return [_NUMBER.value(conn, "a"), _NUMBER.value(conn, "a")]

    assert database.write("acme", work) == [1, 2]


def test_a_swallowed_failure_does_not_let_the_rest_be_committed(
    database: PostgresDatabase,
) -> None:
    """Work that goes on after a failed statement is not committed, and the next call works."""

    def work(conn: sa.Connection) -> None:
        with pytest.raises(sa.exc.DBAPIError):
            _ADD.changed(conn, "acme", "a", 0)
        defer_rows(conn, _seen, [("acme", "b", 1)])

    with pytest.raises(Unavailable):
        database.write("acme", work)
    put(database, "acme", "c", 3)
    assert [number_of(database, "acme", name) for name in "abc"] == [None, None, 3]


def test_a_statement_of_sqlalchemy_finds_the_transaction_begun(database: PostgresDatabase) -> None:
    """What SQLAlchemy sends itself runs inside the transaction and under its controller."""
    put(database, "acme", "a", 1)

    def failing(conn: sa.Connection) -> None:
        conn.execute(sa.update(_seen).values(number=5))
        raise Refused("x.y", "No.")

    with pytest.raises(Refused):
        database.write("acme", failing)
    changed = database.write(
        "other", lambda c: c.execute(sa.update(_seen).values(number=6)).rowcount
    )
    assert (changed, number_of(database, "acme", "a")) == (0, 1)


def test_a_savepoint_rolled_back_costs_no_later_statement(database: PostgresDatabase) -> None:
    """The driver throws away prepared statements with a savepoint; the line prepares anew."""

    def work(conn: sa.Connection) -> None:
        for turn in range(12):  # the driver prepares what it has sent five times
            conn.execute(sa.select(_seen.c.name).where(_seen.c.number == turn))
            conn.execute(sa.select(_seen.c.name).where(_seen.c.number == 1))
            _NUMBER.value(conn, "a")
            nested = conn.begin_nested()
            _ADD.changed(conn, "acme", "b", 1)
            nested.rollback()

    database.write("acme", work)
    assert number_of(database, "acme", "b") is None


def test_a_connection_that_ended_while_it_rested_is_replaced(
    database: PostgresDatabase, url: str
) -> None:
    """A call does not notice that the server ended its connection, in one round trip or several."""
    admin = psycopg.connect(url, autocommit=True)
    end_others = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    put(database, "acme", "a", 1)
    assert len(admin.execute(end_others).fetchall()) == 1
    put(database, "acme", "b", 2)
    assert len(admin.execute(end_others).fetchall()) == 1
    admin.close()
    assert first(database, "acme", _NUMBER, "b") == (2,)


def test_a_connection_lost_in_the_last_round_trip_leaves_the_outcome_unknown(
    database: PostgresDatabase, url: str
) -> None:
    """Who is cut off between sending the COMMIT and its answer is told that nobody knows."""
    put(database, "acme", "a", 1)
    other = psycopg.connect(url)
    other.execute(BIND, ("acme",))
    other.execute("UPDATE seen_row SET number = 9 WHERE name = 'a'")  # holds the row
    caught: list[Unavailable] = []

    def call() -> None:
        try:
            database.write("acme", lambda conn: defer_rows(conn, _seen, [("acme", "a", 1)]))
        except Unavailable as failure:
            caught.append(failure)

    admin = psycopg.connect(url, autocommit=True)
    other.execute("DELETE FROM seen_row WHERE name = 'a'")  # the insert waits for its outcome
    thread = threading.Thread(target=call)
    thread.start()
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
        "AND datname = current_database()"
    )
    until = time.monotonic() + 5
    while not admin.execute(kill).fetchall() and time.monotonic() < until:
        time.sleep(0.01)
    thread.join(10)
    other.close()
    admin.close()
    assert [failure.code for failure in caught] == ["db.gone"]


def test_who_has_waited_longest_gets_the_connection(database: PostgresDatabase) -> None:
    """Callers get connections in the order of their coming, whoever else comes back meanwhile."""
    order: list[int] = []
    release = threading.Event()
    threads = []
    holder = threading.Thread(
        target=lambda: database.write("acme", lambda _conn: release.wait(10)), daemon=True
    )
    holder.start()
    for number in range(5):
        thread = threading.Thread(
            target=lambda number=number: database.write("acme", lambda _c: order.append(number))
        )
        threads.append(thread)
        thread.start()
        time.sleep(0.05)
    release.set()
    for thread in (holder, *threads):
        thread.join(10)
    assert order == [0, 1, 2, 3, 4]
