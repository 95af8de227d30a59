"""Destruction: announced, then keys, then rows, then done; carried through whatever crashes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.clock import Clock
from bailee.db import Database, SqliteDatabase
from bailee.errors import Gone, Invalid, NotFound, Oversized
from bailee.keys import DataSide, Destruction, FileMirror, Keys, LocalRoot
from bailee.keys.lifecycle import DONE
from bailee.keys.mirror import Tombstone
from bailee.keys.tables import subject_key
from tests.simulators.hours import Hours
from tests.simulators.ledger import LedgerSimulator
from tests.simulators.power import Power, PowerCutError, PoweredDatabase, PoweredMirror
from tests.simulators.rows import RowsSimulator

ACME = "acme"
NONCE = bytes(12)
ENTRY = "ab" * 32
BOTH = ["keys:destruction:announced", "keys:destruction:completed"]


@dataclass
class House:
    """Both databases with what is in them, and a way to start a process on them."""

    keys_db: Database
    data_db: Database
    root: LocalRoot
    mirror: FileMirror
    hours: Hours
    ledger: LedgerSimulator
    rows: RowsSimulator

    def process(self, power: Power | None = None) -> tuple[Keys, Destruction]:
        """Start a process; with a power that fails, on such a machine."""
        keys_db, data_db = self.keys_db, self.data_db
        mirror: FileMirror | PoweredMirror = self.mirror
        if power is not None:
            keys_db, data_db = PoweredDatabase(keys_db, power), PoweredDatabase(data_db, power)
            mirror = PoweredMirror(self.mirror, power)
        keys = Keys(keys_db, self.root, Clock(self.hours), mirror=mirror, ticks=self.hours.ticks)
        return keys, Destruction(keys, DataSide(data_db, self.ledger.record, self.rows.delete))


@pytest.fixture
def house(
    keys_db: Database, data_db: Database, *, root: LocalRoot, mirror: FileMirror, hours: Hours
) -> House:
    """Return a house with one controller."""
    made = House(
        keys_db, data_db, root, mirror, hours, LedgerSimulator(data_db), RowsSimulator(data_db)
    )
    keys, _ = made.process()
    keys.start()
    keys.create_controller(ACME)
    return made


def fill(house: House, count: int) -> list[str]:
    """Make subjects with two rows each; return their key ids."""
    ids = [key.key_id for key in house.process()[0].new_subject_keys(ACME, count)]
    house.rows.fill(ACME, ids * 2)
    return ids


def test_destroyed_subjects_are_gone_and_others_stay(house: House) -> None:
    """Keys, rows and cache of the one are gone, tombstones are in both places (C2.8(1))."""
    ids = fill(house, 3)
    keys, destruction = house.process()
    keys.subject_keys(ACME, ids)

    done = destruction.subjects(ACME, ids[:2], obligations=["C7.3(2)"])

    assert (done.keys, done.rows, done.kind) == (2, 4, "destroy-subjects")
    assert set(keys.subject_keys(ACME, ids)) == {ids[2]}
    assert house.rows.left(ACME) == [ids[2]] * 2
    assert house.ledger.actions() == BOTH
    assert house.ledger.leaves() == [done.entry_hash, done.done_hash]
    stones = keys.tombstones(ACME, ids)
    assert {stone.key_id for stone in stones} == set(ids[:2])
    assert {stone.entry_hash for stone in stones} == {done.entry_hash}
    assert {stone.destroyed_at for stone in stones} == {done.destroyed_at}
    assert set(stones) <= set(house.mirror.read())
    assert keys.open_intents() == []


def test_another_process_stops_at_once(house: House) -> None:
    """A process that had the key in its cache has it no more: the epoch moved."""
    [name] = fill(house, 1)
    other, _ = house.process()
    assert set(other.subject_keys(ACME, [name])) == {name}
    epoch = other.epoch(ACME)

    house.process()[1].subjects(ACME, [name])

    assert other.epoch(ACME) > epoch
    assert other.subject_keys(ACME, [name]) == {}


def test_an_act_announced_by_the_caller_is_not_announced_again(house: House) -> None:
    """With the caller's entry the ledger gets only the last word; the stones name that entry."""
    [name] = fill(house, 1)
    keys, destruction = house.process()

    done = destruction.subjects(ACME, [name], entry_hash=ENTRY)

    assert house.ledger.actions() == BOTH[1:]
    assert (done.entry_hash, keys.tombstones(ACME)[0].entry_hash) == (ENTRY, ENTRY)


