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
nothing that stands in the row is dropped.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """A whole mapping, checked."""

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

    def elements(self) -> tuple[str, ...]:
        """Return every element the mapping fills, sorted."""
        return tuple(sorted({rule.element for rule in self.fields}))

    def records(self, row: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the records of one row: one, and further ones for repeated values.

        Raises:
            Invalid: ``mapping.date`` or ``mapping.country`` for a value of unknown form.
        """
        values: list[dict[str, str]] = [{}]
        for rule in self.fields:
            for turn, value in enumerate(self._values(rule, row)):
                if turn == len(values):
                    values.append({})
                values[turn][rule.element] = value
        head: dict[str, Any] = {
            "subject": self.subject.format_map(row),
            "kind": self._kind(row),
            "category": self.category,
        }
        if self.nationalities is not None:
            found = self._values(self.nationalities, row)
            head["nationalities"] = list(dict.fromkeys(found)) or ["unknown"]
        if self.residence and row[self.residence] not in self.null:
            head["residence"] = row[self.residence]
        ref = row[self.ref]
        return [
            {"ref": ref if turn == 0 else f"{ref}#{turn + 1}", **head, "fields": fields}
            for turn, fields in enumerate(values)
        ]

    def _kind(self, row: Mapping[str, str]) -> str:
        if "column" not in self.kind:
            return self.kind.get("is", "unknown")
        return self.kind.get(row[self.kind["column"]], self.kind.get("otherwise", "unknown"))

    def _values(self, rule: Column, row: Mapping[str, str]) -> list[str]:
        cell = row[rule.column]
        if cell in self.null or any(row[name] not in wanted for name, wanted in rule.when.items()):
            return []
        raw = [cell] if rule.find is None else [found[1] for found in rule.find.finditer(cell)]
        return [self._formed(rule.form, text.strip()) for text in raw if text.strip()]

    def _formed(self, form: str, text: str) -> str:
        if form == "date":
            return read_date(text)
        if form == "country":
            code = self.countries.get(text)
            if code is None:
                raise Invalid(
                    "mapping.country", "A country's name is not in the mapping.", do="Add it."
                )
            return code
        return text


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
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Invalid(
            "file.missing", "There is no such mapping file.", do="Check the path."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _bad("it is not TOML") from None
    if unknown := set(raw) - ROW_KEYS:
        raise _bad(f"unknown table {min(unknown)}")
    try:
        record = raw["record"]
        return MappingFile(
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
        )
    except KeyError as error:
        raise _bad(f"{error.args[0]} is missing") from None


def _column(entry: Mapping[str, Any]) -> Column:
    if unknown := set(entry) - FIELD_KEYS:
        raise _bad(f"unknown key {min(unknown)}")
    try:
        find = re.compile(entry["find"]) if "find" in entry else None
    except re.error:
        raise _bad("a pattern is not a regular expression") from None
    return Column(
        element=entry["element"],
        column=entry["column"],
        find=find,
        form=entry.get("as", "text"),
        when={name: tuple(wanted) for name, wanted in entry.get("when", {}).items()},
    )


def _bad(what: str) -> Invalid:
    return Invalid(
        "mapping.form", f"The mapping file cannot be used: {what}.", do="Mend the mapping."
    )
