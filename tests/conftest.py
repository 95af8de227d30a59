"""Databases for every test that needs one: the same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

import importlib
import importlib.util
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.db import DATA, KEYS, Database, SqliteDatabase, open_database
from bailee.migrations.policies import APP_ROLE, SEQUENCER_ROLE, secure
from tests.clusters import BINARIES, Cluster
from tests.simulators.entries import SIMULATED

STORES = ("agreement", "ledger", "keys", "access", "vault", "app")

LONG = {
    "test_roots.py": r"under_load\[(?!pkcs11-sqlite|openbao-postgresql-ref|awskms-sqlite-hang)",
    "test_moving.py": r"cut_anywhere.*\[(postgresql-([235689]|11|12)|sqlite-([134679]|10|12|13))\]",
    "test_witnessing.py": r"\[postgresql-(a|an|no|our|unknown) |(quorum|hanging).*\[postgresql",
    "test_witness.py": r"turns_its_obligation\[postgresql\]",
}
"""Tests that repeat, on another engine or provider, what a shorter one beside them shows: by file,
what their names look like. They run with ``--long``."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch."""
    parser.addoption("--long", action="store_true", help="also the repetitions that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long repetitions out, visibly, unless they are asked for."""
    if config.getoption("--long"):
        return
    left = [one for one in items if re.search(LONG.get(one.path.name, "$^"), one.name)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [one for one in items if one not in left]


for _package in STORES:
    if importlib.util.find_spec(f"bailee.{_package}.store"):
        importlib.import_module(f"bailee.{_package}.store")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Return a running PostgreSQL with a template database that holds every table."""
    if not BINARIES:
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
    server = Cluster()
    admin = sa.create_engine(
        server.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as conn:
        conn.exec_driver_sql("CREATE DATABASE template_bailee")
    template = open_database(server.url("template_bailee"))
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
    server = Cluster()
    yield server
    server.close()


@pytest.fixture
def postgres_database(cluster: Cluster) -> Iterator[str]:
    """Return the name of a fresh PostgreSQL database with every table."""
    name = f"t_{secrets.token_hex(8)}"
    admin = sa.create_engine(
        cluster.url("postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as conn:
        conn.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template_bailee")
    yield name
    with admin.connect() as conn:
        conn.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture(scope="session")
def data_role() -> str:
    """Return the PostgreSQL role that a folder's tests work in: the server's own."""
    return "app"


@pytest.fixture(params=["sqlite", "postgresql"])
def data_db(request: pytest.FixtureRequest, data_role: str, tmp_path: Path) -> Iterator[Database]:
    """Return a data database with every table, in the role the server itself runs in."""
    database: Database
    if request.param == "sqlite":
        database = SqliteDatabase(tmp_path / "data.db")
        DATA.create_all(database.engine)
        SIMULATED.create_all(database.engine)
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        name = request.getfixturevalue("postgres_database")
        database = open_database(cluster.url(name, data_role))
    yield database
    database.close()


@pytest.fixture
def keys_db(tmp_path: Path) -> Iterator[Database]:
    """Return a key database with every table; keys live in a file of their own on both engines."""
    database = SqliteDatabase(tmp_path / "keys.db")
    KEYS.create_all(database.engine)
    yield database
    database.close()
