"""Files of the command line: tables and mapping files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from bailee.cli.mapping import RowRefused, load_mapping, read_date
from bailee.cli.table import open_table
from bailee.errors import Failure, Invalid

FOLDER = tempfile.TemporaryDirectory(prefix="bailee-hostile-")
FILE = Path(FOLDER.name) / "file"
MAPPING = b"""
[file]
columns = ["id", "born"]
[record]
ref = "id"
subject = "payer-{id}"
residence = "id"
kind = { column = "id", p = "person" }
[[field]]
element = "person.birth_date"
column = "born"
as = "date"
when = { id = ["1", "2"] }
"""
ROW = {"id": "1", "born": "10 Aug 1971"}


def table(data: bytes) -> None:
    """Rows as wide as the header, or a refusal by name; a date is read or refused."""
    FILE.write_bytes(data)
    try:
        with open_table(FILE) as opened:
            seen, rows = opened.inspect(), list(opened.rows())
    except Failure as refused:
        assert refused.code.partition(".")[0] in {"file", "parquet"}
    else:
        assert {len(cells) for _, cells in rows} <= {len(seen.header)}
        assert [number for number, _ in rows] == sorted({number for number, _ in rows})
        assert len(rows) == seen.rows
    try:
        read_date(data.decode("utf-8", "replace"))
    except Invalid as refused:
        assert refused.code == "mapping.date"


def table_seeds() -> Iterable[bytes]:
    """Official oddities, and the forms of dates."""
    yield b'\xef\xbb\xbfid,name\r\n1,"a\r\nb"\r\n2,c\r\n\x1a'
    yield b'id,"a ""b"" c"\n1,2\n'
    yield from (b"10 Aug 1971", b"circa 1965-1968", b"Dec 1970 to 1973", b"1971-08-10")


def mapping(data: bytes) -> None:
    """A mapping that reads a row, or a refusal by name."""
    FILE.write_bytes(data)
    try:
        made = load_mapping(FILE)
        assert all(isinstance(name, str) for name in made.elements())
        made.records(dict.fromkeys(made.columns, "1") | ROW)
    except RowRefused as refused:
        assert refused.code.partition(".")[0] in {"mapping", "row"}
    except Failure as refused:
        assert refused.code.partition(".")[0] in {"mapping", "file"}


def mapping_seeds() -> Iterable[bytes]:
    """A whole mapping, and wrong ones."""
    yield MAPPING
    yield MAPPING.replace(b'as = "date"', b"find = 'DOB ([^;]+)'")
    yield MAPPING.replace(b'"id"', b"3")
    yield b"record = 1\nfile = []\nfield = {}\n"
