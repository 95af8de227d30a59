"""Puts waiting entries into their logs and signs what is durable.

One pass:

1. ask whose inbox holds entries;
2. in one transaction, each controller in its own savepoint: take its entries by deleting them,
   grow the tree, swap the head if it still is what was read, store entries, tiles, openings;
3. commit. From here on the entries have their indices;
4. per grown log: read the new bytes back and hash them again, compare with what was signed before
   and with the guard;
5. move the guard in the key database: durable before a note exists;
6. sign, store the checkpoint.

Nothing is kept in memory between passes, so nothing in memory can be ahead of a commit. If the
process dies before 3, the entries still wait; after 3 or 5, the next pass signs the same head
(Ed25519 is deterministic: the same note). Two sequencers at once lose races at 2 (the head) and
at 5 (the guard) and never fork a log.

Not checked here: tiles and entries below what was signed before; that is the verifier's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bailee.clock import Clock, read_time, write_time
from bailee.db import HOUSE, Database, scope
from bailee.errors import Broken, Conflict, Failure, Unavailable
from bailee.ledger import lease_store, merkle, store, witness_store
from bailee.ledger.asks import Secrets
from bailee.ledger.entry import Fact, Link, write_entry
from bailee.ledger.head import LogHead, Waiting
from bailee.ledger.merkle import WIDTH
from bailee.ledger.note import Checkpoint, Signer, read_checkpoint, split_note
from bailee.ledger.tables import LIFE, OPEN
from bailee.ledger.tile import pack_bundle

LATE = timedelta(minutes=10)
"""How far behind the newest entry's time an entry may stand without being announced as late.

Entries are ordered by time within a pass; across passes a slow transaction may commit behind a
faster one. The verifier knows the same ten minutes."""

BATCH = 2048
MAX_ROUNDS = 1000
HOLD_SECONDS = 4.0
"""A pass that stops in its transaction for so long is undone by the server (PostgreSQL)."""
MACHINE = {"id": "ledger", "kind": "machine"}


@dataclass(frozen=True, slots=True)
class Pass:
    """What a run did: entries integrated, sizes signed per log, what failed per log."""

    integrated: int
    signed: dict[str, int]
    troubles: dict[str, Failure]


def log_name(base: str, year: int, generation: int) -> str:
    """Return a log's origin: ``base/2026``, its successors ``base/2026/2``, ``/3``."""
    return f"{base}/{year}" + (f"/{generation}" if generation > 1 else "")


