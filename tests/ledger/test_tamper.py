"""A finished bundle, spoiled in every way: the verifier names each."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.auditor import Case, codes, files, pack, unpack


def change(data: bytes, chance: random.Random) -> bytes:
    """Change one byte."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]


def delete(data: bytes, chance: random.Random) -> bytes:
    """Delete one byte."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + 1 :]


def insert(data: bytes, chance: random.Random) -> bytes:
    """Insert one byte."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(1) + data[at:]


def swap(data: bytes, chance: random.Random) -> bytes:
    """Swap two different bytes."""
    while True:
        a, b = sorted(chance.randrange(len(data)) for _ in range(2))
        if data[a] != data[b]:
            return data[:a] + data[b : b + 1] + data[a + 1 : b] + data[a : a + 1] + data[b + 1 :]


def truncate(data: bytes, chance: random.Random) -> bytes:
    """Cut the end off."""
    return data[: chance.randrange(len(data))]


@pytest.mark.parametrize("spoil", [change, delete, insert, swap, truncate])
def test_every_tampering_with_a_file_is_named(
    case: Case, copy: Path, spoil: Callable[[bytes, random.Random], bytes]
) -> None:
    """One random change, deletion, insertion, swap or cut in any file is named with that file."""
    chance = random.Random(spoil.__name__)  # noqa: S311 - repeatable, not secret
    for path in files(copy):
        name, data = str(path.relative_to(copy)), path.read_bytes()
        for _ in range(3):
            bent = spoil(data, chance)
            path.write_bytes(bent)
            code, report = case.check(bundle=copy)
            assert code == 3, (name, spoil.__name__)
            assert any(name in problem["where"] for problem in report["problems"]), (name, report)
        path.write_bytes(data)
    assert case.check(bundle=copy)[0] == 0


def test_changed_entry_is_named_by_index_and_byte(case: Case, copy: Path) -> None:
    """One changed byte in entry 300 is reported as entry 300, and nothing else is blamed."""
    path = copy / "tile/entries/001"
    data = bytearray(path.read_bytes())
    at, index = 0, 256
    while index < 300:
        at, index = at + 2 + int.from_bytes(data[at : at + 2], "big"), index + 1
    spot = data.index(b'"count":2', at) + 8
    data[spot : spot + 1] = b"3"
    path.write_bytes(data)
    _, report = case.check(bundle=copy)
    altered = [p for p in report["problems"] if p["code"] == "entry.altered"]
    assert [p["where"] for p in altered] == ["tile/entries/001"]
    assert f"entry 300 (byte {at})" in altered[0]["says"]
    assert codes(report) == {"entry.altered", "tree.root"}


def test_changed_tile_is_not_blamed_on_the_entry(case: Case, copy: Path) -> None:
    """A changed hash in a tile is reported as the tile's, since the entries give the root."""
    path = copy / "tile/0/001"
    data = bytearray(path.read_bytes())
    data[44 * 32] ^= 1
    path.write_bytes(data)
    _, report = case.check(bundle=copy)
    assert [(p["code"], p["where"]) for p in report["problems"]] == [("tile.altered", "tile/0/001")]
    assert "hash 44" in report["problems"][0]["says"]
    assert "entry 300" in report["problems"][0]["says"]


def test_whole_entries_deleted_inserted_or_swapped_are_named(case: Case, copy: Path) -> None:
    """Well-formed entries taken out, put in, doubled or exchanged are named by index."""
    path = copy / "tile/entries/000"
    entries = unpack(path.read_bytes())
    spoiled = {
        100: [*entries[:100], *entries[101:]],
        101: [*entries[:101], entries[7], *entries[101:]],
        102: [*entries[:102], entries[103], entries[102], *entries[104:]],
        103: [*entries[:103], entries[4], *entries[104:]],
    }
    for index, bent in spoiled.items():
        path.write_bytes(pack(bent))
        _, report = case.check(bundle=copy)
        assert any(f"entry {index} " in p["says"] for p in report["problems"]), (index, report)


def test_files_missing_added_or_exchanged_are_named(case: Case, copy: Path) -> None:
    """Every file that is gone, and any that does not belong, is named."""
    for path in files(copy):
        name, data = str(path.relative_to(copy)), path.read_bytes()
        path.unlink()
        code, report = case.check(bundle=copy)
        assert code == 3
        assert any(name in p["where"] for p in report["problems"]), name
        path.write_bytes(data)
    (copy / "tile" / "2").mkdir()
    (copy / "tile" / "2" / "000.p").mkdir()
    (copy / "tile" / "2" / "000.p" / "1").write_bytes(b"x" * 32)
    assert codes(case.check(bundle=copy)[1]) == {"file.unexpected"}
    shutil.rmtree(copy / "tile" / "2")
    one, two = copy / "tile/entries/000", copy / "tile/entries/001"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    report = case.check(bundle=copy)[1]
    assert {p["where"] for p in report["problems"]} >= {"tile/entries/000", "tile/entries/001"}


def test_openings_of_other_entries_are_named(case: Case, copy: Path) -> None:
    """An opening moved to another entry, changed in a block, or dropped is named."""
    path = copy / "openings.jsonl"
    lines = path.read_text().splitlines()
    fifth = json.loads(lines[5])

    def spoiled(line: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(line, sort_keys=True, separators=(",", ":"))
        path.write_text("\n".join([*lines[:5], text, *lines[6:]]) + "\n")
        return case.check(bundle=copy)[1]

    moved = json.loads(lines[6]) | {"index": 5}
    assert codes(spoiled(moved)) == {"opening.entry"}
    assert codes(spoiled(fifth | {"actor": fifth["context"]})) == {"opening.commitment"}
    assert codes(spoiled(fifth | {"records": []})) == {"opening.commitment"}
    other = {"block": fifth["actor"]["block"], "salt": "0" * 64}
    report = spoiled(fifth | {"actor": other})
    assert codes(report) == {"opening.commitment"}
    assert report["problems"][0]["where"] == "openings.jsonl line 6"
    path.write_text("\n".join([*lines[:5], *lines[6:]]) + "\n")
    report = case.check(bundle=copy)[1]
    assert [(p["code"], p["where"]) for p in report["problems"]] == [
        ("opening.missing", "entries 5 to 5")
    ]
    path.unlink()
    assert "opening.missing" in codes(case.check(bundle=copy)[1])
    assert case.check("--no-openings", bundle=copy)[0] == 0


def test_one_record_may_be_withheld(case: Case, copy: Path) -> None:
    """A record given by its leaf hash alone is in the tree, and counted as left undecided."""
    path = copy / "openings.jsonl"
    lines = path.read_text().splitlines()
    line = json.loads(lines[400])
    one = line["records"][0]
    data = b"\x00bailee/commit/v1\x00record\x00" + bytes.fromhex(one["salt"])
    line["records"][0] = {"leaf": sha256(data + one["block"].encode()).hexdigest()}
    lines[400] = json.dumps(line, sort_keys=True, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")
    code, report = case.check(bundle=copy)
    assert (code, report["problems"]) == (1, [])
    assert [(one["code"], one["where"]) for one in report["unmet"]] == [
        ("opening.withheld", "openings.jsonl line 401")
    ]
