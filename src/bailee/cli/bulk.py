"""A file into the vault: rows → records → calls of at most a thousand, each answered or rejected.

Every row ends in one of two places: protected, or rejected with its number and a code. The list of
rejects holds no value. Of a rejected row that makes several records, the good ones do stand; the
operator mends the row's other values by ``update``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bailee.cli.mapping import MappingFile
from bailee.cli.table import count_lines, read_table
from bailee.client import Client, Record
from bailee.errors import Invalid

BATCH = 1000


@dataclass
class Tally:
    """What became of a file's rows."""

    rows: int = 0
    protected: int = 0
    records: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    """Row number → code."""
    entries: list[str] = field(default_factory=list)
    first_records: dict[int, str] = field(default_factory=dict)
    """Row number → id of its first record."""


@dataclass(frozen=True)
class Target:
    """Where the records go."""

    client: Client
    controller: str
    purpose: str


def protect_file(
    path: Path, mapping: MappingFile, target: Target, progress: Callable[[int, int], None]
) -> Tally:
    """Protect every row of a CSV file.

    Args:
        path: the file.
        mapping: what its columns mean.
        target: where to.
        progress: called with rows done and lines of the file, after each batch.
    """
    tally, total = Tally(), count_lines(path)
    for batch in _batches(path, mapping, tally):
        _send(batch, target, tally)
        progress(tally.rows, total)
    return tally


def _batches(
    path: Path, mapping: MappingFile, tally: Tally
) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    batch: list[tuple[int, dict[str, Any]]] = []
    for number, row in read_table(path, mapping.columns, mapping.encoding):
        tally.rows += 1
        try:
            records = mapping.records(row)
        except Invalid as problem:
            tally.rejected[number] = problem.code
            continue
        if len(batch) + len(records) > BATCH:
            yield batch
            batch = []
        batch += [(number, record) for record in records]
    if batch:
        yield batch


def _send(batch: list[tuple[int, dict[str, Any]]], target: Target, tally: Tally) -> None:
    """Send one batch; a row counts as protected when all its records are."""
    answer = target.client.protect(
        target.controller,
        target.purpose,
        [Record(**record) for _, record in batch],
        mode="continue",
    )
    tally.entries.append(answer.entry.entry_id)
    numbers = dict.fromkeys(number for number, _ in batch)
    for (number, _), result in zip(batch, answer.results, strict=True):
        if result.ok:
            tally.records += 1
            if "#" not in result.ref:
                tally.first_records[number] = result.record
        else:
            tally.rejected[number] = result.error.code if result.error else "unknown"
    tally.protected += sum(number not in tally.rejected for number in numbers)
