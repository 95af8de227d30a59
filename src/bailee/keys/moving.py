"""From one root to another without a stop (C2.8(3)).

    1. every process is started with both roots; the one that the key database names wraps
    2. one commit names the new root; from now on nothing is wrapped by the old one
    3. everything that the old one wrapped is wrapped by the new one, place by place
    4. every process is started with the new root alone

What a wrapped key says of its maker is all the state there is: a process that dies between two
places leaves nothing to clean up, and whoever moves again goes on. Step 2 waits for transactions
that add keys, and those after it see the new name (``Strongroom.hold_root``); so one walk over all
places finds everything. Each controller's epoch moves with its keys: other processes read them
anew at once, and a process that was not given the new root says ``root.wrong`` instead of working
on until its cache runs out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from bailee.db import HOUSE, scope
from bailee.errors import Conflict
from bailee.keys import hierarchy, register, store
from bailee.keys.hierarchy import LEDGER
from bailee.keys.root import wrong_root
from bailee.keys.sealed import maker
from bailee.keys.store import ControllerRow
from bailee.keys.strongroom import Strongroom
from bailee.keys.tworoots import TwoRoots

PLACES = 100
"""Logs and controllers in one step: a provider is asked twice for every key, and a call ends."""
LOG, CONTROLLER = "log", "of"


@dataclass(frozen=True)
class Moved:
    """What one step did.

    Attributes:
        keys: how many were wrapped anew.
        after: where the next step begins; empty when nothing is left.
        root: name of the root that wraps from now on.
    """

    keys: int
    after: str
    root: str


class Moving:
    """Wraps everything by the root that takes over."""

    def __init__(self, room: Strongroom) -> None:
        self._room = room

    def step(self, after: str = "", places: int = PLACES) -> Moved:
        """Move some places, in their order, from ``after`` on; safe to repeat in any order.

        Raises:
            Conflict: ``root.alone`` in a process that holds one root. Broken: ``root.wrong``.
            Unavailable: ``root.*`` of either provider; what was moved before stays moved.
        """
        roots = self._room.root
        if not isinstance(roots, TwoRoots):
            raise Conflict(
                "root.alone",
                "This server holds one root key only.",
                do="Start every server with the new root in BAILEE_ROOT and the one that is left "
                "in BAILEE_ROOT_BEFORE, then move again.",
            )
        self._name(roots)
        left = [place for place in self._places() if place > after]
        count = sum(self._place(roots, place) for place in left[:places])
        if left[places:]:
            return Moved(count, left[places - 1], roots.key_id)
        self._room.mirror.follow_root()
        self._room.database.purge()  # what the old root opened is nowhere in the files either
        return Moved(count, "", roots.key_id)

    def _name(self, roots: TwoRoots) -> None:
        """Let the key database name the new root. Dying here: nothing is named, or all of it."""
        new, check = roots.new, hierarchy.check_context()
        wrapped, created = new.wrap(check, hierarchy.new_keys(1)[0]), self._room.now()

        def work(conn: sa.Connection) -> None:
            scope(conn, HOUSE)
            # On PostgreSQL this waits for everybody who is adding a key (``hold_root``).
            named = register.rename_root(conn, roots.before.key_id, (new.key_id, wrapped), created)
            if named != new.key_id:
                raise wrong_root()

        self._room.database.write(HOUSE, work)
        roots.turn(new.key_id)

    def _places(self) -> list[str]:
        def work(conn: sa.Connection) -> list[str]:
            logs = [f"{LOG}/{name}" for name in register.log_keys(conn)]
            return sorted(logs + [f"{CONTROLLER}/{name}" for name in store.holders(conn)])

        return self._room.database.read(HOUSE, work)

    def _place(self, roots: TwoRoots, place: str) -> int:
        kind, _, name = place.partition("/")
        moved = 0
        # Until nothing is found: keys that were read and are gone, or moved by somebody else, do
        # not count, and whatever was made since is wrapped by the new root.
        while count := self._log(roots, name) if kind == LOG else self._controller(roots, name):
            moved += count
        return moved

    def _log(self, roots: TwoRoots, log: str) -> int:
        read: Callable[[sa.Connection], bytes | None] = partial(register.one_log_key, log=log)
        before = self._room.database.read(HOUSE, read)
        if before is None or maker(before) == roots.new.key_id:
            return 0
        context = hierarchy.log_context(log)
        after = roots.new.wrap(context, roots.unwrap(context, before))
        return self._room.database.write(
            HOUSE, lambda conn: register.rewrap_log_key(conn, log, before, after)
        )

    def _controller(self, roots: TwoRoots, controller: str) -> int:
        def read(conn: sa.Connection) -> list[ControllerRow]:
            rows = store.controller_keys(conn, controller)
            held = register.held(conn, controller) is not None
            return [row for row in rows if row.purpose == LEDGER or not held]

        rows = self._room.database.read(controller, read)
        wrapped: Mapping[tuple[str, int], tuple[bytes, bytes]] = {
            (row.purpose, row.version): (
                row.wrapped,
                roots.new.wrap(context, roots.unwrap(context, row.wrapped)),
            )
            for row in rows
            if maker(row.wrapped) != roots.new.key_id
            for context in [hierarchy.controller_context(controller, row.purpose, row.version)]
        }
        if not wrapped:
            return 0

        def work(conn: sa.Connection) -> tuple[int, int]:
            epoch = store.bump(conn, controller)
            return epoch, store.rewrap_controller_keys(conn, controller, wrapped)

        epoch, count = self._room.database.write(controller, work)
        self._room.moved(controller, epoch)
        return count
