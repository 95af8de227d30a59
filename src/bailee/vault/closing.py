"""The vault at the end of an agreement: what is held, what a law keeps, and all the rest gone (C6).

For the house itself: whoever calls decides who may. No value leaves here; counts and ids do.

*All but what is kept* is destroyed page by page, in the order of subjects' ids, each page so:

1. one commit: of whoever keeps something, every value that no law and no hold keeps is cut out,
   with all index entries and tokens;
2. whoever keeps nothing: keys destroyed, then rows (``Destruction.subjects``);
3. who stays gets a new key and the old one dies, so that what was cut out opens in no older copy.

If the process dies anywhere, the whole is done again from the beginning: what is gone stays gone,
and who stayed gets another new key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from bailee.access import Ask, Caller
from bailee.vault import (
    honey_store,
    isolation,
    kept_store,
    password_store,
    renew,
    store,
    subject_store,
    token_store,
)
from bailee.vault.desk import Desk
from bailee.vault.kept import Kept, Selection, check, select
from bailee.vault.record import Sealed, Stored, holder_of, pack, unpack
from bailee.vault.retention import ERASING
from bailee.vault.rows import Row
from bailee.vault.subject import Subject
from bailee.vault.values import life

PAGE = 500
Destroy = Callable[[str, list[str], str], object]


@dataclass
class Stock:
    """What is held for a controller; honey is nobody's data and is not counted.

    Attributes:
        values: how many values, by element.
        kept: the same of those that a law keeps.
        held: subjects under a legal hold.
        passwords: customers whose password's hash is held, which nobody can read or give back.
    """

    records: int = 0
    subjects: int = 0
    held: int = 0
    passwords: int = 0
    values: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Page:
    """Subjects of one page: who goes, who stays with less, and where the next page begins."""

    going: list[str]
    staying: list[str]
    after: str


class Closing:
    """What the procedure of the end asks of the vault.

    Args:
        desk: the vault's dependencies.
        destroy: ends subjects' keys and then their rows, announced by a leaf.
    """

    def __init__(self, desk: Desk, destroy: Destroy) -> None:
        self._desk = desk
        self._destroy = destroy

    def keep(self, conn: sa.Connection, one: Kept) -> None:
        """Register what a law keeps.

        Raises:
            Invalid: ``retention.*``.
        """
        check(one, self._desk.clock.now())
        kept_store.add(conn, one)

    def kept(self, conn: sa.Connection, controller: str) -> list[Kept]:
        """Return every line of what a law keeps or kept."""
        return kept_store.lines(conn, controller)

    def is_held(self, conn: sa.Connection, controller: str) -> bool:
        """Tell whether anybody is under a legal hold."""
        return kept_store.count_subjects(conn, controller, held=True) > 0

    def isolated(self, conn: sa.Connection, caller: Caller, ask: Ask) -> None:
        """Raise what a call would be refused with now, in this transaction; for controls."""
        decision = self._desk.access.decide(conn, caller, ask)
        agreement = decision.rules or self._desk.in_force(conn, ask.controller)
        isolation.check(ask.verb, f"vault:{ask.verb}", ask.purpose, ended=agreement.surviving)

    def places(self, controller: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield each record with the elements that it holds; honey and the erased left out."""
        for stored in self._records(controller):
            yield stored.record_id, frozenset(unpack(stored.body))

    def stock(self, controller: str) -> Stock:
        """Count what is held."""
        found = Stock()

        def count(conn: sa.Connection) -> Selection:
            found.subjects = kept_store.count_subjects(conn, controller)
            found.held = kept_store.count_subjects(conn, controller, held=True)
            found.passwords = kept_store.count_passwords(conn, controller)
            honey = self._desk.tripwire.listed(conn, controller).ids
            found.subjects -= len(honey_store.standing(conn, controller, honey))
            return self._selection(conn, controller)

        law = self._desk.database.read(controller, count)
        for record_id, names in self.places(controller):
            found.records += 1
            found.values.update(names)
            found.kept.update(name for name in names if law.holds(record_id, name))
        return found

    def _selection(self, conn: sa.Connection, controller: str) -> Selection:
        return select(kept_store.lines(conn, controller), self._desk.clock.now())

    def _records(self, controller: str) -> Iterator[Stored]:
        honey = self._desk.database.read(
            controller, lambda conn: self._desk.tripwire.listed(conn, controller).ids
        )
        after = ""
        while True:
            page = self._desk.database.read(
                controller,
                lambda conn, after=after: store.page(conn, controller, after, PAGE),  # type: ignore[misc]
            )
            for stored in page:
                if stored.record_id not in honey and stored.subject.state != ERASING:
                    yield stored
            if len(page) < PAGE:
                return
            after = page[-1].record_id

    def destroy_rest(self, controller: str, leaf: str) -> None:
        """Destroy all but what a law or a hold keeps; see the module for death in between."""
        after = ""
        while True:
            page = self._desk.database.write(
                controller,
                lambda conn, after=after: self._page(conn, controller, after),  # type: ignore[misc]
            )
            if page.going:
                self._destroy(controller, page.going, leaf)
            if page.staying:
                renew.renew_subjects(self._desk, controller, page.staying)
            if not page.after:
                break
            after = page.after
        self._desk.database.write(controller, lambda conn: kept_store.drop_rest(conn, controller))

    def _page(self, conn: sa.Connection, controller: str, after: str) -> _Page:
        people = kept_store.subjects_after(conn, controller, after, PAGE)
        if not people:
            return _Page([], [], "")
        law = self._selection(conn, controller)
        ids = [one.subject_id for one in people]
        owners = store.records_of(conn, controller, ids)
        found = store.records(conn, controller, set(owners), lock=True)
        held = self._held(conn, controller, people, found)
        kept = {one.record_id: _keeps(one, law, held) for one in found.values()}
        staying = {owners[record_id] for record_id, body in kept.items() if body}
        staying |= {
            holder
            for holder, record_id, name in store.holdings_of(conn, controller, ids)
            if law.holds(record_id, name)
        }
        staying |= held.intersection(ids)
        mine = [one for one in found.values() if one.subject.subject_id in staying]
        _cut(conn, controller, mine, kept)
        password_store.drop(conn, controller, [one for one in ids if one not in held])
        return _Page(
            going=[one.key_id for one in people if one.subject_id not in staying],
            staying=[one for one in ids if one in staying and one not in held],
            after=ids[-1] if len(people) == PAGE else "",
        )

    @staticmethod
    def _held(
        conn: sa.Connection,
        controller: str,
        people: list[Subject],
        found: Mapping[str, Stored],
    ) -> set[str]:
        """Return who is under a hold, of these people and of the guests in their records."""
        known = {one.subject_id: one for one in people}
        guests = {
            holder_of(sealed, stored.subject.subject_id)
            for stored in found.values()
            for sealed in unpack(stored.body).values()
        }
        others = subject_store.by_id(conn, controller, guests - known.keys())
        return {one.subject_id for one in (known | others).values() if one.held}


def _keeps(stored: Stored, law: Selection, held: set[str]) -> dict[str, Sealed]:
    """Return the values of a record that stay."""
    main = stored.subject.subject_id
    return {
        name: sealed
        for name, sealed in unpack(stored.body).items()
        if law.holds(stored.record_id, name) or holder_of(sealed, main) in held
    }


def _cut(
    conn: sa.Connection,
    controller: str,
    records: list[Stored],
    kept: Mapping[str, dict[str, Sealed]],
) -> None:
    """Cut records down to what stays of them; those of which nothing stays go."""
    ids = [one.record_id for one in records]
    kept_store.drop_entries(conn, controller, ids)
    token_store.drop_holders_of_records(conn, controller, ids)
    store.delete_records(conn, controller, [one for one in ids if not kept[one]])
    rows: list[Row] = []
    for one in records:
        body = kept[one.record_id]
        if body and len(body) < len(unpack(one.body)):
            until = life(one.created, body)
            rows.append({"which": one.record_id, "new_body": pack(body), "until": until})
    store.update_bodies(conn, controller, rows)
    gone = [
        (one.record_id, name)
        for one in records
        for name in unpack(one.body)
        if name not in kept[one.record_id]
    ]
    store.delete_entries(conn, controller, gone)
