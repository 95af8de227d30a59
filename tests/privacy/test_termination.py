"""What may follow what at the end of an agreement, and whose word it takes (C6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from bailee.errors import Conflict, Failure, Invalid
from bailee.privacy.termination import (
    DESTROYING,
    TERMINATION,
    Termination,
    Writing,
    check_choice,
    check_order,
    check_writing,
    step,
    waits_for,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPEN = Termination("acme", "0" * 32, "open", NOON, NOON)
CHOSEN = replace(OPEN, state="chosen", choice="destroy", chosen=NOON, side="controller")
BACK = replace(CHOSEN, choice="return")
STATES = ("open", "chosen", "returned", "received", "destroying", "destroyed")
EVENTS = ("choose", "pack", "receive", "order", "finish")
BOB = frozenset(("bob",))


def code(attempt: object) -> str:
    """Return the code with which an attempt was refused; '' when it was not."""
    try:
        attempt()  # type: ignore[operator]
    except Failure as failure:
        return failure.code
    return ""


def test_nothing_but_the_controllers_word_leads_to_destruction() -> None:
    """The order follows a choice or a receipt alone; no event of a clock is in the table."""
    leading = {pair for pair, after in TERMINATION.items() if after == DESTROYING}
    assert leading == {("chosen", "order"), ("received", "order"), ("destroyed", "order")}
    assert {event for _, event in TERMINATION} == set(EVENTS)
    assert not any(state in {"destroying", "destroyed"} and event == "choose"
                   for state, event in TERMINATION)  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_whatever_the_table_lacks_is_refused(state: str, event: str) -> None:
    """Once the destruction was ordered the refusal says that it has begun."""
    if (state, event) in TERMINATION:
        assert step(state, event) == TERMINATION[state, event]
        return
    with pytest.raises(Conflict) as caught:
        step(state, event)
    begun = state in {"destroying", "destroyed"}
    assert caught.value.code == ("termination.begun" if begun else "termination.state")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "termination.no_choice"),
        (OPEN, "termination.no_choice"),
        (replace(OPEN, manifest_sha256="0" * 64), "termination.no_choice"),  # packed, unchosen
        (BACK, "termination.not_returned"),
        (replace(BACK, state="returned"), "termination.not_returned"),
        (replace(BACK, state="received"), ""),
        (CHOSEN, ""),
        (replace(CHOSEN, side="processor", chosen_by="bob"), "self.destroy"),
        (replace(CHOSEN, side="processor", chosen_by="eve"), ""),
        (replace(CHOSEN, side="controller", chosen_by="bob"), ""),
        (replace(CHOSEN, state="destroying"), "termination.begun"),
        (replace(CHOSEN, state="destroyed", scope="whole"), "termination.begun"),
        (replace(CHOSEN, state="destroyed", scope="rest"), ""),
    ],
)
def test_who_may_have_what_destroyed(found: Termination | None, said: str) -> None:
    """Chosen, returned and received where that was chosen, and not by whoever entered it."""
    assert code(lambda: check_order(found, by=BOB, left=True)) == said


def test_what_a_law_keeps_is_not_destroyed_by_ordering_again() -> None:
    """Nothing that may go is left: the order is refused, and says why."""
    again = replace(CHOSEN, state="destroyed", scope="rest")
    assert code(lambda: check_order(again, by=BOB, left=False)) == "termination.kept"


@pytest.mark.parametrize(
    ("choice", "keys", "said"),
    [
        ("return", ("age1x",), ""),
        ("destroy", (), ""),
        ("return", (), "termination.keys"),
        ("destroy", ("age1x",), "termination.keys"),
        ("keep", (), "termination.choice"),
    ],
)
def test_a_choice_names_what_it_needs(choice: str, keys: tuple[str, ...], said: str) -> None:
    """A return names keys, a destruction none, and there is no third choice."""
    assert code(lambda: check_choice(choice, keys)) == said


@pytest.mark.parametrize(
    "writing",
    [
        Writing("", "letter 8", "5e" * 32),
        Writing("p1", "", "5e" * 32),
        Writing("p1", " ", "5e" * 32),
        Writing("p1", "a\nb", "5e" * 32),
        Writing("p1", "x" * 201, "5e" * 32),
        Writing("p1", "letter 8", "5E" * 32),
        Writing("p1", "letter 8", "5e" * 31),
    ],
)
def test_our_entry_of_the_controllers_word_takes_its_writing(writing: Writing) -> None:
    """Signer, reference of one line, SHA-256 in small hex; anything else is no writing."""
    with pytest.raises(Invalid) as caught:
        check_writing(writing)
    assert caught.value.code == "termination.writing"


@pytest.mark.parametrize(
    ("found", "certified", "who"),
    [
        (None, False, "controller"),
        (OPEN, False, "controller"),
        (CHOSEN, False, "processor"),
        (replace(BACK, state="returned"), False, "controller"),
        (replace(BACK, state="received"), False, "processor"),
        (replace(CHOSEN, state="destroying"), False, "processor"),
        (replace(CHOSEN, state="destroyed"), False, "processor"),
        (replace(CHOSEN, state="destroyed"), True, ""),
    ],
)
def test_who_acts_next(found: Termination | None, certified: bool, who: str) -> None:  # noqa: FBT001
    """The controller until it chose and until it confirmed; else we, until it is certified."""
    assert waits_for(found, certified=certified) == who
