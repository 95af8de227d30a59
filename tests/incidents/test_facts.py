"""What a breach comes to, computed, against plain SQL over the exported log (C9.1(i)-(iii)).

100,000 accesses by ``BAILEE_LONG=1``; else 2,000.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bailee.clock import write_time
from bailee.errors import Broken, Invalid
from bailee.incidents.counting import count, matching
from bailee.incidents.facts import Facts
from bailee.incidents.scope import Scope, read_scope
from bailee.ledger import Fact, Touched
from tests.incidents.plain_sql import Book
from tests.ledger.desk import ACME, LOG, Desk

MANY = 100_000 if os.environ.get("BAILEE_LONG") else 2_000  # noqa: TID251 - a test's own setting
BATCH = 2_000
PEOPLE = ("ada", "bram", "esra", "payout")
NATIONS: tuple[tuple[str, ...], ...] = ((), ("US",), ("DE",), ("DE", "TR"), ("US", "MX"))
RESIDENCES = ("unknown", "US", "US-CA", "US-NY", "US-TX", "DE-BY", "DE", "GB")
KINDS = ("person", "person", "person", "organisation", "unknown")
ROLES = ("unknown", "customer", "owner", "employee")
ELEMENTS = ("person.name", "person.ssn", "person.email", "financial.card_number")
HONEY = frozenset({"honey1", "honey2"})


def touched(dice: random.Random, changed: int) -> Touched:
    """Return a record of one of some thousands of subjects, as they are for the time being."""
    subject = dice.randrange(MANY // 3)
    fixed = random.Random(f"{subject}/{changed if subject % 10 == 0 else 0}")  # noqa: S311 - dice
    record = f"r{subject}x{dice.randrange(2)}"
    return Touched(
        dice.choice(sorted(HONEY)) if dice.random() < 0.001 else record,
        f"s{subject}",
        tuple(sorted(dice.sample(ELEMENTS, dice.randint(1, 3)))),
        fixed.choice(KINDS),
        fixed.choice(ROLES),
        fixed.choice(NATIONS),
        fixed.choice(RESIDENCES),
    )


def access(dice: random.Random, changed: int) -> Fact:
    """Return an invented access."""
    action = dice.choice(("vault:record:revealed",) * 6 + ("vault:record:searched",
        "vault:record:updated", "vault:value:decrypted"))  # fmt: skip
    lines = [touched(dice, changed) for _ in range(dice.choice((1, 1, 1, 2, 5)))]
    if action == "vault:value:decrypted":
        lines = [Touched("", one.subject_id, one.elements[:1], *one.shape[1:]) for one in lines]
    names = {name for one in lines for name in one.elements}
    masked = dice.random() < 0.3
    who = dice.choice(PEOPLE)
    behalf = {"on_behalf_of": dice.choice(PEOPLE[:3])} if who == "payout" else {}
    return Fact(
        action, ACME, purpose=dice.choice(("payments", "support")), count=len(lines),
        elements=[f"{one}:last4" if masked and one == "person.ssn" else one for one in names],
        detail={"verb": "reveal"}, records=lines,
        actor={"principal_id": who, "key_id": f"key-{who}", "kind": "person", **behalf},
    )  # fmt: skip


def fill(desk: Desk, facts: Callable[[], Fact], many: int) -> None:
    """Record facts, integrate and sign them."""
    for _ in range(0, many, BATCH):
        some = [facts() for _ in range(min(many, BATCH))]
        desk.database.write(ACME, partial(desk.ledger.append_many, facts=some))
    assert not desk.ledger.sequence(desk.database).troubles


def counted(desk: Desk, scope: Scope, **more: Any) -> Facts:
    """Count a scope."""
    asked = ACME, read_scope(scope), HONEY
    return desk.database.read(ACME, lambda conn: count(conn, desk.ledger, asked, **more))


def between(since: datetime, until: datetime, **more: Any) -> Scope:
    """Return a scope."""
    return Scope(write_time(since), write_time(until), **more)


def told(facts: Facts) -> dict[str, Any]:
    """Return the facts that SQL counts too."""
    found = {
        name: getattr(facts, name)
        for name in ("calls", "records", "people", "organisations", "unclear", "first", "last",
                     "nationalities", "states", "countries", "roles")
    }  # fmt: skip
    elements = [
        (one.element, one.plain, one.masked, one.matched, one.inside) for one in facts.elements
    ]
    return found | {"elements": elements}


def windows(start: datetime) -> Iterator[tuple[Scope, dict[str, str]]]:
    """Yield scopes as both counts understand them."""
    minute = start, start + timedelta(minutes=1)
    years = start - timedelta(days=400), start + timedelta(days=1)
    for since, until in (minute, years):
        at = {"since": write_time(since), "until": write_time(until)}
        yield between(since, until), at
        yield between(since, until, people=("bram",)), at | {"who": "bram"}
        yield between(since, until, keys=("key-esra",)), at | {"key": "key-esra"}
        yield between(since, until, purposes=("support",)), at | {"purpose": "support"}
        yield between(since, until, elements=("person.ssn",)), at | {"element": "person.ssn"}


def test_facts_are_those_of_plain_sql(desk: Desk, tmp_path: Path) -> None:
    """Several people's accesses, two yearly logs, thousands within a minute: SQL counts alike."""
    dice = random.Random(7)  # noqa: S311 - dice
    desk.time = datetime(2025, 12, 30, 9, 0, tzinfo=UTC)
    fill(desk, partial(access, dice, 0), 300)
    start = desk.time = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    step = timedelta(minutes=1) / (MANY + 1)

    def next_one() -> Fact:
        desk.time += step
        return access(dice, 1)

    fill(desk, next_one, MANY)
    book = Book()
    book.honey(HONEY)
    for year in (2025, 2026):
        book.read(desk.export(tmp_path / str(year), log=LOG.replace("2026", str(year))))

    for scope, asked in windows(start):
        facts = counted(desk, scope)
        assert told(facts) == book.count(**asked)
        assert facts.calls > 0
        assert facts.erased == 0
    assert counted(desk, next(windows(start))[0]).calls == MANY


