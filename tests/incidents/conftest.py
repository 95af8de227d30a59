"""A ledger over an empty database, on each engine."""

from __future__ import annotations

import pytest

from bailee.db import Database
from tests.ledger.desk import Desk


@pytest.fixture(scope="module")
def data_role() -> str:
    """Return the role that appends like the server and integrates like the sequencer."""
    return "ledger"


@pytest.fixture
def desk(data_db: Database) -> Desk:
    """Return a ledger over an empty database."""
    return Desk(data_db)
