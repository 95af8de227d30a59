"""Whether data was encrypted while it happened, from the log (GDPR 34(3)(a), 45 CFR 164.402)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bailee.clock import write_time
from bailee.incidents.counting import count
from bailee.incidents.scope import Scope
from bailee.incidents.sealing import Sealing
from bailee.ledger import Fact
from tests.ledger.desk import ACME, Desk

START = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
"""Of the breach: a look of the day before stands in the log of another year."""
REST, BOUND, KEYS = "encryption-at-rest", "encryption-standard", "keys-wrapped"


def look(desk: Desk, hours: float, control: str, result: str) -> str:
    """Record what a control saw so many hours after the beginning; return its time."""
    desk.time = START + timedelta(hours=hours)
    fact = Fact(f"app:control:{result}", ACME, detail={"control": control, "result": result})
    desk.database.write(ACME, lambda conn: desk.ledger.append(conn, fact))
    return write_time(desk.time)


def seen(desk: Desk, up_to: dict[str, int] | None = None) -> tuple[list[Sealing], dict[str, int]]:
    """Count the two hours of the breach; return what was seen, and up to where."""
    assert not desk.ledger.sequence(desk.database).troubles
    scope = Scope(write_time(START), write_time(START + timedelta(hours=2)))
    asked = ACME, scope, frozenset[str]()
    facts = desk.database.read(ACME, lambda conn: count(conn, desk.ledger, asked, up_to=up_to))
    return facts.encryption, {one.log: one.entries for one in facts.logs}


def short(found: list[Sealing]) -> list[tuple[str, str, int, int, int]]:
    """Return what was seen by control, without times."""
    return [(one.control, one.state, one.looks, one.amiss, one.blind) for one in found]


def test_what_stood_when_it_began_and_every_look_within_count(desk: Desk) -> None:
    """The last look before counts, also of another year's log; older and later ones do not."""
    look(desk, -26, KEYS, "failed")
    look(desk, -20, REST, "failed")
    stood = look(desk, -10, REST, "passed")
    look(desk, -9, BOUND, "passed")
    look(desk, 0.5, BOUND, "failed")
    last = look(desk, 1, BOUND, "passed")
    look(desk, 2.5, REST, "failed")

    found, _ = seen(desk)

    assert short(found) == [
        (REST, "held", 1, 0, 0),
        (BOUND, "broken", 3, 1, 0),
        (KEYS, "unseen", 0, 0, 0),
    ]
    assert (found[0].first, found[0].last, found[1].last) == (stood, stood, last)


def test_the_entry_that_decides_is_named(desk: Desk) -> None:
    """The first that found something, before one that could not see; else the last look."""
    look(desk, 0.1, REST, "blind")
    look(desk, 0.2, REST, "failed")
    look(desk, 0.3, BOUND, "blind")
    look(desk, 0.4, BOUND, "passed")
    look(desk, 0.5, KEYS, "passed")

    found, _ = seen(desk)
    times = desk.database.read(
        ACME,
        lambda conn: [
            next(
                fields["time"]
                for log in desk.ledger.logs(conn, ACME)
                for fields, _ in desk.ledger.openings(conn, ACME, log.log)
                if fields["id"] == one.entry
            )
            for one in found
        ],
    )

    assert short(found) == [
        (REST, "broken", 2, 1, 1),
        (BOUND, "unseen", 2, 0, 1),
        (KEYS, "held", 1, 0, 0),
    ]
    assert times == [write_time(START + timedelta(hours=hours)) for hours in (0.2, 0.3, 0.5)]


def test_counted_again_up_to_the_same_entries_it_comes_out_the_same(desk: Desk) -> None:
    """A look that came in after a notice was counted does not change what the notice counted."""
    look(desk, -1, KEYS, "passed")
    look(desk, 0.5, KEYS, "passed")
    before, until = seen(desk)
    look(desk, 1.5, KEYS, "failed")

    assert short(seen(desk, until)[0]) == short(before)
    assert short(seen(desk)[0])[2] == (KEYS, "broken", 3, 1, 0)
