"""What an office remembers under one epoch, so that it is not loaded again (C2.5(6))."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MEMORY_LIMIT = 4096


class NotRememberedError(Exception):
    """Nothing is known without a transaction."""


class Memory:
    """What was loaded under one epoch; forgets all when full."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._things: dict[Hashable, tuple[str, Any]] = {}  # owned by _lock

    def forget(self, key: Hashable) -> None:
        """Load anew what is asked for next."""
        with self._lock:
            self._things.pop(key, None)

    def recall(self, epoch: str, key: Hashable, load: Callable[[], T]) -> T:
        """Return what was loaded for a key under this epoch, or load it now.

        Without an epoch nothing is kept: nobody founded the house, or an act is under way that
        will change what it reads.
        """
        if not epoch:
            return load()
        with self._lock:
            found = self._things.get(key)
        if found is not None and found[0] == epoch:
            thing: T = found[1]
            return thing
        thing = load()
        with self._lock:
            if len(self._things) >= MEMORY_LIMIT:
                self._things.clear()
            self._things[key] = (epoch, thing)
        return thing
