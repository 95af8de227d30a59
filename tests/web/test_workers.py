"""Threads that run calls, and the way back."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from bailee.web.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Return at most four threads."""
    made = Workers(4)
    yield made
    made.shutdown()


def test_work_comes_back(workers: Workers) -> None:
    """What work returns is what is awaited, and it ran in another thread."""

    async def ask() -> tuple[int, str]:
        return await workers.run(lambda a, b: (a + b, threading.current_thread().name), 1, 2)

    value, name = asyncio.run(ask())

    assert value == 3
    assert name.startswith("call-")


def test_an_error_comes_back(workers: Workers) -> None:
    """What work raises is raised where it is awaited, and the thread lives on."""

    async def ask() -> int:
        with pytest.raises(ValueError, match="never"):
            await workers.run(int, "never")
        return await workers.run(int, "7")

    assert asyncio.run(ask()) == 7


def test_no_result_is_lost(workers: Workers) -> None:
    """Of thousands of results that gather, each one reaches its own caller."""

    async def ask() -> list[int]:
        return list(await asyncio.gather(*[workers.run(abs, -n) for n in range(5000)]))

    assert asyncio.run(ask()) == list(range(5000))


def test_threads_are_bounded_and_used(workers: Workers) -> None:
    """Four calls run at one time, never a fifth."""
    inside, most = [0], [0]
    lock = threading.Lock()

    def work() -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        with lock:
            inside[0] -= 1

    async def ask() -> None:
        await asyncio.gather(*[workers.run(work) for _ in range(40)])

    asyncio.run(ask())

    assert most[0] == 4


def test_each_loop_gets_its_own_results(workers: Workers) -> None:
    """Two event loops in two threads use the same workers."""
    answers: dict[int, list[int]] = {}

    def run(which: int) -> None:
        async def ask() -> list[int]:
            return [await workers.run(abs, -(n + which)) for n in range(300)]

        answers[which] = asyncio.run(ask())

    threads = [threading.Thread(target=run, args=(which,)) for which in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {which: list(range(which, which + 300)) for which in (0, 1000)}


def test_a_caller_who_left_hurts_nobody(workers: Workers) -> None:
    """A result whose caller was cancelled, or whose loop is closed, is dropped."""
    gate = threading.Event()

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await workers.run(gate.wait, 10)

    asyncio.run(leave())
    gate.set()

    async def ask() -> int:
        return await workers.run(abs, -7)

    assert asyncio.run(ask()) == 7


def test_shutdown_finishes_what_was_begun() -> None:
    """Work that waits for a thread when the end comes is still done; then the threads are gone."""
    before = set(threading.enumerate())
    workers = Workers(1)
    done: list[int] = []

    async def ask() -> None:
        for number in range(20):
            workers.run(done.append, number)

    asyncio.run(ask())
    workers.shutdown()

    assert done == list(range(20))
    left = set(threading.enumerate()) - before
    assert not [one for one in left if one.name.startswith("call-")]


def test_an_idle_thread_holds_no_body(workers: Workers) -> None:
    """What a call was given is let go when the call is over."""

    class Body:
        """Something that can be watched."""

    async def ask() -> weakref.ref[Body]:
        body = Body()
        await workers.run(id, body)
        return weakref.ref(body)

    held = asyncio.run(ask())
    gc.collect()

    assert held() is None
