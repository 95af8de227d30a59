"""From an acknowledged append to a signed checkpoint, through crashes, races and restores."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.db import HOUSE
from bailee.errors import Conflict
from bailee.ledger import Fact, merkle, note, sequencer, store
from bailee.ledger.head import LogHead, Waiting
from tests.ledger.desk import ACME, LOG, Desk


class Killed(BaseException):
    """The process dies here."""


def die() -> None:
    """Die."""
    raise Killed


def bodies(desk: Desk, log: str = LOG, controller: str = ACME) -> list[bytes]:
    """Return the signed entries of a log."""
    return desk.database.read(
        controller, lambda conn: list(desk.ledger.entries(conn, controller, log))
    )


def waiting(row: sa.Row[Any]) -> Waiting:
    """Return an entry from the inbox's row."""
    return Waiting(row.time, row.seq, row.entry_id, row.base, row.body)


def place_of(desk: Desk, entry_id: str) -> tuple[str, int]:
    """Return where an entry stands."""
    return desk.database.read(ACME, lambda conn: desk.ledger.place(conn, ACME, entry_id))


def actions(desk: Desk, log: str = LOG) -> list[str]:
    """Return the actions of a log's entries in order."""
    return [json.loads(body)["action"].removeprefix("vault:record:") for body in bodies(desk, log)]


def checkpoint(desk: Desk, log: str = LOG, controller: str = ACME) -> note.Checkpoint:
    """Return the newest checkpoint, its signature checked."""
    verifier = note.read_vkey(desk.ledger.vkey(log))
    return note.read_checkpoint(note.open_note(desk.note(log, controller), [verifier]))


def test_every_acknowledged_entry_is_at_its_place(desk: Desk) -> None:
    """Each receipt's leaf hash is that of the entry at the place it went to, under the root."""
    receipts = [r for count in (1, 300, 255, 1, 256, 7) for r in desk.fill(count)]
    entries, signed = bodies(desk), checkpoint(desk)
    assert signed.size == len(entries) == 821  # the first one opens the log
    head, _ = merkle.grow(merkle.Head(), [merkle.leaf_hash(body) for body in entries])
    assert signed.root == merkle.root(head)
    for receipt in receipts:
        log, index = place_of(desk, receipt.entry_id)
        assert log == receipt.log == LOG
        assert merkle.leaf_hash(entries[index]).hex() == receipt.leaf
    assert desk.sql("SELECT count(*) FROM ledger_inbox")[0][0] == 0
    assert desk.sql("SELECT count(*) FROM ledger_tail")[0][0] == 821 % 256


def test_entries_keep_the_order_of_their_transaction(desk: Desk) -> None:
    """Facts appended together, in one millisecond, stand in the log in that order."""
    desk.fill(50)
    numbers = [json.loads(body)["detail"].get("number") for body in bodies(desk)]
    assert numbers == [None, *range(50)]


def test_what_rolls_back_never_happened(desk: Desk) -> None:
    """An append whose transaction fails leaves nothing to integrate."""

    def work(conn: sa.Connection) -> None:
        desk.ledger.append(conn, desk.fact())
        raise Conflict("test.no", "no")

    with pytest.raises(Conflict):
        desk.database.write(ACME, work)
    assert desk.ledger.sequence(desk.database).integrated == 0


def test_every_controller_has_its_own_log(desk: Desk) -> None:
    """Entries of two controllers and of the house stand in three logs, each signed."""
    for controller in (ACME, "globex", HOUSE):
        desk.append(3, controller)
    done = desk.ledger.sequence(desk.database)
    assert done.signed == {
        LOG: 4,
        "bailee.example/77aa/2026": 4,
        "bailee.example/house/2026": 4,
    }


def test_nothing_new_signs_nothing_new(desk: Desk) -> None:
    """An idle pass writes no checkpoint."""
    desk.fill(3)
    done = desk.ledger.sequence(desk.database)
    assert (done.integrated, done.signed) == (0, {})
    assert len(desk.secrets.moves) == 1


