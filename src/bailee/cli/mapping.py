"""A mapping file says how the columns of a table become elements of the catalogue.

.. code-block:: toml

    [file]
    columns = ["id", "name", "type", "remarks"]   # what the header must hold
    null = ["-0- "]                               # cells that mean nothing

    [record]
    ref = "id"                                    # column that names the row in answers
    subject = "payer-{id}"                        # the caller's reference of the person
    category = "customer"
    residence = "state"                           # column with an ISO 3166-2 code
    kind = { column = "type", individual = "person", otherwise = "organisation" }

    [[field]]
    element = "person.birth_date"
    column = "remarks"
    find = 'DOB ([^;]+)'                          # group 1 is the value
    as = "date"                                   # text | date | country

A pattern that matches more than once gives further records of the same subject, one value each:
nothing that stands in the row is dropped. A mapping names columns of its own table and nothing
else: no path, no expression, no attribute is ever followed.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from bailee.errors import Invalid

MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        start=1,
    )
}
ROW_KEYS = {"file", "record", "field", "nationalities", "countries"}
FIELD_KEYS = {"element", "column", "find", "as", "when"}
FORMS = ("text", "date", "country")
KINDS = {"person", "organisation", "unknown"}
CATEGORIES = {"customer", "owner", "employee", "prospect", "unknown"}
MOST_RECORDS = 100
"""Records of one row: a pattern that matches more often was written for another file."""
MOST_SUBJECT, MOST_NATIONS, MOST_RESIDENCE = 256, 16, 16
MOST_VALUE = 64 * 1024
"""The server's own limits: beyond them it would refuse the whole call, not the row."""
Cells = Sequence[str | None]
"""One row, cell by cell in the order of the header; None where there is no cell."""


