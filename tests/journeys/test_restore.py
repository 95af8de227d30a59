"""Erased stays erased, whatever is restored; a log is continued, never rewritten (C4.1, C6)."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.journeys.world import ACME, PAYMENT, World, code_of, read_bundle, verified

NAME = "person.name"


@dataclass
class Past:
    """A deployment that worked on after its backup, and what its auditor kept."""

    world: World
    copy: Path
    keys_copy: Path
    kept: str
    erased: str
    later: str
    ciphertext: str
    early: tuple[Path, str]
    late: tuple[Path, str]
    log: str

    @property
    def sealed(self) -> dict[str, str]:
        """Return the ciphertext that somebody kept of the erased subject."""
        return {"ref": "1", "element": NAME, "subject": "s-erased", "ciphertext": self.ciphertext}


@dataclass
class Restored:
    """The deployment after its restore, and what the command told."""

    past: Past
    told: dict[str, Any]


@pytest.fixture(scope="module")
def past(house: World, tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Return a closed deployment: backed up, then a subject erased and another one taken in."""
    world, folder = house, tmp_path_factory.mktemp("auditor")
    kept, erased = world.protect("s-kept"), world.protect("s-erased")
    value = {"ref": "1", "element": NAME, "subject": "s-erased", "value": "Tancredi Underhill"}
    ciphertext = world.line("payout").encrypt(ACME, PAYMENT, [value]).results[0].ciphertext
    early = world.export(folder)
    copy = world.backup("before")
    keys_copy = world.backup("key-copies", "--keys")
    later = world.protect("s-later")
    world.line("bram").erase(ACME, PAYMENT, subjects=["s-erased"])
    late = world.export(folder)
    log = world.house.newest_log(ACME)
    world.close()
    return Past(world, copy, keys_copy, kept, erased, later, ciphertext, early, late, log)


@pytest.fixture(scope="module")
def restored(past: Past) -> Restored:
    """Return the same deployment, open, after `bailee restore`."""
    told = past.world.restore(past.copy)
    past.world.open()
    return Restored(past, told)


def check_gone(past: Past) -> None:
    """Try to read the erased subject in every way there is."""
    world = past.world
    assert code_of(lambda: world.reveal("payout", past.erased)) == "record.unknown"
    attempt = world.line("payout").decrypt
    assert code_of(lambda: attempt(ACME, PAYMENT, [past.sealed])) == "subject.unknown"
    found = world.line("payout").search(ACME, PAYMENT, NAME, equals="Marigold Featherstone")
    assert past.erased not in found.records
    with world.rows() as conn:
        for table in ("vault_record", "vault_token_holder"):
            left = sa.text(f"SELECT count(*) FROM {table} WHERE record_id = :record")
            assert conn.execute(left, {"record": past.erased}).scalar_one() == 0


def test_a_backup_served_without_restore_is_refused(past: Past) -> None:
    """A data database that is behind its signed log is not served, and the way out is named."""
    world = past.world
    world.put_in_place(past.copy)
    told = world.cli("controller", "list", who="ada")
    assert told.returncode == 3
    assert "ledger.behind_guard" in told.stderr
    assert "bailee restore" in told.stderr


def test_a_restored_backup_does_not_bring_the_erased_back(restored: Restored) -> None:
    """After the restore nobody reads what was erased since; the others are read (C6)."""
    past = restored.past
    assert restored.told["rows"] >= 1
    check_gone(past)
    assert past.world.reveal("payout", past.kept) == "Marigold Featherstone"
    assert code_of(lambda: past.world.reveal("payout", past.later)) == "record.unknown"


def test_the_log_goes_on_in_a_successor_that_names_what_is_lost(
    restored: Restored, tmp_path: Path
) -> None:
    """Old origin, signed size, root and lost range open the successor; it verifies (C5.2)."""
    past, world = restored.past, restored.past.world
    successor = restored.told["successors"][past.log]
    assert successor != past.log
    world.protect("s-new")
    origin, size, root = (past.late[0] / "checkpoint").read_text().splitlines()[:3]
    new = world.export(tmp_path, log=successor)
    first = read_bundle(new[0])[0]
    link = first["link"]
    assert (link["log"], link["until"]) == (origin, int(size))
    assert bytes.fromhex(link["root"]) == base64.b64decode(root)
    assert len(read_bundle(past.early[0])) <= link["from"] < int(size)
    assert first["count"] == int(size) - link["from"]
    code, said = verified(*new)
    assert (code, "declared lost" in said) == (0, True), said


def test_the_closed_log_still_verifies_and_extends_what_the_auditor_kept(
    restored: Restored, tmp_path: Path
) -> None:
    """Exported again or kept from before, the old log verifies with the old checkpoint (C5.2)."""
    past = restored.past
    again = past.world.export(tmp_path, log=past.log)
    for bundle, vkey in (again, past.early, past.late):
        code, said = verified(bundle, vkey, "--checkpoint", str(past.early[0] / "checkpoint"))
        assert code == 0, said


def test_restoring_again_forks_nothing(restored: Restored) -> None:
    """When nothing is behind, `bailee restore` closes no log and deletes no row."""
    world = restored.past.world
    world.close()
    again = world.cli("restore", "--json")
    assert json.loads(again.stdout) == {"rows": 0, "successors": {}}


def test_tombstones_in_the_mirror_win_over_a_restored_key_database(restored: Restored) -> None:
    """Keys restored from before the erasure do not open it: the mirror remembers (C6)."""
    past, world = restored.past, restored.past.world
    world.close()
    shutil.copyfile(past.keys_copy, world.settings.home / "keys.db")
    for name in ("keys.db-wal", "keys.db-shm"):
        (world.settings.home / name).unlink(missing_ok=True)
    world.restore(past.copy)
    world.open()
    check_gone(past)
    assert world.reveal("payout", past.kept) == "Marigold Featherstone"
