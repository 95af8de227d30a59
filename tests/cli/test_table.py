"""Tables are read strictly, and what is wrong is named by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailee.cli.mapping import Bound, load_mapping
from bailee.cli.table import Csv, open_table
from bailee.errors import Conflict, Invalid

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

    with open_table(path) as table, pytest.raises(Invalid) as raised:
        table.inspect()

    assert raised.value.code == code
    assert CANARY not in str(raised.value)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    """A header without a column that the mapping reads is refused before any row."""
    (tmp_path / "m.toml").write_text(
        '[file]\ncolumns = ["id"]\n[record]\nref = "id"\nsubject = "p-{id}"\n'
        '[[field]]\nelement = "person.name"\ncolumn = "name"\nwhen = { city = ["Rome"] }\n'
    )
    mapping = load_mapping(tmp_path / "m.toml")

    with pytest.raises(Invalid, match="city"):
        Bound(mapping, ["id", "name"])


def test_official_oddities_are_read(tmp_path: Path) -> None:
    """CRLF, a byte order mark, quoted line breaks and a closing 0x1A are part of real files."""
    path = tmp_path / "t.csv"
    path.write_bytes(b'\xef\xbb\xbfid,name\r\n1,"a\r\nb"\r\n2,c\r\n\x1a')

    with open_table(path) as table:
        assert table.inspect().header == ("id", "name")
        assert list(table.rows()) == [(1, ["1", "a\r\nb"]), (2, ["2", "c"])]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("file.line", b"id,name\n1," + b"x" * (20 << 20)),
        ("file.cell", b'id,name\n1,"' + b"x\n" * (1 << 20)),
        ("file.cell", b"id,name\n1," + b"x" * 100_000 + b"\n"),
    ],
)
def test_a_huge_field_fills_no_memory(code: str, content: bytes, tmp_path: Path) -> None:
    """A field or a line beyond every limit is named; the rest of it is not read."""
    path = tmp_path / "t.csv"
    path.write_bytes(content)

    with open_table(path) as table, pytest.raises(Invalid) as raised:
        table.inspect()

    assert raised.value.code == code


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    """Rows are taken from the file that was inspected, or from none."""
    path = tmp_path / "t.csv"
    path.write_text("id\n1\n")
    with Csv(path) as table:
        table.inspect()
        with path.open("a") as file:
            file.write("2\n")

        with pytest.raises(Conflict, match=r"file\.changed"):
            table.check_unchanged()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder and a device are not tables: nothing waits for their end."""
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(Invalid, match=r"file\.(kind|missing)"):
            open_table(path)