def first_seq(year: int) -> int:
    """Return the lowest inbox number of a year (UTC)."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000) << 20


class Sequencer:
    """One pass at a time; holds no state but its dependencies."""

    def __init__(self, *, secrets: Secrets, clock: Clock, batch: int = BATCH) -> None:
        self._secrets = secrets
        self._clock = clock
        self._batch = batch

    def run(self, database: Database, leads: Callable[[], bool] = lambda: True) -> Pass:
        """Integrate and sign all that waits now; what comes meanwhile is the next pass's.

        A round takes what it finds, and another follows only where the first could not take all:
        a pass that went on as long as anything is new would never end under load, with a commit
        for every few entries. One log's trouble does not stop the others: it is reported, not
        raised.

        Args:
            database: in the sequencer's role.
            leads: asked before each round but the first; False ends the run, another goes on.
        """
        integrated, signed, troubles = 0, dict[str, int](), dict[str, Failure]()
        raced = list[str]()
        for _ in range(MAX_ROUNDS):
            for name in raced:  # what the faster sequencer left behind is taken in this round
                del troubles[name]
            before = integrated, len(signed), sum(signed.values())
            done, more = self._integrate(database, troubles)
            integrated += done
            for controller, log in database.read(HOUSE, store.unsigned):
                if log in troubles:
                    continue
                try:
                    size = self._sign(database, controller, log)
                except Failure as failure:
                    troubles[log] = failure
                    continue
                if size:
                    signed[log] = size
            raced = [
                name for name, trouble in troubles.items() if trouble.code == "ledger.lost_race"
            ]
            nothing = before == (integrated, len(signed), sum(signed.values()))
            if not (raced or (more and not nothing)) or not leads():
                break
        return Pass(integrated, signed, troubles)

    # Steps 1-3.

    def _integrate(self, database: Database, troubles: dict[str, Failure]) -> tuple[int, bool]:
        """Return how many entries went into their logs, and whether more could go right now."""
        now = self._clock.now()
        names = database.read(HOUSE, lambda conn: store.busy(conn, now.year))
        names = [name for name in names if name not in troubles]
        if not names:
            return 0, False

        def work(conn: sa.Connection) -> tuple[int, bool, dict[str, Failure]]:
            done, more, failed = 0, False, dict[str, Failure]()
            lease_store.hurry(conn, HOLD_SECONDS)
            for name in names:
                scope(conn, name)
                try:
                    with conn.begin_nested():
                        count, left = self._integrate_one(conn, name, now)
                        done, more = done + count, more or left
                except Failure as failure:
                    failed[name] = failure
                except sa.exc.IntegrityError:
                    failed[name] = _lost_race()
                except sa.exc.OperationalError as error:
                    if error.connection_invalidated:
                        raise
                    failed[name] = _held_up()
            return done, more, failed

        done, more, failed = database.write(HOUSE, work)
        troubles.update(failed)
        return done, more

    def _integrate_one(
        self, conn: sa.Connection, controller: str, now: datetime
    ) -> tuple[int, bool]:
        head = store.newest_head(conn, controller)
        if head is None or head.status != OPEN:
            opened = self._open_next(conn, controller, head)
            if opened is None:
                return 0, True  # what waits can go as soon as the predecessor is signed
            head = opened
        rows = store.take(conn, controller, first_seq(head.year + 1), self._batch)
        late = _late(head, rows)
        if late:
            marker = Fact("ledger:entries:late", controller, count=late, actor=MACHINE)
            rows.insert(0, self._own(conn, head, marker))
        following = store.waiting(conn, controller)
        if following is None or following.seq >= first_seq(head.year + 1):
            over = following is not None or now.year > head.year
            if over:
                closing = Fact(
                    "ledger:log:closed", controller, detail={"reason": "year.over"}, actor=MACHINE
                )
                latest = max([head.newest, *(row.time for row in rows)])
                rows.append(self._own(conn, replace(head, newest=latest), closing))
                append_rows(conn, head, rows, LIFE[head.status, "close"])
                return len(rows), True
        append_rows(conn, head, rows, head.status)
        return len(rows), len(rows) >= self._batch

    def _open_next(
        self, conn: sa.Connection, controller: str, last: LogHead | None
    ) -> LogHead | None:
        """Open the log for the first waiting entry; not before its predecessor is signed."""
        first = store.waiting(conn, controller)
        if first is None or (last is not None and last.signed < last.size):
            return None
        year, link = int(first.time[:4]), None
        if last is not None:
            year = max(year, last.year + 1)
            link = Link(last.log, last.size, last.size, last.root.hex())
        generation, lost = signed_before(self._secrets, controller, first.base, (year, 1))
        if lost and store.head_of(conn, controller, log_name(first.base, year, 1)) is not None:
            raise _lost_race()  # not lost: another sequencer opened and signed it meanwhile
        if link is None and lost:
            link = lost.pop(0).link
        return self.open_log(
            conn,
            empty_head(controller, first.base, first.time, (year, generation)),
            Fact("ledger:log:opened", controller, actor=MACHINE, link=link),
            *lost,
        )

    def open_log(self, conn: sa.Connection, head: LogHead, *facts: Fact) -> LogHead:
        """Create a log whose first entries are facts about it."""
        store.add_head(conn, head)
        rows = [self._own(conn, head, fact) for fact in facts]
        return append_rows(conn, head, rows, OPEN)

    def _own(self, conn: sa.Connection, head: LogHead, fact: Fact) -> Waiting:
        """Return an entry of the ledger's own, as of a head's newest; its opening is stored."""
        written = write_entry(fact, head.newest)
        sealed = self._secrets.seal_opening(head.controller, written.entry_id, written.opening)
        store.add_openings(conn, head.controller, {written.entry_id: sealed})
        return Waiting(head.newest, 0, written.entry_id, head.base, written.body)

    # Steps 4-6.

    def _sign(self, database: Database, controller: str, log: str) -> int:
        """Sign a log's head; return its size, 0 when somebody else was faster."""
        head = self.checked(database, controller, log)
        try:
            self._secrets.advance_guard(log, head.size, head.root)
        except Broken:
            self.checked(database, controller, log)  # says so if the guard is right
            return 0
        signer = Signer(log, self._secrets.log_signer(log))
        note = signer.sign(Checkpoint(log, head.size, head.root).text)
        time = write_time(self._clock.now())

        def work(conn: sa.Connection) -> bool:
            lease_store.hurry(conn, HOLD_SECONDS)
            return store.add_checkpoint(conn, head, note, time)

        return head.size if database.write(controller, work) else 0

    def checked(self, database: Database, controller: str, log: str) -> LogHead:
        """Return a head fit to be signed.

        The guard is read before the head: a guard that another sequencer moves in between can
        then never look ahead of the head.
        """
        guard = self._secrets.guard_head(log)

        def work(conn: sa.Connection) -> LogHead:
            head = store.head_of(conn, controller, log)
            if head is None:
                raise Broken("ledger.head", "A log's head is gone.")
            check_bytes(conn, head)
            if witness_store.ahead_of(conn, controller, log) is not None:
                raise Broken(
                    "ledger.witnessed_ahead",
                    "A witness holds another history of the log: older data were restored.",
                    do="Run `bailee restore`: it closes the log and opens its successor.",
                )
            if not follows(conn, head, guard):
                raise Broken(
                    "ledger.behind_guard",
                    "The log is not what was signed last: an older backup was restored.",
                    do="Run `bailee restore`: it closes the log and opens its successor.",
                )
            return head

        return database.read(controller, work)


