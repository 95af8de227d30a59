"""From rows to calls: records made ready as JSON, batches cut where a call is full.

The same rows under the same mapping always make the same batches. A batch that was sent before is
cut where it was cut then, whatever the rule says today.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bailee.cli.mapping import Bound, Cells, RowRefused
from bailee.cli.table import Row

BATCH_RECORDS = 1000
BATCH_ROWS = 4000
BATCH_BYTES = 4 << 20
"""Of one call: half of what a server takes."""
_ENCODE = msgspec.json.Encoder().encode


@dataclass
class Batch:
    """Rows that go in one call, and rows that will not go at all."""

    number: int
    first: int = 0
    last: int = 0
    rows: list[tuple[int, int, str]] = field(default_factory=list)
    """Row, how many of ``records`` are its own, the caller's word for it."""
    records: list[msgspec.Raw] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    """Row, code, column."""
    cells: dict[int, Cells] = field(default_factory=dict)
    """Rows as they stand, kept until answered, for whoever is sent the rejects."""
    size: int = 0
    looked_at: int = 0


class Batches:
    """Cuts rows into batches.

    Args:
        bound: makes the records of a row.
        ref: place of the caller's own word for a row; None when it is not wanted.
        keep: keep each row's cells until it is answered.
        most: records of one call.
    """

    def __init__(
        self, bound: Bound, *, ref: int | None, keep: bool, most: int = BATCH_RECORDS
    ) -> None:
        self._bound, self._ref, self._keep, self._most = bound, ref, keep, most

    def of(
        self, rows: Iterable[Row], last: Mapping[str, Any], sent: Mapping[int, Mapping[str, Any]]
    ) -> Iterator[Batch]:
        """Yield batches, those that were sent before with exactly the rows they had.

        Args:
            rows: of the whole file.
            last: the journal's line of the batch that was done last; empty when there is none.
            sent: its lines of batches that were sent and not answered.
        """
        skip = last["rows"][1] if last else 0
        batch = Batch(last["batch"] + 1 if last else 1)
        for number, cells in rows:
            if number <= skip:
                continue
            rows_before = sent.get(batch.number, {}).get("rows", [0, 0])[1]
            made = self._records_of(number, cells)
            size = sum(map(len, made)) if isinstance(made, list) else 0
            if batch.looked_at and (
                batch.last >= rows_before if rows_before else self._full(batch, made, size)
            ):
                yield batch
                batch = Batch(batch.number + 1)
            self._put(batch, number, cells, made)
        if batch.looked_at:
            yield batch

    def _records_of(self, number: int, cells: Cells) -> list[bytes] | RowRefused:
        try:
            records = self._bound.records(cells)
        except RowRefused as refused:
            return refused
        if len(records) == 1:
            made = [_ENCODE({"ref": str(number), **records[0]})]
        else:
            made = [
                _ENCODE({"ref": f"{number}#{turn}", "group": str(number), **one})
                for turn, one in enumerate(records, start=1)
            ]
        if any(b"\\u0000" in one for one in made):
            return RowRefused("row.nul")
        if sum(map(len, made)) > BATCH_BYTES:
            return RowRefused("row.size")
        return made

    def _put(self, batch: Batch, number: int, cells: Cells, made: list[bytes] | RowRefused) -> None:
        batch.first, batch.last = batch.first or number, number
        batch.looked_at += 1
        if self._keep:
            batch.cells[number] = cells
        if isinstance(made, RowRefused):
            batch.refused.append((number, made.code, made.column))
            return
        ref = "" if self._ref is None else cells[self._ref] or ""
        batch.rows.append((number, len(made), ref))
        batch.records += map(msgspec.Raw, made)
        batch.size += sum(map(len, made))

    def _full(self, batch: Batch, made: list[bytes] | RowRefused, size: int) -> bool:
        if batch.looked_at >= BATCH_ROWS:
            return True
        if isinstance(made, RowRefused):
            return False
        return len(batch.records) + len(made) > self._most or batch.size + size > BATCH_BYTES
