"""A finished bundle: what the auditor's verifier accepts, and that it names every tampering."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from tests.ledger.conftest import ACME, LOG, Desk

from bailee.db import DATA, SqliteDatabase
from bailee.ledger import Fact, Receipt, merkle, note, verify

ENTRIES = 601


class Case:
    """An exported log with its desk, kept for the whole module; tests work on copies."""

    def __init__(self, folder: Path) -> None:
        database = SqliteDatabase(folder / "data.db")
        DATA.create_all(database.engine)
        self.folder, self.desk = folder, Desk(database)
        self.desk.fill(99)
        self.early = folder / "early-checkpoint"
        self.early.write_text(self.desk.note())
        self.receipts = self.desk.fill(ENTRIES - 100, records=2)
        self.bundle = self.desk.export(folder / "bundle")
        self.vkey = self.desk.ledger.vkey(LOG)

    def check(self, *more: str, bundle: Path | None = None) -> tuple[int, dict[str, Any]]:
        """Run the command; return its exit code and JSON."""
        return run([str(bundle or self.bundle), "--vkey", self.vkey, *more])


def run(arguments: list[str]) -> tuple[int, dict[str, Any]]:
    """Run bailee-verify in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = verify.main([*arguments, "--json"])
    text = printed.getvalue()
    return code, json.loads(text) if text else {}


def codes(report: dict[str, Any]) -> set[str]:
    """Return the codes of what was found broken."""
    return {problem["code"] for problem in report["problems"]}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Return the exported log."""
    made = Case(tmp_path_factory.mktemp("case"))
    yield made
    made.desk.database.close()


@pytest.fixture
def copy(case: Case, tmp_path: Path) -> Path:
    """Return a copy of the bundle, to be spoiled."""
    return Path(shutil.copytree(case.bundle, tmp_path / "copy"))


def files(bundle: Path) -> list[Path]:
    """Return the bundle's files."""
    return sorted(path for path in bundle.rglob("*") if path.is_file())


# What holds.


def test_untouched_bundle_verifies(case: Case) -> None:
    """The export as it was written is accepted, with its size and its kinds of facts."""
    code, report = case.check("--checkpoint", str(case.early))
    assert (code, report["problems"], report["unmet"]) == (0, [], [])
    assert report["facts"]["size"] == ENTRIES == report["facts"]["observed"]
    assert report["facts"]["asserted"] == 0
    assert f"extends {case.early} (size 100)" in report["notes"]
    assert any("source: asserted" in line for line in report["cannot_show"])


