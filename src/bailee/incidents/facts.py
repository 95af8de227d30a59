"""What a breach comes to, counted from the log and its openings alone (C9.1(i)-(iii)). Pure.

Openings say which records a call touched, whose they are, and what was known of these people *at
that time*. So the count is the same after the people are erased. Rules of counting:

* Every person counts once, however often their data was touched. Whoever was a person in any
  access counts as one; organisations stand apart, and so does what is known to be neither.
* A person counts under every nationality and every residence that was known in any access; under
  ``unknown`` only if none ever was. So the lines of a table may add up to more than its total.
* A value counts under the gravest thing that happened to it: ``plain`` (left in clear), ``masked``
  (left as a view alone), ``matched`` (somebody learnt that it equals a value they had), ``inside``
  (touched, and nothing of it left).
* Honey is nobody's: left out, and said how many (C9.1(iii)).

What cannot be known is said: accesses whose opening was erased, logs that were retired.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from bailee import canonical
from bailee.errors import Broken
from bailee.incidents.scope import Scope
from bailee.incidents.sealing import Sealing
from bailee.ledger import Opening
from bailee.vault.catalogue import CATALOGUE

INSIDE, MATCHED, MASKED, PLAIN = range(4)
LEFT = ("inside", "matched", "masked", "plain")
"""What happened to a value, gravest last."""
ACCESS: Mapping[str, int] = {
    "vault:record:revealed": PLAIN,
    "vault:value:decrypted": PLAIN,
    "vault:record:searched": MATCHED,
    "vault:customer-password:verified": MATCHED,
    "vault:record:listed": INSIDE,
    "vault:record:protected": INSIDE,
    "vault:record:updated": INSIDE,
    "vault:record:erased": INSIDE,
    "vault:value:encrypted": INSIDE,
    "vault:value:reencrypted": INSIDE,
    "vault:subject:marked": INSIDE,
    "vault:subject:held": INSIDE,
    "vault:subject:released": INSIDE,
    "vault:subject:restricted": INSIDE,
    "vault:subject:lifted": INSIDE,
    "vault:customer-password:set": INSIDE,
    "vault:customer-password:changed": INSIDE,
    "vault:customer-password:removed": INSIDE,
}
"""Accesses by their action, and what of a value leaves by one. The house's own work is none."""
TRIED = frozenset({"vault:call:refused", "vault:call:failed"})
LISTED = "vault:record:listed"
UNKNOWN = "unknown"
COUNTRY = "US"
SHORTENED = "all"
"""Stands in an entry where it would list too many elements (``ledger.entry``)."""


class _Line(msgspec.Struct, gc=False):
    """One record of an opening."""

    record_id: str
    subject_id: str
    elements: list[str]
    kind: str
    category: str
    nationalities: tuple[str, ...]
    residence: str


_LINE = msgspec.json.Decoder(_Line)
_ACTOR = msgspec.json.Decoder(dict[str, str])
_Shape = tuple[str, str, tuple[str, ...], str]


class ElementCount(msgspec.Struct, frozen=True):
    """In how many records (or values kept elsewhere) one element was touched, and how."""

    element: str
    category: str
    plain: int
    masked: int
    matched: int
    inside: int


class ActionCount(msgspec.Struct, frozen=True):
    """How often one thing was done, to how many records."""

    action: str
    calls: int
    records: int


class Counted(msgspec.Struct, frozen=True):
    """A log, and how many of its entries were counted."""

    log: str
    entries: int


