"""Restored backups: nothing forks, nothing is stuck, and the loss is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bailee.db import DATA, Database, SqliteDatabase
from bailee.errors import Conflict
from bailee.ledger import note
from tests.ledger.auditor import codes, run
from tests.ledger.desk import ACME, LOG, Desk


def bodies(desk: Desk, log: str = LOG, controller: str = ACME) -> list[bytes]:
    """Return the signed entries of a log."""
    return desk.database.read(
        controller, lambda conn: list(desk.ledger.entries(conn, controller, log))
    )


def checkpoint(desk: Desk, log: str = LOG, controller: str = ACME) -> note.Checkpoint:
    """Return the newest checkpoint, its signature checked."""
    verifier = note.read_vkey(desk.ledger.vkey(log))
    return note.read_checkpoint(note.open_note(desk.note(log, controller), [verifier]))


class Restored:
    """A desk whose data database can be put back to an earlier copy; the keys stay."""

    def __init__(self, desk: Desk, path: Path) -> None:
        self.desk, self.path, self.copy = desk, path, path.with_suffix(".copy")

    def back_up(self) -> None:
        """Copy the database file."""
        self.desk.database.purge()
        shutil.copy(self.path, self.copy)

    def restore(self) -> None:
        """Put the copy back, with a new process on it."""
        self.desk.database.close()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.copy, self.path)
        self.desk.database = SqliteDatabase(self.path)
        self.desk.restart()


@pytest.fixture
def restored(tmp_path: Path) -> Restored:
    """Return a desk on a file of its own."""
    database: Database = SqliteDatabase(tmp_path / "restored.db")
    DATA.create_all(database.engine)
    return Restored(Desk(database), tmp_path / "restored.db")


def test_restored_backup_is_not_signed_but_succeeded(restored: Restored) -> None:
    """Behind the guard nothing is signed, even when grown past it; the successor names the loss."""
    desk = restored.desk
    desk.fill(9)
    restored.back_up()
    desk.fill(5)
    lost = checkpoint(desk)
    restored.restore()
    assert desk.ledger.sequence(desk.database).troubles == {}  # nothing new: nothing to sign
    kept = desk.append(20)  # now longer than what was signed
    done = desk.ledger.sequence(desk.database)
    assert done.troubles[LOG].code == "ledger.behind_guard"
    assert checkpoint(desk).size == 10
    new = desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))
    assert new == LOG + "/2"
    done = desk.ledger.sequence(desk.database)
    assert (done.signed, done.troubles) == ({new: 21}, {})
    first = json.loads(bodies(desk, new)[0])
    assert first["link"] == {"log": LOG, "from": 10, "until": 15, "root": lost.root.hex()}
    assert first["count"] == 5
    ids = [json.loads(body)["id"] for body in bodies(desk, new)]
    assert ids[1:] == [receipt.entry_id for receipt in kept]
    assert desk.append(1)[0].log == new
    desk.database.close()


def test_backup_restored_twice_takes_the_next_free_name(restored: Restored, tmp_path: Path) -> None:
    """The first successor was signed: the second one names it, and matches its checkpoints."""
    desk = restored.desk
    desk.fill(9)
    restored.back_up()
    desk.fill(5)
    restored.restore()
    first = desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))
    desk.fill(3)
    guard = desk.secrets.guards[first]
    restored.restore()
    second = desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))
    assert (first, second) == (LOG + "/2", LOG + "/3")
    assert desk.ledger.sequence(desk.database).troubles == {}
    opened, lost = (json.loads(body) for body in bodies(desk, second)[:2])
    assert opened["link"]["log"] == LOG
    assert (lost["action"], lost["count"]) == ("ledger:log:lost", guard[0])
    assert lost["link"] == {"log": first, "from": 0, "until": guard[0], "root": guard[1].hex()}
    bundle, kept = desk.export(tmp_path / "second", second), tmp_path / "kept"
    keys = [f"--vkey={desk.ledger.vkey(log)}" for log in (LOG, first, second)]
    code, report = run([str(bundle), *keys])
    assert (code, report["notes"][-1]) == (
        0,
        f"all {guard[0]} entries of {first!a} are declared lost",
    )
    signer = note.Signer(first, desk.secrets.log_signer(first))
    for size, root, code, found in (
        (*guard, 1, {"log.lost"}),
        (guard[0], b"\x08" * 32, 3, {"log.forked"}),
        (guard[0] + 1, guard[1], 3, {"log.cut"}),
        (1, b"\x08" * 32, 1, {"log.lost"}),
    ):
        kept.write_text(signer.sign(note.Checkpoint(first, size, root).text))
        exit_code, report = run([str(bundle), *keys, "--checkpoint", str(kept)])
        assert exit_code == code
        assert {one["code"] for one in report["problems"] + report["unmet"]} == found
    desk.database.close()


def test_backup_from_before_the_log_takes_the_next_free_name(
    restored: Restored, tmp_path: Path
) -> None:
    """A log that began after the backup is not begun again: its successor says that it is lost."""
    desk = restored.desk
    desk.append(3)
    restored.back_up()
    desk.fill(2)
    kept = tmp_path / "kept"
    kept.write_text(desk.note())
    restored.restore()
    new = f"{LOG}/2"
    done = desk.ledger.sequence(desk.database)
    assert (done.troubles, done.signed) == ({}, {new: 4})
    assert json.loads(bodies(desk, new)[0])["link"]["until"] == 6
    keys = [f"--vkey={desk.ledger.vkey(log)}" for log in (LOG, new)]
    bundle = str(desk.export(tmp_path / "new", new))
    assert run([bundle, *keys])[0] == 0
    code, report = run([bundle, *keys, "--checkpoint", str(kept)])
    assert (code, [one["code"] for one in report["unmet"]]) == (1, ["log.lost"])
    desk.database.close()


def test_shorter_than_the_guard_is_not_signed(restored: Restored) -> None:
    """A restored log that grows by less than was lost is refused as well."""
    desk = restored.desk
    desk.fill(9)
    restored.back_up()
    desk.fill(5)
    restored.restore()
    desk.append(2)
    assert desk.ledger.sequence(desk.database).troubles[LOG].code == "ledger.behind_guard"
    desk.database.close()


def test_log_that_agrees_with_its_guard_is_not_succeeded(desk: Desk) -> None:
    """A successor cannot be opened just to cut off a sound log."""
    desk.fill(3)
    with pytest.raises(Conflict, match=r"ledger\.not_behind"):
        desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))


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
