"""Providers before deployments, one for each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scim.world import Provider, provided


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def idp(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """Return a provider that the tests of a module share: each speaks of its own people."""
    with provided(request.param, request, tmp_path_factory) as made:
        yield made
