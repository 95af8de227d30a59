"""What witnesses see of a log, and what the log does when they do not, or saw more (C5.2)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.app import post as post_module
from bailee.db import DATA, SqliteDatabase
from bailee.errors import Broken, Unavailable
from bailee.ledger import note, witnessing
from tests.ledger.auditor import run
from tests.ledger.desk import ACME, LOG, Desk
from tests.ledger.hall import Hall, until
from tests.simulators.witness import DOWN, PLAIN, SIZE, SimulatedWitness, forward


def test_each_published_checkpoint_is_cosigned(hall: Hall) -> None:
    """From the first one on, with proofs between; the lines stand under the served note."""
    hall.witness()
    hall.start()
    for count in (3, 300, 1):
        hall.desk.fill(count)
        until(lambda: hall.cosigners() == ["w1"])
    assert hall.quorums()[-1] == 305


def test_proof_and_export_carry_the_cosignatures(hall: Hall, tmp_path: Path) -> None:
    """An auditor with the policy alone verifies the export and a proof of one entry."""
    hall.witness()
    hall.witness()
    receipt = hall.desk.fill(5)[0]
    seen = hall.start()
    until(hall.quorums)
    policy = tmp_path / "policy"
    policy.write_text(f"log {hall.desk.ledger.vkey(LOG)}\n{hall.policy()}")
    proof = tmp_path / "one.tlog-proof"
    text = hall.desk.database.read(
        ACME, lambda conn: hall.desk.ledger.proof(conn, ACME, receipt.entry_id)
    )
    proof.write_text(text)
    bundle = hall.desk.export(tmp_path / "bundle")
    code, told = run([str(bundle), "--policy", str(policy), "--proof", str(proof)])
    assert (code, told["problems"], told["unmet"]) == (0, [], [])
    assert told["facts"]["witnessed"] == 6
    assert seen.standing.well


def test_quorum_of_two_in_three_with_one_down(hall: Hall) -> None:
    """Whoever is down is passed over; when it is back it gets what it missed."""
    dead = SimulatedWitness(lambda _: DOWN)
    hall.witness()
    hall.witness()
    back = hall.witness(hall.stack.enter_context(dead.served()))
    seen = hall.start(2)
    hall.desk.fill(3)
    until(hall.quorums)
    until(lambda: hall.cosigners() == ["w1", "w2"])
    until(lambda: seen.standing.failing == 1)
    door = hall.stack.enter_context(back.served())
    dead.say = forward(door)
    until(lambda: hall.cosigners() == ["w1", "w2", "w3"])
    until(lambda: seen.standing.failing == 0)


def test_without_a_quorum_the_log_goes_on_and_shows_it(hall: Hall) -> None:
    """Checkpoints are published, counted as unseen, late after ten minutes; then it recovers."""
    gone = SimulatedWitness(lambda _: DOWN)
    real = hall.witness(hall.stack.enter_context(gone.served()))
    seen = hall.start()
    hall.desk.fill(3)
    until(lambda: seen.standing.unseen == 1)
    assert (seen.standing.late, seen.standing.well, hall.quorums()) == (0, True, [])
    assert not _unwitnessed(hall, seen)
    hall.desk.wait(minutes=9)
    hall.desk.fill(1)
    assert not _unwitnessed(hall, seen)
    hall.desk.wait(minutes=2)
    assert _unwitnessed(hall, seen)  # counted from the first one that nobody saw
    hall.desk.fill(1)
    until(lambda: seen.standing.late == 1)
    assert not seen.standing.well
    door = hall.stack.enter_context(real.served())
    gone.say = forward(door)
    until(lambda: hall.cosigners() == ["w1"])
    assert not _unwitnessed(hall, seen)
    until(lambda: seen.standing.well and not seen.standing.unseen)


def _unwitnessed(hall: Hall, seen: witnessing.Witnessing) -> bool:
    return hall.desk.database.read(ACME, lambda conn: seen.unwitnessed(conn, ACME))


def test_a_hanging_witness_holds_up_nobody(hall: Hall) -> None:
    """While one does not answer, entries are signed and the others' quorum is reached."""
    free = threading.Event()

    def hang(_body: bytes) -> tuple[int, str, bytes]:
        free.wait(60)
        return DOWN

    hung = SimulatedWitness(hang)
    hall.witness(hall.stack.enter_context(hung.served()))
    hall.witness()
    hall.start(1)
    for _ in range(3):
        hall.desk.fill(2)
        until(lambda: hall.cosigners() == ["w2"])
    assert len(hung.asked) == 1
    hall.stop()
    free.set()


