"""Served deployments in the line of fire, and what must be true of them afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clusters import Cluster
from tests.hostile.stand import ENGINES, Stand, standing


@pytest.fixture(scope="module", params=ENGINES)
def stand(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    """Return a served deployment on each engine."""
    engine: str = request.param
    cluster: Cluster | None = None
    if engine == "postgresql":
        cluster = request.getfixturevalue("cluster")
    with standing(engine, tmp_path_factory.mktemp("hostile"), cluster) as made:
        yield made


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Return a deployment served with TLS, from a file database."""
    with standing("sqlite", tmp_path_factory.mktemp("hostile"), None) as made:
        yield made
