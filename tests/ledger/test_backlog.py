"""What may wait for the sequencer is bounded; beyond, nothing is let in and nothing dropped."""

from __future__ import annotations

import pytest

from bailee.errors import Unavailable
from bailee.ledger import Bounds
from bailee.ledger.backlog import Backlog
from tests.ledger.desk import ACME, Desk
from tests.simulators.hours import Hours

OTHER = "globex"


def watched(desk: Desk, hours: Hours, bounds: Bounds) -> Backlog:
    """Return a backlog that has looked once, and counts what the desk appends."""
    made = Backlog(bounds, hours.ticks)
    desk.ledger.backlog = made
    made.look(desk.database)
    return made


def refuses(backlog: Backlog, controller: str = ACME) -> bool:
    """Say whether an access would be refused."""
    try:
        backlog.admit(controller)
    except Unavailable as failure:
        return (failure.code, failure.retryable) == ("ledger.backlog", True)
    return False


def test_before_anybody_looks_everything_is_let_in(desk: Desk) -> None:
    """A process that sequences nothing and looks at nothing refuses nothing."""
    desk.append(5)

    assert not refuses(Backlog(Bounds(1, 1.0)))


def test_the_number_of_waiting_entries_is_bounded(desk: Desk) -> None:
    """Own entries count at once, those of others with the next look; draining opens again."""
    backlog = watched(desk, Hours(), Bounds(10, 30.0))
    desk.append(9)
    assert not refuses(backlog)
    desk.append(1)
    assert refuses(backlog)
    backlog.look(desk.database)
    assert backlog.waiting() == {ACME: 10}
    assert refuses(backlog)
    assert backlog.refusing() == {ACME}
    assert not refuses(backlog, OTHER)

    desk.ledger.sequence(desk.database)
    backlog.look(desk.database)
    assert not refuses(backlog)
    assert backlog.waiting() == {}


def test_entries_of_other_processes_count_with_the_next_look(desk: Desk) -> None:
    """Ten entries that another process appended are seen when this one looks."""
    backlog = Backlog(Bounds(10, 30.0), Hours().ticks)
    backlog.look(desk.database)
    desk.append(10)
    assert not refuses(backlog)
    backlog.look(desk.database)

    assert refuses(backlog)


def test_a_log_that_takes_nothing_in_is_noticed(desk: Desk) -> None:
    """One entry that stays the first for longer than the bound closes its log, and no other."""
    hours = Hours()
    backlog = watched(desk, hours, Bounds(1000, 30.0))
    desk.append(1)
    desk.append(1, OTHER)
    backlog.look(desk.database)
    for _ in range(30):
        hours.pass_by(1)
        desk.sql("DELETE FROM ledger_inbox WHERE controller = :c", c=OTHER)
        desk.append(1, OTHER)  # busy, but moving
        backlog.look(desk.database)
    assert not refuses(backlog)
    hours.pass_by(1)
    backlog.look(desk.database)
    assert refuses(backlog)
    assert not refuses(backlog, OTHER)

    desk.ledger.sequence(desk.database)
    backlog.look(desk.database)
    assert not refuses(backlog)


def test_a_clock_that_jumps_closes_nothing(desk: Desk) -> None:
    """Entries whose times lie days back are not old: waiting is measured between two looks."""
    backlog = watched(desk, Hours(), Bounds(1000, 30.0))
    desk.append(1)
    desk.wait(days=30)
    backlog.look(desk.database)

    assert not refuses(backlog)


def test_nobody_who_cannot_look_lets_in_for_ever(desk: Desk) -> None:
    """When the inbox could not be looked at for longer than the bound, every log is closed."""
    hours = Hours()
    backlog = watched(desk, hours, Bounds(1000, 30.0))
    hours.pass_by(31)
    assert refuses(backlog)
    assert refuses(backlog, OTHER)
    backlog.look(desk.database)

    assert not refuses(backlog)


def test_a_look_that_fails_forgets_nothing(desk: Desk) -> None:
    """What this process appended still counts after a look at a database that did not answer."""

    class Silent:
        def read(self, *_: object) -> object:
            raise Unavailable("db.gone", "gone")

    backlog = watched(desk, Hours(), Bounds(3, 30.0))
    desk.append(3)
    with pytest.raises(Unavailable):
        backlog.look(Silent())  # type: ignore[arg-type]  # of a database only its silence matters

    assert refuses(backlog)


def test_what_was_appended_counts_while_a_look_is_under_way(desk: Desk) -> None:
    """A slow look lets nobody in who would have been refused before it began."""
    seen: list[bool] = []

    class Slow:
        def read(self, *_: object) -> dict[str, tuple[int, int]]:
            seen.append(refuses(backlog))
            return {ACME: (3, 1)}

    backlog = watched(desk, Hours(), Bounds(3, 30.0))
    desk.append(3)
    backlog.look(Slow())  # type: ignore[arg-type]  # of a database only its slowness matters

    assert seen == [True]
    assert refuses(backlog)


def test_looking_goes_on_in_the_background(desk: Desk) -> None:
    """Started with the ledger, stopped with it; afterwards nothing is refused."""
    desk.ledger.backlog = backlog = Backlog(Bounds(5, 30.0))
    desk.ledger.start(desk.database)
    desk.append(4)
    desk.ledger.stop()

    assert not refuses(backlog)
    assert desk.sql("SELECT count(*) FROM ledger_inbox")[0][0] == 0