class RowRefused(Exception):  # noqa: N818 - a verdict on a row, caught where rows are counted
    """A row that cannot become records: a code and the column, never what stands there (C3.2)."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


@dataclass(frozen=True)
class Column:
    """One rule: from a column to an element."""

    element: str
    column: str
    find: re.Pattern[str] | None
    form: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class MappingFile:
    """A whole mapping, checked. ``digest`` is of the file it was read from."""

    columns: tuple[str, ...]
    null: frozenset[str]
    encoding: str
    ref: str
    subject: str
    category: str
    residence: str
    kind: Mapping[str, str]
    fields: tuple[Column, ...]
    nationalities: Column | None
    countries: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    def elements(self) -> tuple[str, ...]:
        """Return every element the mapping fills, sorted."""
        return tuple(sorted({rule.element for rule in self.fields}))

    def needed(self) -> list[str]:
        """Return every column that the mapping reads or names, in order."""
        rules = [*self.fields, *([self.nationalities] if self.nationalities else [])]
        names = [*self.columns, self.ref, *(part for part in _parts(self.subject)[1::2])]
        names += [self.residence] if self.residence else []
        names += [self.kind["column"]] if "column" in self.kind else []
        names += [name for rule in rules for name in (rule.column, *rule.when)]
        return list(dict.fromkeys(names))

    def records(self, row: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the records of one row given by column; see ``Bound.records``."""
        return Bound(self, list(row)).records(list(row.values()))


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule whose columns are known by place."""

    element: str
    at: int
    find: re.Pattern[str] | None
    form: str
    when: tuple[tuple[int, frozenset[str]], ...]
    column: str


class Bound:
    """A mapping upon a table's header: everything that is looked up by name is looked up here.

    Raises:
        Invalid: ``file.columns`` when the header lacks a column that the mapping reads.
    """

    def __init__(self, mapping: MappingFile, header: Sequence[str]) -> None:
        at = {name: place for place, name in enumerate(header)}
        missing = [name for name in mapping.needed() if name not in at]
        if missing:
            raise Invalid(
                "file.columns",
                f"The header lacks what the mapping names: {', '.join(missing)}.",
                do="Use the mapping made for this file.",
            )
        self._mapping, self._null = mapping, mapping.null
        self._rules = [_placed(rule, at) for rule in mapping.fields]
        nations = mapping.nationalities
        self._nations = _placed(nations, at) if nations else None
        self._residence = at[mapping.residence] if mapping.residence else None
        self._kind = at[mapping.kind["column"]] if "column" in mapping.kind else None
        words = {"is", "column", "otherwise"}
        self._kinds = {cell: kind for cell, kind in mapping.kind.items() if cell not in words}
        self._otherwise = mapping.kind.get("otherwise" if self._kinds else "is", "unknown")
        parts = _parts(mapping.subject)
        self._subject: list[str | int] = [
            at[part] if place % 2 else part for place, part in enumerate(parts)
        ]

    def records(self, cells: Cells) -> list[dict[str, Any]]:
        """Return the records of one row: one, and further ones for repeated values.

        Each has ``subject``, ``kind``, ``category``, ``fields`` and, where the mapping says so,
        ``nationalities`` and ``residence``.

        Raises:
            RowRefused: ``mapping.date``, ``mapping.country`` for a value of unknown form;
                ``row.*`` for what the server would refuse a whole call for.
        """
        values: list[dict[str, str]] = [{}]
        for rule in self._rules:
            cell = cells[rule.at]
            if cell is None or cell in self._null:
                continue
            for text in self._values(rule, cell, cells):
                for one in values:
                    if rule.element not in one:
                        one[rule.element] = text
                        break
                else:
                    values.append({rule.element: text})
        if not values[0]:
            raise RowRefused("row.empty")
        if len(values) > MOST_RECORDS:
            raise RowRefused("row.records")
        head = self._head(cells)
        return [{**head, "fields": one} for one in values]

    def _head(self, cells: Cells) -> dict[str, Any]:
        mapping = self._mapping
        subject = "".join(
            [part if isinstance(part, str) else cells[part] or "" for part in self._subject]
        )
        if not 0 < len(subject) <= MOST_SUBJECT:
            raise RowRefused("row.subject")
        cell = "" if self._kind is None else cells[self._kind] or ""
        kind = self._kinds.get(cell, self._otherwise)
        head: dict[str, Any] = {"subject": subject, "kind": kind, "category": mapping.category}
        if self._nations is not None:
            nations = cells[self._nations.at] or ""
            null = nations in self._null
            found = [] if null else self._values(self._nations, nations, cells)
            head["nationalities"] = list(dict.fromkeys(found)) or ["unknown"]
            if len(head["nationalities"]) > MOST_NATIONS:
                raise RowRefused("row.nationalities", self._nations.column)
        if self._residence is not None:
            where = cells[self._residence]
            if where is not None and where not in self._null:
                if len(where) > MOST_RESIDENCE:
                    raise RowRefused("row.residence", mapping.residence)
                head["residence"] = where
        return head

    def _values(self, rule: _Rule, cell: str, cells: Cells) -> list[str]:
        for at, wanted in rule.when:
            if (cells[at] or "") not in wanted:
                return []
        raw = [cell] if rule.find is None else [found[1] for found in rule.find.finditer(cell)]
        kept = [text for one in raw if one and (text := one.strip())]
        if len(cell) > MOST_VALUE // 6:  # an escape on the wire takes six bytes at most
            for text in kept:
                if len(msgspec.json.encode(text)) > MOST_VALUE:
                    raise RowRefused("row.value", rule.column)
        if rule.form == "text":
            return kept
        try:
            return [self._formed(rule.form, text) for text in kept]
        except Invalid as problem:
            raise RowRefused(problem.code, rule.column) from None

    def _formed(self, form: str, text: str) -> str:
        if form == "date":
            return read_date(text)
        code = self._mapping.countries.get(text)
        if code is None:
            raise Invalid(
                "mapping.country", "A country's name is not in the mapping.", do="Add it."
            )
        return code


def _placed(rule: Column, at: Mapping[str, int]) -> _Rule:
    when = tuple((at[name], frozenset(wanted)) for name, wanted in rule.when.items())
    return _Rule(rule.element, at[rule.column], rule.find, rule.form, when, rule.column)


def _parts(template: str) -> list[str]:
    """Split ``payer-{id}`` into texts and columns in turn: nothing else is ever looked up."""
    return re.split(r"\{([^{}]*)\}", template)


def read_date(text: str) -> str:
    """Return a date as ISO 8601-2 (EDTF level 1) writes it: ``1971-08-10``, ``1970-12``, ``1965~``.

    Reads ``10 Aug 1971``, ``Dec 1970``, ``1973``, ``circa …`` and ``… to …``; ISO dates pass.

    Raises:
        Invalid: ``mapping.date``.
    """
    circa = text.startswith("circa ")
    start, to, end = text.removeprefix("circa ").replace("-", " to ", circa).partition(" to ")
    parts = [_one_date(part) for part in ((start, end) if to else (start,))]
    return "/".join(f"{part}~" if circa else part for part in parts)


def _one_date(text: str) -> str:
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        return text
    found = re.fullmatch(r"(?:(\d\d) )?([A-Z][a-z]{2}) (\d{4})", text)
    month = MONTHS.get(found[2]) if found else None
    if found is None or month is None:
        raise Invalid("mapping.date", "A date has a form the mapping does not know.")
    day = f"-{found[1]}" if found[1] else ""
    return f"{found[3]}-{month:02d}{day}"


def load_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file.

    Raises:
        Invalid: ``mapping.form``, naming what is missing or unknown.
    """
    try:
        data = path.read_bytes()
        raw = tomllib.loads(data.decode("utf-8"))
    except OSError:
        raise Invalid(
            "file.missing", "There is no such mapping file.", do="Check the path."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _bad("it is not TOML") from None
    if unknown := set(raw) - ROW_KEYS:
        raise _bad(f"unknown table {min(unknown)}")
    try:
        return _read(raw, hashlib.sha256(data).hexdigest())
    except KeyError as error:
        raise _bad(f"{error.args[0]} is missing") from None
    except (TypeError, AttributeError):
        raise _bad("a table or a list stands where another thing should") from None


def _read(raw: Mapping[str, Any], digest: str) -> MappingFile:
    record = raw["record"]
    mapping = MappingFile(
        columns=tuple(raw["file"]["columns"]),
        null=frozenset(raw["file"].get("null", [""])),
        encoding=raw["file"].get("encoding", "utf-8"),
        ref=record["ref"],
        subject=record["subject"],
        category=record.get("category", "unknown"),
        residence=record.get("residence", ""),
        kind=record.get("kind", {"is": "unknown"}),
        fields=tuple(_column(entry) for entry in raw["field"]),
        nationalities=(
            _column({"element": "", **raw["nationalities"]}) if "nationalities" in raw else None
        ),
        countries=raw.get("countries", {}),
        digest=digest,
    )
    if not all(isinstance(text, str) for text in _texts(mapping)):
        raise TypeError("a number stands where a text should")
    kinds = {kind for column, kind in mapping.kind.items() if column != "column"}
    if not kinds <= KINDS:
        raise _bad(f"a kind is one of {', '.join(sorted(KINDS))}")
    if mapping.category not in CATEGORIES:
        raise _bad(f"a category is one of {', '.join(sorted(CATEGORIES))}")
    if not 0 < len(mapping.elements()) <= MOST_RECORDS:
        raise _bad(f"it fills 1 to {MOST_RECORDS} elements")
    if any("{" in part or "}" in part for part in _parts(mapping.subject)):
        raise _bad("the subject names a column in braces that do not fit")
    return mapping


def _texts(mapping: MappingFile) -> Iterator[object]:
    """Yield whatever of a mapping must be a text; TOML knows numbers, dates and truths besides."""
    yield from (mapping.encoding, mapping.ref, mapping.subject, mapping.category, mapping.residence)
    yield from chain(mapping.columns, mapping.null, mapping.kind.values())
    yield from mapping.countries.values()
    for rule in (*mapping.fields, *filter(None, [mapping.nationalities])):
        yield from (rule.element, rule.column, *chain.from_iterable(rule.when.values()))


def _column(entry: Mapping[str, Any]) -> Column:
    if unknown := set(entry) - FIELD_KEYS:
        raise _bad(f"unknown key {min(unknown)}")
    try:
        find = re.compile(entry["find"]) if "find" in entry else None
    except re.error:
        raise _bad("a pattern is not a regular expression") from None
    if find is not None and find.groups < 1:
        raise _bad("a pattern has no group, and group 1 is the value")
    form = entry.get("as", "text")
    if form not in FORMS:
        raise _bad(f"`as` is one of {', '.join(FORMS)}")
    return Column(
        element=entry["element"],
        column=entry["column"],
        find=find,
        form=form,
        when={name: tuple(wanted) for name, wanted in entry.get("when", {}).items()},
    )


def _bad(what: str) -> Invalid:
    return Invalid(
        "mapping.form", f"The mapping file cannot be used: {what}.", do="Mend the mapping."
    )
