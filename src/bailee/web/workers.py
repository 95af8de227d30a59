"""Threads that run calls, because the database blocks, and the way back to the event loop.

The standard pool wakes the event loop once per result, which costs more than a small call does.
Here results gather, and one waking fetches all that are there: under sixteen callers a hop costs
a tenth.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Mailbox:
    """Where results for one event loop gather."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._done: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._woken = False

    def leave(
        self, future: asyncio.Future[Any], value: Any, error: BaseException | None
    ) -> Callable[[], None]:
        """Leave a result, in any thread; call what is returned, once for several of them."""
        self._done.append((future, value, error))
        return self.wake

    def wake(self) -> None:
        """Let the loop fetch what was left.

        A result is left before the flag is read, and ``_fetch`` lowers the flag before it takes
        results: so whatever the order of threads, each result is fetched.
        """
        if not self._woken:
            self._woken = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits for it any more
                self.loop.call_soon_threadsafe(self._fetch)

    def _fetch(self) -> None:
        self._woken = False
        while self._done:
            future, value, error = self._done.popleft()
            if future.done():
                continue  # its caller went away
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)


class Workers:
    """At most ``most`` threads, started as they are needed.

    They are daemons: should the process end without ``shutdown``, it ends as if it had died there,
    which every act of the house survives.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: queue.SimpleQueue[tuple[Mailbox, Any, Any, Any] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._mailbox: Mailbox | None = None
        self._lock = threading.Lock()

    def mailbox(self) -> Mailbox:
        """Return where results for the running event loop gather."""
        loop = asyncio.get_running_loop()
        mailbox = self._mailbox
        if mailbox is None or mailbox.loop is not loop:
            mailbox = self._mailbox = Mailbox(loop)
        return mailbox

    def run(self, work: Callable[[Unpack[Ts]], T], *arguments: *Ts) -> asyncio.Future[T]:
        """Run work in a thread; call from an event loop and await what is returned."""
        mailbox = self.mailbox()
        future: asyncio.Future[T] = mailbox.loop.create_future()
        self._queue.put((mailbox, future, work, arguments))
        if len(self._threads) < self._most and not self._queue.empty():
            self._start()
        return future

    def shutdown(self, *, wait: bool = True) -> None:
        """Finish what was begun, then end the threads."""
        with self._lock:
            threads, self._threads = self._threads, []
        for _ in threads:
            self._queue.put(None)
        if wait:
            for thread in threads:
                thread.join()

    def _start(self) -> None:
        with self._lock:
            if len(self._threads) == self._most:
                return  # another loop was quicker
            name = f"call-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            mailbox, future, work, arguments = item
            value: Any = None
            error: BaseException | None = None
            try:
                value = work(*arguments)
            except BaseException as raised:  # noqa: BLE001 - handed to whoever awaits it
                error = raised
            del item, work, arguments  # an idle thread holds nobody's body
            mailbox.leave(future, value, error)()
            del mailbox, future, value, error


__all__ = ["Mailbox", "Workers"]
