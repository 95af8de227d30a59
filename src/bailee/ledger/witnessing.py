"""Shows each published checkpoint to the witnesses, beside the sequencer and never in its way.

A thread for each witness submits; one more looks, a moment after each signature and every few
seconds, how far each log was seen, and sets the *mark*: the one checkpoint of a log that all
witnesses are asked about, so that their lines meet under the same note. A new mark is set when a
quorum saw the last one, when everybody was asked, or when it is too old to wait for. A witness that
hangs holds up its own thread alone.

Nothing waits for a witness: without a quorum checkpoints are published all the same, and show
(``Standing``) as not seen. What a witness cosigned is not sent to it again, but once when a process
begins to submit: a restored log is found out before it has grown.

A witness that holds more than we have signed, or another root than ours, has seen a history that
we lost. That is written down for good, and the log is not signed any more (``Sequencer.checked``).
Its word is not proven: whoever pins a witness lets it stop the log.

If the process dies after a witness cosigned and before its line is stored, the witness is asked
again and answers with the size it holds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

import sqlalchemy as sa

from bailee.clock import Clock, read_time, write_time
from bailee.db import HOUSE, Database
from bailee.errors import Invalid, Unavailable
from bailee.ledger import merkle, store, verify, witness_store
from bailee.ledger.cosigning import Denied, Holds, Post, read_reply, write_submission
from bailee.ledger.lane import PAUSES, Lane, Mark, Pause, Standing
from bailee.ledger.note import COSIGNATURE, Verifier
from bailee.ledger.witness_store import Behind

BEAT_SECONDS = 0.25
LOOK_SECONDS = 5.0
MARK_SECONDS = 15.0
"""So long a mark waits for a quorum, then a newer checkpoint is shown."""
LATE_SECONDS = 600.0
"""So long after its signature a checkpoint without a quorum counts as not witnessed."""
TRIES = 4
PATH = "/add-checkpoint"
NAME_LENGTH = 200
_LOG = logging.getLogger(__name__)


class Witnessing:
    """The witnesses of a deployment.

    Args:
        policy: whom to ask, and what is enough; from the setting.
        post: how to reach them.
        clock: the time.

    Raises:
        Invalid: ``witness.policy`` for a witness with too long a name.
    """

    def __init__(self, policy: verify.Policy, post: Post, clock: Clock) -> None:
        self._policy, self._post, self._clock = policy, post, clock
        self._names = dict[str, str]()
        self._lanes = list[Lane]()
        for name, (key, url) in policy.witnesses.items():
            lane = Lane(name, Verifier(key.name, key.public, COSIGNATURE), url.rstrip("/") + PATH)
            if len(key.name) > NAME_LENGTH:
                raise Invalid("witness.policy", "A witness's name has at most 200 characters.")
            self._names[lane.identity] = name
            if url:
                self._lanes.append(lane)
        self._lock = threading.Lock()
        self._marks = dict[str, Mark]()  # replaced as a whole by the looking thread
        self._stopping = threading.Event()
        self._threads = list[threading.Thread]()
        self.standing = Standing()  # replaced as a whole after each look

    @property
    def names(self) -> list[str]:
        """The witnesses, as the policy calls them."""
        return sorted(self._names.values())

    # Life.

    def start(self, database: Database, leads: Callable[[], bool], news: Callable[[], int]) -> None:
        """Begin to look and, while this process leads, to submit.

        Args:
            database: in the sequencer's role.
            leads: whether this process is the one that submits.
            news: changes whenever something was signed.
        """
        work = [partial(self._watch, database, leads, news)]
        work += [partial(self._serve, database, leads, lane) for lane in self._lanes]
        for target in work:
            thread = threading.Thread(target=target, name="witness", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End, without waiting for a witness that hangs."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(BEAT_SECONDS)

    def show(self, database: Database, controller: str, log: str, seconds: float) -> None:
        """Show a log's newest checkpoint now, and wait so long for the witnesses at most."""
        size = database.read(controller, lambda conn: witness_store.signed(conn, controller, log))
        mark = Mark(controller, log, size, time.monotonic())
        threads = [
            threading.Thread(target=self._try, args=(database, lane, mark), daemon=True)
            for lane in self._lanes
        ]
        until = time.monotonic() + seconds
        for thread in threads if size else ():
            thread.start()
        for thread in threads if size else ():
            thread.join(max(0.0, until - time.monotonic()))

    # Looking.

    def _watch(
        self, database: Database, leads: Callable[[], bool], news: Callable[[], int]
    ) -> None:
        known, looked, greeted = -1, -LOOK_SECONDS, False
        while not self._stopping.wait(BEAT_SECONDS):
            current, now, leading = news(), time.monotonic(), leads()
            greeted = greeted and leading
            if current == known and now - looked < LOOK_SECONDS and greeted == leading:
                continue
            try:
                self.look(database, greet=leading and not greeted)
                known, looked, greeted = current, now, leading
            except Exception as error:  # noqa: BLE001 - the next look may find the database again
                _LOG.error("witnesses: %s", getattr(error, "code", type(error).__name__.lower()))
                looked = now

    def look(self, database: Database, *, greet: bool = False) -> None:
        """See how far each log was seen, and set marks; with ``greet``, one for each log."""
        rows = database.read(HOUSE, witness_store.standing)
        stopped = database.read(HOUSE, witness_store.stopped)
        now, marks = time.monotonic(), dict[str, Mark]()
        for row in rows:
            mark = self._marks.get(row.log)
            if greet or self._moves(row, mark, now):
                mark = Mark(row.controller, row.log, row.signed, now)
            if mark and any(lane.done.get(row.log, 0) < mark.size for lane in self._lanes):
                marks[row.log] = mark
        logs = {row.log for row in rows}
        for lane in self._lanes:
            lane.forget(logs)
        self._marks = marks
        self.standing = self._stand(rows, tuple(stopped))

    def _moves(self, row: Behind, mark: Mark | None, now: float) -> bool:
        """Say whether a newer checkpoint than the marked one is to be shown."""
        if mark is None:
            return row.seen < row.signed
        asked = not any(lane.wants(mark) for lane in self._lanes)
        old = now - mark.set_at > MARK_SECONDS
        return row.signed > mark.size and (row.seen >= mark.size or asked or old)

    def _stand(self, rows: list[Behind], stopped: tuple[str, ...]) -> Standing:
        lags = [self._lag(row) for row in self._asked(rows) if row.since is not None]
        late = sum(lag > LATE_SECONDS for lag in lags)
        failing = sum(lane.pause.length > PAUSES[0] for lane in self._lanes)
        return Standing(len(lags), late, max(lags, default=0.0), stopped, failing)

    def _asked(self, rows: list[Behind]) -> list[Behind]:
        """Return the logs that a quorum must see."""
        return [] if self._policy.quorum == "none" else rows

    def _lag(self, row: Behind) -> float:
        return (self._clock.now() - read_time(row.since or "")).total_seconds()

    def unwitnessed(self, conn: sa.Connection, controller: str) -> bool:
        """Say whether a controller's log is stopped, or was too long without a quorum."""
        rows = self._asked(witness_store.standing(conn, controller))
        logs = store.heads(conn, controller)
        held = any(witness_store.ahead_of(conn, controller, one.log) for one in logs[-1:])
        return held or any(row.since and self._lag(row) > LATE_SECONDS for row in rows)

    # Submitting.

    def _serve(self, database: Database, leads: Callable[[], bool], lane: Lane) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            for mark in list(self._marks.values()):
                if self._stopping.is_set() or not leads():
                    break
                if lane.wants(mark):
                    self._try(database, lane, mark)

    def _try(self, database: Database, lane: Lane, mark: Mark) -> None:
        """Ask a witness once about a mark; whatever goes wrong is its own affair."""
        try:
            status = self._submit(database, lane, mark)
        except Exception as error:  # noqa: BLE001 - a lane must outlive any one answer
            lane.pause.fail()
            code = getattr(error, "code", type(error).__name__.lower())
            _LOG.warning("witness %s: %s", lane.name, code)
            return
        lane.pause = Pause()
        if not status:
            lane.done[mark.log] = mark.size
            lane.denied.pop(mark.log, None)
            return
        lane.denied.setdefault(mark.log, Pause()).fail()
        _LOG.warning("witness %s: answers %d about the log %s", lane.name, status, mark.log)

    def _submit(self, database: Database, lane: Lane, mark: Mark) -> int:
        """Return 0 when the witness cosigned, or is past the mark; else the status of its refusal.

        Raises:
            Unavailable: ``witness.answer`` and others.
        """
        for _ in range(TRIES):
            old, note, body = self._prepare(database, lane, mark)
            if not body:
                return 0
            now = int(self._clock.now().timestamp())
            said = read_reply(self._post(lane.url, body), note, lane.witness, now)
            if isinstance(said, str):
                self._keep(database, lane, mark, said)
                return 0
            if isinstance(said, Denied) and said.status != 422:
                return said.status
            size = said.size if isinstance(said, Holds) else old
            if size > mark.size:
                return self._past(database, lane, mark, size)
            if size == old and (size == mark.size or isinstance(said, Denied)):
                return self._contradicted(database, lane, mark, size)
            lane.holds[mark.log] = size
        raise Unavailable("witness.answer", "The witness names another size each time.")

    def _prepare(self, database: Database, lane: Lane, mark: Mark) -> tuple[int, str, bytes]:
        """Return old size, note and body; no body when there is nothing to be said."""

        def work(conn: sa.Connection) -> tuple[int, str, bytes]:
            place = (mark.controller, mark.log)
            old = lane.holds.get(mark.log)
            if old is None:
                old = witness_store.seen_by(conn, *place, lane.identity)
            head = store.head_of(conn, *place)
            note = witness_store.note_at(conn, *place, mark.size)
            if head is None or note is None or old > mark.size:
                return 0, "", b""
            proof = merkle.consistency_proof(old, mark.size, store.tile_reader(conn, head))
            return old, note, write_submission(old, proof, note)

        return database.read(mark.controller, work)

    def _keep(self, database: Database, lane: Lane, mark: Mark, line: str) -> None:
        """Store a verified line; mark the checkpoint when they are enough."""
        place, when = (mark.controller, mark.log, mark.size), write_time(self._clock.now())

        def work(conn: sa.Connection) -> None:
            witness_store.add_line(conn, (*place, lane.identity), line, when)
            known = witness_store.lines(conn, *place)
            if self._policy.met(self._names[one] for one in known if one in self._names):
                witness_store.add_quorum(conn, place, when)

        with self._lock:  # two lines stored at once would each not see the other
            database.write(mark.controller, work)
        lane.holds[mark.log] = mark.size

    def _past(self, database: Database, lane: Lane, mark: Mark, size: int) -> int:
        """Judge a witness that holds more than the mark: another process's submission, or not ours.

        Whatever is submitted was stored as signed before; so the store is asked now, not before.
        """
        place = (mark.controller, mark.log)
        if size <= database.read(place[0], lambda conn: witness_store.signed(conn, *place)):
            lane.holds[mark.log] = size
            return 0
        self._stop_log(database, lane, mark, size)
        return 409

    def _contradicted(self, database: Database, lane: Lane, mark: Mark, size: int) -> int:
        """Judge a witness that refuses the proof from a size it named, or our root of that size.

        If it cosigned our root of that size it contradicts itself; from nothing there is no proof.
        """
        place = (mark.controller, mark.log)
        ours = database.read(place[0], lambda conn: witness_store.lines(conn, *place, size))
        if size == 0 or lane.identity in ours:
            return 422
        self._stop_log(database, lane, mark, size)
        return 409

    def _stop_log(self, database: Database, lane: Lane, mark: Mark, size: int) -> None:
        key, when = (mark.controller, mark.log, lane.identity), write_time(self._clock.now())
        database.write(key[0], lambda conn: witness_store.add_ahead(conn, key, size, when))
        _LOG.error(
            "witness %s holds another history of %s, of size %d: it is not signed any more",
            lane.name, mark.log, size,
        )  # fmt: skip
