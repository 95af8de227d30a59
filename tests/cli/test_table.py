"""Tables are read strictly, and what is wrong is named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.cli.table import read_table
from bailee.errors import Invalid

CANARY = "CANARY-7c1f"

BROKEN = {
    "file.columns": f"id,name\n1,{CANARY},3\n".encode(),
    "file.quoting": f'id,name\n1,"{CANARY}" x\n'.encode(),
    "file.nul": f"id,name\n1,{CANARY}\x00\n".encode(),
    "file.encoding": b"id,name\n1,\xff\xfe" + CANARY.encode(),
    "file.empty": b"",
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_table_is_named_without_its_content(code: str, tmp_path: Path) -> None:
    """Each defect has its own code, and the message repeats nothing of the cell."""
    path = tmp_path / "t.csv"
    path.write_bytes(BROKEN[code])

    with pytest.raises(Invalid) as raised:
        list(read_table(path))

    assert raised.value.code == code
    assert CANARY not in str(raised.value)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    """A header without a column that the mapping needs is refused before any row."""
    path = tmp_path / "t.csv"
    path.write_text("id,name\n1,x\n")

    with pytest.raises(Invalid, match="city"):
        list(read_table(path, ["id", "city"]))


def test_official_oddities_are_read(tmp_path: Path) -> None:
    """CRLF, a byte order mark, quoted line breaks and a closing 0x1A are part of real files."""
    path = tmp_path / "t.csv"
    path.write_bytes(b'\xef\xbb\xbfid,name\r\n1,"a\r\nb"\r\n2,c\r\n\x1a')

    rows = list(read_table(path))

    assert rows == [(1, {"id": "1", "name": "a\r\nb"}), (2, {"id": "2", "name": "c"})]
