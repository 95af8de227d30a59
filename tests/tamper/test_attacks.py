"""What dishonest operators and auditors' counterparts have done elsewhere, each by its name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bailee.db import DATA, Database, SqliteDatabase
from bailee.errors import Broken
from bailee.ledger import Receipt, merkle, note, verify
from tests.ledger.auditor import run
from tests.ledger.desk import ACME, LOG, Desk
from tests.tamper.campaign import exit_code
from tests.tamper.forger import Forger, edited, found
from tests.tamper.specimen import HOUSE_LOG, NEXT, YEAR, Specimen
from tests.tamper.strokes import join, lines_of


@pytest.fixture
def forger(specimen: Specimen, tmp_path: Path) -> Forger:
    """Return somebody who holds all keys."""
    return Forger(specimen, tmp_path)


# Of what auditors pinned before.


def test_older_backup_served_as_current(specimen: Specimen, forger: Forger) -> None:
    """A genuine older state, genuinely signed, is a cut to whoever saw a later one."""
    year = specimen.year
    older = forger.write(year, year.entries()[:300], checkpoint=year.olds[1][1], texts={})
    (older / "erasures.jsonl").unlink()
    spans = "entries 3 to 39", "entries 60 to 69"
    report = verify.verify(older, year.pinned())

    assert ("log.cut", "pinned-2") in found(report)
    assert found(report) - {("log.cut", "pinned-2")} == {("opening.missing", one) for one in spans}


def test_tail_cut_off_and_signed_anew(specimen: Specimen, forger: Forger) -> None:
    """With the log's key the tail can be cut without a trace inside: the pinned one tells."""
    year = specimen.year
    cut = forger.write(year, year.entries()[:590])

    assert found(verify.verify(cut, verify.Pinned(year.keys))) == set()
    assert found(verify.verify(cut, year.pinned())) == {("log.cut", "pinned-2")}


@pytest.mark.parametrize("more", [0, 50])
def test_fork_signed_with_the_stolen_key(specimen: Specimen, forger: Forger, more: int) -> None:
    """Another history of the same or a greater size does not extend what was pinned."""
    following = specimen.next
    entries = following.entries()
    entries[150] = edited(entries[150], count=1)
    entries += [edited(entries[-1], id=f"{n:032x}") for n in range(more)]
    fork = forger.write(following, entries)
    report = verify.verify(fork, following.pinned()._replace(openings=False))

    assert found(report) == {("log.forked", "pinned-1")}


def test_two_auditors_shown_two_views(specimen: Specimen, forger: Forger) -> None:
    """Each view verifies alone; with the other's checkpoint neither does."""
    following = specimen.next
    entries = following.entries()
    ours = forger.write(following, [*entries, edited(entries[-1], id="a" * 32)])
    theirs = forger.write(following, [*entries, edited(entries[-1], id="b" * 32)])
    for mine, other in ((ours, theirs), (theirs, ours)):
        pinned = following.pinned()._replace(openings=False)
        assert found(verify.verify(mine, pinned)) == set()
        pinned = pinned._replace(
            olds=[*pinned.olds, ("theirs", (other / "checkpoint").read_bytes())]
        )
        assert found(verify.verify(mine, pinned)) == {("log.forked", "theirs")}


def test_entries_sequenced_again_in_another_order(specimen: Specimen, forger: Forger) -> None:
    """Two entries that change places change the root that was pinned."""
    year = specimen.year
    entries = year.entries()
    entries[310], entries[311] = entries[311], entries[310]
    other = forger.write(year, entries)

    assert found(verify.verify(other, year.pinned())) == {("log.forked", "pinned-2")}


def test_entry_proven_before_is_not_moved_later(specimen: Specimen, forger: Forger) -> None:
    """A client's proof pins the tree it was made in, as a checkpoint does."""
    year, world = specimen.year, specimen.world
    receipt = json.loads(year.entries()[-2])["id"]
    proof = world.data.read(year.controller, lambda c: world.ledger.proof(c, "acme", receipt))
    entries = year.entries()
    entries[-2:] = entries[:-3:-1]
    other = forger.write(year, entries)
    pinned = verify.Pinned(year.keys, proofs=[("proof", proof.encode())])

    assert found(verify.verify(year.folder, pinned)) == set()
    assert ("log.forked", "proof") in found(verify.verify(other, pinned))


# Of one log passed for another.


