"""The strictest of several sources (C7.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from bailee.agreement import Obligation, Terms, load_terms, strictest
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
                summary="a rule",
                control="c",
                row="A7",
                **{"kind": "control", "parameter": "p", "proof": "text", **line},
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


def test_a_source_that_forbids_a_quantity_clashes_with_one_that_sets_it() -> None:
    """One contract forces a change every ninety days, a guideline forbids any forced change."""
    contract = source("contract", within(90, "days"))
    guideline = source("guideline", {"kind": "prohibition"})
    out = strictest([contract, guideline])["p"]
    assert out.state == "conflict of direction"
    assert out.prevails is out.at_most
    other = strictest([guideline, contract])["p"].prevails
    assert other is not None
    assert other.source == "guideline"
    alone = strictest([guideline])["p"]
    assert (alone.state, alone.prevails) == ("forbidden", alone.claims[0])


def test_shipped_standards_count_where_somebody_read_them() -> None:
    """The card standard's twelve characters win over eight; the guideline may be stricter."""
    names = ["bill-2022-10-11", "pci-dss-4.0.1", "nist-sp-800-63b-4"]
    out = strictest([load_terms(name) for name in names])["password.min_length"]
    assert out.prevails is not None
    assert (out.prevails.source, out.prevails.obligation.quantity) == (names[1], 12)
    assert out.unverified == ("nist-sp-800-63b-4",)


def test_shipped_standards_once_read_decide_and_show_their_conflict() -> None:
    """With every line compared, fifteen characters win and the forced change is a conflict."""
    names = ["bill-2022-10-11", "pci-dss-4.0.1", "nist-sp-800-63b-4"]
    joined = strictest([compared(load_terms(name)) for name in names])
    length = joined["password.min_length"].prevails
    assert length is not None
    assert length.obligation.quantity == 15
    assert joined["password.rotation"].state == "conflict of direction"
    assert joined["scan.interval"].prevails is not None
    assert joined["scan.interval"].prevails.source == "bill-2022-10-11"


def compared(terms: Terms) -> Terms:
    """Return terms whose every line somebody compared."""
    lines = tuple(msgspec.structs.replace(one, proof="compared") for one in terms.obligations)
    return msgspec.structs.replace(terms, obligations=lines)


def test_what_another_party_owes_decides_nothing() -> None:
    """A controller's 72 hours stand beside our ten days and do not shorten them."""
    theirs = source("law", within(72, "hours") | {"actor": "controller"})
    out = strictest([source("contract", within(10, "days")), theirs])["p"]
    assert [claim.state for claim in out.claims] == ["counts", "not ours"]
    assert out.prevails is out.claims[0]
    alone = strictest([theirs])["p"]
    assert (alone.state, alone.prevails) == ("not ours", None)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2025, 12, 31), "not in force"),
        (date(2026, 1, 1), "counts"),
        (date(2026, 6, 30), "counts"),
        (date(2026, 7, 1), "not in force"),
    ],
)
def test_a_line_counts_on_its_days_alone(day: date, state: str) -> None:
    """From its first day to its last one, both included."""
    line = within(10, "days") | {"valid_from": "2026-01-01", "valid_to": "2026-06-30"}
    assert [claim.state for claim in strictest([source("law", line)], day)["p"].claims] == [state]


def test_a_law_that_is_not_yet_in_force_says_nothing() -> None:
    """The whole source begins on a day; before it no line of it counts."""
    law = msgspec.structs.replace(source("law", within(10, "days")), valid_from="2026-02-05")
    assert strictest([law], date(2026, 2, 4))["p"].state == "not in force"
    assert strictest([law], date(2026, 2, 5))["p"].state == "decided"


def test_vague_sources_are_named_beside_a_number() -> None:
    """Sixty days, and `without delay`: the number is a ceiling, the target may be less."""
    soon = {"kind": "clock", "vague": True, "trigger": "t"}
    out = strictest([source("law", within(60, "days")), source("contract", soon)])["p"]
    assert (out.state, out.vague) == ("decided", ("contract",))


def test_no_source_gives_no_parameter() -> None:
    """Nothing in, nothing out."""
    assert strictest([]) == {}
