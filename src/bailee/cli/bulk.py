"""A file into the vault: rows → records → calls of at most a thousand, each answered or rejected.

Every row ends in one of two places: protected whole, or rejected whole with its number and a code.
The work may be stopped, killed or cut off at any moment and goes on with the same command, for
every step leaves its trace first (``journal``):

1. the file is read once, whole: form, number of rows, digest;
2. a batch is noted as sent, then sent under a key made of the journal's random id and its number:
   a batch that was stored and not acknowledged is answered again by the server, not stored again;
3. output and rejects are made durable, then the batch is noted as done.

Beside the file stand ``<file>.records.csv`` (row, record, tokens: no value), its ``.journal``, and
where rows were rejected its ``.rejects.csv`` (row, code, column: no value) or, for named
recipients, a folder ``.rejects`` of encrypted parts that hold the rows themselves.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import msgspec

from bailee.cli import lanes
from bailee.cli.batch import BATCH_RECORDS, Batch, Batches
from bailee.cli.journal import Appended, Journal, Line, Sync, lock
from bailee.cli.mapping import Bound, MappingFile
from bailee.cli.results import csv_lines
from bailee.cli.sealed import Parts, Recipients
from bailee.cli.table import Table, open_table
from bailee.cli.verdict import verdicts
from bailee.client import Client
from bailee.client.answers import Protected, ProtectResult
from bailee.clock import Clock, read_time, write_time
from bailee.errors import Conflict, Invalid

KEPT = timedelta(days=29)
"""How long a server surely remembers a batch: its thirty days, less one for the clocks."""
RECORDS = ".records.csv"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Target:
    """Where the records go."""

    client: Client
    controller: str
    purpose: str


@dataclass(frozen=True)
class Output:
    """Where results are written.

    Attributes:
        records: the file of rows, records and tokens; journal and rejects stand beside it.
        rejects_to: recipients of rejected rows (``sealed``); nobody: row, code and column alone.
        refs: write the caller's own word for each row beside it.
    """

    records: Path
    rejects_to: tuple[str, ...] = ()
    refs: bool = False

    def beside(self, suffix: str) -> Path:
        """Return the path of something that stands beside the output."""
        return self.records.with_name(self.records.name.removesuffix(RECORDS) + suffix)


@dataclass
class Tally:
    """What became of a file's rows so far."""

    rows: int = 0
    protected: int = 0
    records: int = 0
    rejected: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    """Code → rejected rows."""
    batches: int = 0
    complete: bool = False


def protect_file(
    path: Path,
    mapping: MappingFile,
    target: Target,
    output: Output,
    *,
    progress: Progress = lambda _done, _total: None,
    stop: lanes.Stop | None = None,
    sync: Sync = os.fsync,
    clock: Clock | None = None,
    batch: int = BATCH_RECORDS,
) -> Tally:
    """Protect every row of a file, or go on where an earlier run stopped.

    Args:
        path: CSV or Parquet.
        mapping: what its columns mean.
        target: where to.
        output: where results go.
        progress: called with rows done and rows of the file, after each batch.
        stop: asks to end early; what is under way is finished.
        sync: makes files durable; tests let it fail.
        clock: the time.
        batch: records of one call.

    Raises:
        Conflict: ``import.running``, ``import.too_old``, and what ``Journal`` raises.
        Invalid: what ``Table.inspect`` and ``Bound`` raise; ``output.exists``.
    """
    with open_table(path, mapping.encoding, mapping.needed()) as table:
        lock(table.fileno(), "import.running", "That file is being imported at this moment.")
        work = Import(
            table, mapping, target, output, sync=sync, clock=clock or Clock(), batch=batch
        )
        return work.run(progress, lanes.Stop() if stop is None else stop)


