"""The export's layout, read a second way, and what the ledger itself shows."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bailee.ledger import merkle, note
from tests.ledger.auditor import ENTRIES, Case, files
from tests.ledger.desk import ACME, LOG, Desk


def test_layout_is_that_of_the_specification(case: Case) -> None:
    """601 entries: two full bundles and tiles, one partial of 89, one of level 1 of width 2."""
    assert [str(path.relative_to(case.bundle)) for path in files(case.bundle)] == [
        "checkpoint",
        "openings.jsonl",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/89",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/89",
    ]
    assert {path.stat().st_mode & 0o777 for path in files(case.bundle)} == {0o600}


def test_second_reader_agrees(case: Case) -> None:
    """A reader written from the specification alone, top down, finds the same tree and note."""

    def tree_hash(entries: list[bytes]) -> bytes:
        if len(entries) == 1:
            return sha256(b"\x00" + entries[0]).digest()
        k = 1 << (len(entries) - 1).bit_length() - 1
        return sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()

    text, _, line = (case.bundle / "checkpoint").read_text().partition("\n\n")
    origin, size, root = text.split("\n")
    entries: list[bytes] = []
    for path in files(case.bundle / "tile" / "entries"):
        rest = path.read_bytes()
        while rest:
            length = rest[0] * 256 + rest[1]
            entries.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
    assert (origin, int(size)) == (LOG, len(entries))
    assert base64.b64decode(root) == tree_hash(entries)
    for path in files(case.bundle / "tile"):
        level, number = path.relative_to(case.bundle / "tile").parts[:2]
        if level == "entries":
            continue
        span = 256 ** int(level)
        first = int(number.removesuffix(".p")) * 256
        hashes = path.read_bytes()
        for i in range(len(hashes) // 32):
            part = entries[(first + i) * span : (first + i + 1) * span]
            assert len(part) == span
            assert hashes[i * 32 : i * 32 + 32] == tree_hash(part)
    dash, name, signature = line.removesuffix("\n").split(" ")
    raw = base64.b64decode(signature)
    public = base64.b64decode(case.vkey.split("+", 2)[2])
    assert (dash, name, raw[:4].hex()) == ("\u2014", LOG, case.vkey.split("+")[1])
    assert raw[:4] == sha256(LOG.encode() + b"\n" + public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], (text + "\n").encode())


def test_tiles_are_served_as_exported(case: Case) -> None:
    """Tiles and bundles asked of the ledger are the exported files; unsigned ones do not exist."""

    def work(conn: sa.Connection) -> None:
        ledger = case.desk.ledger
        assert (
            ledger.tile(conn, ACME, LOG, (0, 1, 256)) == (case.bundle / "tile/0/001").read_bytes()
        )
        partial = (case.bundle / "tile/0/002.p/89").read_bytes()
        assert ledger.tile(conn, ACME, LOG, (0, 2, 89)) == partial
        assert ledger.tile(conn, ACME, LOG, (0, 2, 5)) == partial[:160]
        assert (
            ledger.bundle(conn, ACME, LOG, (1, 256))
            == (case.bundle / "tile/entries/001").read_bytes()
        )
        for at in ((0, 2, 90), (0, 3, 1), (1, 0, 3), (2, 0, 1), (-1, 0, 1), (0, 0, 0), (0, 0, 257)):
            with pytest.raises(Exception, match=r"ledger\.no_tile"):
                ledger.tile(conn, ACME, LOG, at)
        proof, text = ledger.consistency(conn, ACME, LOG, 100)
        early = note.read_checkpoint(note.split_note(case.early.read_text())[0])
        late = note.read_checkpoint(note.split_note(text)[0])
        assert merkle.is_consistent((early.size, early.root), (late.size, late.root), proof)

    case.desk.database.read(ACME, work)


def test_opening_of_an_entry_is_what_was_recorded(case: Case) -> None:
    """What an entry committed to can be read back while it is kept."""
    receipt = case.receipts[3]
    opening = case.desk.database.read(
        ACME, lambda conn: case.desk.ledger.opening(conn, ACME, receipt.entry_id)
    )
    assert json.loads(opening.actor[1]) == {"id": "principal-3", "kind": "person"}
    assert len(opening.records) == 2
    pairs = case.desk.database.read(
        ACME, lambda conn: list(case.desk.ledger.openings(conn, ACME, LOG))
    )
    assert len(pairs) == ENTRIES
    assert all(opened and opened.commitments() == fields["commitments"] for fields, opened in pairs)


def test_retired_log_keeps_its_checkpoints(desk: Desk, tmp_path: Path) -> None:
    """After its retention a closed log's entries go; an open one cannot be retired."""
    desk.fill(300)
    with pytest.raises(Exception, match=r"ledger\.in_use"):
        desk.database.write(ACME, lambda conn: desk.ledger.retire(conn, ACME, LOG))
    desk.wait(days=400)
    desk.fill(1)
    desk.database.write(ACME, lambda conn: desk.ledger.retire(conn, ACME, LOG))
    assert desk.sql("SELECT count(*) FROM ledger_bundle")[0][0] == 0
    assert {
        row[0] for row in desk.sql("SELECT log FROM ledger_opening NATURAL JOIN ledger_place")
    } == {LOG[:-4] + "2027"}
    assert desk.note().startswith(LOG)
    with pytest.raises(Exception, match=r"ledger\.retired"):
        desk.export(tmp_path / "gone")
    assert not desk.ledger.sequence(desk.database).troubles


def test_export_does_not_overwrite(case: Case) -> None:
    """An existing folder is left alone, and no partial one stays."""
    with pytest.raises(Exception, match=r"export\.exists"):
        case.desk.export(case.bundle)
    assert not list(case.folder.glob(".*"))


def test_records_are_bound_to_their_entry(case: Case) -> None:
    """A sealed opening moved to another entry does not open."""
    one, two = case.receipts[:2]
    rows = case.desk.sql("SELECT entry_id, sealed FROM ledger_opening")
    sealed = {row[0]: row[1] for row in rows}
    with pytest.raises(Exception, match=r"key\.sealed"):
        case.desk.secrets.open_opening(ACME, one.entry_id, sealed[two.entry_id])
    assert replace(one, index=None) == one
