"""Openings that were erased, with and without an entry that says so."""

from __future__ import annotations

import json
from pathlib import Path

from bailee.ledger import Fact, Receipt
from tests.ledger.auditor import codes, run
from tests.ledger.desk import ACME, LOG, Desk


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
        "INSERT INTO ledger_opening VALUES (:c, :e, :s)",
        c=back[0],
        e=back[1],
        s=back[2],
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