@pytest.mark.parametrize("where", ["before_check", "before_guard", "before_sign"])
def test_death_between_commit_and_signature(desk: Desk, where: str) -> None:
    """A process that dies after integrating is followed by one that signs that very head."""
    desk.fill(5)
    desk.append(5)
    setattr(desk.secrets, where, die)
    with pytest.raises(Killed):
        desk.ledger.sequence(desk.database)
    setattr(desk.secrets, where, lambda: None)
    assert checkpoint(desk).size == 6
    desk.restart()
    done = desk.ledger.sequence(desk.database)
    assert (done.integrated, done.signed) == (0, {LOG: 11})
    assert [size for _, size, _ in desk.secrets.moves][-1] == 11


def test_entry_that_commits_late_is_not_skipped(desk: Desk) -> None:
    """A row with a lower number that becomes visible after a pass is taken by the next one."""
    late, *_ = desk.append(3)
    row = desk.sql("DELETE FROM ledger_inbox WHERE entry_id = :i RETURNING *", i=late.entry_id)[0]
    desk.ledger.sequence(desk.database)
    desk.database.write(HOUSE, lambda conn: store.enqueue(conn, ACME, [waiting(row)], {}))
    done = desk.ledger.sequence(desk.database)
    assert done.integrated == 1
    assert place_of(desk, late.entry_id) == (LOG, 3)


def test_entry_that_is_very_late_is_announced(desk: Desk) -> None:
    """More than ten minutes behind the newest entry, the ledger says so before it."""
    late = desk.append(1)[0]
    row = desk.sql("DELETE FROM ledger_inbox WHERE entry_id = :i RETURNING *", i=late.entry_id)[0]
    desk.wait(minutes=11)
    desk.fill(1)
    desk.database.write(HOUSE, lambda conn: store.enqueue(conn, ACME, [waiting(row)], {}))
    assert desk.ledger.sequence(desk.database).integrated == 2
    announced = json.loads(bodies(desk)[-2])
    assert (announced["action"], announced["count"]) == ("ledger:entries:late", 1)


def test_stale_head_loses_the_race(desk: Desk) -> None:
    """Who integrates on a head that has moved gets nothing in, and changes nothing."""
    desk.fill(3)
    stale = desk.database.read(ACME, lambda conn: store.head_of(conn, ACME, LOG))
    assert stale is not None
    desk.fill(2)
    before = desk.sql("SELECT * FROM ledger_tail ORDER BY idx")
    row = Waiting("2026-11-20T12:00:00.000Z", 1, "0" * 32, "b", b"x")
    with pytest.raises(Conflict, match=r"ledger\.lost_race"):
        desk.database.write(
            ACME, lambda conn: sequencer.append_rows(conn, stale, [row], stale.status)
        )
    assert desk.sql("SELECT * FROM ledger_tail ORDER BY idx") == before


def test_without_compare_and_swap_a_fork_still_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Broken on purpose: with the swap made blind, the stale writer meets the entries' own key."""
    desk.fill(3)
    stale = desk.database.read(ACME, lambda conn: store.head_of(conn, ACME, LOG))
    assert stale is not None
    desk.fill(2)
    monkeypatch.setattr(store, "swap_head", lambda *_: True)
    row = Waiting("2026-11-20T12:00:00.000Z", 1, "0" * 32, "b", b"x")
    with pytest.raises(sa.exc.IntegrityError):
        desk.database.write(
            ACME, lambda conn: sequencer.append_rows(conn, stale, [row], stale.status)
        )


@pytest.mark.parametrize(
    ("checks", "code"), [((), "ledger.bytes"), (("check_bytes",), "ledger.behind_guard")]
)
def test_a_fork_that_reached_the_tables_is_not_signed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, checks: tuple[str, ...], code: str
) -> None:
    """Broken on purpose: with the swap blind and the places of entries overwritten, no note leaves.

    Without the check against the last checkpoint, too, the signing guard's head does not fit.
    """
    desk.fill(3)
    stale = desk.database.read(ACME, lambda conn: store.head_of(conn, ACME, LOG))
    assert stale is not None
    desk.fill(2)
    before, moves = checkpoint(desk), list(desk.secrets.moves)
    desk.unlock("tail")
    desk.sql("DELETE FROM ledger_tail WHERE idx >= :i", i=stale.size)

    def swap(conn: sa.Connection, old: LogHead, new: LogHead) -> bool:
        edge = merkle.pack_edge(new.tree)
        change = sa.text("UPDATE ledger_head SET size = :s, root = :r, edge = :e WHERE log = :l")
        conn.execute(change, {"s": new.size, "r": new.root, "e": edge, "l": old.log})
        return True

    monkeypatch.setattr(store, "swap_head", swap)
    for check in checks:
        monkeypatch.setattr(sequencer, check, lambda *_: None)
    rows = [Waiting("2026-11-20T12:00:00.000Z", n, f"{n:032x}", "b", b"x") for n in range(3)]
    desk.database.write(ACME, lambda conn: sequencer.append_rows(conn, stale, rows, stale.status))
    done = desk.ledger.sequence(desk.database)

    assert {name: trouble.code for name, trouble in done.troubles.items()} == {LOG: code}
    assert (done.signed, desk.secrets.moves) == ({}, moves)
    assert checkpoint(desk) == before


