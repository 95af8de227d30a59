"""Keys on a real database, with a root, a mirror and a clock that the test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from bailee.clock import Clock
from bailee.db import KEYS, Database, open_database
from bailee.keys import FileMirror, Keys, LocalRoot
from tests.clusters import Cluster
from tests.databases import Databases
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


@pytest.fixture(scope="session")
def key_databases(key_cluster: Cluster) -> Iterator[Databases]:
    """Return the key databases that stand ready in their own cluster."""
    with psycopg.connect(key_cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE template_keys")
    template = open_database(key_cluster.url("template_keys"))
    KEYS.create_all(template.engine)
    template.close()
    ready = Databases(key_cluster, "template_keys")
    yield ready
    ready.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def key_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Return an empty key database on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("keys_db")
        return
    databases: Databases = request.getfixturevalue("key_databases")
    name = databases.take()
    database = open_database(databases.cluster.url(name))
    yield database
    database.close()
    databases.give_back(name)