class Facts(msgspec.Struct, frozen=True):
    """What the log says of a scope.

    Attributes:
        scope: what was asked.
        calls: accesses in scope.
        refused: attempts in scope that were refused or failed.
        actions: accesses by what was done.
        records: distinct records.
        elsewhere: distinct values kept outside of the vault that were encrypted or opened here.
        listed: ids that were listed; no value and no person is shown by that.
        elements: values by element.
        categories: distinct records and values kept elsewhere, by category of data.
        people: distinct persons; ``organisations`` and ``unclear`` stand apart.
        roles: persons by what they are to the controller.
        nationalities: persons by nationality.
        states: persons by state of the United States.
        countries: persons whose residence is known otherwise: by country, or ``unknown``.
        honey: records of nobody that were left out.
        erased: calls that may be in scope and whose opening was erased.
        retired: logs of which nothing is left to count.
        logs: what was read.
        encryption: what our controls saw of it at that time, whoever is in scope.
        first: time of the first access in scope, '' without any.
        last: of the last one.
    """

    scope: Scope
    calls: int
    refused: int
    actions: list[ActionCount]
    records: int
    elsewhere: int
    listed: int
    elements: list[ElementCount]
    categories: dict[str, int]
    people: int
    organisations: int
    unclear: int
    roles: dict[str, int]
    nationalities: dict[str, int]
    states: dict[str, int]
    countries: dict[str, int]
    honey: int
    erased: int
    retired: list[str]
    logs: list[Counted]
    encryption: list[Sealing]
    first: str = ""
    last: str = ""

    def digest(self) -> str:
        """Return the SHA-256 by which a notice and the log name exactly these facts."""
        return sha256(canonical.encode(msgspec.to_builtins(self))).hexdigest()


class Tally:
    """Takes entries one by one, and keeps sets of ids: memory grows with people, not accesses.

    Args:
        scope: what is asked for.
        honey: ids of records that are nobody's.
    """

    def __init__(self, scope: Scope, honey: frozenset[str] = frozenset()) -> None:
        self._scope = scope
        self._elements = frozenset(scope.elements)
        self._records = frozenset(scope.records)
        self._honey = honey
        self._calls: Counter[str] = Counter()
        self._touched: defaultdict[str, set[str]] = defaultdict(set)
        self._values: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._subjects: dict[str, tuple[_Shape, ...]] = {}
        self._shapes: dict[_Shape, tuple[_Shape]] = {}
        self._met: set[str] = set()
        self._listed = self._erased = 0
        self._times = "", ""

    def wants(self, fields: Mapping[str, Any]) -> bool:
        """Say whether an entry can be in scope, by what stands in clear."""
        action = fields["action"]
        return (action in ACCESS or action in TRIED) and self._scope.asks(fields)

    def take(self, fields: Mapping[str, Any], opening: Opening | None) -> bool:
        """Count an entry if it is in scope, and say whether it is.

        Raises:
            Broken: ``ledger.opening`` for an opening that its entry did not commit to.
        """
        if not self.wants(fields):
            return False
        if opening is None:
            self._erased += not fields["elements"] or self._about(fields["elements"])
            return False
        if opening.commitments() != fields["commitments"]:
            raise Broken("ledger.opening", "An opening is not that of its entry.")
        if not self._scope.names(_ACTOR.decode(opening.actor[1])):
            return False
        if fields["action"] in TRIED:
            fits = not self._records and self._about(fields["elements"])
            self._calls[fields["action"]] += fits
            return fits
        return self._take(fields, [_LINE.decode(block) for _, block in opening.records])

    def _take(self, fields: Mapping[str, Any], lines: list[_Line]) -> bool:
        action = fields["action"]
        fit = [line for line in lines if self._fits(line)]
        if not fit and (lines or self._records or not self._about(fields["elements"])):
            return False
        self._calls[action] += 1  # also of honey alone: it was somebody's call
        self._listed += int(fields["count"]) if action == LISTED else 0
        time = str(fields["time"])
        first, last = self._times
        self._times = min(first, time) if first else time, max(last, time)
        left = {name.partition(":")[0]: MASKED for name in fields["elements"] if ":" in name}
        most = ACCESS[action]
        for line in fit:
            if line.record_id in self._honey:
                self._met.add(line.record_id)
            else:
                self._line(action, line, left if most == PLAIN else {}, most)
        return True

    def _about(self, elements: list[str]) -> bool:
        """Say whether elements of a call that names no record fit."""
        named = {name.partition(":")[0] for name in elements}
        return not self._elements or not named.isdisjoint({*self._elements, SHORTENED})

    def _fits(self, line: _Line) -> bool:
        if self._records and line.record_id not in self._records:
            return False
        return not self._elements or not self._elements.isdisjoint(line.elements)

    def _line(self, action: str, line: _Line, left: Mapping[str, int], most: int) -> None:
        place = line.record_id or f"~{line.subject_id}"
        if line.record_id:
            self._touched[action].add(line.record_id)
        for name in line.elements:
            if not self._elements or name in self._elements:
                grave, values = left.get(name, most), self._values[name]
                values[place] = max(values.get(place, INSIDE), grave)
        shape = line.kind, line.category, line.nationalities, line.residence
        known = self._subjects.get(line.subject_id)
        if known is None:
            self._subjects[line.subject_id] = self._shapes.setdefault(shape, (shape,))
        elif shape not in known:
            self._subjects[line.subject_id] = (*known, shape)

    def facts(self, logs: list[Counted], retired: list[str], encryption: list[Sealing]) -> Facts:
        """Return what was counted; ``logs`` and ``retired`` say of what."""
        kinds = {name: _kind(shapes) for name, shapes in self._subjects.items()}
        people = [self._subjects[name] for name, kind in kinds.items() if kind == "person"]
        states, countries = _residences(people)
        return Facts(
            scope=self._scope,
            calls=sum(many for action, many in self._calls.items() if action in ACCESS),
            refused=sum(many for action, many in self._calls.items() if action in TRIED),
            actions=[
                ActionCount(action, many, len(self._touched[action]))
                for action, many in sorted(self._calls.items())
                if many
            ],
            records=len(set().union(*self._touched.values())),
            elsewhere=sum(
                place.startswith("~") for values in self._values.values() for place in values
            ),
            listed=self._listed,
            elements=[_element(name, self._values[name]) for name in sorted(self._values)],
            categories=self._categories(),
            people=len(people),
            organisations=sum(kind == "organisation" for kind in kinds.values()),
            unclear=sum(kind == UNKNOWN for kind in kinds.values()),
            roles=_counted(frozenset(one[1] for one in shapes) for shapes in people),
            nationalities=_counted(
                frozenset(code for one in shapes for code in one[2]) for shapes in people
            ),
            states=states,
            countries=countries,
            honey=len(self._met),
            erased=self._erased,
            retired=retired,
            logs=logs,
            encryption=encryption,
            first=self._times[0],
            last=self._times[1],
        )

    def _categories(self) -> dict[str, int]:
        places: defaultdict[str, set[str]] = defaultdict(set)
        for name, values in self._values.items():
            places[category_of(name)].update(values)
        return {name: len(found) for name, found in sorted(places.items())}


