"""From one root to another for one controller's keys: hold your own key (C2.8(3); ``held``).

    1. the new root is tried
    2. every key but that of the openings is unwrapped by the root it is under, wrapped by the new
       one, and stored, together with the new root's address, in one commit
    3. caches of every process empty with the epoch

Dying before 2: nothing changed. What older backups of the key database hold is wrapped as it was:
the new root's refusal covers those keys from the day on which the last such backup is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.db import HOUSE, scope
from bailee.errors import Conflict
from bailee.keys import hierarchy, register, store
from bailee.keys.heldroots import root_of
from bailee.keys.hierarchy import DATA, LEDGER, controller_unknown
from bailee.keys.register import HeldRow
from bailee.keys.root import CHECK_CONTEXT, Root, check
from bailee.keys.sealed import maker
from bailee.keys.strongroom import Strongroom

ATTEMPTS = 5


@dataclass(frozen=True)
class Holding:
    """What a change did: the name of the root in use, and how many keys were wrapped anew."""

    root: str
    keys: int


class Holder:
    """Hands a controller's keys to the controller's own root, and back."""

    def __init__(self, room: Strongroom) -> None:
        self._room = room

    def hold(self, controller: str, address: str) -> Holding:
        """Put a controller's keys under a root that it holds; again with another address.

        Raises:
            Invalid: ``root.address``. NotFound: ``controller.unknown``. Conflict:
            ``key.contended``. Refused: ``root.withheld`` by the root before. Unavailable:
            ``root.*`` by the new one.
        """
        root = self._room.held_roots.open(address)
        try:
            check(root)
            wrapped = root.wrap(CHECK_CONTEXT, hierarchy.new_keys(1)[0])
            row = HeldRow(address, root.key_id, wrapped)
            return self._change(controller, root, row)
        finally:
            root.close()  # work opens its own, with a lease

    def release(self, controller: str) -> Holding:
        """Put a controller's keys back under the house's root; its own must agree a last time.

        Raises:
            As ``hold``.
        """
        return self._change(controller, self._room.root, None)

    def _change(self, controller: str, after: Root, row: HeldRow | None) -> Holding:
        for _ in range(ATTEMPTS):
            before = self._room.held(controller)
            if before is not None:
                before.demand()
            wrapped: dict[tuple[str, int], tuple[bytes, bytes]] = {}
            for one in self._rows(controller):
                if one.purpose != LEDGER and maker(one.wrapped) != after.key_id:
                    place = hierarchy.controller_context(controller, one.purpose, one.version)
                    opened = root_of(self._room.root, before, one.purpose)
                    key = opened.unwrap(place, one.wrapped)
                    wrapped[one.purpose, one.version] = one.wrapped, after.wrap(place, key)
            epoch = self._store(controller, row, wrapped, after.key_id)
            if epoch:
                self._room.moved_ring(controller, epoch)
                self._room.database.purge()  # what the root before opened is in no file either
                return Holding(after.key_id, len(wrapped))
        raise Conflict("key.contended", "Others are changing the same keys.", retryable=True)

    def _rows(self, controller: str) -> list[store.ControllerRow]:
        rows = self._room.database.read(
            controller, lambda conn: store.controller_keys(conn, controller)
        )
        if not any(row.purpose == DATA for row in rows):
            raise controller_unknown()
        return rows

    def _store(
        self,
        controller: str,
        row: HeldRow | None,
        wrapped: Mapping[tuple[str, int], tuple[bytes, bytes]],
        root: str,
    ) -> int:
        """Store address and keys in one commit; 0, and nothing, when keys changed meanwhile."""

        def work(conn: sa.Connection) -> int:
            epoch = store.bump(conn, controller)
            store.rewrap_controller_keys(conn, controller, wrapped)
            keys = store.controller_keys(conn, controller)
            if any(one.purpose != LEDGER and maker(one.wrapped) != root for one in keys):
                raise _LateError
            scope(conn, HOUSE)
            register.set_held(conn, controller, row, self._room.now())
            scope(conn, controller)
            return epoch

        try:
            return self._room.database.write(controller, work)
        except _LateError:
            return 0


class _LateError(Exception):
    """Keys changed since they were read."""