def _lost_race() -> Conflict:
    return Conflict("ledger.lost_race", "Another sequencer was faster.", retryable=True)


def signed_before(
    secrets: Secrets, controller: str, base: str, order: tuple[int, int]
) -> tuple[int, list[Fact]]:
    """Return the first generation whose name was never signed, and a fact per log lost before it.

    A backup from before a log began knows nothing of it; its name was signed all the same.
    """
    (year, generation), lost = order, list[Fact]()
    while (signed := secrets.guard_head(log_name(base, year, generation))) is not None:
        link = Link(log_name(base, year, generation), 0, signed[0], signed[1].hex())
        lost.append(Fact("ledger:log:lost", controller, count=signed[0], actor=MACHINE, link=link))
        generation += 1
    return generation, lost


def _held_up() -> Unavailable:
    return Unavailable("ledger.held_up", "Another sequencer holds this log's rows.")


def empty_head(controller: str, base: str, time: str, order: tuple[int, int]) -> LogHead:
    """Return the head of a log that is about to be opened; ``order`` is year and generation."""
    year, generation = order
    return LogHead(
        controller,
        log_name(base, year, generation),
        base,
        year,
        generation,
        OPEN,
        merkle.Head(),
        merkle.EMPTY_ROOT,
        time,
        0,
    )


def _late(head: LogHead, rows: list[Waiting]) -> int:
    """Return how many of the sorted rows are later than the verifier accepts unannounced."""
    limit = write_time(read_time(head.newest) - LATE)
    return sum(row.time < limit for row in rows)


