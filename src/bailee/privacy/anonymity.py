"""Classes of people whom their row does not tell apart: k-anonymity (B3, A29, C7.2(3)(iii)). Pure.

A *class* is all rows with the same values of the elements that others know of people. Its size is
the number of *people* in it, not of rows: five purchases of one person hide nobody. A class of
fewer than k is left out whole, or nothing leaves at all, as whoever asks decides.

Deliberately not done: a class of k people who all have the same condition says it of each of them
(l-diversity), and two exports can be laid beside each other; the undertaking forbids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bailee.errors import Invalid, Refused

LEAST, MOST = 2, 10_000
SUPPRESS, REFUSE = "suppress", "refuse"
Row = tuple[str, tuple[str, ...]]
"""Whose row it is, and its cells."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows may leave, by their place; and what was left out."""

    rows: tuple[int, ...]
    people: int
    classes: int
    smallest: int
    """People in the smallest class that leaves."""
    suppressed: int
    """Rows that were left out."""
    small: int
    """Classes that were left out."""


def target(asked: int, operator: int, agreed: int = 0) -> tuple[int, str]:
    """Return k and where it comes from: the largest of what anybody set, never less.

    Args:
        asked: by whoever exports, 0 for nothing.
        operator: the operator's own target.
        agreed: the number of the agreement, 0 where it has none.

    Raises:
        Invalid: ``deidentified.k``.
    """
    if asked and not LEAST <= asked <= MOST:
        raise Invalid("deidentified.k", f"A class is of {LEAST} to {MOST} people at least.")
    sources = ((agreed, "agreement"), (operator, "operator's target"), (asked, "asked for"))
    k, source = max(sources, key=lambda one: one[0])
    return max(k, LEAST), source


def choose(rows: Sequence[Row], places: Sequence[int], k: int, *, small: str) -> Chosen:
    """Return which rows may leave.

    Args:
        rows: whose they are, and their cells.
        places: columns that make a class.
        k: people that a class needs.
        small: ``suppress`` leaves out smaller classes, ``refuse`` lets nothing leave beside one.

    Raises:
        Refused: ``deidentified.small_class``, ``deidentified.nothing_left``.
    """
    people: dict[tuple[str, ...], set[str]] = {}
    keys = [tuple(cells[place] for place in places) for _, cells in rows]
    for key, (who, _) in zip(keys, rows, strict=True):
        people.setdefault(key, set()).add(who)
    large = {key: found for key, found in people.items() if len(found) >= k}
    few = len(people) - len(large)
    if few and small == REFUSE:
        raise Refused(
            "deidentified.small_class",
            f"A class of fewer than {k} people would leave: they could be told apart.",
            do="Ask for fewer elements, or let small classes be left out.",
        )
    if not large:
        raise Refused(
            "deidentified.nothing_left",
            f"Every class is of fewer than {k} people: nothing may leave.",
            do="Ask for fewer elements.",
        )
    kept = tuple(place for place, key in enumerate(keys) if key in large)
    return Chosen(
        rows=kept,
        people=len(set[str]().union(*large.values())),
        classes=len(large),
        smallest=min(map(len, large.values())),
        suppressed=len(rows) - len(kept),
        small=few,
    )