def test_key_of_another_log(specimen: Specimen) -> None:
    """A key pinned for one log signs no other, though one house owns both."""
    year, following = specimen.year, specimen.next
    (key,) = [one for one in year.keys if one.name == NEXT]
    report = verify.verify(year.folder, verify.Pinned([key], openings=False))
    stolen = verify.Key(YEAR, key.key_id, key.public)  # under the right name even

    assert ("note.unsigned", "checkpoint") in found(report)
    report = verify.verify(year.folder, verify.Pinned([stolen], openings=False))
    assert ("note.unsigned", "checkpoint") in found(report)
    assert following.log == NEXT


def test_old_year_passed_for_the_new_one(specimen: Specimen, forger: Forger) -> None:
    """Last year's log is not this year's: by its key, by its name, and by what was pinned."""
    year, following = specimen.year, specimen.next
    (key,) = [one for one in year.keys if one.name == NEXT]
    assert ("note.unsigned", "checkpoint") in found(
        verify.verify(year.folder, verify.Pinned([key]))
    )
    report = verify.verify(year.folder, following.pinned())
    assert exit_code(report) == 1
    assert found(report) == {("checkpoint.other", name) for name, _ in following.olds}
    renamed = forger.write(
        year, year.entries(), checkpoint=forger.sign(NEXT, year.entries()), texts={}
    )
    report = verify.verify(renamed, following.pinned()._replace(openings=False))
    assert {("log.forked", "pinned-0"), ("log.forked", "pinned-1")} <= found(report)


def test_log_of_the_house_passed_for_a_controllers(specimen: Specimen, forger: Forger) -> None:
    """Whole entries of another log under this one's name and key fork what was pinned."""
    other = forger.write(
        specimen.next, specimen.house.entries(), checkpoint=None, texts={"openings.jsonl": b""}
    )
    report = verify.verify(other, specimen.next.pinned()._replace(openings=False))

    assert ("log.cut", "pinned-1") in found(report)
    assert specimen.house.log == HOUSE_LOG


# Of openings.


def test_opening_of_another_entry_of_the_same_shape(specimen: Specimen, forger: Forger) -> None:
    """An opening under another entry's index and id is not what that entry committed to."""
    lines = lines_of(specimen.next)
    one, other = json.loads(lines[5]), json.loads(lines[6])
    assert [len(one["records"]), len(other["records"])] == [2, 2]
    forged = other | {"index": one["index"], "entry_id": one["entry_id"]}
    lines[5] = json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()
    bundle = forger.write(
        specimen.next,
        specimen.next.entries(),
        checkpoint=specimen.next.files["checkpoint"],
        texts={"openings.jsonl": join(lines)},
    )

    assert found(verify.verify(bundle, specimen.next.pinned())) == {
        ("opening.commitment", "openings.jsonl line 6")
    }


def test_deleted_opening_with_a_forged_retention_entry(specimen: Specimen, forger: Forger) -> None:
    """An erasure that no pinned log holds excuses nothing, in the log or beside it."""
    year = specimen.year
    world, lines = specimen.world, lines_of(year, "erasures.jsonl")
    kept = [line for line in lines_of(year) if json.loads(line)["index"] != 200]
    genuine = json.loads(lines[0])["proof"]
    name = json.loads(year.entries()[1])["id"]
    other = world.data.read(year.controller, lambda c: world.ledger.proof(c, "acme", name))
    stranger = note.Signer(NEXT, Ed25519PrivateKey.generate())
    text = note.split_note(genuine.partition("\n\n")[2])[0]
    resigned = genuine.partition("\n\n")[0] + "\n\n" + stranger.sign(text)
    for proof, code in ((other, "erasure.form"), (resigned, "note.unsigned")):
        forged = json.dumps({"proof": proof}, separators=(",", ":")).encode()
        texts = {"openings.jsonl": join(kept), "erasures.jsonl": join([*lines, forged])}
        bundle = forger.write(
            year, year.entries(), checkpoint=year.files["checkpoint"], texts=texts
        )
        assert found(verify.verify(bundle, year.pinned())) == {
            (code, "erasures.jsonl line 3"),
            ("opening.missing", "entries 200 to 200"),
        }


def test_erasure_on_record_is_counted(specimen: Specimen, forger: Forger) -> None:
    """An operator who signs an erasure may erase; it then stands in the log and in the facts."""
    following = specimen.next
    link = {"from": 100, "log": NEXT, "root": "", "until": 103}
    said = edited(following.entries()[-1], action="ledger:openings:erased", id="e" * 32, link=link)
    entries = [*following.entries(), said]
    kept = [line for line in lines_of(following) if not 100 <= json.loads(line)["index"] < 103]
    bundle = forger.write(following, entries, texts={"openings.jsonl": join(kept)})
    report = verify.verify(bundle, following.pinned())

    assert found(report) == {("opening.missing", "entries 290 to 290")}  # the forger's own has none
    assert report.facts["openings_erased"] == 3
    early = edited(said, link=link | {"until": 400})
    bundle = forger.write(following, [*following.entries(), early])
    assert ("log.link", "entry 290") in found(verify.verify(bundle, following.pinned()))


