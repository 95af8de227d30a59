"""What every act on keys needs at hand: database, root, clock, mirror, and what is unwrapped now.

Nothing here is for callers of the package; they see ``Keys`` and ``Destruction``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.clock import Clock, write_time
from bailee.db import HOUSE, Database, scope
from bailee.errors import Broken, Refused, Unavailable
from bailee.keys import hierarchy, register, store
from bailee.keys.cache import NO_EPOCH, Cache, Limits
from bailee.keys.held import Held
from bailee.keys.heldroots import HeldRoots, root_of
from bailee.keys.hierarchy import DATA, LEDGER, WHOLE, ControllerKey, Ring, SubjectKey
from bailee.keys.mirror import Mirror
from bailee.keys.reach import Reach
from bailee.keys.register import HeldRow
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

SETTLE = timedelta(seconds=5)
"""How long a new version of those keys is read with and not written with: every process knows it,
on machines whose clocks differ by some seconds, before anything can be found by it alone."""


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
        reach: Reach,
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
        self.held_roots = HeldRoots(self.forget_one, reach)
        self._lately: Cache[Ring] = Cache(Limits(RINGS, LATELY_SECONDS), ticks)

    def now(self) -> str:
        """Return the time as it is stored."""
        return write_time(self._clock.now())

    def writing_first(self, keys: Sequence[ControllerKey]) -> Sequence[ControllerKey]:
        """Return versions newest first, those behind that are too new to write with.

        The oldest is never too new: nothing else was written with before it.
        """
        if len(keys) < 2:
            return keys
        since = write_time(self._clock.now() - SETTLE)
        return sorted(keys, key=lambda one: one.made > since and one is not keys[-1])

    def forget(self) -> None:
        """Drop every unwrapped key."""
        self.subjects.clear()
        self.signers.clear()
        self._rings.clear()
        self._lately.clear()

    def forget_one(self, controller: str) -> None:
        """Drop every unwrapped key of a controller."""
        for shelf in (self.subjects, self._rings, self._lately):
            shelf.drop(controller)

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

        def work(conn: sa.Connection) -> tuple[int, list[ControllerRow], bool, HeldRow | None]:
            epoch = store.epoch(conn, controller)  # again: the keys are not older than it
            rows = store.controller_keys(conn, controller)
            dead = bool(register.tombstones(conn, controller, [WHOLE]))
            return epoch, rows, dead, register.held(conn, controller)

        epoch, rows, destroyed, named = self.database.read(controller, work)
        held = self.held_roots.of(controller, named)
        keys, whole = self._unwrapped(controller, rows, held)
        consent = None if held is None else held.demand
        ring = Ring(controller, epoch, keys, destroyed, consent)
        if keys and whole:
            self._rings.put_many(controller, epoch, {controller: ring})
        if keys:
            self._lately.put_many(controller, NO_EPOCH, {controller: ring})
        return ring

    def held(self, controller: str) -> Held | None:
        """Return the root that a controller holds as of now, None for most."""
        named = self.database.read(controller, lambda conn: register.held(conn, controller))
        return self.held_roots.of(controller, named)

    def lately(self, controller: str) -> Ring:
        """Return a controller's keys as of now or of a second ago; mostly without a read."""
        known = self._lately.get_many(controller, NO_EPOCH, (controller,)).get(controller)
        return known or self.ring(controller)

    def new_row(self, controller: str, purpose: str, version: int) -> ControllerRow:
        """Make a controller key, wrapped by the root. Outside any transaction: a KMS is slow."""
        context = hierarchy.controller_context(controller, purpose, version)
        root = root_of(self.root, self.held(controller), purpose)
        wrapped = root.wrap(context, hierarchy.new_keys(1)[0])
        return ControllerRow(purpose, version, wrapped, "current", self.now())

    def hold_root(
        self, conn: sa.Connection, controller: str, rows: Sequence[tuple[str, bytes]]
    ) -> None:
        """Keep the root's name until the commit, so that nothing is wrapped by a root just left.

        Args:
            conn: in the transaction that adds keys, after the controller's epoch was moved: nobody
                gives that controller another root meanwhile.
            controller: whose.
            rows: purpose and wrapped bytes of what is added. These say themselves who wrapped
                them: by now another thread may have turned this process to another root.

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
        held = register.held(conn, controller)
        ours = [made for use, made in rows if held is None or use == LEDGER]
        theirs = [made for use, made in rows if held is not None and use != LEDGER]
        if any(maker(one) != named[0] for one in ours):
            raise moved_root() if follow(self.root, named[0]) else wrong_root()
        if held is not None and any(maker(one) != held.root for one in theirs):
            raise moved_root()
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

    def _unwrapped(
        self, controller: str, rows: Sequence[ControllerRow], held: Held | None
    ) -> tuple[dict[str, list[ControllerKey]], bool]:
        """Unwrap a controller's keys; and whether all: its own root may say no to its part."""
        keys: dict[str, list[ControllerKey]] = {}
        theirs = [] if held is None else [row for row in rows if row.purpose != LEDGER]
        for row in rows:
            if row not in theirs:
                keys.setdefault(row.purpose, []).append(_unwrap(self.root, controller, row))
        if held is None or not theirs:
            return keys, True
        try:
            held.demand()
            for row in theirs:
                keys.setdefault(row.purpose, []).append(_unwrap(held.root, controller, row))
        except (Refused, Unavailable):
            return {use: found for use, found in keys.items() if use == LEDGER}, False
        return keys, True


def _unwrap(root: Root, controller: str, row: ControllerRow) -> ControllerKey:
    context = hierarchy.controller_context(controller, row.purpose, row.version)
    secret = root.unwrap(context, row.wrapped)
    return ControllerKey(row.purpose, row.version, secret, AESGCM(secret), row.created)


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