def one(record: str, subject: str = "s1", **more: Any) -> Fact:
    """Return a reveal of one record."""
    line = Touched(record, subject, ("person.name",), "person", "customer", ("US",), "US-NY")
    return Fact("vault:record:revealed", ACME, purpose="payments", elements=("person.name",),
                count=1, records=[line], actor={"principal_id": "bram"}, **more)  # fmt: skip


def append(desk: Desk, *facts: Fact) -> list[str]:
    """Record facts and integrate them; return their ids."""
    made = desk.database.write(ACME, lambda conn: desk.ledger.append_many(conn, list(facts)))
    desk.ledger.sequence(desk.database)
    return [receipt.entry_id for receipt in made]


def day(desk: Desk, **more: Any) -> Scope:
    """Return a scope of a day around now."""
    return between(desk.time - timedelta(hours=12), desk.time + timedelta(hours=12), **more)


def test_what_cannot_be_known_is_said(desk: Desk) -> None:
    """An access whose opening was erased may be in scope: it is counted as unknown."""
    first, _ = append(desk, one("r1"), one("r2", "s2"))
    erased = Fact("ledger:openings:erased", ACME)

    def erase(conn: sa.Connection) -> None:
        log, index = desk.ledger.place(conn, ACME, first)
        desk.ledger.erase_openings(conn, erased, log, (index, index + 1))

    desk.database.write(ACME, erase)
    facts = counted(desk, day(desk))

    assert (facts.calls, facts.records, facts.people, facts.erased) == (1, 1, 1, 1)
    assert counted(desk, day(desk, purposes=("support",))).erased == 0


