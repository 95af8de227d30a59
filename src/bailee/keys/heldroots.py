"""The roots that controllers hold, opened (see ``held``)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from bailee.errors import Invalid
from bailee.keys.held import Held
from bailee.keys.hierarchy import LEDGER
from bailee.keys.providers import RootPlace, open_place
from bailee.keys.register import HeldRow
from bailee.keys.root import Root


class HeldRoots:
    """The roots that controllers hold, opened. Thread-safe.

    Args:
        ended: called with a controller whose root said no.
    """

    def __init__(self, ended: Callable[[str], None]) -> None:
        self._ended = ended
        self._lock = threading.Lock()
        self._open: dict[str, tuple[HeldRow, Held]] = {}  # owned by _lock

    def of(self, controller: str, row: HeldRow | None) -> Held | None:
        """Return the root that a row of the key database names, opened once."""
        with self._lock:
            known = self._open.get(controller)
            if known is not None and known[0] == row:
                return known[1]
            if known is not None:
                known[1].close()
                del self._open[controller]
            if row is None:
                return None
            made = Held(open_held(row.address), row.wrapped, lambda: self._ended(controller))
            self._open[controller] = row, made
            return made

    def demand(self, controller: str) -> None:
        """Return while the controller's root says yes, or where it holds none."""
        known = self._open.get(controller)
        if known is not None:
            known[1].demand()

    def close(self) -> None:
        """Let go of every provider."""
        with self._lock:
            for _, held in self._open.values():
                held.close()
            self._open.clear()


def open_held(address: str) -> Root:
    """Open a controller's root: at a provider, with its credential named in the address.

    Raises:
        Invalid: ``root.address``, also for a file: a key on our disk is not held by somebody else.
    """
    if RootPlace(address, Path()).local:
        raise Invalid(
            "root.address",
            "A controller's own root is with a provider of the controller's.",
            do="It begins with pkcs11:, openbao: or awskms:.",
        )
    return open_place(RootPlace(address, Path()))


def root_of(house: Root, held: Held | None, purpose: str) -> Root:
    """Return which root wraps a key: the openings' is the house's, who must record refusals."""
    return house if held is None or purpose == LEDGER else held.root