def test_certificate_of_destruction_replayed(specimen: Specimen, forger: Forger) -> None:
    """One subject's destruction proves no other's: same entry twice, other id, other place."""
    year, world = specimen.year, specimen.world
    entries = year.entries()
    at = next(i for i, one in enumerate(entries) if b"keys:destruction:completed" in one)
    again = forger.write(year, [*entries[:-1], entries[at], entries[-1]])
    assert ("entry.twice", "entry 600") in found(verify.verify(again, year.pinned()))
    name = json.loads(entries[at])["id"]
    proof = world.data.read(year.controller, lambda c: world.ledger.proof(c, "acme", name))
    head, _, rest = proof.partition("\nindex ")
    moved = f"{head}\nindex {at + 1}\n{rest.partition(chr(10))[2]}"
    fields = json.loads(entries[at])
    renamed = edited(entries[at], commitments=json.loads(entries[at + 1])["commitments"])
    other = proof.replace(note.to_base64(entries[at]), note.to_base64(renamed))
    for text in (moved, other):
        pinned = verify.Pinned(year.keys, proofs=[("proof", text.encode())])
        assert found(verify.verify(None, pinned)) == {("proof.root", "proof")}
    assert fields["id"] == name


# Of what was acknowledged and never sequenced. The inbox is the operator's until it is.


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk on a file of its own."""
    database: Database = SqliteDatabase(tmp_path / "inbox.db")
    DATA.create_all(database.engine)
    return Desk(database)


def receipts(folder: Path, given: list[Receipt]) -> str:
    """Write receipts as a client keeps them: the answers' entries, one on each line."""
    path = folder / "receipts.jsonl"
    lines = [json.dumps({"log": r.log, "entry_id": r.entry_id, "leaf": r.leaf}) for r in given]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", (0, set())),
        (
            "DELETE FROM ledger_inbox WHERE entry_id = :i",
            (3, {("receipt.missing", "receipts.jsonl line 4")}),
        ),
        (
            (
                "UPDATE ledger_inbox SET body = CAST(replace(CAST(body AS TEXT), 'allowed', "
                "'refused') AS BLOB) WHERE entry_id = :i"
            ),
            (3, {("receipt.missing", "receipts.jsonl line 4")}),
        ),
        (
            "DELETE FROM ledger_opening WHERE entry_id = :i",
            (3, {("opening.missing", "entries 13 to 13")}),
        ),
    ],
)
def test_receipts_of_the_client(
    desk: Desk, tmp_path: Path, statement: str, expected: tuple[int, set[tuple[str, str]]]
) -> None:
    """An acknowledged entry deleted or rewritten before it was sequenced is missed by its leaf."""
    desk.fill(9)
    given = desk.append(9)
    desk.sql(statement, i=given[3].entry_id)
    desk.ledger.sequence(desk.database)
    bundle = desk.export(tmp_path / "bundle")
    kept = receipts(tmp_path, given)
    code, report = run([str(bundle), "--vkey", desk.ledger.vkey(LOG), "--receipt", kept])
    named = {(one["code"], Path(one["where"]).name) for one in report["problems"]}

    assert (code, named) == expected
    there = 9 - sum(one == "receipt.missing" for one, _ in named)
    assert f"{there} of 9 receipts are of entries in this log" in report["notes"]
    desk.database.close()


def test_receipts_of_another_log_are_not_decided_here(desk: Desk, tmp_path: Path) -> None:
    """A receipt names its log: another log's bundle neither confirms nor denies it."""
    desk.fill(3)
    given = desk.append(1)
    path = receipts(tmp_path, [replace(given[0], log="bailee.example/77aa/2026")])
    arguments = [str(desk.export(tmp_path / "bundle")), "--vkey", desk.ledger.vkey(LOG)]
    code, report = run([*arguments, "--receipt", path])
    assert (code, report["unmet"][0]["code"]) == (1, "receipt.other")
    Path(path).write_text('{"log": 3}\n')
    code, report = run([*arguments, "--receipt", path])
    assert (code, report["problems"][0]["code"]) == (3, "receipt.form")
    with pytest.raises(SystemExit, match="2"):
        run(["--proof", path, "--vkey", desk.ledger.vkey(LOG), "--receipt", path])
    desk.database.close()


