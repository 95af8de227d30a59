"""How keys die in the key database: in one commit, with their tombstones (C6, C2.8(1)).

The other half, rows and ledger, is ``Destruction``'s.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from bailee.db import HOUSE
from bailee.errors import Invalid, Oversized
from bailee.keys import lifecycle, register, store
from bailee.keys.hierarchy import (
    LEDGER,
    PURPOSES,
    WHOLE,
    controller_destroyed,
    controller_unknown,
)
from bailee.keys.lifecycle import (
    DESTROY_CONTROLLER,
    DESTROY_SUBJECTS,
    OPEN,
    ROWS_GONE,
    Announced,
    Intent,
)
from bailee.keys.mirror import Tombstone
from bailee.keys.strongroom import Strongroom

PURGE_CHUNK = 5000
DIE_WITH_CONTROLLER = tuple(purpose for purpose in PURPOSES if purpose != LEDGER)


class Ending:
    """Deaths of keys, and the intents that say how far a destruction came."""

    def __init__(self, room: Strongroom) -> None:
        self._room = room

    def new(
        self,
        controller: str,
        key_ids: Sequence[str] | None,
        *,
        entry_hash: str = "",
        obligations: Sequence[str] = (),
    ) -> Intent:
        """Return an intent, not yet stored, to destroy subject keys, or all (None).

        Raises:
            Oversized: ``keys.too_many``. Invalid: ``controller.house``: single things that were
            sealed among the house's own may die, the house may not.
        """
        if controller == HOUSE and key_ids is None:
            raise Invalid("controller.house", "The house's own keys are not destroyed.")
        kind = DESTROY_CONTROLLER if key_ids is None else DESTROY_SUBJECTS
        ids = tuple(dict.fromkeys(key_ids or ()))
        if len(ids) > lifecycle.SUBJECTS_AT_ONCE:
            raise Oversized(
                "keys.too_many",
                f"At most {lifecycle.SUBJECTS_AT_ONCE} keys are destroyed at once.",
                do="Send them in several calls.",
            )
        return Intent(
            controller,
            secrets.token_hex(16),
            kind,
            OPEN,
            self._room.now(),
            key_ids=ids,
            entry_hash=entry_hash,
            obligations=tuple(obligations),
        )

    def store(self, intent: Intent) -> Intent:
        """Make an intent durable; from here on it will be carried out, whatever crashes."""

        def work(conn: sa.Connection) -> None:
            _check_living(conn, intent)
            register.add_intent(conn, intent)

        self._room.database.write(intent.controller, work)
        return intent

    def delete_keys(self, intent: Intent, *, stored: bool = True) -> Intent:
        """Delete the keys, write the tombstones, move the epoch: one commit.

        Args:
            intent: open, announced (``entry_hash``).
            stored: False for an intent that is stored with the same commit.
        """
        if not intent.entry_hash:
            raise Invalid("intent.unannounced", "The ledger must announce a destruction first.")
        at = self._room.now()

        def work(conn: sa.Connection) -> tuple[Intent, int]:
            epoch = store.bump(conn, intent.controller)
            if not stored:
                _check_living(conn, intent)
                register.add_intent(conn, intent)
            count = _kill(conn, intent, at)
            dead = replace(intent.after("keys_deleted"), keys=count, destroyed_at=at)
            if not register.move_intent(conn, OPEN, dead):  # another process was quicker
                dead = register.one_intent(conn, intent.controller, intent.intent_id) or dead
            return dead, epoch

        dead, epoch = self._room.database.write(intent.controller, work)
        if intent.kind == DESTROY_CONTROLLER:
            self._room.moved_ring(intent.controller, epoch)
        else:
            self._room.moved(intent.controller, epoch, intent.key_ids)
        self.mirror(dead)
        return dead

    def mirror(self, dead: Intent) -> None:
        """Write the tombstones of an intent to the second place; again after a crash, harmless."""
        stones = _stones(dead, dead.destroyed_at)
        self._room.mirror.append(stones)

    def move(self, intent: Intent, event: str, *, rows: int = 0) -> Intent:
        """Store that an event happened; whatever another process stored meanwhile stands."""
        after = replace(intent.after(event), rows=intent.rows + rows)
        if after.state == ROWS_GONE:
            after = replace(after, rows_gone_at=self._room.now())

        def work(conn: sa.Connection) -> Intent:
            if register.move_intent(conn, intent.state, after):
                return after
            return register.one_intent(conn, intent.controller, intent.intent_id) or after

        return self._room.database.write(intent.controller, work)

    def announced(self, controller: str, leaf: str) -> Announced | None:
        """Return what the entry with this leaf destroyed, None when it destroyed no key."""
        found = self._room.database.read(
            controller, lambda conn: register.announced_by(conn, controller, leaf)
        )
        dead = [one for one in found if one.destroyed_at]
        if not dead:
            return None
        return Announced(
            controller,
            sum(one.keys for one in dead),
            max(one.destroyed_at for one in dead),
            max(one.rows_gone_at for one in dead) if all(one.rows_gone_at for one in dead) else "",
            sum(one.rows for one in dead),
        )

    def purge(self, controller: str) -> int:
        """Delete the subject keys that died with their controller; return how many rows."""
        total = 0
        while True:
            count = self._room.database.write(
                controller, lambda conn: store.purge_subject_keys(conn, controller, PURGE_CHUNK)
            )
            total += count
            if not count:
                return total

    def openings(self, controller: str, entry_hash: str) -> None:
        """Destroy the key of a controller's ledger openings, when no record period needs it.

        Entries about this controller cannot be opened, nor made, afterwards; idempotent.
        """
        stone = Tombstone(controller, LEDGER, self._room.now(), entry_hash)

        def work(conn: sa.Connection) -> int:
            epoch = store.bump(conn, controller)
            store.delete_controller_keys(conn, controller, [LEDGER])
            register.add_tombstones(conn, controller, [stone])
            return epoch

        self._room.moved_ring(controller, self._room.database.write(controller, work))
        self._room.mirror.append([stone])
        self._room.database.purge()


def _check_living(conn: sa.Connection, intent: Intent) -> None:
    if not store.epoch(conn, intent.controller):
        raise controller_unknown()
    if register.tombstones(conn, intent.controller, [WHOLE]):
        raise controller_destroyed()


def _kill(conn: sa.Connection, intent: Intent, at: str) -> int:
    """Delete and write tombstones; return how many keys died.

    Of a controller its own are counted: every key of its subjects is wrapped by one of them.
    """
    controller, count = intent.controller, 0
    if intent.kind == DESTROY_CONTROLLER:
        count = store.delete_controller_keys(conn, controller, DIE_WITH_CONTROLLER)
        register.set_held(conn, controller, None, at)
    else:
        count = len(store.living(conn, controller, intent.key_ids))
        store.delete_subject_keys(conn, controller, intent.key_ids)
    register.add_tombstones(conn, controller, _stones(intent, at))
    return count


def _stones(intent: Intent, at: str) -> list[Tombstone]:
    names = (WHOLE,) if intent.kind == DESTROY_CONTROLLER else intent.key_ids
    return [Tombstone(intent.controller, name, at, intent.entry_hash) for name in names]
