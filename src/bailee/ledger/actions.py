"""What people and the other packages ask of the ledger."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bailee.clock import Clock, write_time
from bailee.db import HOUSE, Database
from bailee.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from bailee.ledger import merkle, note, store, succession, tile, witness_store
from bailee.ledger.asks import LogId, Secrets
from bailee.ledger.backlog import Backlog, Bounds
from bailee.ledger.entry import Fact, Link, Receipt, read_entry, write_entry
from bailee.ledger.export import Parcel, write_bundle
from bailee.ledger.head import LogHead, Waiting
from bailee.ledger.merkle import WIDTH
from bailee.ledger.opening import Opening, read_opening
from bailee.ledger.pulse import Pulse
from bailee.ledger.seal import Seal
from bailee.ledger.sequencer import Pass, Sequencer, log_name
from bailee.ledger.stretch import body_at, entries_since, read_span
from bailee.ledger.tables import LIFE, OPEN, RETIRED, opening

NAME_LIFE = timedelta(minutes=1)
MAX_NAMES = 10_000
_ORIGIN = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Name:
    """A controller's log as last looked up; looked up again when stale (``until``) or new year."""

    base: str
    log: str
    year: int
    until: datetime


class Ledger:
    """Append, prove, export. Every method but ``sequence`` works in its caller's transaction.

    Args:
        secrets: sealing, signing and guard keys.
        clock: the time.
        origin: begins every log's name, as ``bailee.example``; checkpoints carry it.
        log_id: answers with a controller's opaque log id.
        bounds: of what may wait for the sequencer.
    """

    def __init__(
        self,
        *,
        secrets: Secrets,
        clock: Clock,
        origin: str,
        log_id: LogId,
        bounds: Bounds | None = None,
    ) -> None:
        if len(origin) > 100 or not _ORIGIN.fullmatch(origin):
            raise Invalid("ledger.origin", "An origin is a host name, perhaps with a path.")
        self._secrets = secrets
        self._clock = clock
        self._origin = origin
        self._log_id = log_id
        self._sequencer = Sequencer(secrets=secrets, clock=clock)
        self._lock = threading.Lock()
        self._seq = 0  # owned by _lock
        self._names: dict[str, _Name] = {}  # owned by _lock
        self.pulse: Pulse | None = None
        self.backlog = Backlog(bounds or Bounds())

    # Record (C2.5(5)).

    def append(self, conn: sa.Connection, fact: Fact) -> Receipt:
        """Record a fact in the caller's transaction: it happened if and only if that commits."""
        return self.append_many(conn, [fact])[0]

    def append_many(self, conn: sa.Connection, facts: Sequence[Fact]) -> list[Receipt]:
        """Record facts, in order; their rows are written when the transaction ends.

        Raises:
            Invalid: ``fact.form`` for anything that may not stand in a log in clear.
        """
        receipts = []
        for fact in facts:
            now, controller = self._clock.now(), fact.controller
            name, time = self._name(conn, controller, now), write_time(now)
            written = write_entry(fact, time)
            sealed = self._secrets.seal_opening(controller, written.entry_id, written.opening)
            row = Waiting(time, self._next_seq(now), written.entry_id, name.base, written.body)
            store.enqueue(conn, controller, [row], {written.entry_id: sealed})
            leaf = merkle.leaf_hash(written.body).hex()
            receipts.append(Receipt(name.log, written.entry_id, leaf))
        for controller, count in Counter(fact.controller for fact in facts).items():
            self.backlog.appended(controller, count)
        return receipts

    def _next_seq(self, now: datetime) -> int:
        with self._lock:
            self._seq = max(self._seq + 1, int(now.timestamp() * 1000) << 20)
            return self._seq

    def _name(self, conn: sa.Connection, controller: str, now: datetime) -> _Name:
        with self._lock:
            name = self._names.get(controller)
        if name is not None and name.year == now.year and now < name.until:
            return name
        log_id = "house" if controller == HOUSE else self._log_id(conn, controller)
        base = f"{self._origin}/{log_id}"
        head = store.newest_head(conn, controller)
        current = head is not None and head.year == now.year and head.status == OPEN
        log = head.log if head is not None and current else log_name(base, now.year, 1)
        name = _Name(base, log, now.year, now + NAME_LIFE)
        with self._lock:
            if len(self._names) >= MAX_NAMES:
                self._names.clear()
            self._names[controller] = name
        return name

    # Sequence.

    def sequence(self, database: Database) -> Pass:
        """Integrate what waits and sign it; what could not be done is in the answer."""
        return self._sequencer.run(database)

    def check(self, database: Database, controller: str) -> None:
        """Compare a controller's newest log with what was signed last; before anything is served.

        Nothing new needs to have been written: a restored backup is behind from its first moment.

        Raises:
            Broken: ``ledger.behind_guard``, ``ledger.bytes``.
        """
        head = database.read(controller, lambda conn: store.newest_head(conn, controller))
        if head is not None and (head.status, "leave") in LIFE:
            self._sequencer.checked(database, controller, head.log)

    def start(self, database: Database) -> None:
        """Keep integrating and signing in the background."""
        if self.pulse is not None:
            raise RuntimeError("the ledger is started")
        self.pulse = Pulse(self._sequencer, database)
        self.pulse.start()
        self.backlog.start(database)

    def stop(self) -> None:
        """Make one last pass and end the background work."""
        if self.pulse is not None:
            self.backlog.stop()
            self.pulse.stop()
            self.pulse = None

    # Read. Only what is signed is shown.

    def logs(self, conn: sa.Connection, controller: str) -> list[LogHead]:
        """Return a controller's logs, oldest first."""
        return store.heads(conn, controller)

    def place(self, conn: sa.Connection, controller: str, entry_id: str) -> tuple[str, int]:
        """Return (log, index) of an integrated entry.

        Raises:
            NotFound: ``entry.unknown`` before it is integrated too.
        """
        found = store.place_of(conn, controller, entry_id)
        if found is None:
            raise NotFound("entry.unknown", "No such entry is integrated.", do="Try again soon.")
        return found

    def checkpoint(self, conn: sa.Connection, controller: str, log: str) -> str:
        """Return a log's newest signed note, with the cosignatures that it has so far.

        Raises:
            NotFound: ``ledger.no_checkpoint`` when nothing was signed yet.
        """
        text = witness_store.newest(conn, controller, log)
        if text is None:
            raise NotFound("ledger.no_checkpoint", "Nothing is signed in that log yet.")
        return text

    def seal(self, conn: sa.Connection, controller: str, log: str) -> Seal:
        """Return a log's newest checkpoint, when it was signed, and who saw it."""
        return witness_store.seal(conn, controller, log)

    def vkey(self, log: str) -> str:
        """Return the public key of a log, to be pinned by its auditor."""
        return note.Signer(log, self._secrets.log_signer(log)).verifier.vkey

    def tile(
        self, conn: sa.Connection, controller: str, log: str, at: tuple[int, int, int]
    ) -> bytes:
        """Return the tile at (level, n, width).

        Raises:
            NotFound: ``ledger.no_tile`` when no checkpoint needs such a tile.
        """
        head, (level, n, width) = self._head(conn, controller, log), at
        if level < 0 or n < 0 or not 1 <= width <= WIDTH:
            raise _no_tile()
        if (n * WIDTH + width) << 8 * level > head.signed:
            raise _no_tile()
        return store.tile_reader(conn, head)(level, n, width)

    def bundle(self, conn: sa.Connection, controller: str, log: str, at: tuple[int, int]) -> bytes:
        """Return the entry bundle at (n, width).

        Raises:
            NotFound: ``ledger.no_tile`` when no checkpoint needs such a bundle.
        """
        head, (n, width) = self._head(conn, controller, log), at
        if n < 0 or not 1 <= width <= WIDTH or n * WIDTH + width > head.signed:
            raise _no_tile()
        return tile.pack_bundle(store.entries(conn, head, n)[:width])

    def serve(self, conn: sa.Connection, controller: str, log: str, path: str) -> bytes:
        """Return the tile or bundle at a path as C2SP tlog-tiles names it, without ``tile/``.

        Raises:
            NotFound: ``ledger.no_tile``.
        """
        at = tile.read_path(path)
        if at is None:
            raise _no_tile()
        level, n, width = at
        if level < 0:
            return self.bundle(conn, controller, log, (n, width))
        return self.tile(conn, controller, log, (level, n, width))

    def entries(self, conn: sa.Connection, controller: str, log: str) -> Iterator[bytes]:
        """Yield the signed entries of a log in order."""
        head = self._head(conn, controller, log)
        for n in range(-(-head.signed // WIDTH)):
            yield from store.entries(conn, head, n)[: head.signed - n * WIDTH]

    def opening(self, conn: sa.Connection, controller: str, entry_id: str) -> Opening:
        """Return what an entry committed to.

        Raises:
            Gone: ``ledger.opening_erased`` when it was erased.
        """
        sealed = store.sealed_openings(conn, controller, [entry_id]).get(entry_id)
        if sealed is None:
            raise Gone("ledger.opening_erased", "That entry has no opening any more.")
        return read_opening(self._secrets.open_opening(controller, entry_id, sealed))

    def since(
        self, conn: sa.Connection, controller: str, moment: datetime, action: str
    ) -> Iterator[tuple[dict[str, Any], Opening]]:
        """Yield what of one action was recorded from a moment on; see ``stretch``."""
        return entries_since(conn, controller, moment, action, opened=self.opening)

    def openings(
        self, conn: sa.Connection, controller: str, log: str
    ) -> Iterator[tuple[dict[str, Any], Opening | None]]:
        """Yield each signed entry's fields with its opening, None where it was erased."""
        head = self._head(conn, controller, log)
        for _, fields, found in read_span(conn, head, (0, head.signed), self._secrets):
            yield fields, found

    def stretch(
        self, conn: sa.Connection, controller: str, log: str, span: tuple[int, int]
    ) -> Iterator[tuple[int, dict[str, Any], Opening | None]]:
        """Yield what ``openings`` does for signed entries (from, until), each with its index."""
        head = self._head(conn, controller, log)
        span = span[0], min(span[1], head.signed)
        yield from read_span(conn, head, span, self._secrets)

    def proof(self, conn: sa.Connection, controller: str, entry_id: str) -> str:
        """Return a tlog-proof of an entry; it carries the entry itself.

        It stands under the newest checkpoint that a quorum of witnesses saw, if one covers it.

        Raises:
            NotFound: ``entry.unknown``.
            Unavailable: ``ledger.not_signed`` when no checkpoint covers it yet.
            Broken: ``ledger.place`` when the entry is not where it was recorded.
        """
        log, index = self.place(conn, controller, entry_id)
        head = self._head(conn, controller, log)
        if index >= head.signed:
            raise Unavailable("ledger.not_signed", "No checkpoint covers the entry yet.")
        body = body_at(conn, head, index, entry_id)
        seen = witness_store.cosigned(conn, controller, log, index + 1)
        text = seen or self.checkpoint(conn, controller, log)
        size = note.read_checkpoint(note.split_note(text)[0]).size
        path = merkle.inclusion_proof(index, size, store.tile_reader(conn, head))
        return note.write_proof(body, index, path, text)

    def leaf(self, conn: sa.Connection, controller: str, entry_id: str) -> str:
        """Return the leaf of an integrated entry, hex; raises as ``place``, ``ledger.place``."""
        log, index = self.place(conn, controller, entry_id)
        head = self._head(conn, controller, log)
        return merkle.leaf_hash(body_at(conn, head, index, entry_id)).hex()

    def consistency(
        self, conn: sa.Connection, controller: str, log: str, old: int
    ) -> tuple[list[bytes], str]:
        """Return the proof that the newest checkpoint extends size ``old``, and the checkpoint."""
        head = self._head(conn, controller, log)
        if not 0 <= old <= head.signed:
            raise Invalid("ledger.size", "The log never had that size.")
        read = store.tile_reader(conn, head)
        proof = merkle.consistency_proof(old, head.signed, read)
        return proof, self.checkpoint(conn, controller, log)

    def export(
        self, conn: sa.Connection, controller: str, log: str, target: Path, *, openings: bool = True
    ) -> None:
        """Write a log out for its auditor (C5.2); ``bailee-verify`` checks the folder.

        Raises:
            Conflict: ``export.exists``; NotFound: ``ledger.no_log``, ``ledger.no_checkpoint``.
            Unavailable: ``ledger.not_signed`` when an entry that erased openings is not signed.
        """
        head = self._head(conn, controller, log)
        if head.status == RETIRED:
            raise Gone("ledger.retired", "That log was retired; its checkpoints remain.")
        texts = {"checkpoint": self.checkpoint(conn, controller, log)}
        seen = witness_store.cosigned(conn, controller, log)
        if seen and seen != texts["checkpoint"]:
            texts["witnessed"] = seen
        elsewhere = []
        for entry_id in store.erasures(conn, controller, log):
            found = store.place_of(conn, controller, entry_id)
            proof = self.proof(conn, controller, entry_id) if found else None
            if proof is None:
                raise Unavailable("ledger.not_signed", "An erasure is not signed yet.")
            if found and found[0] != log:
                elsewhere.append(note.proof_line(proof))
        if elsewhere:
            texts["erasures.jsonl"] = "".join(elsewhere)
        write_bundle(conn, Parcel(head, head.signed, texts, openings), self._secrets, target)

    # Acts.

    def erase_openings(
        self, conn: sa.Connection, fact: Fact, log: str, span: tuple[int, int]
    ) -> Receipt:
        """Erase the openings of entries ``span`` (from, until) of a log, and record it (C6).

        The entries stay; what they committed to cannot be confirmed any more. ``fact`` says who
        and why; its action must be ``ledger:openings:erased``.

        Raises:
            Invalid: ``ledger.range`` when the log has no such entries.
        """
        head, (start, until) = self._head(conn, fact.controller, log), span
        if fact.action != "ledger:openings:erased" or not 0 <= start < until <= head.size:
            raise Invalid("ledger.range", "The log has no such range of entries.")
        fact = replace(fact, link=Link(log, start, until))
        receipt = self.append(conn, fact)
        store.add_erasure(conn, fact.controller, log, receipt.entry_id)
        for n in range(start // WIDTH, -(-until // WIDTH)):
            bodies = store.entries(conn, head, n)
            chosen = bodies[max(0, start - n * WIDTH) : until - n * WIDTH]
            ids = [read_entry(body)["id"] for body in chosen]
            store.forget(conn, opening, fact.controller, ids)
        return receipt

    def retire(self, conn: sa.Connection, controller: str, log: str) -> None:
        """Delete a log whose retention is over, openings included; its checkpoints remain.

        The caller records why, in the log that is open now.

        Raises:
            Conflict: ``ledger.in_use`` for a log that is still open.
        """
        head = self._head(conn, controller, log)
        if (head.status, "retire") not in LIFE:
            raise Conflict("ledger.in_use", "Only a closed log can be retired.")
        store.set_status(conn, head, LIFE[head.status, "retire"])
        store.wipe(conn, controller, log)

    def succeed(self, conn: sa.Connection, controller: str) -> str:
        """Leave a log that a restored backup put behind its guard; return its successor's name."""
        with self._lock:
            self._names.pop(controller, None)
        now, sequencer = self._clock.now(), self._sequencer
        return succession.succeed(
            conn, controller, sequencer=sequencer, secrets=self._secrets, now=now
        )

    def _head(self, conn: sa.Connection, controller: str, log: str) -> LogHead:
        head = store.head_of(conn, controller, log)
        if head is None:
            raise NotFound("ledger.no_log", "There is no such log.")
        return head


def _no_tile() -> NotFound:
    return NotFound("ledger.no_tile", "No checkpoint needs such a tile.")
