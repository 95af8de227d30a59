"""The verifier's quick way through a bundle accepts exactly what the slow way accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bailee.ledger import Fact, Touched, verify
from bailee.ledger.entry import write_entry
from tests.ledger.auditor import pack

FACT = Fact(
    "vault:record:revealed",
    "acme",
    purpose="payments",
    elements=("person.birth_date", "person.name"),
    count=17,
    obligations=("C2.5(5)", "C7.3(3)[annex-i-part-b].keys"),
    detail={"code": "element.not_in_agreement", "fields": 3},
    agreement="v1",
    actor={"id": "principal-1"},
    records=[Touched("r1", "s1")],
)
BYTES = b'\x00"0Aagz:,}]{\xff'


def entries(count: int) -> list[bytes]:
    """Return entries that differ in id and hashes alone."""
    return [write_entry(FACT, "2026-11-20T12:34:56.789Z").body for _ in range(count)]


def bent(entry: bytes) -> Iterator[bytes]:
    """Yield an entry with each byte replaced, left out and doubled."""
    for at in range(len(entry)):
        for byte in BYTES:
            yield entry[:at] + bytes([byte]) + entry[at + 1 :]
        yield entry[:at] + entry[at + 1 :]
        yield entry[:at] + entry[at : at + 1] + entry[at:]


def slowly(entry: bytes) -> bool:
    """Say whether an entry is accepted by itself."""
    try:
        verify.check_entry(entry, "entry 1")
    except verify.Bad:
        return False
    return True


class Hearing:
    """A verifier that knows the texts of its entries from an earlier bundle."""

    def __init__(self, folder: Path) -> None:
        (folder / "tile/entries").mkdir(parents=True)
        (folder / "tile/entries/000.p").mkdir()
        self.file = folder / "tile/entries/000.p/3"
        self.file.write_bytes(b"")
        self.report = verify.Report()
        self.bundle = verify.Bundle(folder, self.report)
        self.story = verify.Story("bailee.example/5f2c/2026", self.report, None)
        self.hear(pack(entries(3)))
        self.report.problems.clear()  # the first one heard does not open the log

    def hear(self, data: bytes) -> list[dict[str, str]]:
        """Hear a bundle; return what is wrong with its form (times may go back)."""
        self.file.write_bytes(data)
        self.report.problems.clear()
        self.story.ids.clear()
        self.story.newest = b""
        found, columns = self.bundle.entries(0, 3)
        self.story.hear(256, found, columns)
        return [one for one in self.report.problems if one["code"] != "entry.time"]


def differences(hearing: Hearing) -> list[bytes]:
    """Return the entries that one way accepts and the other refuses."""
    before, one, after = entries(3)
    return [
        entry
        for entry in bent(one)
        if bool(hearing.hear(pack([before, entry, after]))) is slowly(entry)
    ]


def test_quick_and_slow_agree_on_every_bent_byte(tmp_path: Path) -> None:
    """Whatever byte of an entry among its like is bent, both ways accept it or both refuse."""
    hearing = Hearing(tmp_path)
    assert hearing.hear(pack(entries(3))) == []
    assert differences(hearing) == []


def test_a_quick_way_that_trusts_its_frame_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the look at hashes the two ways differ: a hash that is none goes through."""
    hearing, (before, one, after) = Hearing(tmp_path), entries(3)
    data = pack([before, re.sub(rb'"actor":"..', b'"actor":"G0', one), after])
    assert [found["code"] for found in hearing.hear(data)] == ["entry.form"]
    monkeypatch.setattr(verify, "_plain", lambda _columns: True)
    assert hearing.hear(data) == []


def test_lengths_that_hide_an_entry_are_not_believed(tmp_path: Path) -> None:
    """An entry that is longer than its length says, or bytes between two, are named."""
    hearing, (one, two, three) = Hearing(tmp_path), entries(3)
    whole = pack([one, two, three])
    length = len(one).to_bytes(2, "big")
    for data in (
        (len(one) - 1).to_bytes(2, "big") + whole[2:],
        pack([one]) + b"\x00\x01x" + pack([two, three]),
        pack([one]) + b"xy" + pack([two, three]),
        whole + b"x",
        whole + pack([one]),
        length + one + length + one,
    ):
        assert hearing.hear(data)