def test_one_request_is_bounded_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that drips for ever, or never ends, is cut; so is one that is too long."""
    monkeypatch.setattr(post_module, "SECONDS", 0.5)
    free = threading.Event()

    def drip(_body: bytes) -> tuple[int, str, bytes]:
        free.wait(60)
        return 200, PLAIN, b""

    slow = SimulatedWitness(drip)
    with slow.served() as url:
        with pytest.raises(Unavailable, match=r"witness\.slow"):
            post_module.post(f"{url}/add-checkpoint", b"x")
        free.set()
    giant = SimulatedWitness(lambda _: (200, PLAIN, bytes(post_module.MOST_BYTES + 1)))
    with giant.served() as url, pytest.raises(Unavailable, match=r"witness\.answer"):
        post_module.post(f"{url}/add-checkpoint", b"x")
    for nowhere in ("http://127.0.0.1:1/", "ftp://127.0.0.1/", "http://[/", "nowhere"):
        with pytest.raises(Unavailable, match=r"witness\.unreachable"):
            post_module.post(nowhere, b"x")


LIES = {
    "nothing": (200, PLAIN, b""),
    "garbage": (200, PLAIN, b"\xff\x00 garbage\n"),
    "a line of nobody": (200, PLAIN, "\u2014 stranger AAAAAAAAAA==\n".encode()),
    "no redirect is followed": (302, PLAIN, b""),
    "a size as text": (409, PLAIN, b"9\n"),
    "a size with a sign": (409, SIZE, b"+9\n"),
    "a size without an end": (409, SIZE, b"9"),
    "an impossible size": (409, SIZE, b"%d\n" % 2**53),
    "a giant": (200, PLAIN, b"\n" * 200_000),
    "unknown origin": (404, PLAIN, b""),
    "unknown key": (403, PLAIN, b""),
    "no proof from nothing": (422, PLAIN, b""),
    "our own zero": (409, SIZE, b"0\n"),
}


@pytest.mark.parametrize("what", LIES)
def test_lies_store_nothing_and_stop_nothing(hall: Hall, what: str) -> None:
    """Whatever a witness says that it may not say: no line, no stop, and it is not hammered."""
    liar = SimulatedWitness(lambda _: LIES[what])
    hall.witness(hall.stack.enter_context(liar.served()))
    seen = hall.start()
    hall.desk.fill(3)
    until(lambda: liar.asked)
    until(lambda: seen.standing.unseen == 1)
    assert (hall.cosigners(), hall.quorums(), hall.held()) == ([], [], [])
    hall.desk.fill(3)
    assert len(liar.asked) <= witnessing.TRIES + 1


def test_lines_of_another_root_or_key_are_not_stored(hall: Hall) -> None:
    """A line that is genuine for another checkpoint, or by another witness, counts for nothing."""
    other = hall.witness()
    hall.start("any")
    hall.desk.fill(3)
    until(hall.quorums)
    _, line = other.cosigned(LOG)
    hall.stop()
    replay = SimulatedWitness(lambda _: (200, PLAIN, line.encode()))
    hall.lines[0] = (
        hall.lines[0].rpartition(" ")[0] + f" {hall.stack.enter_context(replay.served())}\n"
    )
    hall.desk.fill(3)
    hall.start("any")
    until(lambda: replay.asked)
    time.sleep(0.3)
    assert hall.cosigners() == []


def test_idle_logs_are_left_alone(hall: Hall) -> None:
    """What was cosigned is not sent again, but once when a process begins to submit."""
    hall.witness()
    url = hall.lines[0].split()[-1]
    counter = SimulatedWitness(forward(url))
    hall.lines[0] = hall.lines[0].replace(url, hall.stack.enter_context(counter.served()))
    hall.desk.fill(3)
    hall.start()
    until(hall.quorums)
    sent = len(counter.asked)
    time.sleep(1.0)
    assert len(counter.asked) == sent
    hall.stop()
    hall.start()
    until(lambda: len(counter.asked) == sent + 1)
    time.sleep(1.0)
    assert len(counter.asked) == sent + 1


def test_only_the_leader_submits(hall: Hall) -> None:
    """A process that does not sequence looks, and asks nobody; when it leads it does."""
    counter = SimulatedWitness(lambda _: DOWN)
    hall.witness(hall.stack.enter_context(counter.served()))
    hall.leading = False
    seen = hall.start()
    hall.desk.fill(3)
    until(lambda: seen.standing.unseen == 1)
    time.sleep(0.6)
    assert counter.asked == []
    hall.leading = True
    until(lambda: counter.asked)


def test_a_new_leader_goes_on_where_the_witness_is(hall: Hall) -> None:
    """Another process submitted meanwhile: no stop, and the next checkpoint is cosigned."""
    hall.witness()
    first = hall.start()
    hall.desk.fill(3)
    until(hall.quorums)
    second = hall.start()  # both believe that they lead
    for _ in range(4):
        hall.desk.fill(2)
    until(lambda: hall.quorums()[-1] == 12)
    assert hall.held() == []
    assert first.standing.stopped == second.standing.stopped == ()


# Histories that were lost.


Copy = tuple[dict[str, list[sa.Row[Any]]], dict[str, tuple[int, bytes]]]


def copy_of(desk: Desk) -> Copy:
    """Return all that a backup of data and keys together holds of the ledger."""
    names = (
        "head",
        "bundle",
        "tail",
        "tile",
        "checkpoint",
        "opening",
        "place",
        "cosignature",
        "quorum",
    )
    rows = {f"ledger_{name}": desk.sql(f"SELECT * FROM ledger_{name}") for name in names}
    return rows, dict(desk.secrets.guards)


def put_back(desk: Desk, copy: Copy) -> None:
    """Put such a backup in the place of what is there, the guard's too."""
    rows, guards = copy
    desk.unlock("bundle", "tile", "tail", "checkpoint", "head")
    for table, found in rows.items():
        desk.sql(f"DELETE FROM {table}")
        for row in found:
            names = ", ".join(map(str, row._mapping))
            marks = ", ".join(f":{name}" for name in row._mapping)
            desk.sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", **row._mapping)
    desk.secrets.guards = dict(guards)
    desk.restart()


