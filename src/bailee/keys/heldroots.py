"""The roots that controllers hold, opened (see ``held``)."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bailee.errors import Refused, Unavailable
from bailee.keys.held import Held
from bailee.keys.hierarchy import LEDGER
from bailee.keys.providers import open_place
from bailee.keys.reach import Reach
from bailee.keys.register import HeldRow
from bailee.keys.root import Root


class HeldRoots:
    """The roots that controllers hold, opened. Thread-safe.

    Args:
        ended: called with a controller whose root said no.
        reach: where they may be.
    """

    def __init__(self, ended: Callable[[str], None], reach: Reach) -> None:
        self._ended = ended
        self._reach = reach
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
            made = Held(self._reopened(row.address), row.wrapped, lambda: self._ended(controller))
            self._open[controller] = row, made
            return made

    def open(self, address: str) -> Root:
        """Open a controller's root; asks nothing of its provider yet.

        Raises:
            Invalid: ``root.address``. Refused: ``root.host``.
        """
        return open_place(self._reach.place(address))

    def _reopened(self, address: str) -> Root:
        """Open a root that was taken before; it is nobody's fault who calls, if that fails now.

        Raises:
            Unavailable: ``root.host``.
        """
        try:
            return self.open(address)
        except Refused as refusal:
            raise Unavailable(refusal.code, refusal.says, do=refusal.do) from None

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


def root_of(house: Root, held: Held | None, purpose: str) -> Root:
    """Return which root wraps a key: the openings' is the house's, who must record refusals."""
    return house if held is None or purpose == LEDGER else held.root
