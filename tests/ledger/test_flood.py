"""A flood of refused credentials stays small in the log, and nothing of it is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bailee.ledger.flood import OTHERS, Flood

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def at(milliseconds: int) -> datetime:
    """Return a time after the start."""
    return START + timedelta(milliseconds=milliseconds)


def test_first_is_recorded_at_once_and_the_rest_counted() -> None:
    """The first refusal is an entry; 99 more in that second are one entry when it is over."""
    flood = Flood()
    assert flood.refuse("192.0.2.1", at(0)) == ("192.0.2.1", 1)
    assert all(flood.refuse("192.0.2.1", at(i))[1] == 0 for i in range(1, 100))
    assert flood.due(at(999)) == []
    assert flood.due(at(1000)) == [("192.0.2.1", 99)]
    assert flood.due(at(3000)) == []


def test_next_refusal_carries_what_was_counted() -> None:
    """The first refusal after a window is recorded with the counted ones."""
    flood = Flood()
    flood.refuse("192.0.2.1", at(0))
    flood.refuse("192.0.2.1", at(500))
    assert flood.refuse("192.0.2.1", at(1500)) == ("192.0.2.1", 2)


def test_sources_do_not_hide_each_other() -> None:
    """Every source has its own window."""
    flood = Flood()
    assert flood.refuse("192.0.2.1", at(0))[1] == 1
    assert flood.refuse("192.0.2.2", at(0))[1] == 1


def test_too_many_sources_are_counted_together() -> None:
    """Past the limit all further sources share one window, so memory stays bounded."""
    flood = Flood(max_sources=2)
    for name in ("a", "b"):
        flood.refuse(name, at(0))
    assert flood.refuse("c", at(0)) == (OTHERS, 1)
    assert flood.refuse("d", at(1)) == (OTHERS, 0)
    assert flood.due(at(2000)) == [(OTHERS, 1)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400), st.booleans())))
def test_nothing_is_lost_and_no_second_has_two_entries(steps: list[tuple[str, int, bool]]) -> None:
    """Recorded counts add up to the refusals; entries of a source are a second apart."""
    flood, now, recorded, times = Flood(), 0, dict[str, int](), dict[str, list[int]]()
    for source, wait, flush in steps:
        now += wait
        entries = [flood.refuse(source, at(now))] + (flood.due(at(now)) if flush else [])
        for name, count in entries:
            if count:
                recorded[name] = recorded.get(name, 0) + count
                times.setdefault(name, []).append(now)
    for name, count in flood.due(at(now + 5000)):
        recorded[name] = recorded.get(name, 0) + count
    for source in "abc":
        assert recorded.get(source, 0) == sum(name == source for name, _, _ in steps)
        gaps = times.get(source, [])
        assert all(b - a >= 1000 for a, b in pairwise(gaps))