@pytest.fixture
def sqlite_desk(tmp_path: Path) -> Desk:
    """Return a desk on SQLite, where a test may put old rows back."""
    database = SqliteDatabase(tmp_path / "rolled.db")
    DATA.create_all(database.engine)
    return Desk(database)


@pytest.fixture
def rolled(sqlite_desk: Desk, tmp_path: Path) -> Iterator[Hall]:
    """Return a log of 6 entries, guard and all, whose witness cosigned 12."""
    desk = sqlite_desk
    with ExitStack() as stack:
        hall = Hall(desk, tmp_path, stack)
        stack.callback(desk.database.close)
        stack.callback(hall.stop)
        hall.witness()
        hall.start()
        desk.fill(5)
        until(lambda: hall.quorums() == [6])
        copy = copy_of(desk)
        desk.fill(6)
        until(lambda: hall.quorums()[-1] == 12)
        hall.stop()
        put_back(desk, copy)
        yield hall


def test_rolled_back_log_is_found_out_before_it_grows(rolled: Hall) -> None:
    """Data and keys restored together agree with one another; the witness knows better (A10)."""
    desk = rolled.desk
    desk.ledger.check(desk.database, ACME)  # guard and head agree: nothing is seen without it
    seen = rolled.start()
    until(lambda: seen.standing.stopped == (LOG,))
    assert rolled.held() == [12]
    assert not seen.standing.well
    desk.append(1)
    done = desk.ledger.sequence(desk.database)
    assert {log: trouble.code for log, trouble in done.troubles.items()} == {
        LOG: "ledger.witnessed_ahead"
    }
    with pytest.raises(Broken, match=r"ledger\.witnessed_ahead"):
        desk.restart().check(desk.database, ACME)
    assert note.read_checkpoint(note.split_note(desk.note())[0]).size == 6


