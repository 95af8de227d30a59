"""Interpretations: who signs, in which order, and for which words (C11.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from bailee.agreement import Interpretation, Obligation, Reading, Signatory, compile_text
from bailee.agreement.interpretation import (
    LIFE,
    MAX_REASON,
    Event,
    State,
    apply,
    basis,
    check_agreement,
    check_proposer,
    check_reading,
    reading_sha256,
    step,
)
from bailee.errors import Conflict, Failure, Invalid, Refused

OURS = Signatory("ours", "processor", "Percival Abernathy", "Privacy Coordinator")
THEIRS = Signatory("theirs", "controller", "Odalys Merriweather", "Director of Privacy")
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("event", get_args(Event))
def test_a_writing_moves_only_as_the_table_says(state: State, event: Event) -> None:
    """Only a proposed writing is agreed or withdrawn; agreed and withdrawn are final."""
    expected = {("proposed", "agree"): "agreed", ("proposed", "withdraw"): "withdrawn"}
    assert expected == LIFE
    if (state, event) in expected:
        assert step(state, event) == expected[state, event]
    else:
        with pytest.raises(Conflict) as caught:
            step(state, event)
        assert caught.value.code == "writing.state"


def test_ours_propose_and_theirs_agree() -> None:
    """Each signature belongs to one side."""
    assert check_proposer(OURS) is OURS
    assert check_agreement("ours", THEIRS) is THEIRS


def raised(code: str, work: Any, *args: Any) -> None:
    """Check that work is refused with a code."""
    with pytest.raises(Failure) as caught:
        work(*args)
    assert caught.value.code == code
    assert isinstance(caught.value, Refused)


def test_a_person_not_named_signs_nothing() -> None:
    """Whoever is in no register is refused for both sides."""
    raised("signatory.unknown", check_proposer, None)
    raised("signatory.unknown", check_agreement, "ours", None)


def test_nobody_signs_for_the_other_side() -> None:
    """Theirs cannot propose for us, ours cannot agree for them."""
    raised("signatory.side", check_proposer, THEIRS)
    raised("signatory.side", check_agreement, "ours", OURS)


def test_one_person_never_signs_for_both() -> None:
    """Who proposed cannot agree, even if the register names the same person for both sides."""
    both = Signatory("ours", "controller", "Percival Abernathy", "Privacy Coordinator")
    raised("signatory.same_person", check_agreement, "ours", both)


@pytest.mark.parametrize(
    "reading",
    [
        Reading(says="It means this."),
        Reading(says="A day.", quantity=24, unit="hours", counting="plain"),
        Reading(says="Ten.", quantity=10, unit="characters"),
        Reading(says="B.", quantity=2, unit="days", counting="business", calendar="us-federal"),
        Reading(says="These.", purposes=("payment-processing", "tax-reporting")),
    ],
)
def test_a_complete_reading_can_be_signed(reading: Reading) -> None:
    """Words alone, a number with all it needs, or a list of purposes."""
    check_reading(reading, "Because.")


@pytest.mark.parametrize(
    ("reading", "reason", "code"),
    [
        (Reading(says=""), "Because.", "interpretation.reading"),
        (Reading(says="x" * (MAX_REASON + 1)), "Because.", "interpretation.reading"),
        (Reading(says="A.", quantity=24), "Because.", "interpretation.reading"),
        (Reading(says="A.", unit="hours"), "Because.", "interpretation.reading"),
        (Reading(says="A.", quantity=1, unit="days"), "Because.", "interpretation.reading"),
        (
            Reading(says="A.", quantity=-1, unit="characters"),
            "Because.",
            "interpretation.reading",
        ),
        (
            Reading(says="A.", quantity=1, unit="days", counting="business"),
            "Because.",
            "interpretation.reading",
        ),
        (Reading(says="A.", purposes=("Any Purpose",)), "Because.", "interpretation.reading"),
        (Reading(says="A.", purposes=("p",) * 65), "Because.", "interpretation.reading"),
        (Reading(says="A."), "  ", "interpretation.reason"),
        (Reading(says="A."), "x" * (MAX_REASON + 1), "interpretation.reason"),
    ],
)
def test_an_incomplete_reading_is_refused(reading: Reading, reason: str, code: str) -> None:
    """A number without its unit or counting rule, an empty sentence, a purpose in prose."""
    with pytest.raises(Invalid) as caught:
        check_reading(reading, reason)
    assert caught.value.code == code


def test_a_reading_gives_a_vague_clock_its_number() -> None:
    """Both agreed to four hours: the clock is no longer vague; words alone change nothing."""
    line = Obligation(
        id="C9.1", clause="9.1", kind="clock", summary="Tell.", vague=True, trigger="t", row="A31"
    )
    read = apply(line, Reading(says="x", quantity=4, unit="hours", counting="plain"))
    assert (read.quantity, read.unit, read.direction, read.vague) == (4, "hours", "max", False)
    assert apply(line, Reading(says="x")) is line


def test_a_reading_counts_from_the_second_signature_on() -> None:
    """Not before, and never while it is only proposed."""
    made = Interpretation(
        "i", "C1", "0", "agreed", Reading(says="x"), "r", "ours", NOON, "theirs", NOON
    )
    assert made.counts_at(NOON)
    assert not made.counts_at(NOON - timedelta(milliseconds=1))
    waiting = Interpretation("i", "C1", "0", "proposed", Reading(says="x"), "r", "ours", NOON)
    assert not waiting.counts_at(NOON + timedelta(days=1))


def test_a_reading_rests_on_the_words_of_all_its_clauses(model_text: bytes) -> None:
    """One clause: its hash; several: a hash of theirs, in order; a missing one: nothing."""
    contract = compile_text(model_text)
    one = contract.clause("5.1")
    assert one is not None
    assert basis(contract, ["5.1"]) == one.text_sha256
    assert basis(contract, ["5.1", "5.2"]) != basis(contract, ["5.2", "5.1"])
    assert len(basis(contract, ["5.1", "5.2"])) == 64
    assert basis(contract, ["5.1", "99"]) == ""


def test_readings_that_differ_have_different_hashes() -> None:
    """What is signed is what was read: any field changes the hash, equal readings share it."""
    one = Reading(says="A day.", quantity=24, unit="hours", counting="plain")
    assert reading_sha256(one) == reading_sha256(
        Reading(says="A day.", quantity=24, unit="hours", counting="plain")
    )
    others = {reading_sha256(Reading(says="A day.")), reading_sha256(one)}
    assert len(others) == 2