def test_destroying_again_is_harmless(house: House) -> None:
    """Nobody lives to die twice; the first death stands."""
    [name] = fill(house, 1)
    keys, destruction = house.process()
    destruction.subjects(ACME, [name, name])
    [first] = keys.tombstones(ACME)
    house.hours.pass_by(60)

    assert destruction.subjects(ACME, [name]).keys == 0
    assert keys.tombstones(ACME) == [first]


def test_a_destroyed_controller_is_gone_whole(house: House) -> None:
    """Its keys die in one commit, its name is not used again, its rows and wrapped keys go (C6)."""
    ids = fill(house, 3)
    keys, destruction = house.process()
    other, _ = house.process()
    sealed = keys.seal_opening(ACME, "e", b"x")
    other.token_keys(ACME)

    done = destruction.controller(ACME)

    assert (done.rows, done.kind) == (6, "destroy-controller")
    assert [stone.key_id for stone in keys.tombstones(ACME)] == ["controller"]
    for process in (keys, other):
        with pytest.raises(Gone, match=r"controller\.destroyed"):
            process.subject_keys(ACME, ids)
        with pytest.raises(Gone, match=r"controller\.destroyed"):
            process.new_subject_keys(ACME, 1)
        with pytest.raises(Gone, match=r"controller\.destroyed"):
            process.create_controller(ACME)
    with pytest.raises(Gone, match=r"controller\.destroyed"):
        destruction.controller(ACME)
    house.hours.pass_by(2)
    with pytest.raises(Gone, match=r"controller\.destroyed"):
        other.token_keys(ACME)
    assert house.rows.left(ACME) == []
    assert keys.open_opening(ACME, "e", sealed) == b"x"
    assert house.ledger.actions() == BOTH


def test_openings_end_when_their_own_time_comes(house: House) -> None:
    """The key of the openings outlives the controller's data and is destroyed by itself."""
    keys, destruction = house.process()
    sealed = keys.seal_opening(ACME, "e", b"x")
    destruction.controller(ACME)

    keys.destroy_openings(ACME, ENTRY)
    keys.destroy_openings(ACME, ENTRY)

    with pytest.raises(Gone, match=r"opening\.destroyed"):
        keys.open_opening(ACME, "e", sealed)
    with pytest.raises(Gone, match=r"controller\.destroyed"):
        keys.seal_opening(ACME, "e", b"x")
    assert {stone.key_id for stone in house.mirror.read() if isinstance(stone, Tombstone)} == {
        "controller",
        "ledger",
    }


def test_what_cannot_be_destroyed_is_refused(house: House) -> None:
    """The house itself, an unknown controller, too many at once, and anything unannounced."""
    keys, destruction = house.process()

    with pytest.raises(Invalid, match=r"controller\.house"):
        destruction.controller("house")
    with pytest.raises(NotFound, match=r"controller\.unknown"):
        destruction.controller("nobody")
    with pytest.raises(NotFound, match=r"controller\.unknown"):
        keys.destroy_subjects("nobody", ["f" * 32], ENTRY)
    with pytest.raises(Oversized, match=r"keys\.too_many"):
        destruction.subjects(ACME, [f"{n:032x}" for n in range(10_001)])
    with pytest.raises(Invalid, match=r"intent\.unannounced"):
        keys.destroy_subjects(ACME, ["f" * 32], "")
    assert house.ledger.actions() == []
    assert keys.tombstones(ACME) == []


@pytest.mark.parametrize("whole", [False, True])
def test_the_keys_half_alone_waits_for_the_rows(house: House, *, whole: bool) -> None:
    """Whoever deletes rows himself leaves an intent, which a later resume completes."""
    ids = fill(house, 2)
    keys, destruction = house.process()
    intent = (
        keys.destroy_controller(ACME, ENTRY) if whole else keys.destroy_subjects(ACME, ids, ENTRY)
    )
    assert (intent.state, house.rows.left(ACME)) == ("keys_gone", ids * 2)

    [done] = destruction.resume()

    assert (done.intent_id, done.rows, done.entry_hash) == (intent.intent_id, 4, ENTRY)
    assert house.rows.left(ACME) == []
    assert destruction.resume() == []