def test_proof_of_a_moved_place_is_refused(desk: Desk) -> None:
    """A row that points an entry's name at another entry yields no proof at all."""
    given = desk.fill(9)
    for idx in (2, -1, 500):
        desk.sql("UPDATE ledger_place SET idx = :n WHERE entry_id = :i", n=idx, i=given[5].entry_id)
        with pytest.raises(Exception, match=r"ledger\.(place|not_signed)"):
            desk.database.read(ACME, lambda c: desk.ledger.proof(c, ACME, given[5].entry_id))
    desk.database.close()


# Of losses that were none.


class Loss:
    """A log of ten that its operator says was lost from four on."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        desk.fill(3)
        desk.fill(2)
        self.middle = self.keep("middle")
        desk.fill(4)
        self.whole = self.keep("whole")

    def keep(self, name: str) -> str:
        """Pin today's checkpoint."""
        (self.folder / name).write_text(self.desk.note())
        return str(self.folder / name)

    def pretend(self, until: int | None = None) -> Path:
        """Throw away all but four entries, claim a loss, and export the successor."""
        desk = self.desk
        desk.unlock("head", "checkpoint", "tail")
        kept = desk.sql("SELECT body FROM ledger_tail ORDER BY idx")[:4]
        desk.sql("DELETE FROM ledger_tail WHERE idx >= 4")
        desk.sql("DELETE FROM ledger_checkpoint WHERE size > 4")
        leaves = [merkle.leaf_hash(row.body) for row in kept]
        desk.sql(
            "UPDATE ledger_head SET size = 4, signed = 4, root = :r, edge = :e",
            r=verify.tree_root(b"".join(leaves)),
            e=b"".join(leaves),
        )
        if until is not None:
            desk.secrets.guards[LOG] = (until, b"\x07" * 32)
        new = desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))
        desk.fill(2)
        return desk.export(self.folder / "successor", new)

    def check(self, bundle: Path, *checkpoints: str) -> tuple[int, set[tuple[str, str]]]:
        """Verify with both logs' keys; return exit code and findings."""
        arguments = [str(bundle)]
        arguments += [f"--vkey={self.desk.ledger.vkey(log)}" for log in (LOG, LOG + "/2")]
        for one in checkpoints:
            arguments += ["--checkpoint", one]
        code, report = run(arguments)
        findings = report["problems"] + report["unmet"]
        return code, {(one["code"], Path(one["where"]).name) for one in findings}


def test_loss_pretended_to_be_rid_of_entries(desk: Desk, tmp_path: Path) -> None:
    """Whoever pinned what is now declared lost is told so, and does not get a clean result."""
    loss = Loss(desk, tmp_path)
    bundle = loss.pretend()
    old = desk.export(tmp_path / "old")

    assert loss.check(bundle) == (0, set())
    assert loss.check(bundle, loss.whole) == (1, {("log.lost", "whole")})
    assert loss.check(bundle, loss.middle) == (1, {("log.lost", "middle")})
    assert loss.check(old, loss.whole) == (3, {("log.cut", "whole")})
    desk.database.close()


def test_loss_pretended_to_be_larger_than_it_was(desk: Desk, tmp_path: Path) -> None:
    """A range past what was ever signed leaves the pinned checkpoint inside it: undecided."""
    loss = Loss(desk, tmp_path)
    bundle = loss.pretend(until=30)

    assert loss.check(bundle, loss.whole) == (1, {("log.lost", "whole")})
    desk.database.close()


def test_loss_pretended_to_be_smaller_than_it_was(desk: Desk, tmp_path: Path) -> None:
    """An auditor who saw more than the successor admits, or another root, proves it."""
    loss = Loss(desk, tmp_path)
    bundle = loss.pretend(until=8)

    assert loss.check(bundle, loss.whole) == (3, {("log.cut", "whole")})
    desk.database.close()


def test_log_named_lost_later_than_the_opening(specimen: Specimen, forger: Forger) -> None:
    """Whole logs are declared lost right behind the first entry, never in passing."""
    following = specimen.next
    link = {"from": 0, "log": NEXT + "/2", "root": "", "until": 9}
    said = edited(following.entries()[-1], action="ledger:log:lost", id="e" * 32, link=link)
    bundle = forger.write(following, [*following.entries(), said])

    assert ("log.link", "entry 290") in found(verify.verify(bundle, following.pinned()))


def test_bytes_of_the_head_that_fit_no_size(desk: Desk) -> None:
    """A head whose size is below nothing is refused, not followed for ever."""
    desk.fill(3)
    desk.unlock("head")
    desk.sql("UPDATE ledger_head SET size = -1")
    with pytest.raises(Broken, match=r"ledger\.head"):
        desk.database.read(ACME, lambda conn: desk.ledger.logs(conn, ACME))
    desk.database.close()