def test_many_writers_and_two_sequencers(desk: Desk) -> None:
    """Six writers and two sequencers at once: nothing lost or doubled, no size signed twice."""
    other = Desk(desk.database)
    other.secrets = desk.secrets
    other.restart()
    receipts: list[str] = []
    done = threading.Event()

    def write() -> None:
        for _ in range(30):
            receipts.extend(r.entry_id for r in desk.append(2))

    def sequence(who: Desk) -> None:
        while not done.is_set():
            who.ledger.sequence(who.database)

    writers = [threading.Thread(target=write) for _ in range(6)]
    sequencers = [threading.Thread(target=sequence, args=(who,)) for who in (desk, other)]
    for thread in writers + sequencers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sequencers:
        thread.join()
    desk.ledger.sequence(desk.database)
    ids = [json.loads(body)["id"] for body in bodies(desk)]
    assert sorted(ids[1:]) == sorted(receipts)
    assert len(ids) == 361 == checkpoint(desk).size
    signed = [(size, root) for _, size, root in desk.secrets.moves]
    assert len({size for size, _ in signed}) == len(set(signed))
    assert [size for size, _ in signed] == sorted(size for size, _ in signed)


def test_byte_that_flips_on_disk_is_not_signed(desk: Desk) -> None:
    """An entry that reads back other than it was hashed stops the signature."""
    desk.fill(3)
    desk.append(300)
    desk.unlock("bundle")

    def flip() -> None:
        data = bytearray(desk.sql("SELECT data FROM ledger_bundle")[0][0])
        data[5000] ^= 1
        desk.sql("UPDATE ledger_bundle SET data = :d", d=bytes(data))

    desk.secrets.before_check = flip
    done = desk.ledger.sequence(desk.database)
    assert done.troubles[LOG].code == "ledger.bytes"
    assert checkpoint(desk).size == 4


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_tile SET data = :tile",
        "UPDATE ledger_head SET edge = :edge",
        "UPDATE ledger_head SET root = :root",
        "DELETE FROM ledger_bundle",
        "DELETE FROM ledger_tail",
        "UPDATE ledger_tail SET body = :body WHERE idx = 256",
        "UPDATE ledger_tail SET idx = 999 WHERE idx = 256",
    ],
)
def test_damaged_rows_are_not_signed(desk: Desk, damage: str) -> None:
    """Whatever row of a log was changed behind the ledger's back, the next head is not signed."""
    desk.fill(1)
    desk.append(299)
    desk.unlock("tile", "bundle", "tail")
    zeros = {"tile": bytes(8192), "edge": bytes(46 * 32), "root": bytes(32), "body": b"x"}

    def spoil() -> None:
        desk.sql(damage, **{name: value for name, value in zeros.items() if f":{name}" in damage})

    desk.secrets.before_check = spoil
    done = desk.ledger.sequence(desk.database)
    assert done.troubles[LOG].code in {"ledger.bytes", "ledger.gap", "ledger.tile", "ledger.head"}
    assert done.signed == {}
    assert len(desk.secrets.moves) == 1


