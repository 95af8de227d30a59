"""One deployment on two PostgreSQL clusters, which any number of processes may serve."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.world import World, founded


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a populated deployment, open in this process; a module's tests share it."""
    with founded("clusters", tmp_path_factory.mktemp("scale") / "home", request) as made:
        yield made
