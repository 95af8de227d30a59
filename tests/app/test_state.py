"""States follow from observations and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bailee.app.state import STATES, Observation, State, Watch, derive, worst

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WATCHES = {
    "access-log": Watch("enforced", timedelta(days=1)),
    "keys-wrapped": Watch("operating", timedelta(days=1)),
}


def state_of(
    *, control: str = "access-log", kind: str = "control", unresolved: str = "", **seen: object
) -> State:
    """Derive with one observation of the control, if any is given."""
    last = {}
    if seen:
        last[control] = Observation(
            control,
            seen.get("time", NOW),  # type: ignore[arg-type]
            str(seen.get("result", "passed")),
            tuple(seen.get("findings", ())),  # type: ignore[arg-type]
            "e1",
        )
    return derive(
        kind=kind,
        reason="it defines a word",
        unresolved=unresolved,
        control=control,
        watches=WATCHES,
        last=last,
        now=NOW,
    )


def test_nothing_is_green_by_default() -> None:
    """An obligation without a control, or whose control never looked, is uncovered."""
    assert state_of(control="no-such-control").name == "uncovered"
    assert state_of().name == "uncovered"


def test_a_passed_look_gives_what_the_control_is_worth() -> None:
    """A control in the data path gives enforced; one that looks from outside gives operating."""
    assert state_of(result="passed").name == "enforced"
    assert state_of(control="keys-wrapped", result="passed").name == "operating"


def test_a_failed_look_names_what_it_found() -> None:
    """A failed look makes the obligation failing, with the finding and the entry that proves it."""
    state = state_of(result="failed", findings=("canary.found",))

    assert (state.name, state.entries) == ("failing", ("e1",))
    assert "canary.found" in state.why


def test_a_blind_control_is_uncovered() -> None:
    """A control that could not look never makes anything green."""
    assert state_of(result="blind").name == "uncovered"


def test_an_old_look_is_overdue() -> None:
    """A look older than its cadence no longer counts."""
    assert state_of(time=NOW - timedelta(days=1, seconds=1)).name == "overdue"
    assert state_of(time=NOW - timedelta(days=1)).name == "enforced"


def test_open_meaning_stays_unresolved_though_the_control_passes() -> None:
    """Text that leaves its meaning open cannot be satisfied by a control (C2.7)."""
    assert state_of(unresolved="the clause is cut off", result="passed").name == "unresolved"
    assert state_of(unresolved="the clause is cut off", result="failed").name == "failing"


def test_a_right_is_no_duty() -> None:
    """Definitions and the other party's rights are listed with the reason."""
    assert State("no-duty", "it defines a word") == state_of(kind="no-duty", result="failed")


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_a_clause_shows_its_worst(names: list[str]) -> None:
    """No state of a clause is worse than the one it shows."""
    shown = worst(State(name, "") for name in names)

    assert shown in names
    assert all(STATES.index(shown) <= STATES.index(name) for name in names)


@pytest.mark.parametrize("result", ["passed", "failed", "blind"])
def test_never_better_than_the_observation(result: str) -> None:
    """Only a passed look can give a green state."""
    green = state_of(result=result).name in {"enforced", "operating"}

    assert green == (result == "passed")
