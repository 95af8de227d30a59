"""Tokens and their holders, on real stores."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bailee.access import Caller
from bailee.errors import NotFound, Refused
from bailee.vault.shapes import Erase, Reveal, Update, UpdateRecord
from tests.vault.world import ACME, World

SSN = {"person.ssn": "536-90-4399"}


def stored(world: World, caller: Caller, subject: str) -> tuple[str, str]:
    """Protect a number; return record and token."""
    (one,) = world.protected(caller, subject, SSN).results
    return one.record, one.tokens["person.ssn"]


def test_a_token_opens_to_its_value(world: World, cleo: Caller) -> None:
    """The answer names the token, the record that it led to, and the value."""
    record, token = stored(world, cleo, "cust-1")

    (one,) = world.reveal_tokens(cleo, [token], "person.ssn").results

    assert (one.token, one.record, one.fields) == (token, record, SSN)
    assert [line.record_id for line in world.touched()] == [record]


def test_equal_values_share_a_token_for_those_who_may_search(world: World, cleo: Caller) -> None:
    """Same value, same token, for a caller who may ask for equality anyway."""
    first, second = stored(world, cleo, "cust-1")[1], stored(world, cleo, "cust-2")[1]

    assert first == second
    assert world.count("vault_token") == 1
    assert world.count("vault_token_holder") == 2


def test_others_get_a_fresh_token_each_time(world: World, cleo: Caller) -> None:
    """Without the verb search, two equal values cannot be told from their tokens."""
    dora = world.join("dora")
    world.give("dora", ["protect"])

    tokens = {stored(world, dora, "cust-1")[1], stored(world, dora, "cust-1")[1]}
    tokens.add(stored(world, cleo, "cust-1")[1])

    assert len(tokens) == 3


def test_shared_tokens_survive_a_new_token_key(world: World, cleo: Caller) -> None:
    """With a new token key an equal value still finds its token; the old key may go."""
    before = stored(world, cleo, "cust-1")[1]
    world.keys.rotate_controller_key(ACME, "token")

    assert stored(world, cleo, "cust-2")[1] == before
    world.settle()
    assert stored(world, cleo, "cust-3")[1] == before
    world.settle(timedelta(hours=1))
    world.keys.retire_controller_key(ACME, "token", 1, "00")
    assert stored(world, cleo, "cust-4")[1] == before


def test_the_last_holder_takes_the_token_along(world: World, cleo: Caller) -> None:
    """While one of two holders lives the token opens through it; then it is unknown."""
    first, token = stored(world, cleo, "cust-1")
    second, _ = stored(world, cleo, "cust-2")
    world.vault.erase(cleo, ACME, Erase("payments", records=[first]))

    assert world.reveal_tokens(cleo, [token], "person.ssn").results[0].record == second
    world.erase_subject(cleo, "cust-2")
    with pytest.raises(NotFound, match=r"^token\.unknown"):
        world.reveal_tokens(cleo, [token], "person.ssn")
    assert world.count("vault_token") == world.count("vault_token_holder") == 0


@pytest.mark.parametrize("token", ["tok_" + "a" * 26, "rubbish", "1" * 64])
def test_an_unknown_token_is_an_error(world: World, cleo: Caller, token: str) -> None:
    """Never an empty answer: a caller must notice."""
    with pytest.raises(NotFound, match=r"^token\.unknown"):
        world.reveal_tokens(cleo, [token], "person.ssn")


def test_a_token_of_another_element_is_refused(world: World, cleo: Caller) -> None:
    """The elements asked for decide what may be opened, not the token."""
    token = stored(world, cleo, "cust-1")[1]
    body = Reveal("payments", ["person.passport"], tokens=[token], mode="continue")

    (one,) = world.vault.reveal(cleo, ACME, body).results

    assert one.error is not None
    assert one.error.code == "token.element"
    with pytest.raises(Refused, match=r"^token\.element"):
        world.reveal_tokens(cleo, [token], "person.passport")


def test_a_corrected_value_has_another_token(world: World, cleo: Caller) -> None:
    """A token stands for a value: after a correction the old one leads nowhere."""
    record, token = stored(world, cleo, "cust-1")
    change = UpdateRecord("r", record, {"person.ssn": "536-90-4398"})
    (one,) = world.vault.update(cleo, ACME, Update("payments", [change])).results

    assert one.tokens["person.ssn"] != token
    with pytest.raises(NotFound, match=r"^token\.unknown"):
        world.reveal_tokens(cleo, [token], "person.ssn")
    shown = world.reveal_tokens(cleo, [one.tokens["person.ssn"]], "person.ssn")
    assert shown.results[0].fields == {"person.ssn": "536-90-4398"}


def test_the_same_value_keeps_its_shared_token(world: World, cleo: Caller) -> None:
    """An update that changes nothing gives the shared token back."""
    record, token = stored(world, cleo, "cust-1")
    change = UpdateRecord("r", record, dict(SSN))
    (one,) = world.vault.update(cleo, ACME, Update("payments", [change])).results

    assert one.tokens["person.ssn"] == token
    assert world.reveal_tokens(cleo, [token], "person.ssn").results[0].fields == SSN
