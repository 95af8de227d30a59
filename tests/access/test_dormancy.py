"""Accounts that nobody uses: suspended by the house, let back in by a colleague (C2.5(6))."""

from __future__ import annotations

import pytest

from bailee.access import Ask, Idle, use_store
from bailee.db import HOUSE
from bailee.errors import Failure
from tests.access.test_approvals import at_once
from tests.access.world import DAY, START, World

AFTER = 60 * DAY
"""Less than a key lives, so that whoever is not idle can still call."""
MACHINE = {"kind": "machine", "principal_id": "schedule"}
ASK = Ask("reveal", "acme", "payments", ("person.name",))


@pytest.fixture
def seen(house: World) -> World:
    """Return a house in which everybody was seen today; cleo holds a grant."""
    house.give("cleo", until=START + 365 * DAY)
    for name in house.callers:
        knock(house, name)
    return house


def knock(world: World, who: str) -> str:
    """Show somebody's key, as a call does; return 'in', or the code of the refusal."""
    try:
        world.access.authenticate_now(world.database, world.keys[who])
    except Failure as failure:
        return failure.code
    return "in"


def sweep(world: World) -> list[str]:
    """Suspend whoever was not seen for too long, as the house does; return who was, by nickname."""
    names = {caller.principal_id: nick for nick, caller in world.callers.items()}
    done = []
    for one in world.do(lambda c: world.access.unused(c, AFTER)):
        try:
            world.do(lambda c, one=one: world.access.lapse(c, one, AFTER, actor=MACHINE))  # type: ignore[misc]
        except Failure:
            continue
        done.append(names[one])
    return done


def idle(world: World) -> dict[str, str]:
    """Return the outcome of everybody who is idle, by name."""
    found: list[Idle] = world.do(lambda c: world.access.idle(c, world.callers["ada"], AFTER))
    return {one.principal.name: one.outcome for one in found}


def test_too_long_without_use_suspends(seen: World) -> None:
    """On the sixtieth day, not before, whoever showed no key is shut out; the others are not."""
    seen.moment = START + 40 * DAY
    knock(seen, "ada")
    knock(seen, "ben")
    seen.moment = START + 60 * DAY - DAY / 24
    before = sweep(seen)
    seen.moment = START + 60 * DAY

    assert (before, sweep(seen)) == ([], ["cleo"])
    assert (knock(seen, "ben"), knock(seen, "cleo")) == ("in", "credential.principal_dormant")
    entry = seen.entries()[-1]
    assert (entry["action"], entry["actor"]) == ("access:principal:dormant", MACHINE)
    assert entry["detail"] == {"kind": "person", "days": 60}


def test_their_grants_open_nothing(seen: World) -> None:
    """A caller who was recognised before the sweep is refused after it, in every process."""
    other = seen.another_process()
    cleo = seen.callers["cleo"]
    seen.do(lambda c: other.decide(c, cleo, ASK), "acme")
    seen.moment = START + 40 * DAY
    knock(seen, "ada")
    seen.moment = START + 59 * DAY
    seen.do(lambda c: use_store.see(c, seen.callers["ben"].principal_id, seen.moment))
    seen.moment = START + 60 * DAY
    assert sweep(seen) == ["cleo"]
    with pytest.raises(Failure) as caught:
        seen.do(lambda c: other.decide(c, cleo, ASK), "acme")

    assert caught.value.code == "credential.principal_dormant"


def test_a_colleague_lets_them_back_in(seen: World) -> None:
    """With people, by name, recorded; the count begins anew, and cleo's grant counts again."""
    seen.moment = START + 50 * DAY
    for name in ("ada", "ben"):
        knock(seen, name)
    cleo = seen.callers["cleo"].principal_id
    seen.moment = START + 59 * DAY
    seen.do(lambda c: seen.access.lapse(c, cleo, 50 * DAY, actor=MACHINE))
    with pytest.raises(Failure) as caught:
        seen.do(lambda c: seen.access.reactivate(c, seen.callers["ben"], cleo))
    seen.do(lambda c: seen.access.reactivate(c, seen.callers["ada"], cleo))

    assert caught.value.code == "grant.missing"
    assert knock(seen, "cleo") == "in"
    assert seen.do(lambda c: seen.access.decide(c, seen.callers["cleo"], ASK), "acme").allowed
    assert seen.entries()[-1]["action"] == "access:principal:reactivated"
    assert sweep(seen) == []


