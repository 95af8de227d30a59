"""Two factors of everybody, and keys that count no more (ASVS 5.0.0 6.3.3; PCI DSS 8.4.2; A7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Access, Caller
from bailee.access.session import Attempt
from bailee.access.strength import ALL, CARD_DATA, DEMANDS, SIGN_IN, check_demand
from bailee.db import HOUSE
from bailee.errors import Conflict, Failure, Invalid
from tests.access.test_sign_in import (
    BETTER,
    GOOD,
    MINUTE,
    address,
    decides,
    enrol,
    invited,
    now_code,
    refused_as,
    reveal,
    set_up,
    sign_in,
    take_up,
    who,
)
from tests.access.world import World


@pytest.fixture
def strict(house: World) -> World:
    """Return a house of three that demands two factors of everybody; cleo may see names."""
    house.give("cleo")
    house.demand = ALL
    house.access = house.another_process()
    return house


def under(world: World, demand: str) -> Access:
    """Return another process on the same database, started with another setting."""
    world.demand = demand
    return world.another_process()


def own(world: World, caller: Caller, access: Access | None = None) -> str:
    """Return how a look at one's own sessions ends, which takes no right."""
    office = access or world.access
    try:
        world.do(lambda c: office.sessions(c, caller))
    except Failure as failure:
        return failure.code
    return "done"


@pytest.mark.parametrize("demand", [SIGN_IN, ALL])
def test_nobody_signs_in_with_one_factor(house: World, demand: str) -> None:
    """ASVS 6.3.3: a password alone opens nothing, on record; beside a code it does.

    The session of an invitation came by two ways, and is where a factor is enrolled.
    """
    house.give("cleo")
    house.access = under(house, demand)
    first = set_up(house, "cleo")
    assert decides(house, who(house, first), reveal("person.name")) == "allowed"
    assert refused_as(lambda: sign_in(house, "cleo")) == "access.mfa_required"
    said = [one for one in house.entries() if one["action"] == "access:sign-in:refused"]
    assert said[-1]["detail"] == {"code": "access.mfa_required"}
    seed, _ = enrol(house, first)
    house.moment += MINUTE
    assert refused_as(lambda: sign_in(house, "cleo")) == "sign_in.refused"
    caller = who(house, sign_in(house, "cleo", GOOD, now_code(house, seed)))
    assert decides(house, caller, reveal("person.name")) == "allowed"


def test_a_session_of_before_counts_no_more(house: World) -> None:
    """A session of one factor that was opened before the setting changed is good for its end."""
    house.give("cleo")
    set_up(house, "cleo")
    caller = who(house, sign_in(house, "cleo"))
    assert decides(house, caller, reveal("person.name")) == "allowed"
    house.access = under(house, SIGN_IN)
    assert decides(house, caller, reveal("person.name")) == "access.mfa_required"
    enrolment = lambda: house.do(lambda c: house.access.enrol_factor(c, caller))  # noqa: E731
    assert refused_as(enrolment) == "access.mfa_required"
    house.do(lambda c: house.access.end_session(c, caller))


