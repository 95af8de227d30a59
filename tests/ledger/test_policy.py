"""The verifier on witnesses: policies (C2SP tlog-policy), lines, quorums, forks (C5.2)."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.errors import Broken, Invalid
from bailee.ledger import note, verify
from bailee.ledger.cosigning import read_policy
from tests.ledger.auditor import Case, codes, run
from tests.ledger.desk import LOG

NOON = 1_795_003_200


class Cosigner:
    """A witness's key, which signs as C2SP tlog-cosignature says, with no code of ours."""

    def __init__(self, name: str) -> None:
        self.name = f"witness.example/{name}"
        self.key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.public = self.key.public_key().public_bytes_raw()
        self.key_id = sha256(self.name.encode() + b"\n\x04" + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the key's text."""
        shown = base64.b64encode(b"\x04" + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{shown}"

    def line(self, checkpoint: str, time: int = NOON) -> str:
        """Return a cosignature of a note."""
        text = checkpoint.partition("\n\n")[0] + "\n"
        signature = self.key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        raw = base64.b64encode(self.key_id + time.to_bytes(8, "big") + signature).decode()
        return f"\u2014 {self.name} {raw}\n"


A, B, C = Cosigner("a"), Cosigner("b"), Cosigner("c")
KEYS = f"witness a {A.vkey}\nwitness b {B.vkey}\nwitness c {C.vkey}\n"
TWO = f"{KEYS}group g 2 a b c\nquorum g\n"


def checked(
    case: Case, folder: Path, *lines: str, policy: str = TWO, more: tuple[str, ...] = ()
) -> tuple[int, dict[str, Any]]:
    """Add lines to a copy of the bundle's checkpoint and verify it under a policy."""
    copy = Path(shutil.copytree(case.bundle, folder / "copy", dirs_exist_ok=True))
    checkpoint = (case.bundle / "checkpoint").read_text()
    (copy / "checkpoint").write_text(checkpoint + "".join(lines))
    (folder / "policy").write_text(policy)
    return case.check("--policy", str(folder / "policy"), *more, bundle=copy)


def bent(line: str, at: int) -> str:
    """Return a line with another sign at a place."""
    return line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1 :]


def newest(case: Case) -> str:
    """Return the bundle's checkpoint."""
    return (case.bundle / "checkpoint").read_text()


def test_published_keys_are_read() -> None:
    """Keys that other implementations publish have the ids that theirs compute, and no others."""
    for vkey in (
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    ):
        kind = base64.b64decode(vkey.rpartition("+")[2] + "===")[0] if "TEST" not in vkey else 1
        assert note.read_vkey(vkey, kind).vkey == vkey
        assert verify.read_key(vkey, "here", kind).key_id.hex() == vkey.split("+")[1]
        with pytest.raises(Broken, match=r"note\.key"):
            note.read_vkey(vkey, 5 - kind)
        with pytest.raises(verify.Bad, match=r"vkey\.form"):
            verify.read_key(vkey, "here", 5 - kind)


COSIGNED = """nucleoledger.com/recibos
5
zskn84s97pizKDh6YIJ2cWTOUA4zcWUxL7zmlh7Rt4g=

\u2014 nucleoledger.com/recibos O0zkALS6PItaJH+VC289ZBzrYsb7xePmn2CAJpRBButDQwxCBimslaUmSOWqzRv4Drj4t4xCsAjXOpWJoCu/xCCcAwc=
\u2014 witness.example/w1 D3og2AAAAABqnX/wMYluZnTcuCWSNUsNysjhUbHMvyxQ7zy/t65M0+g9n9OOyfCkY9zImJxJteSvTnWG0muRW0PRoEpn/s+PK4daCg==
"""  # noqa: E501 - as published
LOG_KEY = "5e423033044f56a13a686799487bcbfa63dd1e39204cec27dd39a26daa615628"
WITNESS_KEY = "1e985ffbe45a77ee58253c6b392ae9272442cee842cec49dbf88fbb0fffd16a8"


def test_checkpoint_cosigned_by_other_programs_opens() -> None:
    """A published checkpoint of another log, with its witness's line, verifies in both readers."""
    log = note.Verifier("nucleoledger.com/recibos", bytes.fromhex(LOG_KEY))
    witness = note.Verifier("witness.example/w1", bytes.fromhex(WITNESS_KEY), note.COSIGNATURE)
    assert note.open_note(COSIGNED, [log]) == note.open_note(COSIGNED, [witness])
    policy = verify.read_policy(
        f"log {log.vkey}\nwitness w {witness.vkey}\nquorum w\n".encode(), "policy"
    )
    read = verify.read_note(COSIGNED.encode(), "there")
    verify.check_signed(read, policy.logs, "there")
    assert verify.cosigners(read, policy, "there") == {"w": int("6a9d7ff0", 16)}
    bent = verify.read_note(COSIGNED.replace("AAABqnX", "AAABqnY").encode(), "there")
    with pytest.raises(verify.Bad, match=r"note\.cosignature"):
        verify.cosigners(bent, policy, "there")


def test_two_of_three_are_a_quorum(case: Case, tmp_path: Path) -> None:
    """Witnessed by enough: verified, and the report says by whom, and what is still not shown."""
    lines = [A.line(newest(case)), C.line(newest(case))]
    code, told = checked(case, tmp_path, *lines)
    assert (code, told["problems"], told["unmet"]) == (0, [], [])
    assert told["facts"]["witnessed"] == told["facts"]["size"]
    assert "checkpoint (size 601) is witnessed by 'a', 'c'" in told["notes"]
    assert verify.IN_LEAGUE in told["cannot_show"]
    assert verify.OTHERS not in told["cannot_show"]


def test_fewer_are_not_and_are_named(case: Case, tmp_path: Path) -> None:
    """One of three: undecided (exit 1), with the one that did."""
    code, told = checked(case, tmp_path, B.line(newest(case)))
    assert (code, codes(told)) == (1, set())
    assert [one["code"] for one in told["unmet"]] == ["note.unwitnessed"]
    assert "cosigned by 'b'" in told["unmet"][0]["says"]
    assert told["facts"]["witnessed"] == 0
    assert verify.OTHERS in told["cannot_show"]


def test_same_witness_twice_is_one(case: Case, tmp_path: Path) -> None:
    """Two lines of one key, at two times, are one witness."""
    lines = [A.line(newest(case)), A.line(newest(case), NOON + 60)]
    assert checked(case, tmp_path, *lines)[0] == 1


def test_unpinned_cosignatures_change_nothing(case: Case, tmp_path: Path) -> None:
    """With a policy or without: lines of strangers, right or wrong, leave the report as it is."""
    stranger = Cosigner("stranger")
    good = stranger.line(newest(case))
    wrong = good.replace(good[-20:-5], "A" * 15)
    lines = [A.line(newest(case)), B.line(newest(case))]
    plain = checked(case, tmp_path, *lines)
    for more in ([good], [wrong], [good, wrong]):
        assert checked(case, tmp_path, *lines, *more) == plain
        assert checked(case, tmp_path, *more)[0] == 1  # and count towards no quorum
    bare = Path(shutil.copytree(case.bundle, tmp_path / "bare"))
    untouched = case.check(bundle=bare)
    (bare / "checkpoint").write_text(newest(case) + good)
    assert case.check(bundle=bare) == untouched


def test_same_name_under_another_key_counts_for_nothing(case: Case, tmp_path: Path) -> None:
    """A witness is its key: its name alone is anybody's."""
    false = Cosigner("a")
    false.key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    false.public = false.key.public_key().public_bytes_raw()
    false.key_id = sha256(false.name.encode() + b"\n\x04" + false.public).digest()[:4]
    code, told = checked(case, tmp_path, false.line(newest(case)), B.line(newest(case)))
    assert (code, codes(told)) == (1, set())


@pytest.mark.parametrize(
    "bend",
    [
        lambda case: A.line(case.early.read_text()),  # genuine, of another checkpoint
        lambda case: bent(A.line(newest(case)), 32),  # in the time
        lambda case: bent(A.line(newest(case)), 90),  # in the signature
        lambda case: A.line(newest(case), 2**63),
    ],
)
def test_wrong_line_of_a_pinned_witness_is_broken(
    case: Case, tmp_path: Path, bend: Callable[[Case], str]
) -> None:
    """A pinned key's line that does not verify is a finding, whoever else cosigned."""
    line = bend(case)
    code, told = checked(case, tmp_path, line, B.line(newest(case)), C.line(newest(case)))
    assert (code, codes(told)) == (3, {"note.cosignature"})


def test_log_signature_is_no_cosignature(case: Case, tmp_path: Path) -> None:
    """A witness's key that signs the bare text, as a log would, cosigned nothing."""
    text = newest(case).partition("\n\n")[0] + "\n"
    plain_id = sha256(A.name.encode() + b"\n\x01" + A.public).digest()[:4]
    raw = base64.b64encode(plain_id + A.key.sign(text.encode())).decode()
    code, told = checked(case, tmp_path, f"\u2014 {A.name} {raw}\n", B.line(newest(case)))
    assert (code, codes(told)) == (1, set())


def test_only_an_older_part_was_witnessed(case: Case, tmp_path: Path) -> None:
    """The bundle's witnessed checkpoint covers what it covers; the rest is named."""
    copy = Path(shutil.copytree(case.bundle, tmp_path / "copy"))
    early = case.early.read_text()
    (copy / "witnessed").write_text(early + A.line(early) + B.line(early))
    code, told = checked(case, tmp_path)
    assert (code, codes(told), told["facts"]["witnessed"]) == (1, set(), 100)
    assert "entries before 100 are witnessed by 'a', 'b'" in told["unmet"][0]["says"]
    assert case.check(bundle=copy)[0] == 0  # without a policy it is one more earlier checkpoint


def test_witnessed_checkpoint_of_another_history_names_the_fork(case: Case, tmp_path: Path) -> None:
    """What witnesses cosigned is not in this history: broken, with or without the policy."""
    copy = Path(shutil.copytree(case.bundle, tmp_path / "copy"))
    signer = note.Signer(LOG, case.desk.secrets.log_signer(LOG))
    other = signer.sign(note.Checkpoint(LOG, 100, bytes(32)).text)
    (copy / "witnessed").write_text(other + A.line(other) + B.line(other))
    code, told = checked(case, tmp_path)
    assert (code, codes(told)) == (3, {"log.forked"})
    assert told["problems"][0]["where"] == "witnessed"
    assert "witnessed (size 100) was cosigned by 'a', 'b'" in told["notes"]
    assert case.check(bundle=copy)[0] == 3


@pytest.mark.parametrize("how", ["unsigned", "other log"])
def test_witnessed_file_is_signed_by_this_log(case: Case, tmp_path: Path, how: str) -> None:
    """A file that only witnesses signed, or that is of another log, is refused."""
    copy = Path(shutil.copytree(case.bundle, tmp_path / "copy"))
    log = LOG if how == "unsigned" else "bailee.example/other/2026"
    text = note.Checkpoint(log, 100, bytes(32)).text
    key = Ed25519PrivateKey.generate() if how == "unsigned" else case.desk.secrets.log_signer(log)
    (copy / "witnessed").write_text(note.Signer(log, key).sign(text))
    code, told = case.check("--vkey", case.desk.ledger.vkey(log), bundle=copy)
    assert code == 3
    assert codes(told) <= {"note.unsigned", "note.signature", "note.origin"}


def test_policy_pins_the_log_too(case: Case, tmp_path: Path) -> None:
    """`log` lines are pinned keys; without one, and without --vkey, nothing can be verified."""
    policy = tmp_path / "policy"
    policy.write_text(f"log {case.vkey}\nquorum none\n")
    code, told = run([str(case.bundle), "--policy", str(policy)])
    assert (code, told["facts"]["witnessed"]) == (0, 0)
    assert verify.OTHERS in told["cannot_show"]
    policy.write_text("quorum none\n")
    assert run([str(case.bundle), "--policy", str(policy)]) == (2, {})
    assert run([str(case.bundle)]) == (2, {})


# The example of the specification, with keys in it.

EXAMPLE = """
# two operators
log {log}

witness X1 {0}
witness X2 {1}
witness X3 {2}
group  X-witnesses 2 X1 X2\tX3

witness Y1 {3} https://y1.example/
witness Y2 {4}
witness Y3 {5}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def example() -> verify.Policy:
    """Return the specification's policy."""
    keys = [Cosigner(f"x{n}").vkey for n in range(6)]
    log = note.Verifier("example.com/log", bytes(range(32))).vkey
    return verify.read_policy(EXAMPLE.format(*keys, log=log).encode(), "policy")


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ("", False),
        ("X1 X2", False),
        ("Y1 Y2 Y3", False),
        ("X1 Y1", False),
        ("X1 X3 Y2", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
        ("X2 X3 Y3", True),
    ],
)
def test_nested_groups_as_in_the_specification(names: str, met: bool) -> None:  # noqa: FBT001 - a table
    """Two of the X and one of the Y."""
    assert example().met(names.split()) is met


