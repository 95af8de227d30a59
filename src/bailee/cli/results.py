"""What an import leaves beside the file: rows and records, and rows that were rejected.

Cells are written exactly as they are. A spreadsheet may take a cell that begins with ``=`` for a
formula; a mark before it would be another value (docs/flows/bulk.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from bailee.client.answers import Masked, RevealResult


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return lines of CSV, exact to the character (RFC 4180, LF)."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def read_records(path: Path) -> dict[int, str]:
    """Return row → id of its first record."""
    found: dict[int, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            found.setdefault(int(line["row"]), line["record"])
    return found


def read_rejects(path: Path) -> list[dict[str, str | int]]:
    """Return row, code and column of every rejected row; nothing where nothing was rejected."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{**line, "row": int(line["row"])} for line in csv.DictReader(file)]


def columns_of(elements: Sequence[str]) -> list[str]:
    """Return the header of a table of revealed values."""
    return ["record", *elements, "masked", "error"]


def cells_of(one: RevealResult, elements: Sequence[str]) -> list[str]:
    """Return record, values, which are masked views, and a code where it was refused."""
    cells, masked = [], []
    for name in elements:
        value = one.fields.get(name.partition(":")[0], "")
        if isinstance(value, Masked):
            masked.append(f"{name.partition(':')[0]}:{value.view}")
            value = value.masked
        cells.append(value)
    return [one.record, *cells, " ".join(masked), one.error.code if one.error else ""]
