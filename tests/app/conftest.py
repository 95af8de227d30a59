"""One deployment for the tests of this folder that only look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sabotage.stage import Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a small running deployment with a controller, people and a door."""
    made = Stage(tmp_path_factory.mktemp("stage"))
    yield made
    made.close()
