"""The seed of a run: given, or new; always printed, so that a failing run can be repeated.

It decides what clients send and when a fault comes. The kernel decides how threads interleave, so
a repeated seed gives the same kind of run, not the same microsecond.
"""

from __future__ import annotations

import functools
import os
import secrets


@functools.cache
def seed() -> int:
    """Return the run's seed: ``SEED`` of the environment, or a new one."""
    given = os.environ.get("SEED", "")  # noqa: TID251 - a setting of the harness, not the program
    return int(given) if given else secrets.randbelow(1 << 24)


def runs(standard: int) -> int:
    """Return how often to repeat something: ``RUNS`` of the environment wins, in percent."""
    percent = int(os.environ.get("RUNS", "100"))  # noqa: TID251 - the same
    return max(1, standard * percent // 100)
