"""Two records of the same unwraps, and what of them explains what (C2.8(3)); by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bailee.errors import Broken
from bailee.keys import Seen, Unwrap, Window, compare, read_unwraps, write_unwraps

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = Window(NOON, NOON + timedelta(hours=1))


def at(minutes: float) -> datetime:
    """Return a moment after noon."""
    return NOON + timedelta(minutes=minutes)


def test_what_both_have_is_explained() -> None:
    """The provider's number decides, whatever the clocks say."""
    ours = [Unwrap("a", at(1), "r1"), Unwrap("b", at(2), "r2", late=True)]
    found = compare(ours, [Seen(at(1.5), "r1"), Seen(at(2), "r2"), Seen(at(2), "r2")], HOUR)
    assert (found.explained, found.late, found.unanswered) == (2, 1, 0)
    assert not found.unexplained
    assert not found.missing


def test_an_unwrap_that_nobody_asked_for_is_named() -> None:
    """One number more in the provider's record, and every act that bailee never does."""
    ours = [Unwrap("a", at(1), "r1")]
    strange = [Seen(at(3), "r9"), Seen(at(1), "r1", "export")]
    found = compare(ours, [Seen(at(1), "r1"), strange[0]], HOUR)
    assert found.unexplained == (strange[0],)
    assert compare(ours, [strange[1]], HOUR).unexplained == (strange[1],)


def test_a_hole_in_the_provider_s_record_is_named() -> None:
    """What bailee has a number for must be there."""
    ours = [Unwrap("a", at(1), "r1"), Unwrap("b", at(2), "r2")]
    found = compare(ours, [Seen(at(1), "r1")], HOUR)
    assert [one.number for one in found.missing] == ["b"]


def test_an_answer_that_was_lost_explains_one_unwrap_of_that_moment() -> None:
    """One, not two; and none at another time. The log may hold it twice."""
    lost = Unwrap("a", at(10), "")
    near = [Seen(at(10.1), "r1"), Seen(at(10.2), "r2")]
    found = compare([lost, lost], near, HOUR)
    assert (found.unanswered, [one.request for one in found.unexplained]) == (1, ["r2"])
    assert compare([lost], [Seen(at(20), "r1")], HOUR).unexplained
    assert not compare([lost], [], HOUR).missing


def test_a_lost_answer_explains_by_the_clocks_as_they_are() -> None:
    """Where others show that the clocks agree, a theft a minute before is not explained by it."""
    ours = [Unwrap("a", at(1), "r1"), Unwrap("b", at(10), "")]
    both = [Seen(at(1), "r1")]
    assert compare(ours, [*both, Seen(at(9), "r2")], HOUR).unexplained
    assert not compare(ours, [*both, Seen(at(10.05), "r2")], HOUR).unexplained
    behind = [Seen(at(0), "r1")]  # the provider's clock is a minute behind
    assert not compare(ours, [*behind, Seen(at(9), "r2")], HOUR).unexplained
    assert compare(ours, [*behind, Seen(at(10), "r2")], HOUR).unexplained


def test_an_unwrap_begun_after_a_theft_does_not_explain_it() -> None:
    """Half a second apart: told from each other by fine times, not by whole seconds."""
    half, fine = timedelta(seconds=0.5), timedelta(microseconds=7)
    ours = [Unwrap("a", at(1), "r1"), Unwrap("b", at(10) + half, "")]
    assert compare(ours, [Seen(at(1) + fine, "r1"), Seen(at(10), "r2")], HOUR).unexplained
    assert compare(ours, [Seen(at(1), "r1"), Seen(at(10), "r2")], HOUR).unanswered == 1


def test_what_lies_beside_the_window_matches_and_is_not_judged() -> None:
    """Two clocks may put one unwrap on either side of an edge: never a finding, never twice."""
    first, second = Window(NOON, at(30)), Window(at(30), at(60))
    ours, seen = [Unwrap("a", at(29.9), "r1")], [Seen(at(30.1), "r1")]
    halves = [compare(ours, seen, window) for window in (first, second)]
    assert [one.explained for one in halves] == [0, 1]
    assert not any(one.unexplained or one.missing for one in halves)
    beside = compare([], [Seen(at(61), "r7")], HOUR)
    assert not beside.unexplained


def test_an_entry_says_what_it_was_told() -> None:
    """Written and read again, with what was logged long after it began marked as late."""
    ours = [Unwrap("a", at(0), "r-1"), Unwrap("b", at(4), "")]
    line = write_unwraps(ours)
    assert read_unwraps(line, at(5)) == ours
    assert [one.late for one in read_unwraps(line, at(5.1))] == [True, False]
    assert read_unwraps("", NOON) == []
    with pytest.raises(Broken, match=r"unwrap\.entry"):
        read_unwraps("a/b", NOON)
