"""The strictest of several sources (C7.1)."""

from __future__ import annotations

from typing import Any

import pytest

from bailee.agreement import Obligation, Terms, strictest
from bailee.agreement.terms import Parameter


def source(name: str, *lines: dict[str, Any], verified: str = "2027-01-02") -> Terms:
    """Return a standard with one line for each quantity."""
    return Terms(
        id=name,
        title=name,
        date="2027-01-01",
        version=1,
        kind="standard",
        text_sha256="",
        governing="",
        precedence=(),
        processor_terms=(),
        controller_terms=(),
        source="the standard's own pages",
        verified=verified,
        purposes=(),
        permissions=(),
        parameters=(Parameter(name="p", says="a quantity"),),
        obligations=tuple(
            Obligation(
                id=f"{name}:{number}",
                clause=str(number),
                kind="control",
                summary="a rule",
                control="c",
                row="A7",
                **{"parameter": "p", **line},
            )
            for number, line in enumerate(lines)
        ),
        defects=(),
    )


def characters(quantity: int, direction: str = "min") -> dict[str, Any]:
    """Return a length."""
    return {"quantity": quantity, "unit": "characters", "direction": direction}


def within(quantity: int, unit: str, counting: str = "plain", direction: str = "max") -> Any:
    """Return a time."""
    calendar = "us-federal-reserve" if counting == "business" else ""
    return {
        "quantity": quantity,
        "unit": unit,
        "direction": direction,
        "counting": counting,
        "calendar": calendar,
    }


def test_the_largest_floor_wins_and_all_sources_stay() -> None:
    """Eight, twelve and fifteen characters make fifteen, and three sources are shown."""
    out = strictest(
        [source("a", characters(8)), source("b", characters(15)), source("c", characters(12))]
    )["p"]
    assert out.state == "decided"
    assert out.prevails is not None
    assert (out.prevails.source, out.prevails.obligation.quantity) == ("b", 15)
    assert [claim.source for claim in out.claims] == ["a", "b", "c"]


def test_the_smallest_ceiling_wins_across_units() -> None:
    """Seventy-two hours are stricter than ten days, and four days than one week."""
    out = strictest([source("a", within(10, "days")), source("b", within(72, "hours"))])["p"]
    assert out.prevails is not None
    assert out.prevails.source == "b"
    out = strictest([source("a", within(1, "weeks")), source("b", within(4, "days"))])["p"]
    assert out.prevails is not None
    assert out.prevails.source == "b"


def test_directions_that_clash_are_shown_and_the_first_source_prevails() -> None:
    """One source wants a change at most every ninety days, another none before a year."""
    contract = source("contract", within(90, "days"))
    standard = source("standard", within(1, "years", direction="min"))
    out = strictest([contract, standard])["p"]
    assert out.state == "conflict of direction"
    assert out.at_most is not None
    assert out.at_least is not None
    assert out.prevails is out.at_most
    assert strictest([standard, contract])["p"].prevails == out.at_least


def test_an_unverified_source_never_gives_a_number() -> None:
    """Its claim is listed as unresolved, even when it would be the strictest."""
    loose = source("read", characters(8))
    out = strictest([loose, source("unread", characters(64), verified="")])["p"]
    assert out.prevails is not None
    assert out.prevails.source == "read"
    assert out.unverified == ("unread",)
    alone = strictest([source("unread", characters(64), verified="")])["p"]
    assert (alone.state, alone.prevails) == ("unresolved: source", None)


@pytest.mark.parametrize(
    ("line", "state"), [({"vague": True}, "vague"), ({"by_both": True}, "by both")]
)
def test_a_clock_without_a_number_gives_none(line: dict[str, Any], state: str) -> None:
    """A vague clock, or one that both must set, is listed and decides nothing."""
    out = strictest([source("a", line)])["p"]
    assert (out.state, out.prevails) == (state, None)
    decided = strictest([source("a", line), source("b", within(3, "days"))])["p"]
    assert decided.prevails is not None
    assert decided.prevails.source == "b"


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        (within(30, "days"), within(1, "months"), "unresolved: units"),
        (within(90, "days"), within(1, "months"), "decided"),
        (within(12, "months"), within(1, "years"), "decided"),
        (within(28, "days"), within(1, "months"), "decided"),
        (within(10, "days"), within(10, "days", "business"), "decided"),
        (within(14, "days"), within(10, "days", "business"), "unresolved: units"),
        (within(3, "days"), within(10, "days", "business"), "decided"),
        (within(60, "minutes"), within(1, "hours"), "decided"),
        (within(30, "days"), characters(8, "max"), "unresolved: units"),
    ],
)
def test_unlike_times_are_compared_only_when_that_is_safe(
    one: dict[str, Any], other: dict[str, Any], state: str
) -> None:
    """A month is 28 to 31 days: against thirty days nobody can say which is stricter."""
    assert strictest([source("a", one), source("b", other)])["p"].state == state
    assert strictest([source("b", other), source("a", one)])["p"].state == state


def test_no_source_gives_no_parameter() -> None:
    """Nothing in, nothing out."""
    assert strictest([]) == {}
