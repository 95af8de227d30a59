"""Gather: values of many records for rows in which nobody is named (C7.2(3)(iii)).

What is gathered stays in this process until the rows that may leave are chosen. Their entries are
written in the transaction that lets them leave, and name the records behind these rows alone.
Restricted and vanishing subjects are left out and counted; so is honey, uncounted: it is nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bailee.access import Ask, Caller
from bailee.errors import Conflict, NotFound, Refused
from bailee.ledger import Touched
from bailee.vault import store, subject_store
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.record import unpack
from bailee.vault.retention import ERASING, check_restriction
from bailee.vault.reveal import ACTION, Reader, want
from bailee.vault.shapes import Entry
from bailee.vault.subject import Subject

VERB = "deidentify"
PAGE = 1000
"""Records of one page, and of one entry."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one record holds of the elements asked for, in clear, and the ledger's lines of it."""

    record_id: str
    subject_id: str
    values: Mapping[str, str] = field(repr=False)
    touched: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one page that may be read; ``after`` is '' behind the last page."""

    held: list[Held]
    withheld: int
    after: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the entries of rows that leave say: names of what is left, and more in clear and not."""

    elements: tuple[str, ...]
    detail: Mapping[str, str | int]
    context: Mapping[str, str]


class Gathering:
    """What the privacy office asks of the vault, in its own transactions.

    Args:
        desk: the vault's dependencies.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def whose(self, conn: sa.Connection, controller: str, reference: str) -> Subject | None:
        """Return the subject that a caller's reference leads to; None after its erasure."""
        found = self._desk.directory.find(conn, controller, [reference], lock=False)
        return found.get(reference)

    def page(self, conn: sa.Connection, caller: Caller, ask: Ask, after: str) -> Page:
        """Return the values of the records behind ``after``; nothing of it may leave yet.

        Raises:
            what ``Desk.allow`` raises; Broken: ``record.altered``.
        """
        allowed = self._desk.allow(conn, _act(caller, ask))
        reader = Reader(self._desk, conn, allowed)
        found = store.page(conn, ask.controller, after, PAGE)
        honey = self._desk.tripwire.listed(conn, ask.controller, allowed.decision.epoch).ids
        wanted = []
        for stored in found:
            sealed = unpack(stored.body)
            asked = {name: sealed[name] for name in reader.views if name in sealed}
            if asked and stored.record_id not in honey:
                wanted.append(want(stored, asked))
        reader.learn((one.stored, one.held) for one in wanted)
        held, withheld = [], 0
        for one in map(reader.living, wanted):
            try:
                reader.check(one)
            except (Refused, NotFound):
                withheld += 1
                continue
            touched = tuple(reader.touched([one]))
            whose = one.stored.subject.subject_id
            held.append(Held(one.stored.record_id, whose, reader.open(one), touched))
        return Page(held, withheld, found[-1].record_id if len(found) == PAGE else "")

    def let_go(
        self,
        conn: sa.Connection,
        caller: Caller,
        ask: Ask,
        rows: Sequence[Held],
        *,
        leaving: Leaving,
    ) -> list[tuple[Entry, int]]:
        """Record which records stand behind rows that leave; return entries, each with its count.

        Asked in the transaction that lets them leave, so that nobody leaves who was erased or
        restricted since they were gathered.

        Raises:
            what ``Desk.allow`` raises; Conflict: ``deidentified.overtaken``.
        """
        allowed = self._desk.allow(conn, _act(caller, ask))
        entries = []
        for some in _pages(rows):
            self._check_there(conn, allowed, some)
            done: Done[None] = Done(
                answer=lambda _entry: None,
                count=len(some),
                touched=[line for one in some for line in one.touched],
                elements=leaving.elements,
                detail=leaving.detail,
                context=leaving.context,
            )
            entries.append((self._desk.note(conn, allowed, done), len(some)))
        return entries

    def _check_there(self, conn: sa.Connection, allowed: Allowed, some: Sequence[Held]) -> None:
        """Refuse rows of which a record, or somebody whose values it holds, is there no more.

        States tell it: whoever is erased is marked before any key dies. No key is asked for here,
        for this stands between others and their commits.
        """
        controller, act = allowed.act.controller, allowed.act
        found = store.records(conn, controller, {one.record_id for one in some})
        people = {one.subject.subject_id: one.subject for one in found.values()}
        holders = {line.subject_id for one in some for line in one.touched} - people.keys()
        people |= subject_store.by_id(conn, controller, holders)
        missing = holders - people.keys() or len(found) < len(some)
        if missing or any(one.state == ERASING for one in people.values()):
            raise _overtaken()
        try:
            for one in people.values():
                check_restriction(one.state, one.allowing, act.verb, act.purpose)
        except Refused:
            raise _overtaken() from None


def _act(caller: Caller, ask: Ask) -> Act:
    return Act(
        caller=caller,
        controller=ask.controller,
        verb=VERB,
        action=ACTION,
        purpose=ask.purpose,
        elements=ask.elements,
    )


def _pages(rows: Sequence[Held]) -> Iterator[Sequence[Held]]:
    for at in range(0, len(rows), PAGE):
        yield rows[at : at + PAGE]


def _overtaken() -> Conflict:
    return Conflict(
        "deidentified.overtaken",
        "Somebody was erased or restricted while the rows were chosen.",
        do="Ask for the export again.",
        retryable=True,
    )