def test_addresses_are_kept() -> None:
    """A submitter reads where each witness is."""
    assert {name: url for name, (_, url) in example().witnesses.items() if url} == {
        "Y1": "https://y1.example/"
    }


BAD = {
    "empty": "",
    "no quorum": KEYS,
    "no last newline": TWO[:-1],
    "two quorums": TWO + "quorum a\n",
    "a quorum before its group": f"{KEYS}quorum g\ngroup g 2 a b c\n",
    "a quorum of nobody": f"{KEYS}quorum z\n",
    "a group of nobody": f"{KEYS}group g 1\nquorum g\n",
    "a group before its member": f"group g 1 a\n{KEYS}quorum g\n",
    "a member of two groups": f"{KEYS}group g 1 a b\ngroup h 1 b c\nquorum g\n",
    "a member twice": f"{KEYS}group g 2 a a\nquorum g\n",
    "none as a member": f"{KEYS}group g 1 none a\nquorum g\n",
    "none as a name": f"witness none {A.vkey}\nquorum none\n",
    "one name twice": f"witness a {A.vkey}\nwitness a {B.vkey}\nquorum a\n",
    "one key twice": f"witness a {A.vkey}\nwitness b {A.vkey}\nquorum a\n",
    "none wanted": f"{KEYS}group g 0 a b\nquorum g\n",
    "too many wanted": f"{KEYS}group g 3 a b\nquorum g\n",
    "a leading zero": f"{KEYS}group g 01 a b\nquorum g\n",
    "a sign": f"{KEYS}group g +1 a b\nquorum g\n",
    "a word that is none": f"{KEYS}group g some a b\nquorum g\n",
    "a line of something else": f"{KEYS}trust a\nquorum a\n",
    "a line too long": f"{KEYS}quorum a b\n",
    "a returned line": TWO.replace("\n", "\r\n"),
    "a null": TWO.replace("group", "gr\0up"),
    "a log's key as a witness": f"witness a {note.Verifier('l', bytes(32)).vkey}\nquorum a\n",
    "a witness's key as a log": f"log {A.vkey}\nquorum none\n",
    "a bent key": f"witness a {A.vkey[:-1]}\nquorum a\n",
    "a key under another's id": f"witness a {A.vkey.replace(A.key_id.hex(), '0' * 8)}\nquorum a\n",
    "other white space": f"{KEYS}group g\u00a01 a b\nquorum g\n",
}


