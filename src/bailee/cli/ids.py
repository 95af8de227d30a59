"""Which records leave: ids from a file, or every record of a controller, page by page."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from bailee.cli.journal import Line
from bailee.cli.table import Source
from bailee.client import Client
from bailee.client.answers import Entry
from bailee.client.answers import Listed as PageAnswer
from bailee.errors import Invalid, Refused

CALL = 1000
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Wanted:
    """What is read, and for what.

    Attributes:
        elements: names, or views: ``person.ssn:last4``.
        approval: a second person's, for more subjects than a day allows.
    """

    client: Client
    controller: str
    purpose: str
    elements: tuple[str, ...]
    approval: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Records of one call.

    Attributes:
        place: from where the source goes on behind this page.
        final: nothing is behind it.
        entry: of the ledger, where a list was asked for.
        total: how many records there are in all; on the first page.
    """

    number: int
    ids: list[str]
    place: str
    final: bool
    entry: Entry | None = None
    withheld: int = 0
    without: int = 0
    total: int | None = None


class Ids(Protocol):
    """Where the ids of records come from."""

    work: str

    def head(self) -> Line:
        """Return what makes this source this source, for the journal."""

    def pages(self, number: int, place: str) -> Iterator[Page]:
        """Yield pages from a number and a place on."""

    def total(self) -> int:
        """Return how many records there are now."""


class Listed:
    """Ids in a file: one a line, or the column ``record`` of a CSV file such as an import leaves.

    Raises:
        Invalid: ``file.missing``; ``file.records`` for a line that is no id, by its number.
    """

    work = "reveal"

    def __init__(self, path: Path) -> None:
        with Source(path) as source:
            self._digest = source.digest()
        self._path = path
        self._total = sum(1 for _ in self._ids())

    def head(self) -> Line:
        """Return the file's digest."""
        return {"records": self._digest}

    def total(self) -> int:
        """Return how many ids the file holds."""
        return self._total

    def pages(self, number: int, place: str) -> Iterator[Page]:
        """Yield the file's ids, a thousand a page."""
        at = int(place or 0)
        ids = islice(self._ids(), at, None)
        while some := list(islice(ids, CALL)):
            at += len(some)
            yield Page(
                number=number,
                ids=some,
                place=str(at),
                final=at >= self._total,
                total=self._total,
            )
            number += 1

    def _ids(self) -> Iterator[str]:
        column = 0
        try:
            with self._path.open(encoding="utf-8", newline="") as file:
                for number, row in enumerate(csv.reader(file), start=1):
                    if number == 1 and "record" in row:
                        column = row.index("record")
                    elif row:
                        found = row[column] if column < len(row) else ""
                        if not ID.fullmatch(found):
                            raise _no_id(number)
                        yield found
        except (csv.Error, UnicodeDecodeError):
            raise _no_id(1) from None


class Everything:
    """Every record of a controller that holds one of the elements, ``page`` of them at a time."""

    work = "export"

    def __init__(self, wanted: Wanted, page: int = CALL) -> None:
        self._wanted, self._page = wanted, page
        self._names = [name.partition(":")[0] for name in wanted.elements]

    def head(self) -> Line:
        """Return nothing more: controller, purpose and elements say all."""
        return {}

    def total(self) -> int:
        """Return how many records the controller has now."""
        return self._list("", limit=1).total or 0

    def pages(self, number: int, place: str) -> Iterator[Page]:
        """Yield pages in the order of ids."""
        final = False
        while not final:
            found = self._list(place, self._page)
            place, final = found.after, not found.after
            yield Page(
                number=number,
                ids=found.records,
                place=place,
                final=final,
                entry=found.entry,
                withheld=found.withheld,
                without=found.without,
                total=found.total,
            )
            number += 1

    def _list(self, after: str, limit: int) -> PageAnswer:
        wanted = self._wanted
        return wanted.client.list_records(
            wanted.controller, wanted.purpose, self._names, after=after, limit=limit
        )


def exportable(wanted: Wanted) -> tuple[list[str], list[str]]:
    """Return the elements of the agreement that the caller may list and reveal, and the others.

    Raises:
        Refused: ``export.nothing``.
    """
    client = wanted.client
    may: list[str] = []
    may_not: list[str] = []
    for name in client.show_agreement(wanted.controller).permitted:
        asked = [
            client.explain(wanted.controller, verb, wanted.purpose, elements=[name])
            for verb in ("list", "reveal")
        ]
        (may if all(one.allowed for one in asked) else may_not).append(name)
    if not may:
        raise Refused(
            "export.nothing",
            "You may list and reveal no element of this controller for this purpose.",
            do="Ask for a grant of the verbs list and reveal.",
        )
    return may, may_not


def _no_id(line: int) -> Invalid:
    return Invalid(
        "file.records",
        f"Line {line} holds no id of a record.",
        do="Give one id a line, or a CSV file with a column named record.",
    )
