"""Read a CSV file strictly: what is not plainly a table is refused, with its line.

Errors name lines and columns, never what stands in them (C3.2's spirit: no value in a message).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from bailee.errors import Invalid

MAX_CELL_BYTES = 64 * 1024
CHUNK = 1 << 20
END_OF_FILE_MARK = "\x1a"  # CP/M's, which some official files still end with


def count_lines(path: Path) -> int:
    """Return the number of line ends in a file, for a progress bar."""
    lines = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            lines += chunk.count(b"\n")
    return lines


def read_table(
    path: Path, columns: Sequence[str] = (), encoding: str = "utf-8"
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield ``(row number from 1, {column: cell})``, one row in memory at a time.

    Args:
        path: a CSV file with a header row (RFC 4180; LF or CRLF).
        columns: what the header must say; empty accepts any header.
        encoding: of the file; a byte order mark is skipped.

    Raises:
        Invalid: ``file.encoding``, ``file.nul``, ``file.columns``, ``file.quoting``,
            ``file.empty``, ``file.missing``, naming the line.
    """
    csv.field_size_limit(MAX_CELL_BYTES)
    try:
        with path.open(
            encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline=""
        ) as file:
            yield from _rows(file, columns)
    except UnicodeDecodeError:
        raise Invalid(
            "file.encoding",
            f"The file is not {encoding} text.",
            do="Name its encoding in the mapping.",
        ) from None
    except FileNotFoundError:
        raise Invalid("file.missing", "There is no such file.", do="Check the path.") from None


def _rows(lines: Iterator[str], columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    rows = csv.reader(_without_nul(lines), strict=True)
    try:
        header = next(rows, None) or []
        _check_header(header, columns)
        for number, cells in enumerate(rows, start=1):
            if cells == [END_OF_FILE_MARK] or not cells:
                continue
            if len(cells) != len(header):
                says = "has another number of columns than the header"
                raise _wrong("file.columns", rows.line_num, says)
            yield number, dict(zip(header, cells, strict=True))
    except csv.Error:
        raise _wrong("file.quoting", rows.line_num, "breaks the rules of quoting") from None


def _check_header(header: list[str], columns: Sequence[str]) -> None:
    if not header:
        raise Invalid("file.empty", "The file has no header row.", do="Give a CSV with a header.")
    if len(set(header)) != len(header):
        raise Invalid("file.columns", "Two columns have the same name.", do="Rename one.")
    missing = [name for name in columns if name not in header]
    if missing:
        raise Invalid(
            "file.columns",
            f"The header lacks what the mapping names: {', '.join(missing)}.",
            do="Use the mapping made for this file.",
        )


def _wrong(code: str, line: int, says: str) -> Invalid:
    return Invalid(code, f"Line {line} {says}.", do="Mend that line; nothing after it was read.")


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if "\x00" in line:
            raise _wrong("file.nul", number, "holds a NUL byte")
        yield line