def test_only_the_dormant_are_let_back_in(seen: World) -> None:
    """Whom a colleague suspended on purpose is not let in by this door; nor whoever is here."""
    cleo = seen.callers["cleo"].principal_id
    ada = seen.callers["ada"]
    codes = []
    for _ in range(2):
        with pytest.raises(Failure) as caught:
            seen.do(lambda c: seen.access.reactivate(c, ada, cleo))
        codes.append(caught.value.code)
        if len(codes) == 1:
            seen.do(lambda c: seen.access.suspend(c, ada, cleo))

    assert codes == ["lifecycle.event", "lifecycle.event"]


def test_the_last_administrator_is_only_flagged(seen: World) -> None:
    """Nobody is shut out without whom nobody could let people in; the list shows it."""
    seen.moment = START + 59 * DAY
    knock(seen, "ben")
    knock(seen, "cleo")
    seen.moment = START + 61 * DAY

    assert sweep(seen) == []
    assert idle(seen) == {"Ada Example-Lindqvist": "flagged"}


def test_a_service_is_flagged_and_goes_on(seen: World) -> None:
    """A program that runs once a year is shown as unused and works when it runs."""
    service = seen.service("yearly-report")
    seen.mint("yearly-report", service)
    knock(seen, "yearly-report")
    seen.moment = START + 50 * DAY
    for name in ("ada", "ben", "cleo"):
        knock(seen, name)
    seen.moment = START + 60 * DAY
    assert (sweep(seen), idle(seen)) == ([], {"yearly-report": "flagged"})
    assert knock(seen, "yearly-report") == "in"


def test_whoever_was_never_seen_is_counted_from_the_first_look(house: World) -> None:
    """After an update nobody was idle because nobody counted: the first look begins the count."""
    house.moment = START + 59 * DAY
    first = sweep(house)
    house.moment = START + 110 * DAY

    assert (first, sweep(house)) == ([], [])
    assert house.do(use_store.last_seen)[house.callers["cleo"].principal_id] == START + 59 * DAY


def test_a_call_and_the_sweep_at_one_moment(seen: World) -> None:
    """Whoever is seen before the sweep has the epoch's row is not suspended by an old list."""
    cleo = seen.callers["cleo"].principal_id
    seen.moment = START + 60 * DAY
    assert cleo in seen.do(lambda c: seen.access.unused(c, AFTER))
    seen.do(lambda c: use_store.see(c, cleo, seen.moment))

    assert not seen.do(lambda c: seen.access.lapse(c, cleo, AFTER, actor=MACHINE))


def test_sweeps_at_once_suspend_once(seen: World) -> None:
    """Two processes that sweep at one moment leave one entry."""
    seen.moment = START + 40 * DAY
    for name in ("ada", "ben"):
        knock(seen, name)
    seen.moment = START + 60 * DAY
    at_once([lambda: sweep(seen) for _ in range(3)])
    found = [one for one in seen.entries() if one["action"] == "access:principal:dormant"]

    assert len(found) == 1


def test_use_is_written_once_a_day(seen: World) -> None:
    """A second call of a day writes nothing: the first one's time stays."""
    seen.moment = START + DAY
    knock(seen, "cleo")
    seen.moment = START + DAY + DAY / 2
    knock(seen, "cleo")

    assert seen.do(use_store.last_seen)[seen.callers["cleo"].principal_id] == START + DAY


def test_only_people_holders_see_who_is_idle(seen: World) -> None:
    """The list names people, so it takes the right that the register takes."""
    with pytest.raises(Failure) as caught:
        seen.do(lambda c: seen.access.idle(c, seen.callers["cleo"], AFTER))

    assert caught.value.code == "grant.missing"
    assert HOUSE not in idle(seen)
