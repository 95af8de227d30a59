"""The page says what was measured, what falls short first."""

from __future__ import annotations

import pytest

from bench import sections, targets
from bench.sections import Rows
from bench.targets import Goal


def encrypting(who: str, items: float, cpu: float) -> dict[str, object]:
    """Return a row of P1 at batch 100."""
    what = {"who": who, "work": "encrypt", "batch": "100", "subjects": "warm", "cores": "one"}
    return {**what, "items_s": items, "cpu_s_per_1000": cpu}


def test_repeats_are_folded_into_their_median() -> None:
    """Of three repeats the middle one counts; rows of other texts do not."""
    rows = Rows([{"who": "a", "n": 9}, {"who": "a", "n": 1}, {"who": "a", "n": 4}, {"who": "b"}])

    assert rows.figure("n", who="a") == 4
    assert rows.figure("n", who="b") is None


def test_a_contender_that_is_faster_is_named_as_such() -> None:
    """P1 compares with OpenBao by rate and by CPU time, and hides neither when it is lost."""
    rows = Rows([encrypting("bailee", 30_000, 0.04), encrypting("OpenBao", 20_000, 0.02)])

    goals = {one.name: one for one in targets.encrypting(rows)}

    assert [one.reached for one in goals.values()] == [False, False]
    assert goals["encrypt at 100, items/s over OpenBao's"].value == pytest.approx(1.5)
    assert goals["encrypt at 100, items per CPU-second over OpenBao's"].value == pytest.approx(0.5)


def test_what_falls_short_is_listed_and_what_was_not_measured_is_not() -> None:
    """A figure counts for or against a target only if somebody measured it."""
    goals = [
        Goal("slow", 1.0, 2.0),
        Goal("late", 7.0, 6.0, at_least=False, unit=" ms"),
        Goal("unknown", None, 1.0),
    ]

    assert list(targets.verdict(goals)) == [
        "**Short of the target:**",
        "",
        "- slow 1.00 (at least 2.00)",
        "- late 7.00 ms (at most 6.00)",
        "",
        "**Reached:** nothing.",
        "",
    ]


def test_a_table_shows_every_text_once_and_a_dash_for_what_is_missing() -> None:
    """Rows of equal texts become one line; a figure that a row lacks is a dash."""
    rows = Rows([{"who": "a", "p50_ms": 1.0}, {"who": "a", "p50_ms": 3.0}, {"who": "b"}])

    assert list(sections.plain(rows, "p50_ms")) == [
        "| Who | p50 ms |",
        "|---|---|",
        "| a | 2.00 |",
        "| b | - |",
    ]
