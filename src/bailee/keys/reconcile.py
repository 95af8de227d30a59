"""Bringing key database and mirror to one truth, at every start and after every restore (C6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from bailee.db import HOUSE, scope
from bailee.keys import hierarchy, register, store
from bailee.keys.ending import DIE_WITH_CONTROLLER
from bailee.keys.hierarchy import DATA, LEDGER, PURPOSES, WHOLE, version_name
from bailee.keys.mirror import Head, Line, Made, Merged, Tombstone, merge, summary
from bailee.keys.rotation import Rotation
from bailee.keys.strongroom import Strongroom

COMPACT_LINES = 10_000
"""A mirror longer than this, most of it superseded, is written anew at start."""


@dataclass(frozen=True)
class Reconciled:
    """What was found and put right; all zero when nobody restored anything.

    Attributes:
        died_again: tombstones that the key database had forgotten.
        heads_raised: logs whose guard was behind what was signed.
        lost: versions of controller keys that were made after the restored backup.
    """

    died_again: int
    heads_raised: int
    lost: tuple[Made, ...]


class Reconciler:
    """Merges the two places; see ``mirror.merge`` for the rule."""

    def __init__(self, room: Strongroom, rotation: Rotation) -> None:
        self._room = room
        self._rotation = rotation

    def reconcile(self) -> Reconciled:
        """Merge both places; may be called again after a crash at any point of it."""
        theirs = self._room.mirror.read()
        ours = self._room.database.read(HOUSE, self._lines)
        merged = merge(ours, theirs)
        stones = _stones(ours, merged, self._room.now())
        for controller, deaths in stones.items():
            self._bury(controller, deaths)
            self._replace_lost(controller)
        for head in merged.heads:
            self._room.database.write(HOUSE, partial(_raise, head))
        lost = [stone for deaths in stones.values() for stone in deaths if not stone.entry_hash]
        self._room.mirror.append([*merged.mirror, *lost])
        if len(theirs) > COMPACT_LINES and len(theirs) > 2 * len(summary(theirs)):
            self._room.mirror.compact()
        known = {(stone.controller, stone.key_id) for stone in lost}
        return Reconciled(
            len(merged.deaths),
            len(merged.heads),
            tuple(
                made
                for made in merged.lost
                if (made.controller, version_name(made.purpose, made.version)) in known
            ),
        )

    def _lines(self, conn: sa.Connection) -> list[Line]:
        """Return what the key database knows, as lines of a mirror."""
        scope(conn, HOUSE)
        lines: list[Line] = list(register.heads(conn))
        for controller in store.holders(conn):
            scope(conn, controller)
            stones = register.tombstones(conn, controller)
            lines += stones
            named = [hierarchy.read_version_name(stone.key_id) for stone in stones]
            lines += [Made(controller, *name) for name in named if name is not None]
            lines += [
                Made(controller, row.purpose, row.version)
                for row in store.controller_keys(conn, controller)
            ]
        scope(conn, HOUSE)
        return lines

    def _bury(self, controller: str, deaths: list[Tombstone]) -> None:
        """Let keys that came back die again, in one commit with their tombstones."""
        created = self._room.now()

        def work(conn: sa.Connection) -> None:
            scope(conn, HOUSE)
            if not store.holder_known(conn, controller):
                store.add_holder(conn, controller, created)
            scope(conn, controller)
            store.begin(conn, controller)
            store.bump(conn, controller)
            register.add_tombstones(conn, controller, deaths)
            store.delete_tombstoned(conn, controller)
            for stone in deaths:
                named = hierarchy.read_version_name(stone.key_id)
                if stone.key_id == WHOLE:
                    store.delete_controller_keys(conn, controller, DIE_WITH_CONTROLLER)
                elif stone.key_id == LEDGER:
                    store.delete_controller_keys(conn, controller, [LEDGER])
                elif named is not None:
                    store.delete_controller_version(conn, controller, *named)

        self._room.database.write(controller, work)
        self._room.forget()

    def _replace_lost(self, controller: str) -> None:
        """Make new versions where a living controller has none left, so that it can go on.

        Its index or tokens under the lost version must be made anew by the vault, which sees a
        version it has no key for. The data key is not replaced: nothing could be read with it.
        """
        ring = self._room.ring(controller)
        if ring.destroyed or not ring.keys.get(DATA):
            return
        ended = {
            stone.key_id
            for stone in self._room.database.read(
                controller, lambda conn: register.tombstones(conn, controller, [LEDGER])
            )
        }
        for purpose in PURPOSES:
            if not ring.keys.get(purpose) and purpose not in ended:
                self._rotation.new_version(controller, purpose)


def _stones(ours: list[Line], merged: Merged, now: str) -> dict[str, list[Tombstone]]:
    """Return by controller the tombstones to write: forgotten ones, and those of lost versions.

    A version that ended with its controller (or with the openings) is not lost but dead.
    """
    stones: dict[str, list[Tombstone]] = defaultdict(list)
    for death in merged.deaths:
        stones[death.controller].append(death)
    lines = [*ours, *merged.deaths]
    dead = {(line.controller, line.key_id) for line in lines if isinstance(line, Tombstone)}
    for made in merged.lost:
        name = version_name(made.purpose, made.version)
        ends = {WHOLE, name} if made.purpose != LEDGER else {LEDGER, name}
        if not any((made.controller, end) in dead for end in ends):
            stones[made.controller].append(Tombstone(made.controller, name, now, ""))
    return stones


def _raise(head: Head, conn: sa.Connection) -> None:
    before = register.one_head(conn, head.log)
    if before is None or before.size < head.size:
        register.move_head(conn, before, head)
