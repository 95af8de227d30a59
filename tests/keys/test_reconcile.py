"""A restored key database: the dead stay dead, heads stay signed, lost versions are named (C6)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bailee.clock import Clock
from bailee.db import KEYS, SqliteDatabase
from bailee.errors import Broken, Gone, NotFound
from bailee.keys import FileMirror, Keys, LocalRoot, Reconciled
from bailee.keys.mirror import Head, Made, Tombstone
from tests.simulators.hours import Hours

ACME = "acme"
LOG = "bailee.example/0a1b/2026"
ENTRY = "ab" * 32
NOTHING = Reconciled(0, 0, ())


class Backups:
    """A key database in a file, with a backup of it that can be put back."""

    def __init__(self, folder: Path, root: LocalRoot, mirror: FileMirror, hours: Hours) -> None:
        self._file, self._copy = folder / "restorable.db", folder / "backup.db"
        self._root, self._mirror, self._hours = root, mirror, hours
        self._database = SqliteDatabase(self._file)
        KEYS.create_all(self._database.engine)

    def keys(self) -> Keys:
        """Return the keys of a new process, not started."""
        return Keys(self._database, self._root, Clock(self._hours), mirror=self._mirror)

    def started(self) -> Keys:
        """Return the keys of a new process, started."""
        keys = self.keys()
        keys.start()
        return keys

    def back_up(self) -> None:
        """Take a copy."""
        self._database.close()
        shutil.copy(self._file, self._copy)
        self._database = SqliteDatabase(self._file)

    def restore(self) -> Keys:
        """Put the copy back and return the keys of a new process, not started."""
        self._database.close()
        for path in self._file.parent.glob("restorable.db*"):
            path.unlink()
        shutil.copy(self._copy, self._file)
        self._database = SqliteDatabase(self._file)
        return self.keys()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


@pytest.fixture
def backups(tmp_path: Path, root: LocalRoot, mirror: FileMirror, hours: Hours) -> Iterator[Backups]:
    """Return a key database with one controller, and no backup yet."""
    made = Backups(tmp_path, root, mirror, hours)
    made.started().create_controller(ACME)
    yield made
    made.close()


def test_an_untouched_database_has_nothing_to_reconcile(backups: Backups) -> None:
    """Starting again finds both places equal, whatever was done before."""
    keys = backups.keys()
    ids = [key.key_id for key in keys.new_subject_keys(ACME, 3)]
    keys.destroy_subjects(ACME, ids[:1], ENTRY)
    keys.rotate_controller_key(ACME)
    keys.rotate_controller_key(ACME, "index")
    keys.advance_guard(LOG, 5, b"\x01" * 32)
    keys.create_controller("other")
    keys.destroy_controller("other", ENTRY)
    keys.destroy_openings("other", ENTRY)
    lines = len(FileMirror(backups._mirror._path).read())

    assert backups.keys().start() == NOTHING
    assert len(backups._mirror.read()) == lines


def test_destroyed_subjects_die_again(backups: Backups) -> None:
    """A key database restored from before the destruction loses those keys at start."""
    keys = backups.keys()
    ids = [key.key_id for key in keys.new_subject_keys(ACME, 3)]
    backups.back_up()
    backups.keys().destroy_subjects(ACME, ids[:2], ENTRY)

    restored = backups.restore()
    assert set(restored.subject_keys(ACME, ids)) == set(ids)  # that is why start comes first
    found = restored.start()

    assert found == Reconciled(died_again=2, heads_raised=0, lost=())
    assert set(restored.subject_keys(ACME, ids)) == {ids[2]}
    assert {stone.entry_hash for stone in restored.tombstones(ACME)} == {ENTRY}
    assert backups.keys().start() == NOTHING


def test_a_destroyed_controller_dies_again(backups: Backups) -> None:
    """Its keys are deleted again, and its ledger key lives until it is destroyed itself."""
    keys = backups.keys()
    keys.new_subject_keys(ACME, 1)
    sealed = keys.seal_opening(ACME, "e", b"x")
    backups.back_up()
    backups.keys().destroy_controller(ACME, ENTRY)

    restored = backups.restore()
    assert restored.start() == Reconciled(1, 0, ())

    with pytest.raises(Gone, match=r"controller\.destroyed"):
        restored.new_subject_keys(ACME, 1)
    assert restored.open_opening(ACME, "e", sealed) == b"x"
    assert backups.started().open_opening(ACME, "e", sealed) == b"x"


def test_destroyed_openings_die_again(backups: Backups) -> None:
    """The key of the openings, destroyed later, stays destroyed too."""
    sealed = backups.keys().seal_opening(ACME, "e", b"x")
    backups.back_up()
    backups.keys().destroy_controller(ACME, ENTRY)
    backups.keys().destroy_openings(ACME, ENTRY)

    restored = backups.restore()
    restored.start()

    with pytest.raises(Gone, match=r"opening\.destroyed"):
        restored.open_opening(ACME, "e", sealed)
    assert backups.keys().start() == NOTHING


def test_a_controller_the_backup_never_knew_stays_destroyed(backups: Backups) -> None:
    """Created and destroyed after the backup: its name is not free again."""
    backups.back_up()
    backups.keys().create_controller("late")
    backups.keys().destroy_controller("late", ENTRY)

    restored = backups.restore()
    restored.start()

    with pytest.raises(Gone, match=r"controller\.destroyed"):
        restored.create_controller("late")


def test_a_guard_behind_the_mirror_is_raised(backups: Backups) -> None:
    """What was signed after the backup cannot be signed differently after the restore."""
    backups.keys().advance_guard(LOG, 5, b"\x01" * 32)
    backups.back_up()
    backups.keys().advance_guard(LOG, 9, b"\x02" * 32)
    backups.keys().advance_guard("new log", 2, b"\x03" * 32)

    restored = backups.restore()
    assert restored.start() == Reconciled(0, 2, ())

    assert restored.guard_head(LOG) == (9, b"\x02" * 32)
    assert restored.guard_head("new log") == (2, b"\x03" * 32)
    with pytest.raises(Broken, match=r"log\.guard"):
        restored.advance_guard(LOG, 6, b"\x04" * 32)


def test_a_forked_log_stops_the_start(backups: Backups) -> None:
    """Two roots for one size in the two places: nothing is served."""
    backups.keys().advance_guard(LOG, 5, b"\x01" * 32)
    backups._mirror.append([Head(LOG, 5, "02" * 32)])

    with pytest.raises(Broken, match=r"log\.guard"):
        backups.keys().start()


def test_a_lost_mirror_is_written_again(backups: Backups) -> None:
    """The key database alone still knows everything; the second place is filled from it."""
    keys = backups.keys()
    [key] = keys.new_subject_keys(ACME, 1)
    keys.destroy_subjects(ACME, [key.key_id], ENTRY)
    keys.advance_guard(LOG, 5, b"\x01" * 32)
    before = set(backups._mirror.read())
    backups._mirror._path.unlink()

    assert backups.keys().start() == NOTHING
    assert set(backups._mirror.read()) == before


def test_a_lost_version_is_named_and_its_number_not_used_again(backups: Backups) -> None:
    """Index version 2 was made after the backup: version 1 is used on, and the next is 3."""
    old = backups.keys().index_keys(ACME, "person.email", 1)[0].key
    backups.back_up()
    backups.keys().rotate_controller_key(ACME, "index")

    restored = backups.restore()
    assert restored.start() == Reconciled(0, 0, (Made(ACME, "index", 2),))

    assert restored.index_keys(ACME, "person.email", 1)[0].key == old
    assert backups.keys().start() == NOTHING
    assert backups.keys().rotate_controller_key(ACME, "index") == 3


def test_a_purpose_left_without_a_key_gets_a_new_one(backups: Backups, hours: Hours) -> None:
    """Version 1 retired and version 2 lost: the controller goes on with version 3."""
    backups.back_up()
    keys = backups.keys()
    keys.rotate_controller_key(ACME, "index")
    hours.pass_by(301)
    keys.retire_controller_key(ACME, "index", 1, ENTRY)

    restored = backups.restore()
    restored.start()

    [only] = restored.index_keys(ACME, "person.email", 1)
    assert only.version == 3
    assert backups.keys().start() == NOTHING


def test_a_lost_data_version_loses_nothing_that_was_there(backups: Backups) -> None:
    """Rotated after the backup: the restored subject keys open under the version they had."""
    ids = [key.key_id for key in backups.keys().new_subject_keys(ACME, 2)]
    backups.back_up()
    backups.keys().rotate_controller_key(ACME)

    restored = backups.restore()
    assert restored.start().lost == (Made(ACME, "data", 2),)

    assert set(restored.subject_keys(ACME, ids)) == set(ids)
    assert restored.rotate_controller_key(ACME) == 3
    assert set(backups.started().subject_keys(ACME, ids)) == set(ids)


def test_a_controller_lost_whole_is_named_and_can_be_made_anew(backups: Backups) -> None:
    """Created after the backup: its five keys are lost, and new ones have other numbers."""
    backups.back_up()
    backups.keys().create_controller("late")

    restored = backups.restore()
    found = restored.start()

    assert {made.purpose for made in found.lost} == {
        "data",
        "index",
        "token",
        "reference",
        "ledger",
    }
    with pytest.raises(NotFound, match=r"controller\.unknown"):
        restored.new_subject_keys("late", 1)
    restored.create_controller("late")
    assert restored.token_keys("late")[0].version == 2


def test_a_long_mirror_is_compacted_at_start(backups: Backups) -> None:
    """Heads long superseded go; deaths stay."""
    stone = Tombstone(ACME, "f" * 32, "2026-03-02T09:00:00.000Z", ENTRY)
    backups._mirror.append([stone, *(Head(LOG, size, f"{size:064x}") for size in range(10_001))])

    backups.keys().start()

    lines = backups._mirror.read()
    assert stone in lines
    assert Head(LOG, 10_000, f"{10_000:064x}") in lines
    assert len(lines) < 30


@pytest.mark.parametrize("kind", ["subject", "controller"])
def test_restoring_twice_changes_nothing_more(
    backups: Backups, kind: str, open_keys: Callable[[], Keys]
) -> None:
    """The same old backup, restored again, ends in the same state."""
    [key] = backups.keys().new_subject_keys(ACME, 1)
    backups.back_up()
    if kind == "subject":
        backups.keys().destroy_subjects(ACME, [key.key_id], ENTRY)
    else:
        backups.keys().destroy_controller(ACME, ENTRY)

    states = []
    for _ in range(2):
        restored = backups.restore()
        restored.start()
        states.append((restored.tombstones(ACME), restored.controller_exists(ACME)))

    assert states[0] == states[1]
