"""What the auditor's verifier accepts and refuses."""

from __future__ import annotations

import base64
import os
import random
import re
import secrets
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.ledger import merkle, note, verify
from tests.ledger.auditor import ENTRIES, Case, codes, files, pack, run, unpack
from tests.ledger.desk import ACME, LOG, Desk


def test_untouched_bundle_verifies(case: Case) -> None:
    """The export as it was written is accepted, with its size and its kinds of facts."""
    code, report = case.check("--checkpoint", str(case.early))
    assert (code, report["problems"], report["unmet"]) == (0, [], [])
    assert report["facts"]["size"] == ENTRIES == report["facts"]["observed"]
    assert report["facts"]["asserted"] == 0
    assert f"extends {case.early} (size 100)" in report["notes"]
    assert any("source: asserted" in line for line in report["cannot_show"])


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


def resign(case: Case, bundle: Path, size: int, root: bytes) -> None:
    """Sign another head with the log's own key, as a dishonest operator can."""
    signer = note.Signer(LOG, case.desk.secrets.log_signer(LOG))
    (bundle / "checkpoint").write_text(signer.sign(note.Checkpoint(LOG, size, root).text))


def test_other_key_is_not_trusted(case: Case, copy: Path) -> None:
    """A log re-signed with a fresh key of the same name fails against the pinned one."""
    signer = note.Signer(LOG, Ed25519PrivateKey.generate())
    text = note.split_note((copy / "checkpoint").read_text())[0]
    (copy / "checkpoint").write_text(signer.sign(text))
    assert codes(case.check(bundle=copy)[1]) == {"note.unsigned"}


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
    resign(case, target, len(entries), merkle.root(head))
    return target


def renamed(entry: bytes) -> bytes:
    """Return an entry under a fresh id."""
    return re.sub(rb'"id":"\w{32}', b'"id":"' + secrets.token_hex(16).encode(), entry)


def test_signed_but_untrue_stories_are_named(case: Case, tmp_path: Path) -> None:
    """Time going back, no first entry, one behind the end or twice: named though signed."""
    whole = unpack((case.bundle / "tile/entries/000").read_bytes())
    first, other = whole[0], whole[1]
    early = renamed(other.replace(b"T12:00", b"T11:30"))
    end = renamed(first.replace(b"log:opened", b"log:closed"))
    stories = {
        "entry.time": [first, other, early],
        "log.first": [other, first],
        "log.closed": [first, end, other],
        "entry.form": [first, other.replace(b"vault:record:revealed", b"vault:record:Revealed")],
        "entry.twice": [first, other, other],
    }
    for code, entries in stories.items():
        bundle = rebuilt(case, tmp_path / code, entries)
        _, report = case.check("--no-openings", bundle=bundle)
        assert code in codes(report), (code, report)
    fine = rebuilt(case, tmp_path / "fine", [first, other, end])
    assert case.check("--no-openings", bundle=fine)[0] == 0
    assert len(first) < 4096


def test_entry_among_its_like_is_looked_at_closely(case: Case, tmp_path: Path) -> None:
    """Whatever is bent in one of many entries alike, signed, is named by index and field."""
    alike = unpack((case.bundle / "tile/entries/001").read_bytes())
    first = unpack((case.bundle / "tile/entries/000").read_bytes())[0]
    bends = {
        "action": (b"vault:record", b"vault.record"),
        "actor": (b'"actor":"..', b'"actor":"G0'),
        "context": (b'"context":"..', b'"context":"AB'),
        "records": (b'"records":"..', b'"records":"":'),
        "count": (b'"count":2', b'"count":-2'),
        "decision": (b"allowed", b"perhaps"),
        "detail": (b'"detail":{', b'"detail":{"a":-0,'),
        "elements": (b"person.name", b"Jan de Vries"),
        "id": (b'"id":"..', b'"id":"FF'),
        "link": (b'"link":null', b'"link":true'),
        "obligations": (rb"C2\.5", b"C2 5"),
        "source": (b"observed", b"believed"),
        "time": (rb"(T\d\d):\d\d", rb"\1:77"),
        "v": (b'"v":1', b'"v":2'),
    }
    for name, (pattern, text) in bends.items():
        bent = re.sub(pattern, text, alike[150])
        assert bent != alike[150]
        entries = [first, *alike[100:150], bent, *alike[151:200]]
        _, report = case.check("--no-openings", bundle=rebuilt(case, tmp_path / name, entries))
        assert [(p["code"], p["where"]) for p in report["problems"]] == [("entry.form", "entry 51")]
        assert f"field {name!r}, byte " in report["problems"][0]["says"]


@pytest.mark.parametrize(
    "bend",
    [
        lambda e: e.replace(b'"elements":["person.birth_date"', b'"elements":["zzz"'),
        lambda e: e.replace(b"2026-11-20", b"2026-02-30"),
        lambda e: e.replace(b'"detail":{', b'"detail":{"z":1,'),
        lambda e: e.replace(b'"purpose":"payments"', b'"purpose":"' + b"p" * 4096 + b'"'),
    ],
)
def test_what_no_pattern_sees_is_named_too(case: Case, tmp_path: Path, bend: Any) -> None:
    """Names out of order, a day that is none, and a giant are refused in a signed entry."""
    whole = unpack((case.bundle / "tile/entries/000").read_bytes())
    bundle = rebuilt(case, tmp_path / "bent", [*whole[:9], bend(whole[9]), *whole[10:20]])
    _, report = case.check("--no-openings", bundle=bundle)
    assert [p["where"] for p in report["problems"]] == ["entry 9"]


def test_lines_of_keys_that_are_not_pinned_are_passed_over(case: Case, copy: Path) -> None:
    """A witness's line on the checkpoint neither helps nor harms; a pinned key's wrong one does."""
    text = (copy / "checkpoint").read_text()
    line = base64.b64encode(b"\x01\x02\x03\x04" + bytes(72)).decode()
    (copy / "checkpoint").write_text(text + f"\u2014 witness.example/w {line}\n")
    assert case.check(bundle=copy)[0] == 0
    own = bytearray(base64.b64decode(text.split()[-1]))
    own[-1] ^= 1
    wrong = f"\u2014 {LOG} {base64.b64encode(bytes(own)).decode()}\n"
    (copy / "checkpoint").write_text(text + wrong)
    assert codes(case.check(bundle=copy)[1]) == {"note.signature"}


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


def test_verifier_stands_alone(case: Case, tmp_path: Path) -> None:
    """Copied away, without bailee or any installed package, the one file still verifies."""
    alone = shutil.copy(verify.__file__, tmp_path / "verify.py")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", alone, case.bundle, "--vkey", case.vkey],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("VERIFIED\n")
