"""Acts of exports in which nobody is named: gather, choose, let go (C7.2(3)(iii), A29, B3).

1. It is asked whether it may leave at all: verb, consents with an undertaking, freezes, borders.
2. Records are gathered page by page, and of each value only what the list leaves is kept.
3. Rows of classes that are too small are left out, or nothing leaves.
4. One transaction asks everything again, opens the disclosure, writes the entries of the records
   behind the rows that leave, and remembers the export. *Dies before its commit: nothing left.*

A row has a pseudonym drawn for this export and this row alone, and stands at a place of chance;
ids of records, tokens and references are in none. So nothing here leads from a row to a person,
whatever verbs its reader holds.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import (
    DEIDENTIFIED,
    Access,
    Ask,
    Caller,
    Disclosure,
    Done,
    Leaving,
)
from bailee.errors import Oversized
from bailee.privacy import deidentified_store as store
from bailee.privacy.anonymity import Chosen, Row, choose
from bailee.privacy.deidentified import Export, Table
from bailee.privacy.harbor import Plan
from bailee.vault.gathering import VERB, Gathering, Held, Page
from bailee.vault.gathering import Leaving as Going
from bailee.vault.shapes import Entry

CONTROL = "no-reidentification"
MOST = 250_000
"""Rows of one export: they are held in memory until the last one is chosen."""
ROW = "row"
"""Names the column of pseudonyms."""
PSEUDONYM_BYTES = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to export, and how careful it must be."""

    ask: Ask
    keys: tuple[str, ...]
    plan: Plan
    k: int
    k_from: str
    small: str

    @property
    def leaving(self) -> Leaving:
        """Return what leaves, for consents, freezes and borders."""
        return Leaving(tuple(sorted(set(self.keys))), self.ask.purpose, self.plan.left)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read, values reduced already."""

    held: list[Held]
    rows: list[Row]
    withheld: int


@dataclass(frozen=True, slots=True)
class Exported:
    """What leaves, and what is on record of it."""

    export: Export
    disclosure: Disclosure
    table: Table
    entries: list[tuple[Entry, int]]
    opened: Any
    """The ledger's receipt of the disclosure that was opened."""


class Deidentifications:
    """The exports of every controller."""

    def __init__(self, access: Access, gathering: Gathering) -> None:
        self._access = access
        self._gathering = gathering

    def check(self, conn: sa.Connection, caller: Caller, wanted: Wanted) -> None:
        """Refuse what could not leave whatever the rows are.

        Raises:
            what ``Access.open_deidentified`` raises.
        """
        self._access.open_deidentified(conn, caller, wanted.ask, wanted.leaving, records=0)

    def gather(self, pages: Callable[[str], Page], wanted: Wanted, now: datetime) -> Gathered:
        """Reduce every record to what the list leaves of it.

        Args:
            pages: returns the page behind a place, in a transaction of its own.
            wanted: the export.
            now: what ages are counted by.

        Raises:
            what ``Gathering.page`` raises; Oversized: ``deidentified.too_many``.
        """
        held, rows, withheld = list[Held](), list[Row](), 0
        for page in _each(pages):
            withheld += page.withheld
            for one in page.held:
                cells = tuple(
                    rule.apply(one.values.get(rule.name, ""), now) for rule in wanted.plan.kept
                )
                rows.append((one.subject_id, cells))
                held.append(replace(one, values={}))  # from here on nothing whole is held
            if len(rows) > MOST:
                raise Oversized(
                    "deidentified.too_many",
                    f"An export has at most {MOST} rows.",
                    do="Ask for elements that fewer records hold.",
                )
        return Gathered(held, rows, withheld)

    def let_go(
        self,
        conn: sa.Connection,
        caller: Caller,
        wanted: Wanted,
        *,
        found: Gathered,
        now: datetime,
    ) -> Exported:
        """Let rows leave, in one transaction with everything that is on record of them.

        Raises:
            Refused: ``deidentified.small_class``, ``deidentified.nothing_left``; and what
            ``Access.open_deidentified`` and ``Gathering.let_go`` raise.
        """
        columns = wanted.plan.columns
        places = [columns.index(name) for name in wanted.plan.quasi]
        chosen = choose(found.rows, places, wanted.k, small=wanted.small)
        opened: Done[Disclosure] = self._access.open_deidentified(
            conn, caller, wanted.ask, wanted.leaving, records=len(chosen.rows)
        )
        one = opened.result
        going = Going(
            one.elements,
            {"disclosure": one.disclosure_id, "form": DEIDENTIFIED},
            {"consents": " ".join(one.consents)},
        )
        rows = [found.held[place] for place in chosen.rows]
        entries = self._gathering.let_go(conn, caller, wanted.ask, rows, leaving=going)
        made = self._remember(conn, caller, wanted, (one, chosen, found.withheld), now=now)
        table = Table((ROW, *columns), _dressed([found.rows[place][1] for place in chosen.rows]))
        return Exported(made, one, table, entries, opened.entry)

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Export]:
        """Return exports: all for whoever holds ``audit``, else one's own.

        Raises:
            NotFound: ``controller.unknown``.
        """
        mine = {one.disclosure_id for one in self._access.disclosures(conn, caller, controller)}
        return [one for one in store.exports(conn, controller) if one.disclosure_id in mine]

    def _remember(
        self,
        conn: sa.Connection,
        caller: Caller,
        wanted: Wanted,
        came: tuple[Disclosure, Chosen, int],
        *,
        now: datetime,
    ) -> Export:
        one, chosen, withheld = came
        entry = self._access.note(
            conn,
            "privacy:export:deidentified",
            caller.actor(),
            controller=one.controller,
            control=CONTROL,
            detail={
                "disclosure": one.disclosure_id,
                "k": wanted.k,
                "smallest": chosen.smallest,
                "classes": chosen.classes,
                "rows": len(chosen.rows),
                "suppressed": chosen.suppressed,
                "small_classes": chosen.small,
                "small": wanted.small,
                "dropped": len(wanted.plan.dropped),
            },
            context={"quasi": " ".join(wanted.plan.quasi)},
            elements=one.elements,
            purpose=one.purpose,
        )
        made = Export(
            controller=one.controller,
            disclosure_id=one.disclosure_id,
            made=now,
            made_by=caller.accountable,
            k=wanted.k,
            k_from=wanted.k_from,
            small=wanted.small,
            kept=wanted.plan.left,
            quasi=wanted.plan.quasi,
            dropped=tuple(rule.name for rule in wanted.plan.dropped),
            written=len(chosen.rows),
            people=chosen.people,
            classes=chosen.classes,
            smallest=chosen.smallest,
            suppressed=chosen.suppressed,
            small_classes=chosen.small,
            withheld=withheld,
            entry_id=entry.entry_id,
        )
        store.add(conn, made)
        return made


def asked(controller: str, purpose: str, plan: Plan) -> Ask:
    """Return what an export asks of grants: only elements of which something is left."""
    return Ask(VERB, controller, purpose, plan.columns)


def _each(pages: Callable[[str], Page]) -> Iterator[Page]:
    after = ""
    while True:
        page = pages(after)
        yield page
        if not page.after:
            return
        after = page.after


def _dressed(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return rows in an order of chance, each behind a pseudonym of its own."""
    mixed = [(secrets.token_hex(PSEUDONYM_BYTES), *cells) for cells in rows]
    secrets.SystemRandom().shuffle(mixed)
    return tuple(mixed)


__all__ = ["CONTROL", "Deidentifications", "Exported", "Gathered", "Wanted", "asked"]