def test_layout_is_that_of_the_specification(case: Case) -> None:
    """601 entries: two full bundles and tiles, one partial of 89, one of level 1 of width 2."""
    assert [str(path.relative_to(case.bundle)) for path in files(case.bundle)] == [
        "checkpoint",
        "openings.jsonl",
        "policy",
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


def test_proof_of_one_entry_stands_alone(case: Case, tmp_path: Path) -> None:
    """A tlog-proof verifies without the bundle and with it; bent anywhere it does not."""
    receipt = case.receipts[77]
    text = case.desk.database.read(
        ACME, lambda conn: case.desk.ledger.proof(conn, ACME, receipt.entry_id)
    )
    path = tmp_path / "one.tlog-proof"
    path.write_text(text)
    assert run(["--proof", str(path), "--vkey", case.vkey])[0] == 0
    code, report = case.check("--proof", str(path))
    assert code == 0
    assert any("was logged" in line for line in report["notes"])
    lines = text.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert sha256(b"\x00" + base64.b64decode(lines[1][6:])).hexdigest() == receipt.leaf
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    for _ in range(60):
        at = chance.randrange(len(text.encode()))
        raw = bytearray(text.encode())
        raw[at] ^= 1 << chance.randrange(8)
        path.write_bytes(raw)
        code, report = run(["--proof", str(path), "--vkey", case.vkey])
        assert code == 3, at
        assert str(path) in report["problems"][0]["where"]


# The campaign.


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


def pack(entries: list[bytes]) -> bytes:
    """Return a bundle."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack(data: bytes) -> list[bytes]:
    """Return a bundle's entries."""
    found = []
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        found.append(data[2:end])
        data = data[end:]
    return found


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
    """A record given by its leaf hash alone still verifies: one can be opened without the rest."""
    path = copy / "openings.jsonl"
    lines = path.read_text().splitlines()
    line = json.loads(lines[400])
    one = line["records"][0]
    data = b"\x00bailee/commit/v1\x00record\x00" + bytes.fromhex(one["salt"])
    line["records"][0] = {"leaf": sha256(data + one["block"].encode()).hexdigest()}
    lines[400] = json.dumps(line, sort_keys=True, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")
    assert case.check(bundle=copy)[0] == 0


# Keys, forks, cuts.


def resign(case: Case, bundle: Path, size: int, root: bytes) -> None:
    """Sign another head with the log's own key, as a dishonest operator can."""
    signer = note.Signer(LOG, case.desk.secrets.log_signer(LOG))
    (bundle / "checkpoint").write_text(signer.sign(note.Checkpoint(LOG, size, root).text))


def test_other_key_is_not_trusted(case: Case, copy: Path) -> None:
    """A log re-signed with a fresh key of the same name fails against the pinned one."""
    signer = note.Signer(LOG, Ed25519PrivateKey.generate())
    text = note.split_note((copy / "checkpoint").read_text())[0]
    (copy / "checkpoint").write_text(signer.sign(text))
    (copy / "policy").write_text(note.write_policy([signer.verifier]))
    assert {"note.unsigned", "policy.altered"} <= codes(case.check(bundle=copy)[1])


def test_resigned_fork_is_caught_by_an_earlier_checkpoint(
    case: Case, tmp_path: Path, data_db: Any
) -> None:
    """Another history signed by the right key verifies alone, not against the earlier note."""
    forger = Desk(data_db)
    forger.fill(ENTRIES - 1)
    fork = forger.export(tmp_path / "fork")
    assert case.check(bundle=fork)[0] == 0
    code, report = case.check("--checkpoint", str(case.early), bundle=fork)
    assert (code, codes(report)) == (3, {"log.forked"})


def test_two_views_of_one_size_are_caught(case: Case, tmp_path: Path, data_db: Any) -> None:
    """Two auditors comparing checkpoints of one size see that they were shown two logs."""
    forger = Desk(data_db)
    forger.fill(ENTRIES - 1)
    fork = forger.export(tmp_path / "fork")
    code, report = case.check("--checkpoint", str(fork / "checkpoint"))
    assert (code, codes(report)) == (3, {"log.forked"})


def test_log_cut_back_is_caught(case: Case, tmp_path: Path, data_db: Any) -> None:
    """A shorter log than an earlier checkpoint counts is a cut, though it is whole in itself."""
    short = Desk(data_db)
    short.fill(10)
    code, report = case.check(
        "--checkpoint", str(case.early), bundle=short.export(tmp_path / "short")
    )
    assert (code, codes(report)) == (3, {"log.cut"})


def test_wrong_root_signed_is_caught(case: Case, copy: Path) -> None:
    """A signed head that is not the entries' is named even if everything else agrees."""
    resign(case, copy, ENTRIES, b"\x01" * 32)
    assert codes(case.check(bundle=copy)[1]) == {"tree.root"}
    resign(case, copy, 2**62, b"\x01" * 32)
    assert codes(case.check(bundle=copy)[1]) == {"log.size"}


def rebuilt(case: Case, target: Path, entries: list[bytes]) -> Path:
    """Write a bundle of any entries, signed by the log's key: what a dishonest operator can do."""
    head, tiles = merkle.grow(merkle.Head(), [merkle.leaf_hash(entry) for entry in entries])
    assert not tiles
    (target / "tile/0/000.p").mkdir(parents=True)
    (target / "tile/entries/000.p").mkdir(parents=True)
    (target / f"tile/0/000.p/{len(entries)}").write_bytes(head.edge[0])
    (target / f"tile/entries/000.p/{len(entries)}").write_bytes(pack(entries))
    shutil.copy(case.bundle / "policy", target / "policy")
    resign(case, target, len(entries), merkle.root(head))
    return target


def test_signed_but_untrue_stories_are_named(case: Case, tmp_path: Path) -> None:
    """Time going back, a missing first entry, entries behind the end: named though signed."""
    whole = unpack((case.bundle / "tile/entries/000").read_bytes())
    first, other = whole[0], whole[1]
    early = other.replace(b"T12:00", b"T11:30")
    end = first.replace(b"log:opened", b"log:closed")
    stories = {
        "entry.time": [first, other, early],
        "log.first": [other, first],
        "log.closed": [first, end, other],
        "entry.form": [first, other.replace(b"vault:record:revealed", b"vault:record:Revealed")],
    }
    for code, entries in stories.items():
        bundle = rebuilt(case, tmp_path / code, entries)
        _, report = case.check("--no-openings", bundle=bundle)
        assert code in codes(report), (code, report)
    fine = rebuilt(case, tmp_path / "fine", [first, other, end])
    assert case.check("--no-openings", bundle=fine)[0] == 0
    assert len(first) < 4096


# Openings that were erased.


def erase(desk: Desk, span: tuple[int, int], log: str = LOG) -> Receipt:
    """Erase openings by the ledger's own act."""
    fact = Fact("ledger:openings:erased", ACME, detail={"reason": "retention"})
    return desk.database.write(ACME, lambda conn: desk.ledger.erase_openings(conn, fact, log, span))


def test_openings_erased_by_an_entry_are_accepted(desk: Desk, tmp_path: Path) -> None:
    """Openings whose erasure is in the log may be missing; one more may not."""
    desk.fill(20)
    erase(desk, (3, 9))
    desk.ledger.sequence(desk.database)
    arguments = ["--vkey", desk.ledger.vkey(LOG)]
    code, report = run([str(desk.export(tmp_path / "one")), *arguments])
    assert (code, report["facts"]["openings_erased"]) == (0, 6)
    lost = json.loads((tmp_path / "one/openings.jsonl").read_text().splitlines()[3])
    desk.sql("DELETE FROM ledger_opening WHERE entry_id = :i", i=lost["entry_id"])
    code, report = run([str(desk.export(tmp_path / "two")), *arguments])
    assert [(p["code"], p["where"]) for p in report["problems"]] == [
        ("opening.missing", f"entries {lost['index']} to {lost['index']}")
    ]


def test_opening_that_was_said_to_be_erased_is_named(desk: Desk, tmp_path: Path) -> None:
    """An opening that is still there though the log says it was erased is a problem too."""
    desk.fill(5)
    kept = desk.sql("SELECT * FROM ledger_opening")
    erase(desk, (1, 3))
    desk.ledger.sequence(desk.database)
    here = {row[1] for row in desk.sql("SELECT * FROM ledger_opening")}
    back = next(row for row in kept if row[1] not in here)
    desk.sql(
        "INSERT INTO ledger_opening VALUES (:c, :e, :l, :s)",
        c=back[0],
        e=back[1],
        l=back[2],
        s=back[3],
    )
    _, report = run([str(desk.export(tmp_path / "one")), "--vkey", desk.ledger.vkey(LOG)])
    assert codes(report) == {"opening.kept"}


def test_erasure_may_stand_in_a_later_log(desk: Desk, tmp_path: Path) -> None:
    """Years later the entry is in another log: its proof travels along and needs that log's key."""
    desk.fill(5)
    desk.wait(days=400)
    desk.fill(1)
    erase(desk, (0, 7))
    desk.ledger.sequence(desk.database)
    bundle, later = desk.export(tmp_path / "old"), "bailee.example/5f2c/2027"
    keys = [f"--vkey={desk.ledger.vkey(log)}" for log in (LOG, later)]
    assert run([str(bundle), *keys])[0] == 0
    assert codes(run([str(bundle), keys[0]])[1]) == {"note.unsigned", "opening.missing"}
    (bundle / "erasures.jsonl").unlink()
    assert codes(run([str(bundle), *keys])[1]) == {"opening.missing"}


def test_destroyed_key_leaves_openings_missing(desk: Desk, tmp_path: Path) -> None:
    """When the controller's key is gone no opening is exported, and that must be explained."""
    desk.fill(3)
    desk.secrets.destroyed.add(ACME)
    code, report = run([str(desk.export(tmp_path / "one")), "--vkey", desk.ledger.vkey(LOG)])
    assert (code, codes(report)) == (3, {"opening.missing"})


# Successors.


def test_successor_admits_what_was_lost(desk: Desk, tmp_path: Path) -> None:
    """An auditor's newer checkpoint of the old log is matched with the successor's admission."""
    desk.fill(9)
    old = tmp_path / "old-checkpoint"
    old.write_text(desk.note())
    guard = desk.secrets.guards[LOG]
    desk.secrets.guards[LOG] = (guard[0] + 4, b"\x07" * 32)  # signed elsewhere, then lost here
    new = desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))
    desk.fill(1)
    bundle = desk.export(tmp_path / "new", new)
    keys = [f"--vkey={desk.ledger.vkey(log)}" for log in (LOG, new)]
    code, report = run([str(bundle), *keys])
    assert code == 0
    assert any("entries 10 to 13 of it are declared lost" in line for line in report["notes"])
    signer = note.Signer(LOG, desk.secrets.log_signer(LOG))
    for size, root, found in (
        (14, b"\x07" * 32, set()),
        (14, b"\x08" * 32, {"log.forked"}),
        (15, b"\x07" * 32, {"log.cut"}),
    ):
        old.write_text(signer.sign(note.Checkpoint(LOG, size, root).text))
        assert codes(run([str(bundle), *keys, "--checkpoint", str(old)])[1]) == found
    old.write_text(signer.sign(note.Checkpoint(LOG, 5, b"\x07" * 32).text))
    assert run([str(bundle), *keys, "--checkpoint", str(old)])[0] == 1  # needs the old bundle


