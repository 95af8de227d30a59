"""Samples that anybody draws again: the same population, size and seed give the same ids. Pure.

The algorithm, complete::

    rank(id) = SHA-256("bailee/sample/v1" 00 seed 00 id)        seed and id in ASCII
    sample   = the ``size`` ids of the smallest (rank, id), in that order

Every id's rank depends on the seed and on itself alone: there is nothing to reject and nothing to
count, and a population that grew ranks its old members as before. Whoever knows the population can
search for a seed that leaves an id out; so the auditor gives the seed, and the entry that records
the draw holds it.

The *population* is every entry of the controller's logs that stood in them when the sample was
drawn (``bounds``: log and size), whose action begins with a prefix; ``all`` takes every one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from heapq import nsmallest

from bailee import canonical
from bailee.errors import Invalid

ALL = "all"
MAX_SIZE = 1000
_MARK = b"bailee/sample/v1\x00"
_PREFIX = re.compile(r"[a-z][a-z0-9:_-]{0,60}", re.ASCII)
_SEED = re.compile(r"[a-z0-9._:-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draw:
    """What is to be drawn."""

    population: str
    size: int
    seed: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample, as stored."""

    sample_id: str
    controller: str
    engagement_id: str
    drawn_by: str
    created: datetime
    draw: Draw
    bounds: tuple[tuple[str, int], ...]
    """Each log and how many entries of it were the population, oldest log first."""
    count: int
    """How many entries the population has."""
    chosen: tuple[str, ...]
    entry_id: str = field(default="")


def check_draw(draw: Draw) -> None:
    """Refuse what could not be drawn again from the entry alone.

    Raises:
        Invalid: ``sample.population``, ``sample.size``, ``sample.seed``.
    """
    if not _PREFIX.fullmatch(draw.population):
        raise Invalid(
            "sample.population",
            "A population is 'all', or the beginning of an action.",
            do="For instance vault:record: or access:grant:",
        )
    if not 1 <= draw.size <= MAX_SIZE:
        raise Invalid("sample.size", f"A sample has 1 to {MAX_SIZE} entries.")
    if not _SEED.fullmatch(draw.seed):
        raise Invalid(
            "sample.seed",
            "A seed is 8 to 64 lower-case letters, digits and . _ : -",
            do="Roll dice, or take today's news; give each sample its own.",
        )


def belongs(action: str, population: str) -> bool:
    """Tell whether an entry of that action is in a population."""
    return population == ALL or action.startswith(population)


def rank(seed: str, name: str) -> bytes:
    """Return where an id stands for a seed."""
    return sha256(_MARK + seed.encode("ascii") + b"\x00" + name.encode("ascii")).digest()


def choose(draw: Draw, names: Iterable[str]) -> tuple[str, ...]:
    """Return the sample of a population of ids; all of it when it is smaller."""
    return tuple(nsmallest(draw.size, names, key=lambda name: (rank(draw.seed, name), name)))


def digest(chosen: Sequence[str]) -> str:
    """Return SHA-256 (hex) over ids, each ended by a newline: what the entry holds of a sample."""
    return sha256("".join(f"{name}\n" for name in chosen).encode("ascii")).hexdigest()


def bounds_digest(bounds: Sequence[tuple[str, int]]) -> str:
    """Return SHA-256 (hex) of a population's bounds as canonical JSON."""
    return sha256(canonical.encode([list(one) for one in bounds])).hexdigest()
