"""A ledger on simulated keys, and an exported log for the auditor's tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bailee.db import Database
from tests.ledger.auditor import Case
from tests.ledger.desk import Desk
from tests.ledger.hall import Hall


@pytest.fixture
def desk(data_db: Database) -> Desk:
    """Return a desk over an empty data database."""
    return Desk(data_db)


@pytest.fixture
def hall(desk: Desk, tmp_path: Path) -> Iterator[Hall]:
    """Return a hall without a witness yet."""
    with ExitStack() as stack:
        made = Hall(desk, tmp_path, stack)
        stack.callback(made.stop)
        yield made


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return the exported log."""
    made = Case(tmp_path_factory.mktemp("case"))
    yield made
    made.desk.database.close()


@pytest.fixture
def copy(case: Case, tmp_path: Path) -> Path:
    """Return a copy of the bundle, to be spoiled."""
    return Path(shutil.copytree(case.bundle, tmp_path / "copy"))


@pytest.fixture(scope="session")
def data_role() -> str:
    """Return the role that appends like the server and integrates like the sequencer."""
    return "ledger"