def test_a_young_intent_can_be_left_to_its_process(house: House) -> None:
    """A resume that runs beside other processes leaves alone what they have just begun."""
    ids = fill(house, 1)
    keys, destruction = house.process()
    keys.destroy_subjects(ACME, ids, ENTRY)
    now = house.hours.time

    assert destruction.resume(before=now - timedelta(seconds=30)) == []
    assert len(destruction.resume(before=now + timedelta(seconds=1))) == 1


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("announced", [False, True])
@pytest.mark.parametrize("moment", range(1, 29))
def test_a_destruction_cut_anywhere_is_carried_through(
    house: House, moment: int, *, announced: bool, whole: bool
) -> None:
    """Wherever the power fails: all or nothing before the intent, and after it all, by resume.

    At no moment are rows gone whose keys live, or keys dead without an entry that said so.
    """
    ids = fill(house, 3)
    power = Power(moment)
    _, destruction = house.process(power)
    entry = ENTRY if announced else ""
    try:
        if whole:
            destruction.controller(ACME, entry_hash=entry)
        else:
            destruction.subjects(ACME, ids[:2], entry_hash=entry)
        assert moment > power.moments
    except PowerCutError:
        assert moment == power.moments

    keys, destruction = house.process()
    rows = len(house.rows.left(ACME))
    stones = keys.tombstones(ACME)
    assert rows == 6 or stones
    assert not stones or announced or house.ledger.actions()[:1] == BOTH[:1]

    keys.start()
    destruction.resume()

    begun = moment > 1
    assert keys.open_intents() == []
    assert len(house.rows.left(ACME)) == (6 if not begun else 0 if whole else 2)
    assert bool(keys.tombstones(ACME)) == begun
    assert set(keys.tombstones(ACME)) <= set(house.mirror.read())
    if begun:
        assert house.ledger.actions()[-1] == BOTH[1]
        assert {stone.entry_hash for stone in keys.tombstones(ACME)} <= (
            {ENTRY} if announced else set(house.ledger.leaves())
        )
    assert keys.controller_exists(ACME) == (not (whole and begun))


def test_resume_fills_the_mirror_even_without_a_start(house: House) -> None:
    """Cut right after the commit that killed the keys: resume writes their tombstones first."""
    ids = fill(house, 2)
    keys, destruction = house.process(Power(2))
    with pytest.raises(PowerCutError):
        destruction.subjects(ACME, ids, entry_hash=ENTRY)
    assert not any(isinstance(line, Tombstone) for line in house.mirror.read())

    keys, destruction = house.process()
    destruction.resume()

    assert set(keys.tombstones(ACME)) <= set(house.mirror.read())


def test_two_processes_may_carry_out_one_intent(house: House) -> None:
    """The slower finds every step done; nothing is destroyed or counted wrongly."""
    ids = fill(house, 2)
    keys, one = house.process()
    other_keys, other = house.process()
    intent = keys.ending.store(keys.ending.new(ACME, ids))

    first, second = one._carry_out(intent), other._carry_out(intent)

    assert first.keys == 2
    assert (second.intent_id, second.rows) == (first.intent_id, first.rows)
    assert other_keys.open_intents() == []
    assert keys.ending.move(intent, "keys_deleted").state == DONE


def test_destruction_asks_the_same_at_any_size(house: House) -> None:
    """Deleting a controller's keys takes as many statements with many subjects as with few."""
    writer = house.keys_db
    if not isinstance(writer, SqliteDatabase):
        pytest.skip("statements are counted at the one writer of SQLite")
    counts = []
    for name, subjects in (("few", 10), ("many", 3000)):
        keys, _ = house.process()
        keys.create_controller(name)
        keys.new_subject_keys(name, subjects)
        counts.append(statements(writer, partial(keys.destroy_controller, name, ENTRY)))

    assert counts[0] == counts[1]


def statements(database: SqliteDatabase, work: Callable[[], object]) -> int:
    """Return how many statements the writer ran during work."""
    seen: list[str] = []

    def listen(*args: object) -> None:
        seen.append(str(args[2]))

    sa.event.listen(database.engine, "before_cursor_execute", listen)
    try:
        work()
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", listen)
    return len(seen)


def test_no_wrapped_key_of_the_dead_stays_in_the_files(
    house: House, tmp_path: Path, data_db: Database
) -> None:
    """After destruction the wrapped key's bytes are in no file of the key database (C6)."""
    if not isinstance(house.keys_db, SqliteDatabase):
        pytest.skip("PostgreSQL's files are its own; its backups have their horizon")
    ids = fill(house, 40)
    query = subject_key.select().where(subject_key.c.controller == ACME)
    wrapped = house.keys_db.read(
        ACME, lambda conn: {row.key_id: row.wrapped for row in conn.execute(query)}
    )
    folder = tmp_path / "copy"

    def files() -> bytes:
        folder.mkdir(exist_ok=True)
        for path in tmp_path.glob("keys.db*"):
            shutil.copy(path, folder / path.name)
        return b"".join(path.read_bytes() for path in folder.iterdir())

    assert wrapped[ids[0]] in files()

    house.process()[1].subjects(ACME, ids[:39])

    held = files()
    assert [name for name in ids[:39] if wrapped[name] in held] == []
    assert wrapped[ids[39]] in held
