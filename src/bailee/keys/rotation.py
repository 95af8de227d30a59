"""New versions of keys (C2.8(3)): controller keys, subject keys, the root.

* ``data``: a new version, then every subject key wrapped anew in chunks, then the old version is
  deleted. An intent says how far it came; a crash costs at most a chunk.
* ``index``, ``token``, ``reference``, ``ledger``: a new version beside the old ones. Whoever uses
  them writes with the newest and reads with all until nothing needs the old one; then it is
  retired: deleted, with a tombstone, since what it could guess at survives in old backups.
* subject keys: a new version beside the old until the values are encrypted anew.
* root: see ``moving``.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from bailee.clock import read_time
from bailee.errors import Conflict, Gone, Invalid, NotFound
from bailee.keys import hierarchy, lifecycle, register, store
from bailee.keys.hierarchy import DATA, GUESSABLE, LEDGER, PURPOSES, Ring, version_name
from bailee.keys.horizon import Version
from bailee.keys.lifecycle import OPEN, ROTATE, Intent
from bailee.keys.mirror import Made, Tombstone
from bailee.keys.store import ControllerRow
from bailee.keys.strongroom import Strongroom, unwrap_subject, wrap_subjects
from bailee.keys.tworoots import with_named_root

GRACE = timedelta(minutes=5)
"""Longer than any transaction that still writes under the version before (30 s: ``postgres``)."""
ATTEMPTS = 5


class _Late(Exception):  # noqa: N818 - a signal within this file, seen by nobody else
    """Another process wrapped a key under the old version meanwhile: undo and go round again."""


class Rotation:
    """New versions of keys."""

    def __init__(self, room: Strongroom) -> None:
        self._room = room

    def controller_key(self, controller: str, purpose: str = DATA) -> int:
        """Give a controller a new version of one of its keys; return the version.

        For ``data`` every subject key is wrapped anew before this returns; an unfinished
        rotation is finished instead of beginning another.
        """
        if purpose not in PURPOSES:
            raise Invalid("key.purpose", "There is no key of that purpose.")
        if purpose == DATA and (begun := self._unfinished(controller)):
            return self.finish(begun).version
        self._room.ring(controller).current(purpose)  # raises for unknown and destroyed ones
        intent = self.new_version(controller, purpose)
        return self.finish(intent).version if purpose == DATA else intent.version

    def new_version(self, controller: str, purpose: str) -> Intent:
        """Make the next version current; for ``data`` the stored intent to finish."""
        for _ in range(ATTEMPTS):
            epoch, intent = with_named_root(partial(self._try_version, controller, purpose))
            if epoch:
                self._room.moved_ring(controller, epoch)
                self._room.mirror.append([Made(controller, purpose, intent.version)])
                return intent
        raise _contended()

    def _try_version(self, controller: str, purpose: str) -> tuple[int, Intent]:
        version = self._room.database.read(
            controller, lambda conn: next_version(conn, controller, purpose)
        )
        row = self._room.new_row(controller, purpose, version)
        intent = self._intent(controller, version)
        return self._room.database.write(controller, partial(self._add, row, intent)), intent

    def finish(self, intent: Intent) -> Intent:
        """Wrap what the old version still wraps, then delete it. May be called again and again."""
        controller, version = intent.controller, intent.version
        while intent.state != lifecycle.DONE:
            try:
                self._rewrap(controller, version)
                if intent.state == OPEN:
                    self._move(intent, intent.after("rewrapped"))
                    intent = intent.after("rewrapped")
                intent = self._delete_old(intent)
            except _Late:
                continue
            except Gone:  # the controller was destroyed: its rotation has nothing left to do
                self._move(intent, intent.after("controller_destroyed"))
                intent = intent.after("controller_destroyed")
        return intent

    def retire_controller_key(
        self, controller: str, purpose: str, version: int, entry_hash: str
    ) -> None:
        """Destroy a version that nothing needs any more; idempotent.

        Raises:
            Conflict: ``key.current`` for the newest; ``key.settling`` for ``GRACE``, while others
                may still write with the version before the newest. NotFound: ``key.unknown``.
            Invalid: ``key.purpose`` for ``data`` (rotation does it) and ``ledger`` (its openings
                live as long as the records of processing).
        """
        if purpose in {DATA, LEDGER} or purpose not in PURPOSES:
            raise Invalid("key.purpose", "Keys of that purpose are not retired by version.")
        name = version_name(purpose, version)
        stone = Tombstone(controller, name, self._room.now(), entry_hash)

        def work(conn: sa.Connection) -> int:
            epoch = store.bump(conn, controller)
            versions = [
                row.version
                for row in store.controller_keys(conn, controller)
                if row.purpose == purpose
            ]
            if versions and version == max(versions):
                raise Conflict("key.current", "The newest version is in use.", do="Rotate first.")
            made = store.newest_made(conn, controller, purpose)
            if made and read_time(stone.destroyed_at) - read_time(made) < GRACE:
                raise Conflict("key.settling", "The newest version is too new.", retryable=True)
            known = register.tombstones(conn, controller, [name])
            if not store.delete_controller_version(conn, controller, purpose, version):
                if not known:
                    raise NotFound("key.unknown", "There is no such version.")
                return epoch
            register.add_tombstones(conn, controller, [stone])
            return epoch

        epoch = self._room.database.write(controller, work)
        self._room.moved_ring(controller, epoch)
        self._room.mirror.append([stone])
        self._room.database.purge()

    def retirable(self, controller: str, purpose: str) -> bool:
        """Say whether the versions before the newest may go, as far as time is concerned."""
        made = self._room.database.read(
            controller, lambda conn: store.newest_made(conn, controller, purpose)
        )
        return bool(made) and read_time(self._room.now()) - read_time(made) >= GRACE

    def subject_keys(self, controller: str, key_ids: Sequence[str]) -> dict[str, int]:
        """Give subject keys a new version each; the old ones stay readable until retired.

        Keys that do not exist are absent from the answer (key id → new version).
        """
        wanted = list(dict.fromkeys(key_ids))
        for _ in range(ATTEMPTS):
            ring = self._room.ring(controller)
            newest = self._room.database.read(
                controller, lambda conn: _newest(conn, controller, wanted)
            )
            keys = hierarchy.new_keys(len(newest))
            named = [
                (key_id, version + 1, key)
                for (key_id, version), key in zip(newest.items(), keys, strict=True)
            ]
            if not named:
                return {}
            epoch = self._add_versions(ring, newest, named)
            if epoch:
                self._room.moved(controller, epoch, wanted)
                return {key_id: version for key_id, version, _ in named}
        raise _contended()

    def retire_subject_keys(self, controller: str, in_use: Mapping[str, int]) -> None:
        """Delete versions below the one in use, now that values are encrypted anew.

        No tombstones: the subject lives, and so does what an old backup could restore.
        """
        if not in_use:
            return

        def work(conn: sa.Connection) -> int:
            epoch = store.bump(conn, controller)
            store.retire_subject_keys(conn, controller, in_use)
            return epoch

        self._room.moved(controller, self._room.database.write(controller, work), list(in_use))

    def living(self, controller: str) -> list[Version]:
        """Return the living versions of every key of a controller, newest of each first."""
        rows = self._room.database.read(
            controller, lambda conn: store.controller_keys(conn, controller)
        )
        return [Version(row.purpose, row.version, read_time(row.created), None) for row in rows]

    def guessable(self, controller: str) -> list[Version]:
        """Return the versions of keys that old backups can be guessed at with, dead ones too."""

        def work(conn: sa.Connection) -> list[Version]:
            rows = store.controller_keys(conn, controller)
            found = [
                Version(row.purpose, row.version, read_time(row.created), None)
                for row in rows
                if row.purpose in GUESSABLE
            ]
            for purpose in GUESSABLE:
                for stone in register.version_stones(conn, controller, purpose):
                    named = hierarchy.read_version_name(stone.key_id)
                    if named is not None:
                        found.append(Version(*named, None, read_time(stone.destroyed_at)))
            return found

        return self._room.database.read(controller, work)

    def _unfinished(self, controller: str) -> Intent | None:
        intents = self._room.database.read(
            controller, lambda conn: register.open_intents(conn, controller)
        )
        return next((intent for intent in intents if intent.kind == ROTATE), None)

    def _intent(self, controller: str, version: int) -> Intent:
        return Intent(
            controller, secrets.token_hex(16), ROTATE, OPEN, self._room.now(), version=version
        )

    def _add(self, row: ControllerRow, intent: Intent, conn: sa.Connection) -> int:
        """Add a version; 0 when somebody else made it first, else the new epoch."""
        controller = intent.controller
        epoch = store.bump(conn, controller)
        self._room.hold_root(conn, controller, [(row.purpose, row.wrapped)])
        if next_version(conn, controller, row.purpose) != row.version:
            return 0
        store.make_old(conn, controller, row.purpose)
        store.add_controller_key(conn, controller, row)
        if row.purpose == DATA:
            register.add_intent(conn, intent)
        return epoch

    def _add_versions(
        self, ring: Ring, newest: Mapping[str, int], named: Sequence[tuple[str, int, bytes]]
    ) -> int:
        """Add versions of subject keys; 0 when something moved meanwhile, else the new epoch."""
        controller, under = ring.controller, ring.current(DATA).version
        rows, created = wrap_subjects(ring, named), self._room.now()

        def work(conn: sa.Connection) -> int:
            epoch = store.bump(conn, controller)
            held = store.hold_controller_key(conn, controller, DATA, under)
            if not held or _newest(conn, controller, newest) != newest:
                return 0
            store.add_subject_keys(conn, controller, rows, created)
            return epoch

        return self._room.database.write(controller, work)

    def _rewrap(self, controller: str, version: int) -> None:
        after = ""
        while True:
            ring = self._room.ring(controller)
            ring.current(DATA)

            def work(conn: sa.Connection, ring: Ring = ring, after: str = after) -> str:
                rows = store.subject_keys_before(
                    conn, controller, version, after, limit=self._room.rows
                )
                named = [(row.key_id, row.version, unwrap_subject(ring, row)) for row in rows]
                if named:
                    store.rewrap_subject_keys(conn, controller, wrap_subjects(ring, named))
                return rows[-1].key_id if rows else ""

            after = self._room.database.write(controller, work)
            if not after:
                return

    def _delete_old(self, intent: Intent) -> Intent:
        """Delete the versions before the new one, if nothing is wrapped by them any more."""
        controller, done = intent.controller, intent.after("old_deleted")

        def work(conn: sa.Connection) -> int:
            epoch = store.bump(conn, controller)
            for row in store.controller_keys(conn, controller):
                if row.purpose == DATA and row.version < intent.version:
                    store.delete_controller_version(conn, controller, DATA, row.version)
            if store.subject_keys_before(conn, controller, intent.version, "", limit=1):
                raise _Late
            register.move_intent(conn, intent.state, done)
            return epoch

        self._room.moved_ring(controller, self._room.database.write(controller, work))
        self._room.database.purge()
        return done

    def _move(self, before: Intent, after: Intent) -> None:
        self._room.database.write(
            before.controller, lambda conn: register.move_intent(conn, before.state, after)
        )


def next_version(conn: sa.Connection, controller: str, purpose: str) -> int:
    """Return the version after every one that lives, died or was lost."""
    versions = [0]
    versions += [
        row.version for row in store.controller_keys(conn, controller) if row.purpose == purpose
    ]
    for stone in register.version_stones(conn, controller, purpose):
        named = hierarchy.read_version_name(stone.key_id)
        if named is not None:
            versions.append(named[1])
    return 1 + max(versions)


def _newest(
    conn: sa.Connection, controller: str, key_ids: Sequence[str] | Mapping[str, int]
) -> dict[str, int]:
    newest: dict[str, int] = {}
    for row in store.subject_keys(conn, controller, key_ids):
        newest.setdefault(row.key_id, row.version)
    return newest


def _contended() -> Conflict:
    return Conflict("key.contended", "Others are changing the same keys.", retryable=True)
