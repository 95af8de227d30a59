"""Values out of the vault in bulk: for named recipients, encrypted, in parts (C2.3, C2.8(2), C6).

Two sources of ids: a file of them (``reveal``), or every record of a controller (``export``), page
by page. Each call of at most a thousand records becomes one part, a whole age or OpenPGP file; the
parts of CSV, opened and joined in their order, are one table, for the header stands in the first
alone. No value reaches the disk, a terminal or an error in clear.

1. A disclosure is opened: the server refuses what no consent of the controller covers. Its id is
   the journal's. *Dies before it is noted: it stays open, and nothing ever left in it.*
2. Each call names it. A consent that ended meanwhile stops the next call; once the controller has
   given another, the same command goes on.
3. The sum is noted, the account written (``manifest``), and the disclosure ended with the account's
   digest. *Dies before it is noted: the same account ends it again, and is answered the same.*

A reveal is a new access each time and is not repeated by itself. Killed, the work goes on behind
the last part that was noted: what was answered and not noted (two calls at most) was recorded
and counted, and is read once more. Nothing is missing from the parts, and no record is in two.

Cells hold values exactly. One that a spreadsheet would take for a formula is not changed: a mark
before it would be another value, and what goes back to a customer must be what it gave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec

from bailee.cli import lanes
from bailee.cli.ids import Ids, Page, Wanted
from bailee.cli.journal import Journal, Line
from bailee.cli.manifest import FORMAT, Entered, Manifest, Part, write_manifest
from bailee.cli.results import cells_of, columns_of, csv_lines
from bailee.cli.sealed import Parts, Recipients
from bailee.client.answers import Entry, Revealed, RevealResult
from bailee.errors import Broken, Invalid

FORMATS = (".csv", ".parquet")
JOURNAL = "journal"
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
        recipients: who may read: ``age1…``, or files of OpenPGP certificates.
        armor: text instead of bytes.
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
        self._sealing = Recipients(recipients, armor=armor)
        if folder.is_dir() and any(folder.iterdir()) and not (folder / JOURNAL).exists():
            raise Invalid(
                "output.exists", "The folder holds something else.", do="Name another with --out."
            )
        self._parts = Parts(folder, suffix, self._sealing)
        self.form = self._sealing.form
        self.count = Count()

    def run(self, progress: Progress, stop: lanes.Stop) -> Count:
        """Read everything wanted, or go on where an earlier run stopped."""
        path = self._parts.folder / JOURNAL
        with Journal(path, self._head(), make_id=self._open) as self._journal:
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
            "recipients": self._sealing.keys,
            "format": self._suffix,
            **self._ids.head(),
        }

    def _open(self) -> str:
        """Ask whether it may leave; return the id of the disclosure."""
        wanted = self._wanted
        opened = wanted.client.open_disclosure(
            wanted.controller, wanted.purpose, wanted.elements, keys=self._sealing.keys
        )
        return opened.disclosure

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
            disclosure=self._journal.id,
            mode="continue",
        )

    def _settle(self, page: Page, answer: Revealed | None, progress: Progress) -> None:
        count, part, results = self.count, {}, answer.results if answer else []
        first = not (count.revealed or count.refused)
        if len(results) != len(page.ids):
            raise Broken("answer.short", "The server answered fewer records than were sent.")
        if results:
            sealed = self._parts.write(page.number, self._table(results, first=first))
            part = {
                "part": self._parts.path(page.number).name,
                "sha256": hashlib.sha256(sealed).hexdigest(),
                "size": len(sealed),
            }
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
            records=len(page.ids),
            entries=[_entered(one) for one in (page.entry, answer and answer.entry) if one],
            count=asdict(count),
            **part,
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
        """Count again, write the account, end the disclosure with its digest, close the journal."""
        if not self._journal.past.counted:
            self.count.total_after = self._ids.total()
            self.count.complete = True
            self._journal.write("counted", count=asdict(self.count))
        else:
            self.count = msgspec.convert(self._journal.past.counted["count"], Count)
        wanted, manifest = self._wanted, self._account()
        digest = write_manifest(self._parts.folder, manifest)
        ended = wanted.client.end_disclosure(
            wanted.controller,
            self._journal.id,
            keys=self._sealing.keys,
            parts=len(manifest.parts),
            records=self.count.revealed,
            manifest_sha256=digest,
        )
        self._journal.write("end", count=asdict(self.count), entry=ended.ended_entry)

    def _account(self) -> Manifest:
        """Return what left, in which files, by which entries of the ledger. No value, no id."""
        wanted = self._wanted
        left = wanted.client.show_disclosure(wanted.controller, self._journal.id)
        lines = (self._parts.folder / JOURNAL).read_bytes().splitlines()
        done = [one for one in map(msgspec.json.decode, lines) if one["line"] == "done"]
        return Manifest(
            format=FORMAT,
            work=self._ids.work,
            controller=wanted.controller,
            purpose=wanted.purpose,
            elements=list(wanted.elements),
            disclosure=left.disclosure,
            kind=left.kind,
            consents=left.consents,
            opened=left.opened,
            opened_entry=left.opened_entry,
            sealed=self._sealing.form,
            recipients=self._sealing.keys,
            table=self._suffix,
            count=asdict(self.count),
            proven=self.count.proven,
            parts=[msgspec.convert(one, Part) for one in done if "part" in one],
            listed=[
                msgspec.convert(entry, Entered)
                for one in done
                if "part" not in one
                for entry in one["entries"]
            ],
        )


def _entered(one: Entry) -> Line:
    return {"log": one.log, "entry": one.entry_id, "leaf": one.leaf}
