"""Houses to try access in."""

from __future__ import annotations

import pytest

from bailee.db import Database
from tests.access.world import World


@pytest.fixture
def world(data_db: Database) -> World:
    """Return an empty house."""
    return World(data_db)


@pytest.fixture
def house(world: World) -> World:
    """Return a house of three: ada administers, ben approves at acme, cleo has nothing."""
    world.found("ada")
    world.join("ben")
    world.join("cleo")
    world.give("ben", verbs=["approve"], elements=[], purposes=[])
    return world
