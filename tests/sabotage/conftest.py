"""One deployment for all sabotages: each undoes itself, which the next one's start proves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sabotage.stage import Stage, staged


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Return a deployment at which every control just looked."""
    with staged() as made:
        made.look()
        yield made
