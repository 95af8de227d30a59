"""What a law obliges us to keep after the end of an agreement (C6(i)). Pure.

A *kept* line says which elements, of which records, by which legal provision, until when. It frees
nothing for use: it is what a destruction leaves out, what may be read for ``legal-retention``, and
what the certificate lists as exceptions. A line whose day has come keeps nothing any more.

Deliberately not judged: whether the provision really demands it. The controller reads every line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bailee.access.view import covers, known
from bailee.errors import Invalid
from bailee.vault.catalogue import CATALOGUE, schema

MOST_RECORDS = 1000
BASIS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of what is kept."""

    kept_id: str
    controller: str
    basis: str = field(repr=False)
    """The legal provision."""
    elements: tuple[str, ...]
    """Names, families (``transaction.*``) or classes of the catalogue."""
    records: tuple[str, ...]
    """Ids; empty for all records."""
    until: datetime
    """The last moment; from then on it is destroyed like everything else."""
    noted: datetime
    noted_by: str


@dataclass(frozen=True, slots=True)
class Selection:
    """All living lines, ready to be asked."""

    everywhere: frozenset[str] = frozenset()
    by_record: dict[str, set[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything is kept."""
        return bool(self.everywhere or self.by_record)

    def holds(self, record_id: str, element: str) -> bool:
        """Tell whether a value is kept."""
        return element in self.everywhere or element in self.by_record.get(record_id, ())


def check(one: Kept, now: datetime) -> None:
    """Refuse a line without a bound.

    Raises:
        Invalid: ``retention.basis``, ``retention.elements``, ``retention.records``,
            ``retention.until``.
    """
    if not one.basis.strip() or len(one.basis) > BASIS_LIMIT:
        raise Invalid(
            "retention.basis",
            "What a law keeps names the legal provision.",
            do="Write it as the law is cited, for example 31 CFR 1010.430.",
        )
    names = schema()
    if not one.elements or "*" in one.elements or not all(known(n, names) for n in one.elements):
        raise Invalid(
            "retention.elements",
            "A legal provision keeps named elements, never everything.",
            do="Write transaction.amount, transaction.* or class:payment.",
        )
    if any(":" in name and not name.startswith("class:") for name in one.elements):
        raise Invalid("retention.elements", "A value is kept whole, not a mask of it.")
    if len(one.records) > MOST_RECORDS:
        raise Invalid("retention.records", f"One line names at most {MOST_RECORDS} records.")
    if one.until <= now:
        raise Invalid("retention.until", "What is kept is kept until a day to come.")


def select(lines: Iterable[Kept], now: datetime) -> Selection:
    """Return what lines keep at a moment."""
    names, everywhere = schema(), set[str]()
    by_record: dict[str, set[str]] = defaultdict(set)
    for one in lines:
        if one.until <= now:
            continue
        found = {name for name in CATALOGUE for each in one.elements if covers(each, name, names)}
        if not one.records:
            everywhere |= found
        for record_id in one.records:
            by_record[record_id] |= found
    return Selection(frozenset(everywhere), dict(by_record))