# Policy.


def witness(name: str) -> tuple[Ed25519PrivateKey, str]:
    """Return a witness's key and vkey (type 4)."""
    key = Ed25519PrivateKey.generate()
    public = b"\x04" + key.public_key().public_bytes_raw()
    key_id = sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    return key, f"{name}+{key_id}+{base64.b64encode(public).decode()}"


def test_policy_with_a_quorum(case: Case, copy: Path, tmp_path: Path) -> None:
    """A quorum of two of three witnesses is met by two cosignatures, not by one or a bent one."""
    witnesses = [witness(f"witness.example/{i}") for i in range(3)]
    lines = [f"witness w{i} {vkey}" for i, (_, vkey) in enumerate(witnesses)]
    policy = tmp_path / "policy"
    policy.write_text(
        "# ours\n"
        + "\n".join([f"log {case.vkey}", *lines, "group g 2 w0 w1 w2", "quorum g"])
        + "\n"
    )
    text = (copy / "checkpoint").read_text()
    body = text.partition("\n\n")[0] + "\n"

    def cosign(i: int) -> str:
        key, vkey = witnesses[i]
        name, key_id, _ = vkey.split("+", 2)
        signature = key.sign(f"cosignature/v1\ntime 1795000000\n{body}".encode())
        raw = bytes.fromhex(key_id) + (1795000000).to_bytes(8, "big") + signature
        return f"\u2014 {name} {base64.b64encode(raw).decode()}\n"

    arguments = ("--policy", str(policy))
    (copy / "checkpoint").write_text(text + cosign(0))
    code, report = case.check(*arguments, bundle=copy)
    assert (code, [one["code"] for one in report["unmet"]]) == (1, ["policy"])
    (copy / "checkpoint").write_text(text + cosign(0) + cosign(2))
    assert case.check(*arguments, bundle=copy)[0] == 0
    bent = cosign(2).replace(" ", " ", 1)
    raw = bytearray(base64.b64decode(bent.split()[2]))
    raw[-1] ^= 1
    line = " ".join([*bent.split()[:2], base64.b64encode(bytes(raw)).decode()]) + "\n"
    (copy / "checkpoint").write_text(text + cosign(0) + line)
    assert "note.signature" in codes(case.check(*arguments, bundle=copy)[1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\nquorum none\n",
        "quorum w\n",
        "group g 1 w\nquorum g\n",
        "log x\nquorum none\n",
        "group g any g\nquorum g\n",
        "nonsense\nquorum none\n",
    ],
)
def test_malformed_policies_are_refused(case: Case, tmp_path: Path, text: str) -> None:
    """A policy with undefined names, no or two quorums, or foreign lines is not guessed at."""
    policy = tmp_path / "policy"
    policy.write_text(text)
    assert case.check("--policy", str(policy))[0] == 3


