"""Listing records by id, and what a bulk import asks of the vault."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Caller
from bailee.errors import Conflict, Refused
from bailee.vault.shapes import List, Listed, Protect, ProtectRecord, Restrict
from tests.vault.world import ACME, GLOBEX, World

NAMES = ["person.name", "person.email"]
DAY = timedelta(days=1)


@pytest.fixture
def ella(world: World) -> Caller:
    """Return somebody who may list and nothing else."""
    caller = world.join("ella")
    world.give("ella", ["list"], elements=NAMES)
    return caller


def pages(world: World, caller: Caller, limit: int) -> list[Listed]:
    """Return every page."""
    found = [world.vault.list_records(caller, ACME, List("payments", NAMES, limit=limit))]
    while found[-1].after:
        body = List("payments", NAMES, after=found[-1].after, limit=limit)
        found.append(world.vault.list_records(caller, ACME, body))
    return found


@pytest.mark.parametrize("limit", [1, 2, 5, 1000])
def test_pages_hold_every_record_once(world: World, cleo: Caller, ella: Caller, limit: int) -> None:
    """Whatever a page's size: all ids in their order, and the first page counts them."""
    mine = [world.protect(cleo, f"cust-{n}", {"person.name": "Ada"}) for n in range(5)]
    world.able("gil", GLOBEX)
    world.protect(world.people["gil"], "other", {"person.name": "Eve"}, controller=GLOBEX)
    found = pages(world, ella, limit)
    assert [one for page in found for one in page.records] == sorted(mine)
    assert [page.total for page in found] == [5, *[None] * (len(found) - 1)]
    assert world.facts[-1].action == "vault:record:listed"
    assert sum(fact.count for fact in world.facts[-len(found) :]) == 5
    assert world.touched() == []


def test_what_is_not_listed_is_counted(world: World, cleo: Caller, ella: Caller) -> None:
    """Restricted subjects and records without the elements stand in the count alone (GDPR 18)."""
    mine = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    world.protect(cleo, "cust-2", {"person.name": "Bea"})
    world.protect(cleo, "cust-3", {"transaction.amount": "1.00"})
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-2"]))
    (found,) = pages(world, ella, 10)
    assert (found.records, found.withheld, found.without, found.total) == ([mine], 1, 1, 3)
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-2"], ["payments"]))
    (found,) = pages(world, ella, 10)
    assert (len(found.records), found.withheld) == (2, 0)


def test_listing_is_a_permission_of_its_own(world: World, cleo: Caller, ella: Caller) -> None:
    """Whoever may reveal may not list for that, and the other way round (C2.5(4))."""
    body = List("payments", NAMES)
    with pytest.raises(Refused, match=r"^grant\.missing"):
        world.vault.list_records(cleo, ACME, body)
    with pytest.raises(Refused, match=r"^grant\.element"):
        world.vault.list_records(ella, ACME, List("payments", ["person.ssn"]))
    with pytest.raises(Refused, match=r"^grant\.missing"):
        world.reveal(ella, world.protect(cleo, "cust-1", {"person.name": "Ada"}), "person.name")


def rows(*ssns: str, group: str | None = "row 1") -> Protect:
    """Return records of one row, one number each."""
    return Protect(
        "payments",
        [
            ProtectRecord(ref=f"r{n}", subject="cust-1", fields={"person.ssn": one}, group=group)
            for n, one in enumerate(ssns)
        ]
        + [ProtectRecord(ref="alone", subject="cust-2", fields={"person.name": "Ada"})],
        mode="continue",
    )


def test_a_group_stands_or_falls_together(world: World, cleo: Caller) -> None:
    """One bad record takes the others of its group with it, and nothing else."""
    done = world.vault.protect(cleo, ACME, rows("536904399", "000000000", "536904398"))
    assert [one.error.code if one.error else "" for one in done.results] == [
        "group.refused",
        "value.invalid",
        "group.refused",
        "",
    ]
    assert world.count("vault_record") == 1
    assert world.facts[-1].count == 1
    done = world.vault.protect(cleo, ACME, rows("536904399", "000000000", group=None))
    assert [one.ok for one in done.results] == [True, False, True]


def test_a_batch_of_an_import_is_remembered_for_thirty_days(world: World, cleo: Caller) -> None:
    """A batch sent again after a long weekend, by a colleague, is answered and not stored again."""
    dora = world.able("dora")
    keys = ("import-0123-1", "other-0123-1")
    first = [world.vault.protect(cleo, ACME, rows("536904399"), idempotency_key=k) for k in keys]
    assert world.count("vault_record") == 4
    world.moment += 29 * DAY
    again = world.vault.protect(dora, ACME, rows("536904399"), idempotency_key=keys[0])
    assert again == first[0]
    with pytest.raises(Conflict, match=r"^idempotency\.reused"):
        world.vault.protect(dora, ACME, rows("536904398"), idempotency_key=keys[0])
    assert world.count("vault_record") == 4
    world.vault.protect(cleo, ACME, rows("536904399"), idempotency_key=keys[1])
    assert world.count("vault_record") == 6  # an ordinary key lived a day
