"""Parquet is read as text, a little at a time, and cannot fill the memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bailee.cli import parquet
from bailee.cli.table import open_table
from bailee.errors import Invalid


def written(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    """Write a Parquet file."""
    pq.write_table(pa.table(columns), path, **options)
    return path


@pytest.fixture
def small_memory() -> Iterator[None]:
    """Let reading take little, so that a small bomb is one."""
    before = parquet.MOST_BYTES, parquet.MOST_GROUP_BYTES
    parquet.MOST_BYTES = 32 << 20
    yield
    parquet.MOST_BYTES, parquet.MOST_GROUP_BYTES = before


def test_values_of_every_plain_type_become_text(tmp_path: Path) -> None:
    """Numbers, dates, times and dictionaries are written as a CSV file would hold them."""
    path = written(
        tmp_path / "t.parquet",
        {
            "id": pa.array([1, 2]),
            "name": pa.array(["Ottoline", None]),
            "born": pa.array([date(1975, 12, 3), None]),
            "at": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), None]),
            "amount": pa.array([Decimal("10.50"), Decimal("0.01")]),
            "state": pa.array(["US-IL", "US-WY"]).dictionary_encode(),
        },
    )
    with open_table(path) as table:
        found = table.inspect()
        rows = list(table.rows())
    assert (found.rows, found.header[0]) == (2, "id")
    assert rows == [
        (1, ["1", "Ottoline", "1975-12-03", "2026-01-02T03:04:05+00:00", "10.50", "US-IL"]),
        (2, ["2", None, None, None, "0.01", "US-WY"]),
    ]


def test_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    """A column that the mapping does not name may hold anything."""
    path = written(tmp_path / "t.parquet", {"id": ["1"], "more": [[1, 2]]})
    with open_table(path, columns=["id"]) as table:
        assert list(table.rows()) == [(1, ["1"])]
    with pytest.raises(Invalid, match=r"parquet\.form"):
        open_table(path)
    with pytest.raises(Invalid, match="city"):
        open_table(path, columns=["city"])


@pytest.mark.parametrize("damage", [b"PAR1", b"PAR1" + bytes(64) + b"PAR1", None])
def test_a_damaged_file_is_named(damage: bytes | None, tmp_path: Path) -> None:
    """A file that only begins like Parquet, or whose pages are damaged, is refused whole."""
    path = written(
        tmp_path / "t.parquet",
        {"id": [str(n) for n in range(10_000)]},
        write_page_checksum=True,
    )
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(bytes(data) if damage is None else damage)
    with pytest.raises(Invalid, match=r"parquet\.(form|too_large)"), open_table(path) as table:
        table.inspect()


@pytest.mark.usefixtures("small_memory")
def test_a_footer_that_admits_too_much_is_believed(tmp_path: Path) -> None:
    """A row group that says it unpacks to more than the limit is not read at all."""
    parquet.MOST_GROUP_BYTES = 10 << 20
    path = written(
        tmp_path / "t.parquet",
        {"id": pa.array(["x" * 60_000] * 200)},
        use_dictionary=False,
        compression="zstd",
    )
    assert path.stat().st_size < 1 << 20
    with pytest.raises(Invalid, match=r"parquet\.too_large"):
        open_table(path)


READER = """
import pathlib, resource, sys
from bailee.cli import parquet
from bailee.cli.table import open_table
from bailee.errors import Invalid
parquet.MOST_BYTES = 32 << 20
before = resource.getrlimit(resource.RLIMIT_DATA)
with open_table(pathlib.Path(sys.argv[1])) as table:
    try:
        table.inspect()
    except Invalid as refused:
        print(refused.code, resource.getrlimit(resource.RLIMIT_DATA) == before)
"""


def test_a_file_that_unpacks_to_gigabytes_ends_with_its_name(tmp_path: Path) -> None:
    """One long text, named a thousand times in one batch, stops at the limit of memory.

    In a process of its own, as the command has one: memory that was freed before is not counted.
    """
    path = written(tmp_path / "t.parquet", {"id": pa.array(["x" * 100_000] * 1000)})
    assert path.stat().st_size < 1 << 20
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "parquet.too_large True\n"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """A part holds the texts exactly."""
    rows = [["1", '=1+1,"'], ["2", ""]]
    (tmp_path / "t.parquet").write_bytes(parquet.write(["id", "text"], rows))
    with open_table(tmp_path / "t.parquet") as table:
        assert [cells for _, cells in table.rows()] == rows
