"""Parquet, read and written in pieces (needs ``pip install bailee[parquet]``).

A Parquet file says itself how large it is when unpacked, and may lie: a few kilobytes can stand
for gigabytes. So the footer's own word is checked first, row groups are read column by column in
small batches, and while a file is read the process may not take more than ``MOST_BYTES`` of
further memory: whatever a page claims, its reading ends there with an error.
"""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bailee.cli.table import Inspected, Row, Source, check_header
from bailee.errors import Invalid

BATCH_ROWS = 1000
MOST_BYTES = 1 << 30
"""What reading a file may take beyond what the process held before."""
MOST_GROUP_BYTES = 512 << 20
"""One row group unpacked, by the footer's word. Writers make groups of 64 to 512 MiB."""
MOST_COLUMNS = 1000
MOST_ROWS = 1 << 40
READ_BYTES = 1 << 20


def library() -> Any:
    """Return pyarrow.

    Raises:
        Invalid: ``parquet.missing``.
    """
    try:
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError:
        raise Invalid(
            "parquet.missing",
            "Parquet needs a library that is not installed.",
            do="Install it with: pip install 'bailee[parquet]'; or use CSV.",
        ) from None
    return pyarrow


class Parquet(Source):
    """A Parquet file of plain columns; only those asked for are read.

    Args:
        path: the file.
        columns: what to read; empty reads every column.

    Raises:
        Invalid: ``parquet.missing``, ``parquet.form``, ``parquet.too_large``, ``file.columns``.
    """

    def __init__(self, path: Path, columns: Sequence[str] = ()) -> None:
        self._pa = library()
        super().__init__(path)
        try:
            with bounded(self._pa):
                self._open(columns)
        except BaseException:
            self.close()
            raise

    def inspect(self) -> Inspected:
        """Read the whole file once: every page that will be read is readable."""
        count = sum(1 for _ in self.rows())
        if count != self._file.metadata.num_rows:
            raise Invalid("parquet.form", "The file holds other rows than its footer counts.")
        return Inspected(self.digest(), count, tuple(self._names))

    def rows(self) -> Iterator[Row]:
        """Yield the rows; every value as text, a missing one as None."""
        number = 0
        with bounded(self._pa):
            batches = self._file.iter_batches(
                batch_size=BATCH_ROWS, columns=self._names, use_threads=False
            )
            for batch in batches:
                columns = [self._texts(batch.column(name)) for name in self._names]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, list(cells)

    def _open(self, columns: Sequence[str]) -> None:
        parquet = self._pa.parquet
        self._file = parquet.ParquetFile(
            self.file, buffer_size=READ_BYTES, pre_buffer=False, page_checksum_verification=True
        )
        footer, schema = self._file.metadata, self._file.schema_arrow
        check_header(schema.names)
        groups = [footer.row_group(at) for at in range(footer.num_row_groups)]
        if (
            len(schema.names) > MOST_COLUMNS
            or not 0 <= footer.num_rows < MOST_ROWS
            or any(group.total_byte_size > MOST_GROUP_BYTES for group in groups)
        ):
            raise Invalid(
                "parquet.too_large",
                f"A row group of more than {MOST_GROUP_BYTES >> 20} MiB, or too many columns.",
                do="Write the file again with smaller row groups.",
            )
        missing = [name for name in columns if name not in schema.names]
        if missing:
            raise Invalid(
                "file.columns",
                f"The header lacks what the mapping names: {', '.join(missing)}.",
                do="Use the mapping made for this file.",
            )
        self._names = list(columns) or list(schema.names)
        types = self._pa.types
        for name in self._names:
            kind = schema.field(name).type
            if types.is_dictionary(kind):
                kind = kind.value_type
            if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind):
                raise Invalid(
                    "parquet.form",
                    f"Column {name} holds lists, structures or bytes.",
                    do="Give columns of texts, numbers or dates.",
                )

    def _texts(self, column: Any) -> list[str | None]:
        """Return a column's values as texts: dates as ISO 8601 writes them."""
        pa, kind = self._pa, column.type
        if pa.types.is_dictionary(kind):
            column = column.dictionary_decode()
            kind = column.type
        if pa.types.is_timestamp(kind):
            return [None if one is None else one.isoformat() for one in column.to_pylist()]
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            column = pa.compute.cast(column, pa.string())
        texts: list[str | None] = column.to_pylist()
        return texts


def write(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return one Parquet file of texts, made in memory; no cell is missing, an empty one is ''."""
    pa = library()
    texts = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pa.table(
        {name: pa.array(cells, pa.string()) for name, cells in zip(columns, texts, strict=True)}
    )
    sink = io.BytesIO()
    pa.parquet.write_table(table, sink)
    return sink.getvalue()


@contextmanager
def bounded(pa: Any) -> Iterator[None]:
    """Bound the memory that reading may take, and name what goes wrong in one of two ways.

    Raises:
        Invalid: ``parquet.too_large``, ``parquet.form``.
    """
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + MOST_BYTES, before[1]))
    try:
        yield
    except (MemoryError, pa.ArrowMemoryError):
        raise Invalid(
            "parquet.too_large",
            f"Reading the file takes more than {MOST_BYTES >> 20} MiB of memory.",
            do="Write the file again with smaller row groups and pages.",
        ) from None
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise Invalid(
            "parquet.form", "The file is not readable Parquet.", do="Write the file again."
        ) from None
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _data_bytes() -> int:
    """Return what the process holds now (``VmData``)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 1 << 40  # no such count here: the footer's word alone bounds it
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmData"))
    return int(line.split()[1]) * 1024
