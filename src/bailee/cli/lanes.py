"""Two calls under way at once: while the server works on one, the next is made ready.

Answers are settled in the order in which the calls were made, whatever order they arrive in. A
signal (Ctrl-C) lets what is under way end and starts nothing new; a second one ends at once,
which is as safe as any other death.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

B = TypeVar("B")
A = TypeVar("A")
LANES = 2


class Stop:
    """Whether to start nothing new; and a way to sleep that ends when somebody wants to stop."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask for a stop."""
        self._asked.set()

    def sleep(self, seconds: float) -> None:
        """Wait between two attempts of a call.

        Raises:
            KeyboardInterrupt: when a stop was asked for: nobody waits for a server that is gone.
        """
        if self._asked.wait(seconds):
            raise KeyboardInterrupt

    @contextmanager
    def on_signal(self) -> Iterator[None]:
        """Let the first SIGINT or SIGTERM ask, and the second one interrupt."""

        def heard(_number: int, _frame: FrameType | None) -> None:
            if self:
                raise KeyboardInterrupt
            self.ask()

        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread hears signals
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, heard) for number in signals]
        try:
            yield
        finally:
            for number, handler in zip(signals, before, strict=True):
                signal.signal(number, handler)


def run(
    batches: Iterable[B],
    send: Callable[[B], A],
    settle: Callable[[B, A], None],
    *,
    stop: Stop,
    lanes: int = LANES,
) -> None:
    """Send batches, ``lanes`` of them at once, and settle their answers in order.

    Raises:
        whatever ``send`` and ``settle`` raise; the first failure in order. What was under way
        behind it is waited for and left unsettled.
    """
    under_way: deque[tuple[B, Future[A]]] = deque()
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        for batch in batches:
            under_way.append((batch, pool.submit(send, batch)))
            if len(under_way) >= lanes:
                _settle(under_way, settle)
            if stop:
                break
        while under_way:
            _settle(under_way, settle)


def _settle(under_way: deque[tuple[B, Future[A]]], settle: Callable[[B, A], None]) -> None:
    batch, future = under_way.popleft()
    settle(batch, future.result())