def test_a_count_can_be_done_again_later(desk: Desk) -> None:
    """Up to the entries that a notice counted, the same facts come out, whatever came since."""
    append(desk, one("r1"))
    before = counted(desk, day(desk))
    append(desk, one("r2", "s2"))

    assert counted(desk, day(desk)).people == 2
    again = counted(desk, day(desk), up_to={one.log: one.entries for one in before.logs})
    assert (again, again.digest()) == (before, before.digest())


def test_refused_attempts_and_other_work_are_no_access(desk: Desk) -> None:
    """What was refused is counted apart; what the house does by itself is not counted."""
    refused = Fact("vault:call:refused", ACME, decision="refused", purpose="payments",
                   elements=("person.name",), actor={"principal_id": "bram"})  # fmt: skip
    renewed = Fact("vault:index:renewed", ACME, count=5, actor={"principal_id": "house"})
    append(desk, refused, renewed, one("r1"))
    facts = counted(desk, day(desk, people=("bram",)))

    assert (facts.calls, facts.refused, facts.people) == (1, 1, 1)
    assert [line.action for line in facts.actions] == [
        "vault:call:refused",
        "vault:record:revealed",
    ]
    assert counted(desk, day(desk, people=("esra",))).refused == 0


def test_records_are_asked_for_by_id(desk: Desk) -> None:
    """A scope of records counts those alone, also where one call touched others too."""
    lines = [Touched(name, name, ("person.name",), "person") for name in ("r1", "r2", "r3")]
    fact = Fact("vault:record:revealed", ACME, elements=("person.name",), records=lines, count=3)
    append(desk, fact)

    assert counted(desk, day(desk, records=("r2", "r9"))).people == 1


def test_an_opening_of_another_entry_is_no_evidence(desk: Desk) -> None:
    """An opening that its entry did not commit to stops the count instead of entering it."""
    (name,) = append(desk, one("r1"))
    forged = desk.secrets.seal_opening(ACME, name, PACKED)
    desk.sql("UPDATE ledger_opening SET sealed = :s WHERE entry_id = :e AND controller = :c",
             s=forged, e=name, c=ACME)  # fmt: skip

    with pytest.raises(Broken, match=r"ledger\.opening"):
        counted(desk, day(desk))


PACKED = (
    b'{"actor":{"principal_id":"esra"},"context":{},"records":[["r9","s9",0]],"seed":"'
    + b"00" * 32
    + b'","shapes":[[["person.name"],"person","customer",["US"],"US-NY"]]}'
)
"""A packed opening that tells of other people."""


def test_entries_in_scope_are_shown_page_by_page(desk: Desk) -> None:
    """Whoever takes part reads the entries that are counted, and goes on where they stopped."""
    names = append(desk, *(one(f"r{n}", f"s{n}") for n in range(7)))
    asked = ACME, read_scope(day(desk)), frozenset[str]()

    def page(conn: sa.Connection, after: tuple[str, int] | None) -> list[tuple[str, int, str]]:
        return [
            (log, index, fields["id"])
            for log, index, fields, _ in matching(conn, desk.ledger, asked, after)
        ]

    every = desk.database.read(ACME, lambda conn: page(conn, None))
    assert [name for *_, name in every] == names
    rest = desk.database.read(ACME, lambda conn: page(conn, every[3][:2]))
    assert rest == every[4:]


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope("2026-11-20T12:00:00Z", "2026-11-20T11:00:00Z"), "incident.window"),
        (Scope("2026-11-20", "2026-11-20T11:00:00Z"), "time.unreadable"),
        (
            Scope("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", people=("a b",)),
            "incident.scope",
        ),
        (
            Scope("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", records=("r",) * 1001),
            "incident.scope",
        ),
    ],
)
def test_a_scope_makes_sense(scope: Scope, code: str) -> None:
    """A time that ends before it begins, or what is no id, is refused and not asked for."""
    with pytest.raises(Invalid, match=code):
        read_scope(scope)
