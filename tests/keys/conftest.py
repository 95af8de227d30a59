"""Keys on a real database, with a root, a mirror and a clock that the test sets."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bailee.clock import Clock
from bailee.db import KEYS, Database, SqliteDatabase, open_database
from bailee.keys import FileMirror, Keys, LocalRoot
from tests.simulators.hours import Hours

ACME = "acme"


@pytest.fixture
def hours() -> Hours:
    """Return the time."""
    return Hours()


@pytest.fixture
def root() -> LocalRoot:
    """Return a root."""
    return LocalRoot(bytes(range(32)))


@pytest.fixture
def mirror(tmp_path: Path) -> FileMirror:
    """Return the second place."""
    return FileMirror(tmp_path / "elsewhere.jsonl")


@pytest.fixture
def open_keys(
    keys_db: Database, root: LocalRoot, mirror: FileMirror, hours: Hours
) -> Callable[[], Keys]:
    """Return what a new process does: open the keys and start."""

    def opened() -> Keys:
        keys = Keys(keys_db, root, Clock(hours), mirror=mirror, ticks=hours.ticks)
        keys.start()
        return keys

    return opened


@pytest.fixture
def keys(open_keys: Callable[[], Keys]) -> Keys:
    """Return started keys with one controller."""
    opened = open_keys()
    opened.create_controller(ACME)
    return opened


@pytest.fixture(params=["sqlite", "postgresql"])
def key_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return an empty key database on each engine."""
    database: Database
    if request.param == "sqlite":
        database = SqliteDatabase(tmp_path / "keys.db")
    else:
        cluster = request.getfixturevalue("key_cluster")
        name = f"k_{secrets.token_hex(8)}"
        cluster.run("createdb", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "owner", name)
        database = open_database(cluster.url(name))
    KEYS.create_all(database.engine)
    yield database
    database.close()
