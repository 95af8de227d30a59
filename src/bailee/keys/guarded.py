"""A root that somebody else keeps, asked so that its failure stays its own (C2.8(3)).

Two promises on top of a provider's: every call ends within a limit, and after one that failed for
the provider's sake nobody waits for it again. Calls then fail at once, with the same error, while
one thread of our own asks for a real wrap and unwrap, again and again with a pause, until there
is an answer. So no caller ever pays for finding out, the thread that commits on SQLite among them.

What is wrong with the bytes (Broken) is the caller's matter: it opens no circuit.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from bailee.errors import Failure, Refused, Unavailable
from bailee.keys.root import LIMIT_SECONDS, Root, check, unavailable_root

T = TypeVar("T")

PAUSE_SECONDS = 2.0
WHOLE_SECONDS = 2 * LIMIT_SECONDS + 0.5
"""Connecting and answering, with a moment for the provider's own limits to come first."""


class Guarded:
    """A circuit breaker around a provider.

    Args:
        inner: the provider.
        limit: seconds after which a call is given up, whatever it is at.
        pause: seconds between two tries of the probe.
    """

    def __init__(
        self, inner: Root, *, limit: float = WHOLE_SECONDS, pause: float = PAUSE_SECONDS
    ) -> None:
        self._inner = inner
        self._limit = limit
        self._pause = pause
        self._lock = threading.Lock()
        self._trouble: Unavailable | Refused | None = None  # written under _lock, as the next two
        self._probing = False
        self._recoveries = 0
        self._closing = threading.Event()
        self._key_id = ""

    @property
    def key_id(self) -> str:
        """Return the provider's name of the root; some have to ask for it, once."""
        if not self._key_id:
            self._key_id = self._ask(lambda: self._inner.key_id)
        return self._key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted; see ``Root``."""
        return self._ask(lambda: self._inner.wrap(context, key))

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key; see ``Root``."""
        return self._ask(lambda: self._inner.unwrap(context, wrapped))

    def close(self) -> None:
        """End the probe and let go of the provider."""
        self._closing.set()
        self._inner.close()

    def _ask(self, work: Callable[[], T]) -> T:
        trouble, recoveries = self._trouble, self._recoveries
        if trouble is not None:
            raise _again(trouble)
        try:
            return within(self._limit, work)
        except (Unavailable, Refused) as failure:
            self._open(failure, recoveries)
            raise

    def _open(self, trouble: Unavailable | Refused, recoveries: int) -> None:
        with self._lock:
            if recoveries != self._recoveries:
                return  # asked before the provider came back; that it failed is old news
            self._trouble = trouble
            if self._probing or self._closing.is_set():
                return
            self._probing = True
        threading.Thread(target=self._probe, name="root probe", daemon=True).start()

    def _probe(self) -> None:
        """Ask until the provider answers. Ends with the circuit closed, or the house."""
        while not self._closing.wait(self._pause):
            try:
                within(self._limit, lambda: check(self._inner))
            except (Unavailable, Refused) as failure:
                with self._lock:
                    self._trouble = failure
                continue
            except Failure:
                pass  # it answers, if wrongly: callers shall see how
            except Exception:  # noqa: BLE001, S112 - a dead probe would leave the circuit open
                continue
            with self._lock:
                self._trouble, self._probing = None, False
                self._recoveries += 1
            return


def within(limit: float, work: Callable[[], T]) -> T:
    """Return what ``work`` returns, or give it up after ``limit`` seconds.

    A library's own limits are per packet: a peer that sends one byte now and then outlasts them,
    and so does a name that is looked up. The thread that was given up ends when its call does.

    Raises:
        Unavailable: ``root.unavailable``.
    """
    answers: queue.SimpleQueue[tuple[list[T], Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(([work()], None))
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            answers.put(([], error))

    threading.Thread(target=run, name="root call", daemon=True).start()
    try:
        found, error = answers.get(timeout=limit)
    except queue.Empty:
        raise unavailable_root() from None
    if error is not None:
        raise error
    return found[0]


def _again(trouble: Unavailable | Refused) -> Unavailable | Refused:
    """Return the same error anew: one object raised in many threads would mix their traces."""
    return type(trouble)(trouble.code, trouble.says, do=trouble.do, retryable=trouble.retryable)
