"""Keys on a real database, with a root, a mirror and a clock that the test sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bailee.clock import Clock
from bailee.db import Database
from bailee.keys import FileMirror, Keys, LocalRoot
from tests.simulators.hours import Hours

ACME = "acme"


@pytest.fixture
def hours() -> Hours:
    """Return the time."""
    return Hours()


@pytest.fixture
def root() -> LocalRoot:
    """Return a root."""
    return LocalRoot(bytes(range(32)))


@pytest.fixture
def mirror(tmp_path: Path) -> FileMirror:
    """Return the second place."""
    return FileMirror(tmp_path / "elsewhere.jsonl")


@pytest.fixture
def open_keys(
    keys_db: Database, root: LocalRoot, mirror: FileMirror, hours: Hours
) -> Callable[[], Keys]:
    """Return what a new process does: open the keys and start."""

    def opened() -> Keys:
        keys = Keys(keys_db, root, Clock(hours), mirror=mirror, ticks=hours.ticks)
        keys.start()
        return keys

    return opened


@pytest.fixture
def keys(open_keys: Callable[[], Keys]) -> Keys:
    """Return started keys with one controller."""
    opened = open_keys()
    opened.create_controller(ACME)
    return opened
