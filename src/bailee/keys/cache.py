"""Unwrapped keys for a while: bounded, short-lived, emptied when the epoch moves (C2.8(3)).

Every shelf belongs to a controller and to one epoch of its keys. Asked with another epoch, the
shelf is emptied; filled with another epoch, it stays as it is. So a key that one thread read before
it was destroyed, and puts here afterwards, is handed to nobody.

One entry is an AES context of about 2.4 kB (measured); building one costs as much as using it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

V = TypeVar("V")

NO_EPOCH = 0
"""For what no epoch watches over."""


@dataclass(frozen=True)
class Limits:
    """How much is kept unwrapped, how long, and how many rows a rotation takes in one commit."""

    entries: int = 32_768
    seconds: float = 300.0
    rows: int = 1000


@dataclass
class _Shelf(Generic[V]):
    epoch: int
    items: OrderedDict[str, tuple[V, float]] = field(default_factory=OrderedDict)


class Cache(Generic[V]):
    """Least recently used first out: first the controller, then its entry. Thread-safe."""

    def __init__(self, limits: Limits, ticks: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._ticks = ticks
        self._lock = threading.Lock()
        self._shelves: OrderedDict[str, _Shelf[V]] = OrderedDict()  # owned by _lock, as all below
        self._count = 0
        self._swept = ticks()

    def __len__(self) -> int:
        return self._count

    def get_many(self, controller: str, epoch: int, names: Iterable[str]) -> dict[str, V]:
        """Return what is known and fresh; drop the controller's entries of another epoch."""
        now = self._ticks()
        with self._lock:
            shelf = self._shelves.get(controller)
            if shelf is None:
                return {}
            if shelf.epoch != epoch:
                self._renew(controller, epoch)
                return {}
            self._shelves.move_to_end(controller)
            items, found = shelf.items, {}
            for name in names:
                entry = items.get(name)
                if entry is not None and entry[1] > now:
                    found[name] = entry[0]
                    items.move_to_end(name)
            return found

    def put_many(self, controller: str, epoch: int, values: Mapping[str, V]) -> None:
        """Keep values read at an epoch, unless the controller's shelf is of another one."""
        now = self._ticks()
        until = now + self._limits.seconds
        with self._lock:
            shelf = self._shelves.get(controller)
            if shelf is None:
                shelf = self._shelves[controller] = _Shelf(epoch)
            if shelf.epoch != epoch:
                return
            self._shelves.move_to_end(controller)
            before = len(shelf.items)
            for name, value in values.items():
                shelf.items[name] = (value, until)
            self._count += len(shelf.items) - before
            if now - self._swept > self._limits.seconds:
                self._sweep(now)
            self._bound()

    def move(self, controller: str, epoch: int, new_epoch: int, names: Iterable[str]) -> None:
        """Follow a change made by this very process: forget the names, keep the rest.

        Only when nobody else moved the epoch in between; otherwise everything goes.
        """
        with self._lock:
            shelf = self._shelves.get(controller)
            if shelf is None or shelf.epoch != epoch:
                self._renew(controller, new_epoch)
                return
            shelf.epoch = new_epoch
            for name in names:
                if shelf.items.pop(name, None) is not None:
                    self._count -= 1

    def drop(self, controller: str) -> None:
        """Forget what belongs to one controller."""
        with self._lock:
            shelf = self._shelves.get(controller)
            if shelf is not None:
                self._renew(controller, shelf.epoch)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._shelves.clear()
            self._count = 0

    def _renew(self, controller: str, epoch: int) -> None:
        """Put an empty shelf there, whose epoch turns away what late readers bring."""
        shelf = self._shelves.pop(controller, None)
        self._count -= len(shelf.items) if shelf else 0
        self._shelves[controller] = _Shelf(epoch)

    def _bound(self) -> None:
        while self._count > self._limits.entries:
            controller, shelf = next(iter(self._shelves.items()))
            if shelf.items:
                shelf.items.popitem(last=False)
                self._count -= 1
            if not shelf.items:
                del self._shelves[controller]

    def _sweep(self, now: float) -> None:
        """Forget what nobody asked for any more; once per lifetime, all in one go."""
        self._swept = now
        for controller in list(self._shelves):
            items = self._shelves[controller].items
            for name in [name for name, (_, until) in items.items() if until <= now]:
                del items[name]
                self._count -= 1
