"""What is left of an element where nobody may be named: the safe-harbor list (B3, A29). Pure.

45 CFR 164.514(b)(2)(i) names eighteen kinds of identifiers; ``safe_harbor.toml`` says for every
element of the catalogue which of them it is and what becomes of it. An element that nobody mapped
is refused. The list alone does not make a row anonymous: see ``anonymity``.

Deliberately not claimed: 164.514(b)(2)(ii), that nobody here knows how to tell who it is. That is
for a person to say, and (b)(1), an expert's word, too.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bailee.errors import Refused

DROP, YEAR, BIRTH, CODE, BAND, KEEP = "drop", "year", "birth", "code", "band", "keep"
WAYS = frozenset((DROP, YEAR, BIRTH, CODE, BAND, KEEP))
OLDEST = 89
"""Years: whoever may be older stands in one class, whatever their year of birth."""
OLD = "90+"
VIEW_OF: Mapping[str, str] = MappingProxyType({YEAR: "year", BIRTH: "year"})
"""The mask that shows at least as much: consents and transfers are asked for it, not for more."""
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_ICD_10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", re.ASCII)
_AMOUNT = re.compile(r"(-?)0*([0-9]+)(?:\.[0-9]+)?( [A-Z]{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one element."""

    name: str
    item: str
    """The letter of the list, '' where it does not name this."""
    how: str
    quasi: bool = False
    """Whether others know it of people: then it counts for a class, asked or not."""

    @property
    def left(self) -> str:
        """Return what is left, as consents name it: ``person.birth_date:year``."""
        view = VIEW_OF.get(self.how)
        return f"{self.name}:{view}" if view else self.name

    def apply(self, value: str, now: datetime) -> str:
        """Return what is left of a value, '' for nothing.

        An age is counted by years alone, as if the birthday were over: a class may hold somebody
        who is 89, and never shows anybody who is older.
        """
        if self.how == KEEP:
            return value
        if self.how == CODE:
            return value if _ICD_10.fullmatch(value) else ""
        if self.how == BAND:
            return _band(value)
        found = _YEAR.match(value)
        if self.how == DROP or found is None:
            return ""
        old = self.how == BIRTH and now.year - int(found[0]) > OLDEST
        return OLD if old else found[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export is made of."""

    kept: tuple[Rule, ...]
    dropped: tuple[Rule, ...]
    quasi: tuple[str, ...]
    """Elements that make a class, in the order of the columns."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of what is kept."""
        return tuple(one.name for one in self.kept)

    @property
    def left(self) -> tuple[str, ...]:
        """Return what leaves, as consents name it."""
        return tuple(one.left for one in self.kept)


def plan(
    elements: Iterable[str], quasi: Iterable[str], rules: Mapping[str, Rule] | None = None
) -> Plan:
    """Return what becomes of the elements asked for.

    Args:
        elements: names of the catalogue.
        quasi: elements that make a class beside those that always do.
        rules: the mapping; the one of the list by default.

    Raises:
        Refused: ``deidentified.unmapped`` for an element without a rule;
            ``deidentified.nothing_left``; ``deidentified.quasi`` for one that is not kept, or
            where nothing makes a class.
    """
    known = harbor() if rules is None else rules
    asked = tuple(dict.fromkeys(elements))
    if unmapped := sum(name not in known for name in asked):
        raise Refused(
            "deidentified.unmapped",
            f"Nobody has said what becomes of {unmapped} of these elements.",
            do="Leave out what the list of identifiers does not speak of, and masks.",
        )
    found = [known[name] for name in asked]
    kept = tuple(one for one in found if one.how != DROP)
    if not kept:
        raise Refused("deidentified.nothing_left", "Of these elements nothing may be left.")
    wanted = frozenset(quasi)
    classes = tuple(one.name for one in kept if one.quasi or one.name in wanted)
    if not classes or not wanted <= frozenset(classes):
        raise Refused(
            "deidentified.quasi",
            "A class is made of elements that are kept, one at least.",
            do="Name with quasi what others know of these people.",
        )
    return Plan(kept, tuple(one for one in found if one.how == DROP), classes)


@functools.cache
def harbor() -> Mapping[str, Rule]:
    """Return the rules by element."""
    path = importlib.resources.files("bailee.privacy") / "safe_harbor.toml"
    data = tomllib.loads(path.read_text("utf-8"))
    return MappingProxyType({row["name"]: Rule(**row) for row in data["element"]})


def _band(value: str) -> str:
    found = _AMOUNT.fullmatch(value)
    if found is None:
        return ""
    sign, digits, currency = found[1], found[2], found[3] or ""
    low = 10 ** (len(digits) - 1) if len(digits) > 1 else 0
    return f"{sign}{low}-{10 ** len(digits) - 1}{currency}"