class Import:
    """One file's way into the vault; see ``protect_file``."""

    def __init__(
        self,
        table: Table,
        mapping: MappingFile,
        target: Target,
        output: Output,
        *,
        sync: Sync,
        clock: Clock,
        batch: int,
    ) -> None:
        self._table, self._mapping, self._target, self._output = table, mapping, target, output
        self._clock = clock
        self._sync = sync
        self._found = table.inspect()
        ref = self._found.header.index(mapping.ref) if output.refs else None
        bound = Bound(mapping, self._found.header)
        self._batches = Batches(bound, ref=ref, keep=bool(output.rejects_to), most=batch)
        self._recipients = Recipients(output.rejects_to) if output.rejects_to else None
        self._elements = mapping.elements()
        self.tally = Tally()

    def run(self, progress: Progress, stop: lanes.Stop) -> Tally:
        """Do the work, as far as it is asked for."""
        out, journal_path = self._output.records, self._output.beside(".journal")
        if out.is_symlink() or (out.exists() and not journal_path.exists()):
            raise Invalid(
                "output.exists",
                "The output exists, and no journal beside it.",
                do="Name another with --out.",
            )
        with Journal(
            journal_path, self._head(), make_id=lambda: secrets.token_hex(16), sync=self._sync
        ) as self._journal:
            past = self._journal.past
            self._take_up(past.last)
            if past.ended:
                return replace(self.tally, complete=True)
            self._check_age(past.sent.values())
            self._open(past.last)
            try:
                batches = self._batches.of(self._table.rows(), past.last, past.sent)
                lanes.run(
                    map(self._noted, batches),
                    self._send,
                    lambda b, a: self._settle(b, a, progress),
                    stop=stop,
                )
                self._table.check_unchanged()
                if self.tally.rows == self._found.rows:
                    self._journal.write("end", at=self._now())
                    self.tally.complete = True
            finally:
                self._records.close()
                self._rejects.close()
        return self.tally

    def _head(self) -> Line:
        return {
            "work": "import",
            "file": self._found.sha256,
            "rows": self._found.rows,
            "mapping": self._mapping.digest,
            "controller": self._target.controller,
            "purpose": self._target.purpose,
            "rejects_to": self._recipients.keys if self._recipients else [],
            "refs": self._output.refs,
        }

    def _take_up(self, last: Line) -> None:
        if last:
            self.tally = msgspec.convert(last["tally"], Tally)

    def _open(self, last: Line) -> None:
        sizes = last.get("sizes", [0, 0])
        self._records = Appended(self._output.records, sizes[0], self._sync)
        self._rejects = Appended(self._output.beside(".rejects.csv"), sizes[1], self._sync)
        if self._recipients:
            self._parts = Parts(self._output.beside(".rejects"), ".csv", self._recipients)
            self._parts.drop_after(last.get("batch", 0))

    def _check_age(self, sent: Iterable[Line]) -> None:
        """Refuse to send a batch again that the server may have stored and forgotten.

        Raises:
            Conflict: ``import.too_old``.
        """
        now = self._clock.now()
        for line in sent:
            if now - read_time(line["at"]) > KEPT:
                first, last = line["rows"]
                raise Conflict(
                    "import.too_old",
                    f"Rows {first} to {last} were sent more than {KEPT.days} days ago, nobody "
                    "knows whether they were stored, and the server has forgotten.",
                    do="Search for a value of one of these rows: they were stored together or "
                    "not at all. Import what is missing as a file of its own.",
                )

    # From rows to calls

    def _noted(self, batch: Batch) -> Batch:
        self._table.check_unchanged()
        if batch.records and batch.number not in self._journal.past.sent:
            rows = [batch.first, batch.last]
            self._journal.write("sent", batch=batch.number, rows=rows, at=self._now())
        return batch

    def _send(self, batch: Batch) -> Protected | None:
        if not batch.records:
            return None
        return self._target.client.protect(
            self._target.controller,
            self._target.purpose,
            batch.records,
            mode="continue",
            idempotency_key=f"import-{self._journal.id}-{batch.number}",
        )

    # From answers to files

    def _settle(self, batch: Batch, answer: Protected | None, progress: Progress) -> None:
        refused = list(batch.refused)
        lines: list[Sequence[str]] = []
        records = 0
        for one in verdicts(batch, answer, self._mapping.fields):
            if one.code:
                refused.append((one.row, one.code, one.column))
            records += len(one.results)
            lines += [self._line(one.row, one.ref, result) for result in one.results]
        self._write(batch, lines, sorted(refused))
        tally = self.tally
        tally.rows += batch.looked_at
        tally.rejected += len(refused)
        tally.protected += batch.looked_at - len(refused)
        tally.records += records
        tally.batches += 1
        for _, code, _ in refused:
            tally.codes[code] = tally.codes.get(code, 0) + 1
        self._journal.write(
            "done",
            batch=batch.number,
            rows=[batch.first, batch.last],
            sizes=[self._records.size, self._rejects.size],
            entry=answer.entry.entry_id if answer else "",
            tally=asdict(tally),
            at=self._now(),
        )
        progress(tally.rows, self._found.rows)

    def _line(self, row: int, ref: str, one: ProtectResult) -> list[str]:
        tokens = [one.tokens.get(name, "") for name in self._elements]
        return [str(row), *([ref] if self._output.refs else []), one.record, *tokens]

    def _write(
        self,
        batch: Batch,
        lines: Sequence[Sequence[str]],
        refused: Sequence[tuple[int, str, str]],
    ) -> None:
        head = [] if self._records.size else [self._columns()]
        self._records.add(csv_lines([*head, *lines]))
        if not refused:
            return
        if self._recipients:
            names = ["row", "code", "column", *self._found.header]
            rows = [
                [str(row), code, column, *(cell or "" for cell in batch.cells[row])]
                for row, code, column in refused
            ]
            self._parts.write(batch.number, csv_lines([names, *rows]))
        else:
            head = [] if self._rejects.size else [["row", "code", "column"]]
            self._rejects.add(csv_lines([*head, *((str(row), *why) for row, *why in refused)]))

    def _columns(self) -> list[str]:
        return ["row", *(["ref"] if self._output.refs else []), "record", *self._elements]

    def _now(self) -> str:
        return write_time(self._clock.now())
