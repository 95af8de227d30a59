"""Update: correction of what is held (C7.3(6))."""

from __future__ import annotations

import pytest

from bailee.access import Caller
from bailee.errors import Invalid, NotFound, Refused
from bailee.vault.shapes import Restrict, Update, Updated, UpdateRecord
from tests.vault.world import ACME, World

ADA = {"person.name": "Ada Lovelace", "person.email": "ada@example.com"}


def update(world: World, caller: Caller, record: str, **fields: str | None) -> Updated:
    """Change values of one record; underscores stand for dots."""
    named = {name.replace("_", ".", 1): value for name, value in fields.items()}
    return world.vault.update(caller, ACME, Update("payments", [UpdateRecord("r", record, named)]))


def test_a_value_is_corrected_in_place(world: World, cleo: Caller) -> None:
    """The new value is shown and found, the old one is neither; the others stay."""
    record = world.protect(cleo, "cust-1", ADA)
    answer = update(world, cleo, record, person_name="Ada King")

    assert world.reveal(cleo, record, *ADA) == {**ADA, "person.name": "Ada King"}
    assert world.search(cleo, "person.name", "ada king").records == [record]
    assert world.search(cleo, "person.name", "ada lovelace").records == []
    assert answer.results[0].record == record
    assert world.run("SELECT version FROM vault_record") == [(2,)]


def test_a_value_is_added_or_removed(world: World, cleo: Caller) -> None:
    """A new element joins; null takes one away, from the index too."""
    record = world.protect(cleo, "cust-1", ADA)
    update(world, cleo, record, person_email=None, person_phone="+14155550132")

    assert world.reveal(cleo, record, *ADA, "person.phone") == {
        "person.name": "Ada Lovelace",
        "person.phone": "+14155550132",
    }
    assert world.search(cleo, "person.email", "ada@example.com").records == []
    assert world.facts[-2].records[0].elements == ("person.name", "person.phone")


def test_nothing_left_is_an_erasure_and_refused(world: World, cleo: Caller) -> None:
    """A record loses its last value by being erased, not by an update."""
    record = world.protect(cleo, "cust-1", {"person.name": "Ada"})
    with pytest.raises(Invalid, match=r"^record\.empty"):
        update(world, cleo, record, person_name=None)


def test_bad_updates_change_nothing(world: World, cleo: Caller) -> None:
    """Unknown record, wrong value, one record twice: refused as a whole."""
    record = world.protect(cleo, "cust-1", ADA)
    with pytest.raises(NotFound, match=r"^record\.unknown"):
        update(world, cleo, "0" * 32, person_name="Eve")
    with pytest.raises(Invalid, match=r"^value\.invalid"):
        update(world, cleo, record, person_name="Eve", person_email="nonsense")
    twice = [UpdateRecord("a", record, {"person.name": "Eve"})] * 2
    with pytest.raises(Invalid, match=r"^record\.twice"):
        world.vault.update(cleo, ACME, Update("payments", twice))

    assert world.reveal(cleo, record, *ADA) == ADA


def test_continue_updates_the_others(world: World, cleo: Caller) -> None:
    """The unknown record has its code, the other is corrected."""
    record = world.protect(cleo, "cust-1", ADA)
    sent = [
        UpdateRecord("a", "0" * 32, {"person.name": "Eve"}),
        UpdateRecord("b", record, {"person.name": "Ada King"}),
    ]
    answer = world.vault.update(cleo, ACME, Update("payments", sent, mode="continue"))

    assert [one.ok for one in answer.results] == [False, True]
    assert world.reveal(cleo, record, "person.name") == {"person.name": "Ada King"}


def test_a_restricted_subject_is_not_updated(world: World, cleo: Caller) -> None:
    """Correction waits too, unless the restriction lets the purpose go on."""
    record = world.protect(cleo, "cust-1", ADA)
    world.vault.restrict(cleo, ACME, Restrict("payments", ["cust-1"]))
    with pytest.raises(Refused, match=r"^subject\.restricted"):
        update(world, cleo, record, person_name="Eve")
