"""Bad credentials are counted, every one, in few entries that name nobody."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailee.app.sentry import Sentry
from bailee.clock import Clock
from bailee.db import DATA, HOUSE, Database, SqliteDatabase
from bailee.errors import Unauthenticated, Unavailable
from bailee.keys import FileMirror, Keys, LocalRoot
from bailee.ledger import Ledger
from tests.sabotage.stage import Stage
from tests.simulators.hours import Hours

SOURCE = "203.0.113.9"


class Post:
    """A sentry before a real ledger, at a time of its own."""

    def __init__(self, database: Database, keys_db: Database, folder: Path) -> None:
        self.hours = Hours()
        clock = Clock(self.hours)
        keys = Keys(
            keys_db, LocalRoot(secrets.token_bytes(32)), clock,
            mirror=FileMirror(folder / "mirror"),
        )  # fmt: skip
        keys.start()
        self.database = database
        self.ledger = Ledger(
            secrets=keys, clock=clock, origin="post.example", log_id=lambda *_: "x"
        )
        self.sentry = Sentry(database, self.ledger, clock)

    def entries(self) -> list[dict[str, object]]:
        """Return every entry of the house's log about a refused credential."""
        self.ledger.sequence(self.database)

        def work(conn: object) -> list[dict[str, object]]:
            logs = self.ledger.logs(conn, HOUSE)  # type: ignore[arg-type]
            found = self.ledger.entries(conn, HOUSE, logs[-1].log)  # type: ignore[arg-type]
            return [json.loads(body) for body in found if b"credential:refused" in body]

        return self.database.read(HOUSE, work)


@pytest.fixture
def post(tmp_path: Path, keys_db: Database) -> Iterator[Post]:
    """Return a sentry at nine o'clock."""
    database = SqliteDatabase(tmp_path / "data.db")
    DATA.create_all(database.engine)
    yield Post(database, keys_db, tmp_path)
    database.close()


def test_a_flood_is_counted_to_the_last(post: Post) -> None:
    """A thousand refusals within a second are two entries, which count a thousand together."""
    for _ in range(1000):
        post.sentry.refuse(SOURCE, "credential.unknown")
    post.hours.pass_by(1)
    post.sentry.flush()

    entries = post.entries()
    assert [one["count"] for one in entries] == [1, 999]
    assert {one["action"] for one in entries} == {"access:credential:refused"}
    assert {one["decision"] for one in entries} == {"refused"}
    assert SOURCE not in json.dumps(entries)


def test_what_could_not_be_recorded_stays_counted(post: Post) -> None:
    """A database that does not answer loses no count: the next flush records it."""
    for source in (SOURCE, "203.0.113.10"):
        for _ in range(5):
            post.sentry.refuse(source, "credential.unknown")
    post.hours.pass_by(1)
    real, post.sentry._database = post.sentry._database, Closed()  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        post.sentry.flush()
    post.sentry._database = real

    post.sentry.flush()

    assert sum(int(str(one["count"])) for one in post.entries()) == 10


class Closed:
    """A database that is gone."""

    def write(self, _controller: str, _work: object) -> None:
        """Refuse."""
        raise Unavailable("db.closed", "The database is closed.")


def test_the_last_flush_leaves_nothing(post: Post) -> None:
    """Who stops within the second of a flood still records all of it."""
    for _ in range(3):
        post.sentry.refuse(SOURCE, "credential.unknown")

    post.sentry.flush(last=True)

    assert sum(int(str(one["count"])) for one in post.entries()) == 3


def test_a_house_counts_bad_credentials(stage: Stage) -> None:
    """A bad credential at the house is refused, counted on its log, and never written down."""
    shown = "bk_" + "Z" * 48
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            stage.house.authenticate(shown, SOURCE)
    stage.house.parts.sentry.flush(last=True)
    stage.house.settle()

    log, ledger = stage.house.newest_log(HOUSE), stage.house.parts.ledger
    bodies = stage.house.parts.data.read(HOUSE, lambda conn: list(ledger.entries(conn, HOUSE, log)))
    refusals = [json.loads(body) for body in bodies if b"access:credential:refused" in body]
    assert sum(one["count"] for one in refusals) == 20
    assert len(refusals) < 20
    assert not any(shown.encode() in body for body in bodies)
