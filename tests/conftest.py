"""Databases for every test that needs one."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailee.db import DATA, KEYS, Database, SqliteDatabase

STORES = ("agreement", "ledger", "keys", "access", "vault", "app")

for _package in STORES:
    if importlib.util.find_spec(f"bailee.{_package}.store"):
        importlib.import_module(f"bailee.{_package}.store")


@pytest.fixture
def data_db(tmp_path: Path) -> Iterator[Database]:
    """Return a data database with every table."""
    database = SqliteDatabase(tmp_path / "data.db")
    DATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def keys_db(tmp_path: Path) -> Iterator[Database]:
    """Return a key database with every table."""
    database = SqliteDatabase(tmp_path / "keys.db")
    KEYS.create_all(database.engine)
    yield database
    database.close()
