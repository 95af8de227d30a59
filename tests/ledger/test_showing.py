"""One checkpoint shown to the witnesses at once, while others sign and show theirs (C5.2)."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.app.post import post
from bailee.clock import write_time
from bailee.ledger import Witnessing, read_policy, witness_store
from tests.ledger.desk import ACME, LOG
from tests.ledger.hall import Hall
from tests.simulators.witness import DOWN, SIZE, Answer, SimulatedWitness, forward


def show(hall: Hall) -> None:
    """Show the newest checkpoint to every witness, and wait for what they say."""
    made = Witnessing(read_policy(hall.policy().encode()), post, hall.clock())
    made.show(hall.desk.database, ACME, LOG, 30)


def test_what_is_shown_is_cosigned_without_waiting(hall: Hall) -> None:
    """Nobody has to look first."""
    hall.witness()
    hall.desk.fill(3)
    show(hall)
    assert (hall.cosigners(), hall.quorums()) == (["w1"], [4])


def test_one_of_two_is_no_quorum(hall: Hall) -> None:
    """A line is stored for whoever asks; the checkpoint is seen when the policy is met."""
    dead = SimulatedWitness(lambda _: DOWN)
    hall.witness()
    back = hall.witness(hall.stack.enter_context(dead.served()))
    hall.desk.fill(3)
    show(hall)
    assert (hall.cosigners(), hall.quorums()) == (["w1"], [])
    dead.say = forward(hall.stack.enter_context(back.served()))
    show(hall)
    assert (hall.cosigners(), hall.quorums()) == (["w1", "w2"], [4])


def test_what_another_process_showed_meanwhile_is_ours(hall: Hall) -> None:
    """A witness that holds exactly what was signed while it was asked has seen no other history."""

    def say(_body: bytes) -> Answer:
        if len(ahead.asked) == 1:
            hall.desk.fill(2)  # signed, and shown by somebody else
        return 409, SIZE, b"6\n"

    ahead = SimulatedWitness(say)
    hall.witness(hall.stack.enter_context(ahead.served()))
    hall.desk.fill(3)
    show(hall)
    assert (len(ahead.asked), hall.held()) == (1, [])


def test_one_entry_more_than_was_ever_signed_is_another_history(hall: Hall) -> None:
    """It stops the log, and the witness is asked no more about it."""
    ahead = SimulatedWitness(lambda _: (409, SIZE, b"5\n"))
    hall.witness(hall.stack.enter_context(ahead.served()))
    hall.desk.fill(3)
    show(hall)
    assert hall.held() == [5]
    hall.desk.append(1)
    done = hall.desk.ledger.sequence(hall.desk.database)
    assert {log: one.code for log, one in done.troubles.items()} == {LOG: "ledger.witnessed_ahead"}


def test_a_size_it_held_before_is_where_the_proof_begins(hall: Hall) -> None:
    """The line was stored for size 4; after a restart the proof to 6 begins there, at once."""
    hall.witness()
    url = hall.lines[0].split()[-1]
    counter = SimulatedWitness(forward(url))
    hall.lines[0] = hall.lines[0].replace(url, hall.stack.enter_context(counter.served()))
    hall.desk.fill(3)
    show(hall)
    hall.desk.fill(2)
    show(hall)
    assert [body.partition(b"\n")[0] for body in counter.asked] == [b"old 0", b"old 4"]
    assert hall.quorums() == [4, 6]


def test_histories_part_before_what_any_witness_saw(hall: Hall) -> None:
    """Two witnesses hold more: all agree up to where the first of them stopped."""
    now = write_time(hall.clock().now())

    def work(conn: sa.Connection) -> witness_store.Ahead | None:
        for witness, seen, holds in (("w1", 4, 12), ("w2", 6, 9)):
            witness_store.add_line(conn, (ACME, LOG, seen, witness), "a line\n", now)
            witness_store.add_ahead(conn, (ACME, LOG, witness), holds, now)
        return witness_store.ahead_of(conn, ACME, LOG)

    assert hall.desk.database.write(ACME, work) == witness_store.Ahead(12, 4)