def append_rows(conn: sa.Connection, head: LogHead, rows: list[Waiting], status: str) -> LogHead:
    """Append entries to a log in the caller's transaction; return the new head.

    Raises:
        Broken: ``ledger.head`` when the stored head contradicts itself.
        Conflict: ``ledger.lost_race`` when the head is no longer what was read.
    """
    if merkle.root(head.tree) != head.root:
        raise Broken("ledger.head", "A log's head does not hash to its root.")
    if not rows and status == head.status:
        return head
    bodies = [row.body for row in rows]
    tree, tiles = merkle.grow(head.tree, [merkle.leaf_hash(body) for body in bodies])
    newest = max([head.newest, *(row.time for row in rows)])
    new = replace(head, tree=tree, root=merkle.root(tree), newest=newest, status=status)
    if not store.swap_head(conn, head, new):
        raise _lost_race()
    store.add_places(conn, head, rows)
    store.add_tiles(conn, head, tiles)
    start = head.size
    if new.size // WIDTH > head.size // WIDTH:
        start = head.size - head.size % WIDTH
        bodies = store.entries(conn, head, start // WIDTH) + bodies if head.size % WIDTH else bodies
        whole = (new.size - start) // WIDTH * WIDTH
        parts = {(start + i) // WIDTH: bodies[i : i + WIDTH] for i in range(0, whole, WIDTH)}
        store.add_bundles(conn, head, {n: pack_bundle(part) for n, part in parts.items()})
        store.cut_tail(conn, head, start + whole)
        start, bodies = start + whole, bodies[whole:]
    store.add_tail(conn, head, start, bodies)
    return new


def signed_tree(conn: sa.Connection, head: LogHead) -> Checkpoint:
    """Return what a log's newest checkpoint says; size 0 before the first."""
    note = store.newest_checkpoint(conn, head.controller, head.log)
    if note is None:
        return Checkpoint(head.log, 0, merkle.EMPTY_ROOT)
    return read_checkpoint(split_note(note)[0])


def follows(conn: sa.Connection, head: LogHead, guard: tuple[int, bytes] | None) -> bool:
    """Say whether a log, as stored, extends what the guard says was signed."""
    if guard is None:
        return True
    size, root = guard
    read = store.tile_reader(conn, head)
    return size <= head.size and merkle.root_at(size, read) == root


def check_bytes(conn: sa.Connection, head: LogHead) -> None:
    """Hash again what is new since the last checkpoint, from the bytes as they are stored.

    One bit flipped between memory and disk would otherwise be signed, and end the log for good.

    Raises:
        Broken: ``ledger.bytes`` when the stored bytes do not give the head's root, or do not
            extend the last checkpoint.
    """
    old = signed_tree(conn, head)
    read = store.tile_reader(conn, head)
    sound = all(_sound_hashes(conn, head, old.size)) and (
        merkle.root_at(head.size, read) == head.root == merkle.root(head.tree)
        and old.size <= head.size
        and merkle.root_at(old.size, read) == old.root
    )
    if not sound:
        raise Broken(
            "ledger.bytes",
            "Stored entries do not hash to the log's head; nothing was signed.",
            do="Check disk and memory, then restore.",
        )


def _sound_hashes(conn: sa.Connection, head: LogHead, signed: int) -> Iterator[bool]:
    """Yield, per tile that grew since ``signed`` leaves, whether what lies below gives it."""
    read = store.tile_reader(conn, head)
    for n in range(signed // WIDTH, -(-head.size // WIDTH)):
        bodies = store.entries(conn, head, n)
        width = min(WIDTH, head.size - n * WIDTH)
        hashes = b"".join(merkle.leaf_hash(body) for body in bodies)
        yield len(bodies) == width and hashes == read(0, n, width)
    level, start, end = 1, signed // WIDTH, head.size // WIDTH
    while end:
        for index in range(start, end):
            n, at = divmod(index, WIDTH)
            stored = read(level, n, at + 1)[at * merkle.HASH_BYTES :]
            yield stored == merkle.perfect_root(read(level - 1, index, WIDTH))
        level, start, end = level + 1, start // WIDTH, end // WIDTH
