"""Databases for every test that needs one: the same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import typer.testing

from bailee.db import DATA, KEYS, Database, SqliteDatabase, open_database
from bailee.migrations.policies import APP_ROLE, SEQUENCER_ROLE, secure
from tests.clusters import BINARIES, Cluster
from tests.databases import Databases
from tests.shell import grown
from tests.simulators.entries import SIMULATED

TEMPLATE = "template_bailee"
STORES = ("agreement", "ledger", "keys", "access", "vault", "incidents", "app")

LONG = ("browser", "sabotage", "hostile", "scale", "faults", "scim", "journeys", "tamper", "keys")
"""Folders whose files take longest, these first: nobody waits for the last one alone."""

gc.disable()  # while everything is imported, nothing is garbage
setattr(typer.testing, "_get_command", grown)  # noqa: B010 - else each run grows a tree of its own

for _package in STORES:
    if importlib.util.find_spec(f"bailee.{_package}.store"):
        importlib.import_module(f"bailee.{_package}.store")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long; what was imported by now need not be looked at for garbage.

    One file of each long folder, then the next of each: two browsers at one time starve each other.
    """
    files: dict[str, list[Path]] = {name: [] for name in LONG}
    for item in items:
        found = files.get(item.path.parent.name, [])
        if item.path not in found:
            found.append(item.path)
    turns = {path: turn for found in files.values() for turn, path in enumerate(found)}
    last = len(items)  # asked before: a list that is being sorted says it is empty
    items.sort(key=lambda item: turns.get(item.path, last))
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # a test throws away more at once than a server does
    gc.enable()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Return a running PostgreSQL with a template database that holds every table."""
    if not BINARIES:
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
    server = Cluster(durable=False)
    admin = sa.create_engine(
        server.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as conn:
        conn.exec_driver_sql(f"CREATE DATABASE {TEMPLATE}")
    template = open_database(server.url(TEMPLATE))
    DATA.create_all(template.engine)
    SIMULATED.create_all(template.engine)
    with template.engine.begin() as conn:
        secure(conn, sorted({*DATA.tables, *SIMULATED.tables}))
        conn.exec_driver_sql(f"CREATE ROLE app LOGIN IN ROLE {APP_ROLE}")
        conn.exec_driver_sql(f"CREATE ROLE ledger LOGIN IN ROLE {APP_ROLE}, {SEQUENCER_ROLE}")
        conn.exec_driver_sql("GRANT CREATE ON SCHEMA public TO app, ledger")  # tables of simulators
        conn.exec_driver_sql(f"CREATE ROLE sequencer LOGIN IN ROLE {SEQUENCER_ROLE}")
    template.close()
    admin.dispose()
    yield server
    server.close()


@pytest.fixture(scope="session")
def key_cluster() -> Iterator[Cluster]:
    """Return a second PostgreSQL, for keys: they never share a cluster with the data."""
    server = Cluster(durable=False)
    yield server
    server.close()


@pytest.fixture(scope="session")
def databases(cluster: Cluster) -> Iterator[Databases]:
    """Return the databases that stand ready in the cluster."""
    ready = Databases(cluster, TEMPLATE)
    yield ready
    ready.close()


@pytest.fixture
def postgres_database(databases: Databases) -> Iterator[str]:
    """Return the name of an empty PostgreSQL database with every table."""
    name = databases.take()
    yield name
    databases.give_back(name)


@pytest.fixture(scope="session")
def empty_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an empty SQLite data database and key database, every table in each."""
    folder = tmp_path_factory.mktemp("empty")
    for name, tables in (("data.db", (DATA, SIMULATED)), ("keys.db", (KEYS,))):
        database = SqliteDatabase(folder / name)
        for one in tables:
            one.create_all(database.engine)
        database.close()
    return folder


@pytest.fixture(scope="session")
def data_role() -> str:
    """Return the PostgreSQL role that a folder's tests work in: the server's own."""
    return "app"


@pytest.fixture(params=["sqlite", "postgresql"])
def data_db(
    request: pytest.FixtureRequest, data_role: str, empty_files: Path, tmp_path: Path
) -> Iterator[Database]:
    """Return a data database with every table, in the role the server itself runs in."""
    database: Database
    if request.param == "sqlite":
        shutil.copy(empty_files / "data.db", tmp_path)
        database = SqliteDatabase(tmp_path / "data.db")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        name = request.getfixturevalue("postgres_database")
        database = open_database(cluster.url(name, data_role))
    yield database
    database.close()


@pytest.fixture
def keys_db(empty_files: Path, tmp_path: Path) -> Iterator[Database]:
    """Return a key database with every table; keys live in a file of their own on both engines."""
    shutil.copy(empty_files / "keys.db", tmp_path)
    database = SqliteDatabase(tmp_path / "keys.db")
    yield database
    database.close()