def test_trouble_of_one_log_does_not_stop_the_others(desk: Desk) -> None:
    """A broken log is reported; another controller's is signed all the same."""
    desk.fill(2)
    desk.sql("UPDATE ledger_head SET root = :root", root=bytes(32))
    desk.append(2)
    desk.append(2, "globex")
    done = desk.ledger.sequence(desk.database)
    assert done.troubles[ACME].code == "ledger.head"
    assert done.signed == {"bailee.example/77aa/2026": 3}
    assert desk.sql("SELECT count(*) FROM ledger_inbox")[0][0] == 2  # nothing is lost


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_bundle SET data = 'x'",
        "DELETE FROM ledger_bundle",
        "UPDATE ledger_tile SET data = 'x'",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_tail SET body = 'x'",
        "DELETE FROM ledger_tail",
        "UPDATE ledger_checkpoint SET note = 'x'",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_head SET size = size - 1",
        "UPDATE ledger_head SET signed = signed - 1",
        "DELETE FROM ledger_head",
    ],
)
def test_database_refuses_to_rewrite_history(desk: Desk, statement: str) -> None:
    """Plain SQL cannot change or delete what is in the tree."""
    desk.fill(300)
    with pytest.raises(sa.exc.IntegrityError, match="immutable"):
        desk.sql(statement)


def test_background_signs_what_is_new(desk: Desk) -> None:
    """Started, the ledger signs without being asked; stopped, nothing is left unsigned."""
    desk.ledger.start(desk.database)
    desk.append(3)
    for _ in range(100):
        if desk.sql("SELECT 1 FROM ledger_checkpoint"):
            break
        time.sleep(0.05)
    desk.append(3)
    desk.ledger.stop()
    assert checkpoint(desk).size == 7


# Years.


def test_new_year_opens_a_new_log(desk: Desk) -> None:
    """The old log ends with its closing entry and last checkpoint; the new one names both."""
    desk.time = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    desk.fill(2)
    desk.append(1)
    desk.wait(seconds=2)
    desk.append(2)
    done = desk.ledger.sequence(desk.database)
    new = "bailee.example/5f2c/2027"
    assert done.signed == {LOG: 5, new: 3}
    assert actions(desk) == ["ledger:log:opened", *["revealed"] * 3, "ledger:log:closed"]
    last = checkpoint(desk)
    first = json.loads(bodies(desk, new)[0])
    assert first["link"] == {"log": LOG, "from": 5, "until": 5, "root": last.root.hex()}


def test_idle_log_closes_when_its_year_is_over(desk: Desk) -> None:
    """Without new entries the old log closes too, and no empty log is opened."""
    desk.fill(2)
    desk.wait(days=60)
    assert desk.ledger.sequence(desk.database).signed == {LOG: 4}
    assert desk.ledger.sequence(desk.database).integrated == 0
    assert len(desk.sql("SELECT log FROM ledger_head")) == 1


def test_straggler_of_the_old_year_goes_into_the_new_log(desk: Desk) -> None:
    """An entry that commits after its log has closed is in the successor, not lost."""
    desk.fill(1)
    late = desk.append(1)[0]
    row = desk.sql("DELETE FROM ledger_inbox WHERE entry_id = :i RETURNING *", i=late.entry_id)[0]
    desk.wait(days=60)
    desk.fill(1)
    desk.database.write(HOUSE, lambda conn: store.enqueue(conn, ACME, [waiting(row)], {}))
    assert not desk.ledger.sequence(desk.database).troubles
    assert place_of(desk, late.entry_id)[0] == "bailee.example/5f2c/2027"


def test_guard_itself_refuses_to_go_back(desk: Desk) -> None:
    """If somebody signs more between check and guard, the slower one signs nothing."""
    desk.append(2)
    head = merkle.grow(merkle.Head(), [b"x" * 32] * 9)[0]

    def overtake() -> None:
        desk.secrets.before_guard = lambda: None
        desk.secrets.advance_guard(LOG, 9, merkle.root(head))

    desk.secrets.before_guard = overtake
    done = desk.ledger.sequence(desk.database)
    assert done.troubles[LOG].code == "ledger.behind_guard"
    assert desk.sql("SELECT * FROM ledger_checkpoint") == []


def test_unknown_fields_of_a_fact_are_no_entry(desk: Desk) -> None:
    """A fact that may not be logged stops its transaction: no entry, no access."""
    with pytest.raises(Exception, match=r"fact\.form"):
        desk.database.write(
            ACME, lambda conn: desk.ledger.append(conn, Fact("read the mail of J", ACME))
        )
