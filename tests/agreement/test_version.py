"""Versions and the horizon of key backups (C6, C8, C11.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from bailee.agreement import Version, check_horizon, load_terms, read_terms
from bailee.agreement.version import (
    CONTROLLER_LIFE,
    ControllerEvent,
    ControllerState,
    controller_step,
    intervals,
    shortest_destruction_days,
    standing,
)
from bailee.errors import Conflict, Refused


def day(number: int) -> datetime:
    """Return a day of May."""
    return datetime(2027, 5, number, tzinfo=UTC)


def test_each_version_ends_where_the_next_begins() -> None:
    """Order of installation does not matter; the last has no end."""
    starts = [("b", day(10)), ("c", day(20)), ("a", day(1))]
    assert intervals(starts) == {"a": day(10), "b": day(20), "c": None}
    assert intervals([]) == {}


@pytest.mark.parametrize(("at", "name"), [(1, "a"), (9, "a"), (10, "b"), (28, "b")])
def test_the_version_that_stands_is_the_one_whose_interval_holds_the_time(
    at: int, name: str
) -> None:
    """The first moment belongs to the new version, not to the old."""
    versions = [
        Version("a", "t", "0", day(1), day(10), day(1)),
        Version("b", "t", "0", day(10), None, day(2)),
    ]
    found = standing(versions, day(at))
    assert found is not None
    assert found.version_id == name
    assert standing(versions[1:], day(9)) is None


@pytest.mark.parametrize("state", get_args(ControllerState))
@pytest.mark.parametrize("event", get_args(ControllerEvent))
def test_a_controller_moves_only_as_the_table_says(
    state: ControllerState, event: ControllerEvent
) -> None:
    """Active, then ending, then destroyed; every other pair is refused."""
    expected = {
        ("active", "end"): "ending",
        ("ending", "expire"): "ended",
        ("ended", "destroy"): "destroyed",
    }
    assert expected == CONTROLLER_LIFE
    if (state, event) in expected:
        assert controller_step(state, event) == expected[state, event]
    else:
        with pytest.raises(Conflict) as caught:
            controller_step(state, event)
        assert caught.value.code == "controller.state"


def test_the_shortest_destruction_clock_bounds_the_key_backups() -> None:
    """Ten days in the one agreement and thirty in the other: equal passes, longer is refused."""
    bill, model = load_terms("bill-2022-10-11"), load_terms("model-addendum")
    assert (shortest_destruction_days(bill), shortest_destruction_days(model)) == (10, 30)
    check_horizon(bill, 10)
    check_horizon(model, 30)
    for terms, horizon in ((bill, 11), (model, 31)):
        with pytest.raises(Refused) as caught:
            check_horizon(terms, horizon)
        assert caught.value.code == "agreement.horizon"


@pytest.mark.parametrize(
    ("clock", "days"),
    [
        ('quantity = 47\nunit = "hours"', 1),
        ('quantity = 90\nunit = "minutes"', 0),
        ('quantity = 2\nunit = "weeks"', 14),
        ('quantity = 1\nunit = "months"', 28),
        ('quantity = 1\nunit = "years"', 365),
    ],
)
def test_a_clock_in_other_units_is_taken_at_its_shortest(clock: str, days: int) -> None:
    """A month may be February; part of a day is none."""
    terms = read_terms(f"""
[agreement]
id = "x"
title = "x"
date = "2027-01-01"
version = 1
text_sha256 = "{"0" * 64}"
[[parameter]]
name = "destruction.within"
says = "Time to destroy."
[[obligation]]
id = "C1"
clause = "1"
text_sha256 = "{"0" * 64}"
row = "A27"
kind = "clock"
summary = "Destroy."
control = "termination"
parameter = "destruction.within"
{clock}
direction = "max"
counting = "plain"
trigger = "end"
""")
    assert shortest_destruction_days(terms) == days


def test_terms_without_a_destruction_clock_set_no_horizon() -> None:
    """Where nothing was promised in days, nothing can be compared."""
    terms = read_terms(f"""
[agreement]
id = "x"
title = "x"
date = "2027-01-01"
version = 1
text_sha256 = "{"0" * 64}"
""")
    assert shortest_destruction_days(terms) is None
    check_horizon(terms, 10_000)