# Hostile bundles.


def test_links_devices_and_giants_are_refused(case: Case, copy: Path) -> None:
    """A bundle cannot make the verifier read elsewhere, wait on a pipe, or fill its memory."""
    tile = copy / "tile/0/001"
    data = tile.read_bytes()
    tile.unlink()
    tile.symlink_to("/etc/passwd")
    assert codes(case.check(bundle=copy)[1]) == {"file.kind"}
    tile.unlink()
    os.mkfifo(tile)
    assert codes(case.check(bundle=copy)[1]) == {"file.kind"}
    tile.unlink()
    with tile.open("wb") as file:
        file.truncate(1 << 40)
    assert "file.kind" in codes(case.check(bundle=copy)[1])
    tile.write_bytes(data)
    folder = copy / "tile/entries"
    folder.rename(copy / "elsewhere")
    folder.symlink_to(copy / "elsewhere")
    assert codes(case.check(bundle=copy)[1]) == {"file.kind"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\x00" * 100,
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b'{"actor":1,"context":1,"entry_id":1,"index":0,"records":[]}\n',
        b'{"actor":1,"context":1,"entry_id":1,"index":1e400,"records":[]}\n',
        b'{"actor":1,"context":1,"entry_id":1,"index":' + b"9" * 5000 + b',"records":[]}\n',
        b'{"actor":{"block":"\\ud800","salt":"' + b"0" * 64 + b'"},"context":1,"entry_id":"a",'
        b'"index":0,"records":[null,[],{"leaf":3}]}\n',
    ],
)
def test_garbage_in_any_file_never_crashes(case: Case, copy: Path, data: bytes) -> None:
    """Whatever a file holds, the answer is a finding and exit code 3."""
    (copy / "erasures.jsonl").write_bytes(b"{}\n")
    for path in files(copy):
        before = path.read_bytes()
        path.write_bytes(data)
        assert case.check(bundle=copy)[0] == 3
        path.write_bytes(before)


def test_usage_errors_exit_with_two(case: Case, tmp_path: Path) -> None:
    """A wrong key text, a missing folder or nothing to do is a usage error."""
    assert run([str(case.bundle), "--vkey", "nonsense"])[0] == 2
    assert run([str(case.bundle), "--vkey", case.vkey, "--checkpoint", "/nowhere"])[0] == 2
    for arguments in ([], ["--vkey", case.vkey], [str(tmp_path / "x"), "--vkey", case.vkey]):
        with pytest.raises(SystemExit) as error:
            verify.main(arguments)
        assert error.value.code == 2


def test_key_may_come_from_a_file(case: Case, tmp_path: Path) -> None:
    """The pinned key may stand in a file of the auditor's."""
    path = tmp_path / "key"
    path.write_text(case.vkey + "\n")
    assert run([str(case.bundle), "--vkey", str(path)])[0] == 0


def test_report_for_people(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    """The printed report says what was checked and what no log can show."""
    assert verify.main([str(case.bundle), "--vkey", case.vkey]) == 0
    text = capsys.readouterr().out
    assert text.endswith("VERIFIED\n")
    assert "601 observed by machine, 0 asserted" in text
    assert "that nothing was read outside bailee" in text


# The ledger's own side of what is shown.


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
