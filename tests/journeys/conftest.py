"""Deployments for journeys: one for each module on each engine, or one of a test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.world import World, founded

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="module", params=ENGINES)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment that the tests of one module share: each works on its own subjects."""
    home = tmp_path_factory.mktemp("journey") / "home"
    with founded(request.param, home, request) as world:
        yield world


@pytest.fixture(params=ENGINES)
def own_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Return a deployment of the test's own, to be closed, destroyed, or set back."""
    home = tmp_path_factory.mktemp("journey") / "home"
    with founded(request.param, home, request) as world:
        yield world
