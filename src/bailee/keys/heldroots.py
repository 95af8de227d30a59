"""The roots that controllers hold, opened (see ``held``)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from bailee.errors import Invalid
from bailee.keys.held import Held
from bailee.keys.hierarchy import LEDGER
from bailee.keys.providers import RootPlace, open_place, read_transit_key
from bailee.keys.register import HeldRow
from bailee.keys.root import Root


class HeldRoots:
    """The roots that controllers hold, opened. Thread-safe.

    Args:
        ended: called with a controller whose root said no.
        credentials: the one folder from which a credential for such a root is read.
    """

    def __init__(self, ended: Callable[[str], None], credentials: Path) -> None:
        self._ended = ended
        self._credentials = credentials
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
            made = Held(self.open(row.address), row.wrapped, lambda: self._ended(controller))
            self._open[controller] = row, made
            return made

    def open(self, address: str) -> Root:
        """Open a controller's root; asks nothing of its provider yet.

        An address comes over the API. It must not make the server send a file of its own to
        somebody else's machine, nor load a library: so files are named without a path, within one
        folder that only the operator fills, and of the providers only those that need neither.

        Raises:
            Invalid: ``root.address``.
        """
        scheme, _, rest = address.partition(":")
        if scheme == "awskms":
            return open_place(RootPlace(address, Path()))
        if scheme == "openbao":
            key = read_transit_key(rest)
            token, ca = (self._file(name) for name in (key.token_file, key.ca_file))
            if token and bool(ca) == bool(key.ca_file):
                return open_place(RootPlace(address.partition("?")[0], Path(), "", token, ca))
        raise Invalid(
            "root.address",
            "A controller's own root is with a provider of the controller's.",
            do="It is openbao:https://…?token-file=NAME (and &ca-file=NAME), the files being in "
            "BAILEE_HELD_FOLDER, or awskms:ARN.",
        )

    def _file(self, name: str) -> str:
        """Return the path of a file in the folder; '' for no name, and for one that leaves it."""
        plain = name == Path(name).name and name not in {"", ".", ".."}
        return str(self._credentials / name) if plain else ""

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
