"""What an exported log says against an account, and logs that are none (C2.3)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bailee.cli.manifest import (
    FORMAT,
    Entered,
    Logged,
    Manifest,
    Part,
    check_log,
    count_beside,
    read_log,
)
from bailee.errors import Broken, Failure

SHA = "5" * 64
MINE: dict[str, str | int] = {"disclosure": "d1"}


@dataclass
class Log:
    """A log in which two parts of ten records left, to be spoiled."""

    entries: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "e0": {"action": "access:disclosure:opened"},
            "e1": {"action": "vault:record:revealed", "count": 10},
            "e2": {"action": "vault:record:revealed", "count": 9},
            "e3": {
                "action": "access:disclosure:ended",
                "detail": {**MINE, "manifest_sha256": SHA},
            },
        }
    )

    def read(self) -> list[Logged]:
        """Return the entries."""
        same: dict[str, Any] = {
            "decision": "allowed",
            "purpose": "payments",
            "count": 0,
            "detail": MINE,
        }
        return [
            Logged(**(same | {"id": name, "leaf": f"leaf-{name}"} | said))
            for name, said in self.entries.items()
        ]


def account(**changed: Any) -> Manifest:
    """Return an account of twenty records, one of which was refused."""
    values: dict[str, Any] = {
        "format": FORMAT,
        "work": "export",
        "controller": "acme",
        "purpose": "payments",
        "elements": ["person.name"],
        "disclosure": "d1",
        "kind": "return",
        "consents": ["c1"],
        "opened": "2026-11-20T21:07:00Z",
        "opened_entry": "e0",
        "sealed": "age",
        "recipients": ["age1" + "q" * 58],
        "table": ".csv",
        "count": {"listed": 20, "revealed": 19, "refused": 1},
        "proven": True,
        "parts": [part(1), part(2)],
        "listed": [],
    }
    return Manifest(**(values | changed))


def part(number: int, entry: str = "", leaf: str = "") -> Part:
    """Return a part, and the entry of its call."""
    name = entry or f"e{number}"
    said = Entered("acme/2026", name, leaf or f"leaf-{name}")
    return Part(f"part-{number:06d}.csv.age", "0" * 64, 1, 10, [said])


def test_log_and_account_agree() -> None:
    """Nothing is wrong where nothing was spoiled."""
    assert check_log(account(), SHA, Log().read()) == []
    assert count_beside(account(), Log().read()) == 0


@pytest.mark.parametrize(
    ("entry", "changed", "wrong"),
    [
        ("e1", {"detail": {"disclosure": "d2"}}, ["log.other part-000001.csv.age", "log.count"]),
        ("e1", {"detail": {}}, ["log.other part-000001.csv.age", "log.count"]),
        ("e1", {"purpose": "support"}, ["log.other part-000001.csv.age"]),
        ("e1", {"leaf": "leaf-x"}, ["log.entry part-000001.csv.age"]),
        ("e1", {"count": 11}, ["log.other part-000001.csv.age", "log.count"]),
        ("e2", {"count": 8}, ["log.count"]),
        ("e2", {"decision": "refused"}, ["log.other part-000002.csv.age", "log.count"]),
        ("e0", {"detail": {"disclosure": "d2"}}, ["log.not_opened"]),
        ("e3", {"detail": {**MINE, "manifest_sha256": "6" * 64}}, ["log.manifest"]),
        ("e3", {"detail": MINE}, ["log.manifest"]),
        ("e3", {"decision": "refused"}, ["log.not_ended"]),
    ],
)
def test_what_the_log_says_otherwise(entry: str, changed: dict[str, Any], wrong: list[str]) -> None:
    """Another disclosure, purpose, count, leaf or account: each is named."""
    log = Log()
    log.entries[entry] |= changed
    assert check_log(account(), SHA, log.read()) == wrong


def test_one_answer_stands_for_one_part() -> None:
    """An entry that two parts claim is named, and the answer that none claims is counted."""
    twice = account(parts=[part(1), part(2, "e1")])
    assert check_log(twice, SHA, Log().read()) == ["log.twice 1 more", "log.count"]
    assert count_beside(twice, Log().read()) == 1
    unknown = account(parts=[part(1), part(2, "e9")])
    assert check_log(unknown, SHA, Log().read()) == ["log.entry part-000002.csv.age", "log.count"]


def test_an_exported_log_is_read(tmp_path: Path) -> None:
    """Bundles as C2SP writes them, two bytes of length before each entry; leaves as RFC 6962."""
    body = json.dumps(
        {"id": "e1", "action": "a:b:c", "decision": "allowed", "purpose": "", "count": 3,
         "detail": {"verb": "reveal"}, "more": [1]}
    ).encode()  # fmt: skip
    folder = tmp_path / "tile" / "entries"
    folder.mkdir(parents=True)
    (folder / "000.p").mkdir()
    (folder / "000.p" / "2").write_bytes(2 * (len(body).to_bytes(2, "big") + body))
    found = read_log(tmp_path)
    assert [one.count for one in found] == [3, 3]
    assert found[0].leaf == hashlib.sha256(b"\0" + body).hexdigest()


@pytest.mark.parametrize(
    "data", [b"\x00", b"\xff\xff{}", b"\x00\x02{}", b"\x00\x02[]", b"\x00\x01x"]
)
def test_what_is_no_log_is_refused(data: bytes, tmp_path: Path) -> None:
    """Lengths that lie, entries that are none, and no log at all: a typed refusal."""
    with pytest.raises(Failure, match=r"log\.missing"):
        read_log(tmp_path)
    folder = tmp_path / "tile" / "entries"
    folder.mkdir(parents=True)
    (folder / "000").write_bytes(data)
    with pytest.raises(Broken):
        read_log(tmp_path)
    (folder / "000").unlink()
    (folder / "000").symlink_to("/etc/passwd")
    with pytest.raises(Failure, match=r"log\.missing"):
        read_log(tmp_path)
