"""What a trigger starts, by the agreement and by laws beside it (C7.1, C9.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from bailee.agreement import Terms, load_terms
from bailee.agreement.clocks import Clock, clocks, triggers
from tests.agreement.test_in_force import compiled, put_together

DAY = date(2027, 3, 1)
NINE = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def run(text: bytes, trigger: str, *laws: Terms | str, day: date = DAY) -> dict[str, Clock]:
    """Return the clocks under the model addendum and laws, by name."""
    agreement = put_together(compiled(text, "model-addendum"))
    found = [load_terms(one) if isinstance(one, str) else one for one in laws]
    return {one.name: one for one in clocks(agreement, found, trigger, day)}


def test_the_contract_is_stricter_than_a_law_and_both_are_kept(model_text: bytes) -> None:
    """The addendum's 24 hours come before HIPAA's sixty days; GDPR's haste has no number."""
    clock = run(model_text, "breach-suspected", "hipaa", "gdpr")["breach.notice"]
    assert [(one.source, one.state) for one in clock.claims] == [
        ("model-addendum", "counts"),
        ("hipaa", "counts"),
        ("hipaa", "vague"),
        ("gdpr", "vague"),
    ]
    assert clock.due(NINE) == datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
    found = clock.strictest(NINE)
    assert found is not None
    assert found.claim.obligation.id == "C10.2"
    assert [one.source for one in clock.vague] == ["hipaa", "gdpr"]


def test_a_stricter_law_wins_over_the_contract(model_text: bytes) -> None:
    """The same law with six hours: the law decides, and the contract's day stays visible."""
    hipaa = load_terms("hipaa")
    lines = tuple(
        msgspec.structs.replace(one, quantity=6, unit="hours") if one.quantity == 60 else one
        for one in hipaa.obligations
    )
    strict = msgspec.structs.replace(hipaa, obligations=lines)
    clock = run(model_text, "breach-suspected", strict)["breach.notice"]
    assert clock.due(NINE) == datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
    assert len(clock.claims) == 3


def test_a_law_that_nobody_read_decides_nothing_and_is_named(model_text: bytes) -> None:
    """California's duty is from second hand: shown as possibly stricter."""
    clock = run(model_text, "breach-suspected", "ca-civ-1798.82")["breach.notice"]
    assert [one.source for one in clock.unresolved] == ["ca-civ-1798.82"]
    assert clock.due(NINE) == datetime(2027, 3, 2, 9, 0, tzinfo=UTC)


def test_the_controllers_time_is_shown_with_the_laws_own_last_day(model_text: bytes) -> None:
    """A request of Monday 1 March 2027: a month ends on Thursday 1 April, at midnight in Brussels.

    On Saturday 27 February it would end on the 27th of March, a Saturday, and waits for Monday.
    """
    clock = run(model_text, "consumer-request-received", "gdpr")["request.answer"]
    (basis,) = clock.bases(NINE)
    assert (basis.claim.state, basis.binds) == ("not ours", False)
    assert basis.lasts == basis.due == datetime(2027, 4, 1, 22, 0, tzinfo=UTC)
    assert (clock.due(NINE), clock.strictest(NINE)) == (None, None)
    (late,) = clock.bases(datetime(2027, 2, 27, 9, 0, tzinfo=UTC))
    assert late.due == datetime(2027, 3, 27, 23, 0, tzinfo=UTC)
    assert late.lasts == datetime(2027, 3, 29, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "state"), [(date(2025, 12, 31), "not ours"), (DAY, "not ours")])
def test_a_controllers_line_stays_theirs_whatever_the_edition(
    model_text: bytes, day: date, state: str
) -> None:
    """CCPA's 45 days bind the business; that the edition ended does not make them ours."""
    clock = run(model_text, "consumer-request-received", "ccpa", day=day)["request.answer"]
    assert [one.state for one in clock.claims] == [state]


def test_a_line_without_a_parameter_is_a_clock_of_its_own(model_text: bytes) -> None:
    """An unknown trigger starts nothing; every clock has claims of its trigger alone."""
    assert run(model_text, "nothing-happens", "gdpr") == {}
    found = run(model_text, "request-received", "hipaa")
    assert all(
        claim.obligation.trigger == "request-received"
        for clock in found.values()
        for claim in clock.claims
    )


def test_every_trigger_that_starts_a_clock_is_known(model_text: bytes) -> None:
    """The terms' own triggers, with how many lines each starts."""
    found = triggers([load_terms("gdpr")])
    assert found == {
        "consumer-request-received": 3,
        "instruction-received": 1,
        "controller-aware": 1,
        "breach-suspected": 1,
        "consultation-received": 1,
    }
    for trigger in triggers([load_terms("model-addendum")]):
        assert run(model_text, trigger)