@pytest.mark.parametrize("what", BAD)
def test_policies_with_two_meanings_are_refused(case: Case, tmp_path: Path, what: str) -> None:
    """The file is the auditor's own; where it cannot be understood nothing is verified (exit 2)."""
    assert checked(case, tmp_path, policy=BAD[what]) == (2, {})
    with pytest.raises(Invalid, match=r"witness\.policy"):
        read_policy(BAD[what].encode())


def test_names_are_octets() -> None:
    """A Kelvin sign is no K, bytes that are no text are a name, a comment may hold anything."""
    kelvin = f"witness K {A.vkey}\nwitness \u212a {B.vkey}\n".encode()
    raw = b"witness " + b"\xff\xfe " + f"{C.vkey}\n".encode()
    policy = verify.read_policy(kelvin + raw + b"# \xff\n \t\nquorum \xff\xfe\n", "policy")
    assert len(policy.witnesses) == 3
    assert policy.met(["\udcff\udcfe"])
    assert not policy.met(["K", "\u212a"])


def test_giant_policies_are_not_read(case: Case, tmp_path: Path) -> None:
    """More than 64 KiB is no policy."""
    giant = TWO + "#" * verify.MAX_POLICY + "\n"
    assert checked(case, tmp_path, policy=giant) == (2, {})
    with pytest.raises(Invalid, match=r"witness\.policy"):
        read_policy(giant.encode())


def test_proof_needs_the_quorum_too(case: Case, tmp_path: Path) -> None:
    """A proof under a checkpoint that nobody pinned saw is undecided; with the lines it stands."""
    text = case.desk.database.read(
        "acme", lambda conn: case.desk.ledger.proof(conn, "acme", case.receipts[7].entry_id)
    )
    policy, proof = tmp_path / "policy", tmp_path / "one"
    policy.write_text(TWO)
    proof.write_text(text)
    arguments = ["--proof", str(proof), "--vkey", case.vkey, "--policy", str(policy)]
    code, told = run(arguments)
    assert (code, [one["code"] for one in told["unmet"]]) == (1, ["note.unwitnessed"])
    proof.write_text(text + A.line(newest(case)) + B.line(newest(case)))
    assert run(arguments)[0] == 0
