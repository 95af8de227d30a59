"""A witness on a real socket, its clock in the test's hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.witness.post import Post


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Return a witness that knows one log and saw nothing of it."""
    return Post(tmp_path / "witness.db")


@pytest.fixture
def url(post: Post) -> Iterator[str]:
    """Return the address where it is served."""
    with post.served() as address:
        yield address
