"""A house that is simulated, behind the real door."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from starlette.applications import Starlette

from bailee.web.door import open_door
from bailee.web.inprocess import InProcess
from bailee.web.server import Listener
from bailee.web.workers import Workers
from tests.simulators.house import KEY, SimulatedHouse

AUTHORIZED = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def house() -> SimulatedHouse:
    """Return a simulated house."""
    return SimulatedHouse()


@pytest.fixture
def app(house: SimulatedHouse) -> Iterator[Starlette]:
    """Return the application that serves it."""
    made = open_door(house, workers=4)
    yield made
    pool: Workers = made.state.pool
    pool.shutdown()


@pytest.fixture
def http(app: Starlette) -> Iterator[httpx2.Client]:
    """Return a plain HTTP client of the application, in process, with a good key."""
    transport = InProcess(app)
    with httpx2.Client(
        transport=transport, base_url="http://localhost", headers=AUTHORIZED
    ) as client:
        yield client


@contextmanager
def served(listener: Listener) -> Iterator[Listener]:
    """Run a listener in a thread until the test is done with it."""
    ready = threading.Event()
    thread = threading.Thread(target=listener.run, args=(lambda _: ready.set(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield listener
    finally:
        listener.stop()
        thread.join(20)
        assert not thread.is_alive()
