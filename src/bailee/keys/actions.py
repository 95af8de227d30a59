"""Keys for everybody above: made, handed out, rotated, destroyed. The whole of it in one class."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bailee.clock import Clock
from bailee.db import HOUSE, Database, scope
from bailee.errors import Broken, Conflict, Gone, Invalid, Oversized
from bailee.keys import hierarchy, register, store
from bailee.keys.cache import Limits
from bailee.keys.ending import Ending
from bailee.keys.hierarchy import (
    DATA,
    INDEX,
    LEDGER,
    PURPOSES,
    REFERENCE,
    TOKEN,
    WHOLE,
    Derived,
    SubjectKey,
    controller_destroyed,
)
from bailee.keys.holding import Holder, Holding
from bailee.keys.lifecycle import Intent
from bailee.keys.mirror import Made, Mirror, NoMirror, Tombstone
from bailee.keys.moving import Moved, Moving
from bailee.keys.reach import Reach
from bailee.keys.reconcile import Reconciled, Reconciler
from bailee.keys.root import Root, wrong_root
from bailee.keys.rotation import Rotation, next_version
from bailee.keys.signing import Signing
from bailee.keys.store import SubjectRow
from bailee.keys.strongroom import Strongroom, wrap_subjects
from bailee.keys.tworoots import follow, with_named_root

NEW_AT_ONCE = 100_000
ATTEMPTS = 5
VERSION_BYTES = 4


class Keys:
    """Everybody's keys.

    Args:
        database: the key database; never the one that holds the data.
        root: what wraps controller keys and log keys.
        clock: time.
        mirror: the second place for deaths and signed heads; None only for tools that read.
        limits: of the cache of unwrapped keys.
        reach: where roots may be that controllers hold; nowhere when left out.
        ticks: monotonic seconds, for the cache.
    """

    def __init__(
        self,
        database: Database,
        root: Root,
        clock: Clock,
        *,
        mirror: Mirror | None = None,
        limits: Limits | None = None,
        reach: Reach | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reach = reach or Reach()
        self._room = Strongroom(
            database,
            root,
            clock,
            mirror or NoMirror(),
            limits=limits or Limits(),
            reach=self.reach,
            ticks=ticks,
        )
        self._database = database
        self._signing = Signing(self._room)
        self.document_signer = self._signing.document_signer
        self.rotation = Rotation(self._room)
        self._moving = Moving(self._room)
        self._holder = Holder(self._room)
        self.ending = Ending(self._room)
        self._reconciler = Reconciler(self._room, self.rotation)

    # Start

    def start(self) -> Reconciled:
        """Check the root, make the house's own keys, merge the mirror. Before serving.

        Raises:
            Broken: ``root.wrong``, ``mirror.broken``, ``log.guard``.
        """
        if self._database.read(HOUSE, register.root_name) is not None:
            self.check_root(self._room.root)
        reconciled = self.reconcile_mirror()
        self.create_controller(HOUSE)
        return reconciled

    def reconcile_mirror(self) -> Reconciled:
        """Let the key database learn what a restore made it forget, and the mirror likewise."""
        return self._reconciler.reconcile()

    def check_root(self, root: Root) -> None:
        """Refuse a root that is not the one everything is wrapped by.

        Raises:
            Broken: ``root.wrong``.
        """
        named = self._database.read(HOUSE, register.root_name)
        if named is None or not follow(root, named[0]):
            raise wrong_root()
        root.unwrap(hierarchy.check_context(), named[1])

    def unwrapped(self, controller: str) -> list[bytes]:
        """Return a controller's unwrapped keys, for the one control that searches files for them.

        Nothing else may call this: keys stay in this package.
        """
        ring = self._room.ring(controller)
        return [key.secret for purpose in PURPOSES for key in ring.all(purpose)]

    # Controllers

    def create_controller(self, controller: str) -> None:
        """Make a controller's keys, durable on return; idempotent.

        Keys come before data: if the process dies between the two, the keys wait for the next try.

        Raises:
            Gone: ``controller.destroyed``: a name is never used again.
            Invalid: ``controller.name``.
        """
        if not 0 < len(controller) <= 64:
            raise Invalid("controller.name", "A controller's name has 1 to 64 characters.")
        for _ in range(ATTEMPTS):
            ring = self._room.ring(controller)
            if ring.destroyed:
                raise controller_destroyed()
            if ring.keys.get(DATA):
                return
            try:
                with_named_root(lambda: self._create(controller))
            except sa.exc.IntegrityError:
                continue  # another process is making the same
        raise Conflict("key.contended", "Others make the same controller.", retryable=True)

    def controller_exists(self, controller: str) -> bool:
        """Say whether a controller has keys; False also after its destruction."""
        rows = self._database.read(controller, lambda conn: store.controller_keys(conn, controller))
        return any(row.purpose == DATA for row in rows)

    def epoch(self, controller: str = HOUSE) -> int:
        """Return the epoch of a controller's keys: one row; it moves with every change of them.

        Whoever remembers keys asks this in each call, so it asks the root that the controller
        holds, if it does.

        Raises:
            Refused: ``root.withheld``. Unavailable: ``root.*``.
        """
        self._room.held_roots.demand(controller)
        return store.epoch_now(self._database, controller)

    # Subject keys

    def subject_keys(self, controller: str, key_ids: Sequence[str]) -> dict[str, SubjectKey]:
        """Return the keys that exist, by id; destroyed and unknown ones are absent.

        One row is read when all are in the cache, else one more query in chunks of 500.

        Raises:
            NotFound: ``controller.unknown``. Gone: ``controller.destroyed``.
            Broken: ``key.unwrap``.
        """
        ring = self._room.ring(controller)
        ring.current(DATA)
        found = self._room.subjects.get_many(controller, ring.epoch, key_ids)
        missing = dict.fromkeys(key_id for key_id in key_ids if key_id not in found)
        if not missing:
            return found
        rows = self._database.read(
            controller, lambda conn: store.subject_keys(conn, controller, missing)
        )
        if any(ring.version(DATA, row.under_version) is None for row in rows):
            ring = self._room.ring(controller)  # a rotation began between the two reads
        read = self._room.subject_keys(ring, rows)
        self._room.subjects.put_many(controller, ring.epoch, read)
        return found | read

    def new_subject_keys(self, controller: str, n: int) -> list[SubjectKey]:
        """Make ``n`` random keys; they are durable before this returns, so data may follow.

        Raises:
            NotFound: ``controller.unknown``. Gone: ``controller.destroyed``.
            Oversized: ``keys.too_many`` above 100,000.
        """
        if n > NEW_AT_ONCE:
            raise Oversized("keys.too_many", f"At most {NEW_AT_ONCE} keys are made at once.")
        keys = hierarchy.new_keys(n)
        named = [(name, 1, key) for name, key in zip(hierarchy.new_ids(n), keys, strict=True)]
        made = {name: SubjectKey(name, 1, AESGCM(key)) for name, _, key in named}
        for _ in range(ATTEMPTS if n else 0):
            ring = self._room.ring(controller)
            rows, under = wrap_subjects(ring, named), ring.current(DATA).version
            if self._database.write(controller, self._adding(controller, under, rows)):
                self._room.subjects.put_many(controller, ring.epoch, made)
                return list(made.values())
        if n:
            raise Conflict("key.contended", "The data key keeps changing.", retryable=True)
        return []

    def tombstones(self, controller: str, key_ids: Sequence[str] | None = None) -> list[Tombstone]:
        """Return the deaths of a controller's keys, all or those of some ids."""
        return self._database.read(
            controller, lambda conn: register.tombstones(conn, controller, key_ids)
        )

    # Derived keys

    def index_keys(self, controller: str, element: str, norm_version: int) -> list[Derived]:
        """Return blind-index keys of an element: write with the first, read with all."""
        return self._derived(controller, INDEX, element, str(norm_version))

    def token_keys(self, controller: str) -> list[Derived]:
        """Return keys for fingerprints of values: write with the first, read with all."""
        return self._derived(controller, TOKEN)

    def reference_keys(self, controller: str) -> list[Derived]:
        """Return keys for marks of references and calls: write with the first, read with all."""
        return self._derived(controller, REFERENCE)

    # The ledger's secrets

    def seal_opening(self, controller: str, entry_id: str, plain: bytes) -> bytes:
        """Encrypt an entry's opening under a key of its own; bound to controller and entry."""
        key = self._room.lately(controller).current(LEDGER)
        header = key.version.to_bytes(VERSION_BYTES)
        aead = AESGCM(hierarchy.derive(key.secret, "opening", entry_id))
        context = hierarchy.opening_context(controller, entry_id)
        return header + hierarchy.wrap(aead, header + context, plain, hierarchy.new_nonces(1)[0])

    def open_opening(self, controller: str, entry_id: str, sealed: bytes) -> bytes:
        """Decrypt an entry's opening.

        Raises:
            Gone: ``opening.destroyed`` when its key is. Broken: ``key.unwrap``.
        """
        header, rest = sealed[:VERSION_BYTES], sealed[VERSION_BYTES:]
        if len(header) < VERSION_BYTES:
            raise Broken("key.unwrap", "An opening was cut short.")
        key = self._room.lately(controller).version(LEDGER, int.from_bytes(header))
        if key is None:
            raise Gone("opening.destroyed", "The key of this opening is gone.")
        aead = AESGCM(hierarchy.derive(key.secret, "opening", entry_id))
        context = hierarchy.opening_context(controller, entry_id)
        return hierarchy.unwrap(aead, header + context, rest)

    def log_signer(self, log: str) -> Ed25519PrivateKey:
        """Return the key that signs a log; durable before its first use."""
        return self._signing.log_signer(log)

    def guard_head(self, log: str) -> tuple[int, bytes] | None:
        """Return size and root of the last head of a log that may have been signed."""
        return self._signing.guard_head(log)

    def advance_guard(self, log: str, size: int, root: bytes) -> None:
        """Let a head be signed, or raise Broken ``log.guard``; durable in both places."""
        self._signing.advance_guard(log, size, root)

    # Rotation

    def rotate_controller_key(self, controller: str, purpose: str = DATA) -> int:
        """Give a controller a new version of a key; see ``Rotation.controller_key``."""
        return self.rotation.controller_key(controller, purpose)

    def retire_controller_key(
        self, controller: str, purpose: str, version: int, entry_hash: str
    ) -> None:
        """Destroy an old version of an index, token or reference key."""
        self.rotation.retire_controller_key(controller, purpose, version, entry_hash)

    def rotate_subject_keys(self, controller: str, key_ids: Sequence[str]) -> dict[str, int]:
        """Give subject keys new versions, id → version; old ones stay readable until retired."""
        return self.rotation.subject_keys(controller, key_ids)

    def retire_subject_keys(self, controller: str, in_use: Mapping[str, int]) -> None:
        """Delete versions below the one in use (id → version)."""
        self.rotation.retire_subject_keys(controller, in_use)

    def hold(self, controller: str, address: str) -> Holding:
        """Put a controller's keys under a root that it holds itself; see ``Holder.hold``."""
        return self._holder.hold(controller, address)

    def release(self, controller: str) -> Holding:
        """Put a controller's keys back under the house's root; see ``Holder.release``."""
        return self._holder.release(controller)

    def held_root(self, controller: str) -> str:
        """Return the name of the root that a controller holds itself, '' for most."""
        row = self._room.database.read(controller, lambda conn: register.held(conn, controller))
        return "" if row is None else row.root

    def close(self) -> None:
        """Let go of the roots that controllers hold."""
        self._room.held_roots.close()

    def move_root(self, after: str = "") -> Moved:
        """Wrap some more by the root that takes over; see ``Moving.step``."""
        return self._moving.step(after)

    # Destruction: this database's half (see ``Destruction`` for the whole)

    def destroy_subjects(self, controller: str, key_ids: Sequence[str], entry_hash: str) -> Intent:
        """Delete subject keys, announced by ``entry_hash``; the intent waits for rows to go.

        ``Destruction.resume`` completes it if the caller does not.
        """
        intent = self.ending.new(controller, key_ids, entry_hash=entry_hash)
        return self.ending.delete_keys(intent, stored=False)

    def destroy_controller(self, controller: str, entry_hash: str) -> Intent:
        """Delete a controller's keys, whatever hangs under them; as ``destroy_subjects``."""
        intent = self.ending.new(controller, None, entry_hash=entry_hash)
        return self.ending.delete_keys(intent, stored=False)

    def destroy_openings(self, controller: str, entry_hash: str) -> None:
        """Delete the key of a controller's ledger openings, when no record period needs it."""
        self.ending.openings(controller, entry_hash)

    def open_intents(self) -> list[Intent]:
        """Return every act that is not done, of all controllers."""
        intents: list[Intent] = []
        for controller in self._database.read(HOUSE, store.holders):
            work = partial(register.open_intents, controller=controller)
            intents += self._database.read(controller, work)
        return intents

    def purge(self) -> None:
        """Make deleted bytes unrecoverable from the key database's files."""
        self._database.purge()

    # Inside

    def _derived(self, controller: str, purpose: str, *labels: str) -> list[Derived]:
        """Derive from every version, newest first, but for one that does not write yet."""
        keys = self._room.writing_first(self._room.lately(controller).all(purpose))
        return [
            Derived(key.version, hierarchy.derive(key.secret, purpose, *labels)) for key in keys
        ]

    def _create(self, controller: str) -> None:
        versions = self._database.read(
            controller,
            lambda conn: {purpose: next_version(conn, controller, purpose) for purpose in PURPOSES},
        )
        rows = [self._room.new_row(controller, purpose, versions[purpose]) for purpose in PURPOSES]
        created = self._room.now()

        def work(conn: sa.Connection) -> bool:
            scope(conn, HOUSE)
            if not store.holder_known(conn, controller):
                store.add_holder(conn, controller, created)
            scope(conn, controller)
            store.begin(conn, controller)
            store.bump(conn, controller)
            self._room.hold_root(conn, controller, [(row.purpose, row.wrapped) for row in rows])
            if store.controller_keys(conn, controller) or register.tombstones(
                conn, controller, [WHOLE]
            ):
                return False  # made or destroyed meanwhile: the caller looks again
            for row in rows:
                store.add_controller_key(conn, controller, row)
            return True

        if self._database.write(controller, work):
            self._room.mirror.append([Made(controller, row.purpose, row.version) for row in rows])

    def _adding(
        self, controller: str, under: int, rows: Sequence[SubjectRow]
    ) -> Callable[[sa.Connection], bool]:
        created = self._room.now()

        def work(conn: sa.Connection) -> bool:
            held = store.hold_controller_key(conn, controller, DATA, under)
            if held:
                store.add_subject_keys(conn, controller, rows, created)
            return held

        return work