def category_of(element: str) -> str:
    """Return the category of data that an element belongs to."""
    found = CATALOGUE.get(element)
    return found.classification if found else UNKNOWN


def _element(name: str, values: Mapping[str, int]) -> ElementCount:
    many = Counter(values.values())
    counts = {word: many[grave] for grave, word in enumerate(LEFT)}
    return ElementCount(name, category_of(name), **counts)


def _kind(shapes: tuple[_Shape, ...]) -> str:
    kinds = {kind for kind, *_ in shapes}
    return next((kind for kind in ("person", "organisation") if kind in kinds), UNKNOWN)


def _counted(people: Iterable[frozenset[str]]) -> dict[str, int]:
    """Count people under every word that is known of them, under ``unknown`` for none."""
    many: Counter[str] = Counter()
    for words in people:
        many.update((words - {UNKNOWN}) or {UNKNOWN})
    return dict(sorted(many.items()))


def _residences(people: list[tuple[_Shape, ...]]) -> tuple[dict[str, int], dict[str, int]]:
    """Return people by state of the United States, and by country where it is none of these."""
    states: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for shapes in people:
        known = {residence for *_, residence in shapes} - {UNKNOWN, ""}
        inside = {one[3:] for one in known if one.startswith(f"{COUNTRY}-")}
        states.update(inside)
        others = {one.partition("-")[0] for one in known if not one.startswith(f"{COUNTRY}-")}
        countries.update(others - {COUNTRY} if inside else others or {UNKNOWN})
    return dict(sorted(states.items())), dict(sorted(countries.items()))
