"""A minute of faults in every run of the tests; ``make faults`` has the rest.

The seed is printed and can be set: ``SEED=7``. A failing trial leaves what its clients knew.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import calls, image, loops, places
from tests.faults.calls import Injection
from tests.faults.seeds import seed
from tests.faults.trials import Ground, Plan, Tally

needs_disk = pytest.mark.skipif(bool(image.unusable()), reason=image.unusable() or "-")


needs_strace = pytest.mark.skipif(bool(calls.unusable()), reason=calls.unusable() or "-")


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Return where the trials of this file stand."""
    made = Ground()
    print(f"SEED={seed()}")
    yield made
    made.close()


def test_kills_lose_nothing_on_sqlite(ground: Ground) -> None:
    """After kill -9 in the middle of work: A1 to A13 hold, again and again."""
    assert loops.kills(ground, Plan("kills", "sqlite", seed()), Tally(), 3) == []


@needs_disk
def test_power_cuts_lose_nothing_on_sqlite(ground: Ground) -> None:
    """After a power cut in the middle of work: A1 to A13 hold, again and again."""
    plan = Plan("power cuts", "sqlite", seed(), powered=True)
    assert loops.cuts(ground, plan, Tally(), 2) == []


@needs_disk
def test_a_build_that_does_not_sync_is_found_out(ground: Ground) -> None:
    """With ``synchronous=NORMAL`` the same trial fails: it would notice (A12)."""
    plan = Plan("power cuts", "sqlite", seed(), powered=True, build="synchronous_normal")
    assert loops.cuts(ground, plan, Tally(), 4) != []


def test_kills_lose_nothing_on_postgresql(ground: Ground) -> None:
    """After kill -9 of the server, and of the cluster: A1 to A13 hold."""
    assert loops.kills(ground, Plan("kills", "postgresql", seed()), Tally(), 2) == []


@needs_disk
def test_power_cuts_lose_nothing_on_postgresql(ground: Ground) -> None:
    """After a power cut of data and keys together: A1 to A13 hold."""
    plan = Plan("power cuts", "postgresql", seed(), powered=True)
    assert loops.cuts(ground, plan, Tally(), 2) == []


@needs_strace
def test_one_failing_call_is_got_over(ground: Ground) -> None:
    """A sync or write that fails once: refused or unknown, never lost; well again by itself."""
    points = [
        Injection("fsync", "error=EIO", "8"),
        Injection("fsync", "signal=KILL", "12"),
        Injection("pwrite64", "error=ENOSPC", "24"),
    ]
    assert calls.sweep(ground, Plan("calls", "sqlite", seed()), Tally(), points) == []


def test_a_second_server_is_refused_whatever_happens_to_the_lock_file(ground: Ground) -> None:
    """One home has one server, also when somebody deleted the file that names it."""
    assert places.two_servers(ground, Plan("two servers", "sqlite", seed()), Tally()) == []
