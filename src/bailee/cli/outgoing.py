"""Values out of the vault in bulk: for named recipients, encrypted, in parts (C2.8(2), C6).

Two sources of ids: a file of them (``reveal``), or every record of a controller (``export``), page
by page. Each call of at most a thousand records becomes one part, a whole age file; the parts of
CSV, opened and joined in their order, are one table, for the header stands in the first alone.
No value reaches the disk, a terminal or an error in clear.

A reveal is a new access each time and is not repeated by itself. Killed, the work goes on behind
the last part that was noted: what was answered and not noted (two calls at most) was recorded
and counted, and is read once more. Nothing is missing from the parts, and no record is in two.

Cells hold values exactly. One that a spreadsheet would take for a formula is not changed: a mark
before it would be another value, and what goes back to a customer must be what it gave.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec

from bailee.cli import lanes
from bailee.cli.ids import Ids, Page, Wanted
from bailee.cli.journal import Journal, Line, append, open_regular
from bailee.cli.results import cells_of, columns_of, csv_lines
from bailee.cli.sealed import Parts, Recipients
from bailee.client.answers import Revealed, RevealResult
from bailee.errors import Broken, Invalid

FORMATS = (".csv", ".parquet")
JOURNAL, MANIFEST = "journal", "manifest.json"
Progress = Callable[[int, int], None]


@dataclass
class Count:
    """What there was, and what became of it."""

    total: int = 0
    """Records that there were when the work began."""
    total_after: int = 0
    """And when it ended."""
    listed: int = 0
    withheld: int = 0
    """Of subjects who are restricted or being erased."""
    without: int = 0
    """Holding none of the elements."""
    revealed: int = 0
    refused: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    complete: bool = False

    @property
    def proven(self) -> bool:
        """Whether every record is accounted for, and none came or went meanwhile."""
        seen = self.listed + self.withheld + self.without
        answered = self.revealed + self.refused
        return self.total == self.total_after == seen and answered == self.listed


class Outgoing:
    """One bulk reveal.

    Args:
        wanted: what is read.
        ids: of which records.
        folder: where parts, journal and manifest go.
        suffix: ``.csv`` or ``.parquet``.
        recipients: who may read, ``age1…``.
        armor: age's text form.
    """

    def __init__(
        self,
        wanted: Wanted,
        ids: Ids,
        folder: Path,
        *,
        recipients: Sequence[str],
        suffix: str = ".csv",
        armor: bool = False,
    ) -> None:
        if suffix not in FORMATS:
            raise Invalid("output.format", "Parts are CSV or Parquet.")
        if suffix == ".parquet":
            from bailee.cli.parquet import library

            library()
        self._wanted, self._ids, self._suffix = wanted, ids, suffix
        self._named = sorted(set(recipients))
        sealing = Recipients(self._named, armor=armor)
        if folder.is_dir() and any(folder.iterdir()) and not (folder / JOURNAL).exists():
            raise Invalid(
                "output.exists", "The folder holds something else.", do="Name another with --out."
            )
        self._parts = Parts(folder, suffix, sealing)
        self.count = Count()

    def run(self, progress: Progress, stop: lanes.Stop) -> Count:
        """Read everything wanted, or go on where an earlier run stopped."""
        path = self._parts.folder / JOURNAL
        with Journal(path, self._head(), make_id=lambda: secrets.token_hex(16)) as self._journal:
            last = self._journal.past.last
            if last:
                self.count = msgspec.convert(last["count"], Count)
            if self._journal.past.ended:
                return replace(self.count, complete=True)
            self._final = bool(last.get("final"))
            self._parts.drop_after(last.get("batch", 0))
            if not self._final:
                pages = self._ids.pages(last.get("batch", 0) + 1, last.get("place", ""))
                lanes.run(pages, self._reveal, lambda p, a: self._settle(p, a, progress), stop=stop)
            if self._final or not stop:
                self._end()
        return self.count

    def _head(self) -> Line:
        wanted = self._wanted
        return {
            "work": self._ids.work,
            "controller": wanted.controller,
            "purpose": wanted.purpose,
            "elements": list(wanted.elements),
            "recipients": self._named,
            "format": self._suffix,
            **self._ids.head(),
        }

    def _reveal(self, page: Page) -> Revealed | None:
        if not page.ids:
            return None
        wanted = self._wanted
        return wanted.client.reveal(
            wanted.controller,
            wanted.purpose,
            wanted.elements,
            records=page.ids,
            approval=wanted.approval,
            mode="continue",
        )

    def _settle(self, page: Page, answer: Revealed | None, progress: Progress) -> None:
        count, digest, results = self.count, "", answer.results if answer else []
        first = not (count.revealed or count.refused)
        if len(results) != len(page.ids):
            raise Broken("answer.short", "The server answered fewer records than were sent.")
        if results:
            sealed = self._parts.write(page.number, self._table(results, first=first))
            digest = hashlib.sha256(sealed).hexdigest()
        if page.total is not None and not count.listed:
            count.total = page.total
        count.listed += len(page.ids)
        count.withheld += page.withheld
        count.without += page.without
        for one in results:
            if one.error is None:
                count.revealed += 1
            else:
                count.refused += 1
                count.codes[one.error.code] = count.codes.get(one.error.code, 0) + 1
        self._final = page.final
        self._journal.write(
            "done",
            batch=page.number,
            place=page.place,
            final=page.final,
            part=self._parts.path(page.number).name if results else "",
            sha256=digest,
            records=len(page.ids),
            entries=[one for one in (page.entry, answer.entry.entry_id if answer else "") if one],
            count=asdict(count),
        )
        progress(count.listed + count.withheld + count.without, count.total)

    def _table(self, results: Sequence[RevealResult], *, first: bool) -> bytes:
        columns = columns_of(self._wanted.elements)
        rows = [cells_of(one, self._wanted.elements) for one in results]
        if self._suffix == ".parquet":
            from bailee.cli.parquet import write

            return write(columns, rows)
        return csv_lines([*([columns] if first else []), *rows])

    def _end(self) -> None:
        """Count again, write the account, and close the journal."""
        count = self.count
        count.total_after = self._ids.total()
        count.complete = True
        file = open_regular(self._parts.folder / MANIFEST)
        try:
            os.ftruncate(file, 0)
            append(file, msgspec.json.format(msgspec.json.encode(self._account())), os.fsync)
        finally:
            os.close(file)
        self._journal.write("end", count=asdict(count))

    def _account(self) -> Line:
        """Return what left, in which files, by which entries of the ledger. No value, no id."""
        lines = (self._parts.folder / JOURNAL).read_bytes().splitlines()
        done = [one for one in map(msgspec.json.decode, lines) if one["line"] == "done"]
        return {
            **self._head(),
            "count": asdict(self.count),
            "proven": self.count.proven,
            "parts": [
                {name: one[name] for name in ("part", "sha256", "records", "entries")}
                for one in done
            ],
        }
