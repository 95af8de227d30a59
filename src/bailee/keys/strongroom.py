"""What every act on keys needs at hand: database, root, clock, mirror, and what is unwrapped now.

Nothing here is for callers of the package; they see ``Keys`` and ``Destruction``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.clock import Clock, write_time
from bailee.db import HOUSE, Database, scope
from bailee.errors import Broken
from bailee.keys import hierarchy, register, store
from bailee.keys.cache import NO_EPOCH, Cache, Limits
from bailee.keys.hierarchy import DATA, WHOLE, ControllerKey, Ring, SubjectKey
from bailee.keys.mirror import Mirror
from bailee.keys.root import Root, wrong_root
from bailee.keys.sealed import maker
from bailee.keys.store import ControllerRow, SubjectRow
from bailee.keys.tworoots import follow, moved_root

RINGS = 4096
"""Controllers whose keys are kept unwrapped."""

LATELY_SECONDS = 1.0
"""How far behind other processes the keys of blind indexes, tokens, references and openings may be.

They are asked several times in a call, and once an entry: a row read for each would cost more than
all the rest. Subject keys, which destruction is about, are never behind.
"""


class Strongroom:
    """The key database with the root that opens it."""

    def __init__(
        self,
        database: Database,
        root: Root,
        clock: Clock,
        mirror: Mirror,
        *,
        limits: Limits,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.root = root
        self.mirror = mirror
        self.rows = limits.rows
        self._clock = clock
        few = Limits(RINGS, limits.seconds)
        self.subjects: Cache[SubjectKey] = Cache(limits, ticks)
        self.signers: Cache[Ed25519PrivateKey] = Cache(few, ticks)
        self._rings: Cache[Ring] = Cache(few, ticks)
        self._lately: Cache[Ring] = Cache(Limits(RINGS, LATELY_SECONDS), ticks)

    def now(self) -> str:
        """Return the time as it is stored."""
        return write_time(self._clock.now())

    def forget(self) -> None:
        """Drop every unwrapped key."""
        self.subjects.clear()
        self.signers.clear()
        self._rings.clear()
        self._lately.clear()

    def moved(self, controller: str, epoch: int, key_ids: Sequence[str] = ()) -> None:
        """Follow an epoch that this process moved to ``epoch``: only these subject keys changed."""
        self.subjects.move(controller, epoch - 1, epoch, key_ids)
        self._rings.move(controller, epoch - 1, epoch, ())

    def moved_ring(self, controller: str, epoch: int) -> None:
        """Follow an epoch that this process moved by changing controller keys."""
        self.subjects.move(controller, epoch - 1, epoch, ())
        self._rings.move(controller, epoch - 1, epoch, (controller,))
        self._lately.move(controller, NO_EPOCH, NO_EPOCH, (controller,))

    def ring(self, controller: str) -> Ring:
        """Return a controller's keys as of now; one row is read when nothing changed.

        An unknown or destroyed controller gives a ring that raises when a key is asked of it.
        """
        epoch = store.epoch_now(self.database, controller)
        known = self._rings.get_many(controller, epoch, (controller,)).get(controller)
        if known is not None:
            known = known if known.epoch == epoch else replace(known, epoch=epoch)
            self._lately.put_many(controller, NO_EPOCH, {controller: known})
            return known

        def work(conn: sa.Connection) -> tuple[int, list[ControllerRow], bool]:
            epoch = store.epoch(conn, controller)  # again: the keys are not older than it
            rows = store.controller_keys(conn, controller)
            return epoch, rows, bool(register.tombstones(conn, controller, [WHOLE]))

        epoch, rows, destroyed = self.database.read(controller, work)
        keys: dict[str, list[ControllerKey]] = {}
        for row in rows:
            keys.setdefault(row.purpose, []).append(self._unwrap(controller, row))
        ring = Ring(controller, epoch, keys, destroyed)
        if keys:
            self._rings.put_many(controller, epoch, {controller: ring})
            self._lately.put_many(controller, NO_EPOCH, {controller: ring})
        return ring

    def lately(self, controller: str) -> Ring:
        """Return a controller's keys as of now or of a second ago; mostly without a read."""
        known = self._lately.get_many(controller, NO_EPOCH, (controller,)).get(controller)
        return known or self.ring(controller)

    def new_row(self, controller: str, purpose: str, version: int) -> ControllerRow:
        """Make a controller key, wrapped by the root. Outside any transaction: a KMS is slow."""
        context = hierarchy.controller_context(controller, purpose, version)
        wrapped = self.root.wrap(context, hierarchy.new_keys(1)[0])
        return ControllerRow(purpose, version, wrapped, "current")

    def hold_root(self, conn: sa.Connection, controller: str, wrapped: Sequence[bytes]) -> None:
        """Keep the root's name until the commit, so that nothing is wrapped by a root just left.

        Args:
            conn: in the transaction that adds keys.
            controller: whose.
            wrapped: what is added. It says itself who wrapped it: by now another thread may have
                turned this process to another root.

        Raises:
            Broken: ``root.wrong``. Conflict: ``root.moved`` when what is about to be added was
                wrapped by a root just left; ``with_named_root`` wraps it again.
        """
        scope(conn, HOUSE)
        named = register.root_name(conn)
        if named is None:
            check = self.root.wrap(hierarchy.check_context(), hierarchy.new_keys(1)[0])
            named = maker(check), check
            register.set_root(conn, *named, self.now())
        if any(maker(one) != named[0] for one in wrapped):
            raise moved_root() if follow(self.root, named[0]) else wrong_root()
        scope(conn, controller)

    def subject_keys(self, ring: Ring, rows: Sequence[SubjectRow]) -> dict[str, SubjectKey]:
        """Unwrap subject keys; rows are newest first within a key."""
        found: dict[str, SubjectKey] = {}
        for row in rows:
            aead = AESGCM(unwrap_subject(ring, row))
            newest = found.get(row.key_id)
            if newest is None:
                found[row.key_id] = SubjectKey(row.key_id, row.version, aead)
            else:
                older = {**newest.older, row.version: aead}
                found[row.key_id] = replace(newest, older=older)
        return found

    def _unwrap(self, controller: str, row: ControllerRow) -> ControllerKey:
        context = hierarchy.controller_context(controller, row.purpose, row.version)
        secret = self.root.unwrap(context, row.wrapped)
        return ControllerKey(row.purpose, row.version, secret, AESGCM(secret))


def unwrap_subject(ring: Ring, row: SubjectRow) -> bytes:
    """Return a subject key's bytes.

    Raises:
        Broken: ``key.unwrap``, also when the version that wraps it is not there.
    """
    under = ring.version(DATA, row.under_version)
    if under is None:
        raise Broken("key.unwrap", "The key that wraps a subject key is not there.")
    context = hierarchy.subject_context(ring.controller, row.key_id, row.version, row.under_version)
    return hierarchy.unwrap(under.aead, context, row.wrapped)


def wrap_subjects(ring: Ring, named: Sequence[tuple[str, int, bytes]]) -> list[SubjectRow]:
    """Wrap subject keys (id, version, key) under the current data key."""
    under = ring.current(DATA)
    rows = []
    for (key_id, version, key), nonce in zip(named, hierarchy.new_nonces(len(named)), strict=True):
        context = hierarchy.subject_context(ring.controller, key_id, version, under.version)
        wrapped = hierarchy.wrap(under.aead, context, key, nonce)
        rows.append(SubjectRow(key_id, version, wrapped, under.version))
    return rows
