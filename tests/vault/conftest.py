"""A house to try the vault in."""

from __future__ import annotations

import pytest

from bailee.access import Caller
from bailee.db import Database
from tests.vault.world import World


@pytest.fixture
def world(data_db: Database, keys_db: Database) -> World:
    """Return a founded house with two controllers."""
    world = World(data_db, keys_db)
    world.found()
    return world


@pytest.fixture
def cleo(world: World) -> Caller:
    """Return somebody who may do everything for payments at acme."""
    return world.able("cleo")
