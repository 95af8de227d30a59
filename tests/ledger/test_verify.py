"""What the auditor's verifier accepts and refuses."""

from __future__ import annotations

import base64
import os
import random
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
