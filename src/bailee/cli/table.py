"""Tables from files: CSV and Parquet, read strictly and a little at a time.

What is not plainly a table is refused, with its line. The whole file is read once before anything
of it is used: ``inspect`` finds every defect of form, counts the rows and takes the digest, so
that a file with a broken line stores nothing. Then ``rows`` reads it again.

Errors name lines and columns, never what stands in them (C3.2's spirit: no value in a message).
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Protocol, Self

from bailee.errors import Conflict, Invalid

MAX_CELL = 64 * 1024
"""Characters of one cell."""
MAX_LINE = 8 * 1024 * 1024
"""Characters of one line; a longer one is no row that a call could hold."""
CHUNK = 1 << 20
END_OF_FILE_MARK = "\x1a"  # CP/M's, which some official files still end with
PARQUET = b"PAR1"
Row = tuple[int, list[str | None]]
"""The number of a row, from 1, and its cells."""


@dataclass(frozen=True)
class Inspected:
    """What a whole file was found to be."""

    sha256: str
    rows: int
    header: tuple[str, ...]


class Table(Protocol):
    """A file of rows, open until it is closed."""

    def inspect(self) -> Inspected:
        """Read the whole file once; raise for its first defect of form."""

    def rows(self) -> Iterator[Row]:
        """Read the rows, a few in memory at a time."""

    def check_unchanged(self) -> None:
        """Raise when the file is not the one that was inspected."""

    def fileno(self) -> int:
        """Return the descriptor of the open file."""

    def __enter__(self) -> Self:
        """Return the table."""

    def __exit__(self, *_: object) -> None:
        """Close the file."""


class Source:
    """An open regular file that must stay what it was when it was opened."""

    def __init__(self, path: Path) -> None:
        try:
            self.file: BufferedReader = path.open("rb")
        except OSError:
            raise Invalid("file.missing", "There is no such file.", do="Check the path.") from None
        if not stat.S_ISREG(os.fstat(self.file.fileno()).st_mode):
            self.file.close()
            raise Invalid(
                "file.kind", "That is not a regular file.", do="Write it to a file first."
            )
        self._mark = self._look()

    def digest(self) -> str:
        """Return the SHA-256 of the file, in hexadecimal."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()

    def check_unchanged(self) -> None:
        """Refuse a file that changed under our hands.

        Raises:
            Conflict: ``file.changed``.
        """
        if self._look() != self._mark:
            raise Conflict(
                "file.changed",
                "The file changed while it was read.",
                do="Leave the file alone; what was stored of it is in the output.",
            )

    def fileno(self) -> int:
        """Return the descriptor of the open file."""
        return self.file.fileno()

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self) -> tuple[int, int]:
        found = os.fstat(self.file.fileno())
        return found.st_size, found.st_mtime_ns


class Csv(Source):
    """A CSV file with a header row (RFC 4180; LF or CRLF).

    Args:
        path: the file.
        encoding: of its text; a byte order mark is skipped.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise Invalid(
                "mapping.form", "The mapping names an encoding that does not exist."
            ) from None
        super().__init__(path)
        self._encoding = "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding

    def inspect(self) -> Inspected:
        """Read the whole file once.

        Raises:
            Invalid: ``file.encoding``, ``file.nul``, ``file.columns``, ``file.quoting``,
                ``file.cell``, ``file.line``, ``file.empty``, naming the line.
        """
        header = self.header()
        count = sum(1 for _ in self.rows())
        return Inspected(self.digest(), count, tuple(header))

    def header(self) -> list[str]:
        """Return the names of the columns."""
        return next(self._read())[1]

    def rows(self) -> Iterator[Row]:
        """Yield the rows behind the header."""
        lines = self._read()
        next(lines)
        yield from lines  # type: ignore[misc]  # cells of a CSV file are never None

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        self.file.seek(0)
        text = io.TextIOWrapper(self.file, self._encoding, newline="")
        try:
            yield from _rows(text)
        except UnicodeError:
            raise Invalid(
                "file.encoding",
                f"The file is not {self._encoding.removesuffix('-sig')} text.",
                do="Name its encoding in the mapping.",
            ) from None
        finally:
            if not text.closed:
                text.detach()


def open_table(path: Path, encoding: str = "utf-8", columns: Sequence[str] = ()) -> Table:
    """Open a table, CSV or Parquet: which of the two its first bytes say.

    Raises:
        Invalid: ``file.missing``, ``file.kind``; ``file.columns`` when it lacks one of ``columns``.
    """
    probe = Source(path)
    with probe.file as file:
        parquet = file.read(len(PARQUET)) == PARQUET
    if not parquet:
        return Csv(path, encoding)
    from bailee.cli.parquet import Parquet

    return Parquet(path, columns)


def check_header(header: Sequence[str]) -> None:
    """Refuse a header that does not name each column once.

    Raises:
        Invalid: ``file.empty``, ``file.columns``.
    """
    if not header:
        raise Invalid("file.empty", "The file has no header row.", do="Give a CSV with a header.")
    if len(set(header)) != len(header):
        raise Invalid("file.columns", "Two columns have the same name.", do="Rename one.")


def _rows(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    """Yield the header under number 0, then each row."""
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(_lines(text), strict=True)
    try:
        header = next(rows, None) or []
        check_header(header)
        width = len(header)
        yield 0, header
        for number, cells in enumerate(rows, start=1):
            if len(cells) != width:
                if cells == [END_OF_FILE_MARK] or not cells:
                    continue
                says = "has another number of columns than the header"
                raise _wrong("file.columns", rows.line_num, says)
            yield number, cells
    except csv.Error as error:
        if "field limit" in str(error):
            says = f"holds a cell of more than {MAX_CELL} characters"
            raise _wrong("file.cell", rows.line_num, says) from None
        raise _wrong("file.quoting", rows.line_num, "breaks the rules of quoting") from None


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines, none longer than a row may be: a file without line ends fills no memory."""
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise _wrong("file.line", number, f"has more than {MAX_LINE} characters")
        if "\x00" in line:
            raise _wrong("file.nul", number, "holds a NUL byte")
        yield line


def _wrong(code: str, line: int, says: str) -> Invalid:
    return Invalid(code, f"Line {line} {says}.", do="Mend that line; nothing was stored.")