def test_a_persons_key_counts_until_the_house_is_founded(strict: World) -> None:
    """ASVS 6.3.3: once somebody who lets people in has two factors, no key of a person counts.

    For data, administration and one's own alike, in every process; services go on. It is that
    person's right to let people in that matters, not anybody's factor.
    """
    ada, ben, cleo = (strict.callers[nick] for nick in ("ada", "ben", "cleo"))
    other = strict.another_process()
    program = strict.service("payout")
    strict.mint("payout", program)
    service = who(strict, strict.keys["payout"])
    enrol(strict, set_up(strict, "ben", BETTER))  # ben lets nobody in
    assert decides(strict, cleo, reveal("person.name")) == "allowed"
    secret = strict.do(lambda c: strict.access.invite(c, ada, strict.person("dora")).result.secret)
    strict.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    for office in (strict.access, other):
        strict.access = office
        assert decides(strict, cleo, reveal("person.name")) == "access.key_alone"
        assert own(strict, service) == "done"
        for caller in (ada, cleo):
            assert own(strict, caller) == "access.key_alone"
    late = lambda: strict.do(lambda c: strict.access.invite(c, ada, strict.person("eve")))  # noqa: E731
    assert refused_as(late) == "access.key_alone"
    taken = lambda: strict.do(lambda c: strict.access.accept(c, secret))  # noqa: E731
    assert refused_as(taken) == "access.key_alone"
    strict.hasher.compared.clear()
    dora = who(strict, take_up(strict, secret, GOOD))  # the invitation is still good
    assert own(strict, dora) == "done"
    assert refused_as(lambda: who(strict, strict.keys["ben"])) == "credential.revoked"
    assert ben.principal_id != dora.principal_id
    assert own(strict, cleo, under(strict, SIGN_IN)) == "done"


def test_nobody_is_locked_out_by_the_last_one_leaving(strict: World) -> None:
    """When whoever let people in by two factors is gone, keys count again, until the next enrols.

    Suspended, without the right, or without the factor: each is gone.
    """
    ada = strict.callers["ada"]
    seed, codes = enrol(strict, set_up(strict, "ben", BETTER))
    right = strict.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    assert own(strict, ada) == "access.key_alone"
    strict.moment += MINUTE
    ben = who(strict, sign_in(strict, "ben", BETTER, now_code(strict, seed)))
    done = strict.do(lambda c: strict.access.remove_factor(c, ben, codes[0]))
    assert not isinstance(done, Failure)
    assert own(strict, ada) == "done"
    seed, _ = enrol(strict, take_up(strict, invited(strict, "ben"), f"{GOOD} 8"))
    assert own(strict, ada) == "access.key_alone"
    strict.moment = right.until + timedelta(seconds=1)
    assert own(strict, ada) == "done"
    with pytest.raises(Conflict):
        strict.do(lambda c: strict.access.leave(c, ada, ada.principal_id))


def test_a_founder_enrols_and_their_key_is_over(strict: World) -> None:
    """A house of one is founded by its own session; the key that it began with opens nothing."""
    key = strict.keys["ada"]
    enrol(strict, set_up_founder(strict))
    assert refused_as(lambda: who(strict, key)) == "credential.revoked"
    assert own(strict, strict.callers["cleo"]) == "access.key_alone"


def set_up_founder(world: World) -> str:
    """Let ben, who may let people in for a while, invite ada to a password."""
    right = world.give("ben", controller=HOUSE, verbs=["people"], elements=[], purposes=[])
    token = set_up(world, "ada", by="ben")
    ada = who(world, token)
    world.do(lambda c: world.access.revoke_grant(c, ada, HOUSE, right.grant_id))
    return token


def test_a_password_beside_a_code_does_not_grow_old(strict: World) -> None:
    """ASVS 6.2.10: nobody has to change a password by the calendar where two factors are shown.

    Where a password may be alone, C2.5(3) and PCI DSS 8.3.9 end it after ninety days.
    """
    seed, _ = enrol(strict, set_up(strict, "cleo"))
    set_up(strict, "ben", BETTER)
    strict.moment += timedelta(days=364)
    token = sign_in(strict, "cleo", GOOD, now_code(strict, seed))
    assert own(strict, who(strict, token)) == "done"
    alone = Attempt(address(strict, "ben"), BETTER, "", "192.0.2.1")
    lax = under(strict, CARD_DATA)
    assert refused_as(lambda: lax.sign_in(strict.database, alone)) == "password.expired"


def test_what_may_be_set() -> None:
    """Three words, and no other is taken for one of them."""
    assert [check_demand(one) for one in DEMANDS] == [CARD_DATA, SIGN_IN, ALL]
    for wrong in ("", "none", "ALL", "all "):
        with pytest.raises(Invalid):
            check_demand(wrong)