@pytest.mark.parametrize("more", [5, 6, 9])
def test_regrown_log_is_a_fork_and_stops(rolled: Hall, more: int) -> None:
    """Shorter than what the witness saw, as long, or longer: it is another history."""
    rolled.desk.fill(more)
    seen = rolled.start()
    until(lambda: seen.standing.stopped == (LOG,))
    assert rolled.held() == [12]
    assert rolled.posts[0].cosigned(LOG)[0].split("\n")[1] == "12"


def test_restore_opens_a_successor_that_admits_the_loss(rolled: Hall, tmp_path: Path) -> None:
    """What both agreed upon stays; the rest is declared lost up to what the witness saw."""
    desk = rolled.desk
    rolled.desk.fill(2)
    seen = rolled.start()
    until(lambda: seen.standing.stopped == (LOG,))
    late = tmp_path / "late"
    late.write_text("".join(rolled.posts[0].cosigned(LOG)))
    new = desk.database.write(ACME, lambda conn: desk.ledger.succeed(conn, ACME))
    assert not desk.ledger.sequence(desk.database).troubles
    bundle = desk.export(tmp_path / "after", new)
    vkeys = [one for log in (LOG, new) for one in ("--vkey", desk.ledger.vkey(log))]
    code, told = run([str(bundle), *vkeys, "--checkpoint", str(late)])
    assert told["problems"] == []
    assert (code, [one["code"] for one in told["unmet"]]) == (1, ["log.lost"])
    assert re.search("counted 12 entries; those from 6 on", told["unmet"][0]["says"])
    until(lambda: seen.standing.stopped == ())
    assert rolled.held() == [12]


def test_a_witness_that_contradicts_itself_stops_nothing(hall: Hall) -> None:
    """It refuses the proof from a root of ours that it cosigned: its trouble, not ours."""
    real = hall.witness()
    url = hall.lines[0].split()[-1]
    fickle = SimulatedWitness(forward(url))
    hall.lines[0] = hall.lines[0].replace(url, hall.stack.enter_context(fickle.served()))
    hall.start()
    hall.desk.fill(3)
    until(hall.quorums)
    fickle.say = lambda _: (422, PLAIN, b"")
    before = len(fickle.asked)
    hall.desk.fill(3)
    until(lambda: len(fickle.asked) > before)
    time.sleep(0.5)
    assert hall.held() == []
    assert not hall.desk.ledger.sequence(hall.desk.database).troubles
    assert real.cosigned(LOG)[0].split("\n")[1] == "4"


def test_death_between_the_answer_and_its_storing(hall: Hall) -> None:
    """The witness cosigned and the line was lost: it is asked again and gives another."""
    hall.witness()
    url = hall.lines[0].split()[-1]
    lost = SimulatedWitness(lambda body: (500, PLAIN, forward(url)(body)[2]))
    hall.lines[0] = hall.lines[0].replace(url, hall.stack.enter_context(lost.served()))
    hall.start()
    hall.desk.fill(3)
    until(lambda: lost.asked)
    hall.stop()
    lost.say = forward(url)
    hall.desk.fill(3)
    hall.start()
    until(lambda: hall.cosigners() == ["w1"])
    assert hall.held() == []
