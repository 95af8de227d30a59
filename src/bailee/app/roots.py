"""The root key from the house's side: does it answer, who holds it, moving it (C2.8(3))."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app import root_shapes
from bailee.app.office import Office, last_entry
from bailee.db import HOUSE
from bailee.errors import Failure
from bailee.keys import Root, check

EVERY_SECONDS = 10.0
"""How old the last look at the root may be when somebody asks how it is."""


class RootLook:
    """Whether the root wraps and unwraps, as of a moment ago; asking never waits.

    Health is asked by anybody, often, and wants its answer at once: so a look is at most one, in
    a thread of its own, and the answer is what the last one saw. Before the first it is yes: the
    house could not have started otherwise.
    """

    def __init__(self, root: Root, ticks: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._ticks = ticks
        self._lock = threading.Lock()
        self._looking = False  # owned by _lock, as all below
        self._looked = float("-inf")
        self._well = True

    def well(self) -> bool:
        """Say how it was at the last look, and look again if that is too long ago."""
        with self._lock:
            due = not self._looking and self._ticks() - self._looked > EVERY_SECONDS
            self._looking = self._looking or due
        if due:
            threading.Thread(target=self._look, name="root look", daemon=True).start()
        return self._well

    def _look(self) -> None:
        well = False
        try:
            check(self._root)
            well = True
        except Failure:
            pass  # health says no more than that it is so
        finally:
            with self._lock:
                self._looking, self._looked, self._well = False, self._ticks(), well


class Roots(Office):
    """Acts upon the root key."""

    def hold_root(
        self, caller: Caller, controller: str, body: root_shapes.HeldRoot
    ) -> root_shapes.RootHeld:
        """Put a controller's keys under a root that it holds itself, or back under the house's.

        An entry says that it begins, another that it is done. Between the two, whichever root the
        key database names wraps them all; the same call again ends what a crash left.

        Raises:
            Refused: ``grant.missing`` without ``keys`` at the controller; ``root.host``;
            ``root.withheld``.
            Invalid: ``root.address``. Conflict: ``key.contended``. Unavailable: ``root.*``.
        """

        def note(conn: sa.Connection, action: str, **detail: str | int) -> None:
            self.parts.access.note(
                conn,
                action,
                caller.actor(),
                controller=controller,
                control="keys-wrapped",
                detail=detail,
            )

        def begin(conn: sa.Connection) -> None:
            self.parts.access.demand(conn, caller, "keys", controller)
            if body.address:
                self.parts.keys.reach.place(body.address)
            note(conn, "keys:root:changing")

        self.act(caller, controller, "keys", begin)
        keys = self.parts.keys
        done = keys.hold(controller, body.address) if body.address else keys.release(controller)
        action = "keys:root:held" if body.address else "keys:root:released"

        def end(conn: sa.Connection) -> root_shapes.RootHeld:
            note(conn, action, root=done.root, keys=done.keys)
            return root_shapes.RootHeld(done.root, done.keys, last_entry(conn))

        return self.parts.data.write(controller, end)

    def move_root(self, caller: Caller, body: root_shapes.RootMove) -> root_shapes.RootMoved:
        """Wrap some more keys by the root that takes over; called until nothing is left.

        Every call leaves an entry. If the process dies in it, what was moved stays moved, and the
        same call again goes on.

        Raises:
            Refused: ``grant.missing`` without ``keys`` at the house.
            Conflict: ``root.alone``. Unavailable, Broken: ``root.*`` of either provider.
        """

        def may(conn: sa.Connection) -> None:
            self.parts.access.demand(conn, caller, "keys", HOUSE)

        self.act(caller, HOUSE, "keys", may)
        done = self.parts.keys.move_root(body.after)

        def note(conn: sa.Connection) -> root_shapes.RootMoved:
            self.parts.access.note(
                conn,
                "keys:root:moved",
                caller.actor(),
                controller=HOUSE,
                control="keys-wrapped",
                detail={"root": done.root, "keys": done.keys, "finished": int(not done.after)},
            )
            return root_shapes.RootMoved(done.keys, done.root, last_entry(conn), done.after)

        return self.parts.data.write(HOUSE, note)
