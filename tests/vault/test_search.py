"""Search by blind index."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bailee.access import Caller
from bailee.db import SqliteDatabase
from bailee.errors import Invalid, Refused
from bailee.vault import search
from bailee.vault.shapes import Restrict
from tests.vault.world import ACME, GLOBEX, World


def test_equal_values_are_found_after_normalisation(world: World, cleo: Caller) -> None:
    """Case, width and separators do not hide a record; other values do not show up."""
    mine = world.protect(
        cleo, "cust-1", {"person.name": "Ludmila Çelik", "person.ssn": "536904399"}
    )
    world.protect(cleo, "cust-2", {"person.name": "Ludmila Celik", "person.ssn": "536904398"})

    assert world.search(cleo, "person.name", "LUDMILA  çelik").records == [mine]
    assert world.search(cleo, "person.ssn", "536-90-4399").records == [mine]
    assert [line.record_id for line in world.touched()] == [mine]
    assert world.search(cleo, "person.name", "nobody").records == []


def test_a_bucket_is_opened_and_compared(world: World, cleo: Caller) -> None:
    """Birth dates share buckets; only the equal ones of a bucket are listed."""
    mine = world.protect(cleo, "cust-1", {"person.birth_date": "1975-12-03"})
    ((mac,),) = world.run("SELECT mac FROM vault_blind_index")
    world.protect(cleo, "cust-2", {"person.birth_date": "1975-12-04"})
    world.run("UPDATE vault_blind_index SET mac = :mac", mac=bytes(mac))  # now in one bucket

    assert world.search(cleo, "person.birth_date", "1975-12-03").records == [mine]
    assert [line.record_id for line in world.touched()] == [mine]


def test_search_is_a_permission_of_its_own(world: World, cleo: Caller) -> None:
    """Whoever may reveal may not search for that."""
    world.protect(cleo, "cust-1", {"person.name": "Ada"})
    dora = world.join("dora")
    world.give("dora", ["reveal"])
    with pytest.raises(Refused, match=r"^grant\.missing"):
        world.search(dora, "person.name", "Ada")


@pytest.mark.parametrize(
    ("element", "equals", "code"),
    [
        ("person.address", "1 Long Street", "element.not_indexed"),
        ("person.nationality", "US", "element.not_indexed"),
        ("person.ssn", "000-00-0000", "value.invalid"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    world: World, cleo: Caller, *, element: str, equals: str, code: str
) -> None:
    """Elements without an index, and values that cannot be stored."""
    with pytest.raises(Invalid, match=f"^{code}"):
        world.search(cleo, element, equals)


def test_index_entries_differ_between_controllers_and_elements(world: World, cleo: Caller) -> None:
    """The same value gives other entries elsewhere: nobody can join two tenants' rows."""
    gina = world.able("gina", GLOBEX)
    world.protect(cleo, "cust-1", {"person.name": "Ada", "business.name": "Ada"})
    world.protect(gina, "cust-1", {"person.name": "Ada"}, controller=GLOBEX)

    def macs(controller: str) -> set[bytes]:
        query = sa.text("SELECT mac FROM vault_blind_index")
        return {
            bytes(row[0])
            for row in world.data.read(controller, lambda conn: list(conn.execute(query)))
        }

    assert len(macs(ACME) | macs(GLOBEX)) == 3


def test_a_replaced_index_key_still_finds_old_entries(world: World, cleo: Caller) -> None:
    """While both versions live, records indexed under either are found."""
    old = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    world.keys.rotate_controller_key(ACME, "index")
    new = world.protect(cleo, "cust-2", {"person.name": "Ada"})

    assert world.search(cleo, "person.name", "ada").records == sorted([old, new])


def test_restricted_subjects_are_not_listed(world: World, cleo: Caller) -> None:
    """But for the purposes that the restriction lets go on (GDPR 18(2))."""
    world.protect(cleo, "cust-1", {"person.name": "Ada"})
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-1"], allowing=["legal-claims"]))

    assert world.search(cleo, "person.name", "Ada").records == []
    assert len(world.search(cleo, "person.name", "Ada", "legal-claims").records) == 1


def test_too_many_matches_are_refused(
    world: World, cleo: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that would list half the town is refused, not cut short."""
    monkeypatch.setattr(search, "MOST_FOUND", 2)  # the limit made small, not the code
    for n in range(3):
        world.protect(cleo, f"cust-{n}", {"person.name": "John Smith"})
    with pytest.raises(Refused, match=r"^search\.too_broad"):
        world.search(cleo, "person.name", "John Smith")


def test_a_search_uses_the_index(world: World, cleo: Caller) -> None:
    """SQLite answers a search by key, however many rows there are (growth)."""
    if not isinstance(world.data, SqliteDatabase):
        pytest.skip("the plan's words are SQLite's")
    plan = world.run(
        "EXPLAIN QUERY PLAN SELECT record_id FROM vault_blind_index"
        " WHERE controller = 'acme' AND element = 'person.name' AND mac IN (x'00', x'01')"
    )

    assert "USING PRIMARY KEY" in str(plan)
    assert "SCAN" not in str(plan)
