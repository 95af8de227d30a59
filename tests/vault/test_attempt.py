"""The burglar: what gives way to every key of today, counted one by one (C6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Caller
from bailee.errors import Invalid
from bailee.keys import Tombstone
from bailee.keys.register import add_tombstones
from bailee.vault.attempt import Tried, attempt
from tests.vault.world import ACME, World

SSN = {"person.ssn": "536-90-4399"}
GUESSES = {"person.ssn": ["536-90-4399", "536-90-4398", "no number"], "subject": ["cust-1", "x"]}


def tried(world: World) -> Tried:
    """Try everything upon the rows as they stand: an old copy of themselves."""
    return attempt(world.data, world.keys, ACME, GUESSES)


def die(world: World) -> None:
    """Let the subjects' keys die while their rows stand, as in a copy of before."""
    key_ids = [row[0] for row in world.run("SELECT key_id FROM vault_subject")]
    world.keys.destroy_subjects(ACME, key_ids, "00" * 32)


@pytest.mark.parametrize("form", ["opaque", "ssn"])
def test_each_thing_that_can_be_guessed_at_is_met(world: World, cleo: Caller, form: str) -> None:
    """An index entry, a fingerprint of either kind of token, a mark: one right guess each."""
    world.data.write(
        ACME, lambda conn: world.vault.choose_token_format(conn, ACME, "person.ssn", form)
    )
    world.protect(cleo, "cust-1", SSN)
    die(world)

    found = tried(world)

    assert (found.people, found.values, found.opened) == (1, 2, 0)  # the number, and the reference
    assert found.guessable == {"index/1": 1, "token/1": 1, "reference/1": 1}
    assert (found.marks, found.guesses, found.matched) == (3, 5, 3)
    assert not found.dead


def test_when_the_keys_are_dead_nothing_gives_way(world: World, cleo: Caller) -> None:
    """The same rows, the same guesses, newer keys: as many marks, and none can be guessed at."""
    world.protect(cleo, "cust-1", SSN)
    die(world)
    for purpose in ("index", "token", "reference"):
        world.keys.rotate_controller_key(ACME, purpose)
    world.settle(timedelta(hours=1))
    for purpose in ("index", "token", "reference"):
        world.keys.retire_controller_key(ACME, purpose, 1, "00")

    found = tried(world)

    assert (found.people, found.marks, found.matched, found.opened) == (1, 3, 0, 0)
    assert found.dead


def test_a_key_that_lives_although_it_has_a_tombstone_opens(world: World, cleo: Caller) -> None:
    """A restored key database that was not merged: the burglar walks in, and it is counted."""
    world.protect(cleo, "cust-1", SSN)
    [(key_id,)] = world.run("SELECT key_id FROM vault_subject")
    stone = Tombstone(ACME, key_id, "2026-03-02T09:00:00Z", "00")
    world.keys_database.write(ACME, lambda conn: add_tombstones(conn, ACME, [stone]))

    found = tried(world)

    assert (found.values, found.opened) == (2, 2)
    assert not found.dead


def test_the_living_are_nobodys_business(world: World, cleo: Caller) -> None:
    """Whose key lives was not erased: not met, not tried."""
    world.protect(cleo, "cust-1", SSN)

    assert tried(world).people == 0


def test_a_destroyed_controller_is_tried_whole(world: World, cleo: Caller) -> None:
    """Everybody in the copy is erased, and no key of theirs is left to guess with."""
    world.protect(cleo, "cust-1", SSN)
    world.keys.destroy_controller(ACME, "00" * 32)

    found = tried(world)

    assert (found.people, found.marks, found.dead) == (1, 3, True)


def test_a_guess_at_what_is_no_element_is_refused(world: World) -> None:
    """A mistyped name would try nothing and look like a success."""
    with pytest.raises(Invalid, match=r"^element\.unknown"):
        attempt(world.data, world.keys, ACME, {"person.snn": ["536-90-4399"]})
