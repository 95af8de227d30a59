"""Medians and percentiles of what was measured; nothing is interpolated."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` (0 to 1) of all values do not exceed.

    Raises:
        ValueError: for no values, or a share outside 0 to 1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError("a percentile needs values and a share from 0 to 1")
    ordered = sorted(values)
    rank = -(-round(share * len(ordered) * 1_000_000) // 1_000_000)  # ceiling, rounding noise aside
    return ordered[max(rank, 1) - 1]


def median(values: Sequence[float]) -> float:
    """Return the middle value; of an even number, the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2
