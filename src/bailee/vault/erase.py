"""Erase: single records, or subjects with all that is theirs (C6, C7.3(6)(b): deletion).

By record the rows go. By subject the key goes first:

1. held subjects refuse; the subject is marked *erasing* and the ledger announces it (one commit);
2. the keys die in the key database, with tombstones: from here no copy of the rows can be read;
3. rows, index entries, tokens without another holder and the way from the reference go;
4. the ledger says that it is done.

If the process dies after 1, ``Vault.finish_erasures`` goes on from the mark; after 2, the key
database's own intent does. Marked subjects are answered as if they were gone already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from msgspec import structs

from bailee.access import Caller
from bailee.errors import Failure, Invalid
from bailee.ledger import Fact
from bailee.vault import password_store, store, subject_store, token_store
from bailee.vault.batch import Items, check_size
from bailee.vault.desk import Act, Allowed, Desk, Done
from bailee.vault.directory import touch
from bailee.vault.record import Stored, pack, unpack
from bailee.vault.retention import ERASING, check_hold, step
from bailee.vault.reveal import Reader, want
from bailee.vault.rows import Row
from bailee.vault.shapes import MAX_ITEMS, Entry, Erase, Erased, EraseResult
from bailee.vault.subject import Subject, unknown_record, unknown_subject
from bailee.vault.values import life

RECORDS = "vault:record:erased"
SUBJECTS = "vault:subject:marked"
RESUMED = "vault:erasure:resumed"


@dataclass
class Doomed:
    """Keys that must die once the announcement is committed, and its leaf."""

    key_ids: list[str] = field(default_factory=list)
    entry: Entry | None = None


def act(caller: Caller, controller: str, body: Erase, context: Mapping[str, str]) -> Act:
    """Return what a call wants to do: the elements of the named records, or whole subjects."""
    whole = Act(
        caller=caller,
        controller=controller,
        verb="erase",
        action=SUBJECTS if body.subjects else RECORDS,
        purpose=body.purpose,
        context=context,
    )
    if body.subjects:
        return whole

    def elements(conn: sa.Connection) -> Iterable[str]:
        found = store.records(conn, controller, set(body.records)).values()
        return {name for stored in found for name in unpack(stored.body)}

    return replace(whole, asks=elements)


def work(
    desk: Desk, body: Erase, doomed: Doomed
) -> Callable[[sa.Connection, Allowed], Done[Erased]]:
    """Return the act's work; what it dooms is in ``doomed`` after the commit.

    Raises:
        Invalid: ``erase.target`` unless exactly one of records and subjects is given.
    """

    def erase(conn: sa.Connection, allowed: Allowed) -> Done[Erased]:
        if bool(body.records) == bool(body.subjects):
            raise Invalid("erase.target", "Name records or subjects, one of the two.")
        check_size(len(body.records or body.subjects))
        items = Items(body.mode)
        if body.records:
            return _records(Reader(desk, conn, allowed), body, items)
        return _subjects(desk, conn, allowed, (body, items, doomed))

    return erase


def _records(reader: Reader, body: Erase, items: Items) -> Done[Erased]:
    found = reader.records(set(body.records), lock=True)
    wanted = {record_id: want(one, unpack(one.body)) for record_id, one in found.items()}
    reader.learn((one.stored, one.held) for one in wanted.values())
    going: dict[str, Stored] = {}
    for place, record_id in enumerate(body.records):
        try:
            stored = found.get(record_id)
            if stored is None or stored.subject.state == ERASING:
                raise unknown_record()
            for holder in wanted[record_id].held:
                check_hold(reader.held(holder))
        except Failure as failure:
            items.fail(place, failure)
        else:
            going[record_id] = stored
    reader.drop(going)
    gone = [wanted[record_id] for record_id in going]
    return Done(
        answer=lambda entry: Erased(_by_record(body, items), entry),
        count=len(going),
        touched=reader.touched(gone),
        elements=sorted({name for one in gone for each in one.held.values() for name in each}),
        detail=items.detail,
    )


def _by_record(body: Erase, items: Items) -> list[EraseResult]:
    return [
        EraseResult(ok=False, record=record_id, error=items.failed[place])
        if place in items.failed
        else EraseResult(ok=True, record=record_id, records=1)
        for place, record_id in enumerate(body.records)
    ]


def _subjects(
    desk: Desk, conn: sa.Connection, allowed: Allowed, asked: tuple[Erase, Items, Doomed]
) -> Done[Erased]:
    body, items, doomed = asked
    controller = allowed.act.controller
    found = desk.directory.find_all(conn, controller, set(body.subjects), lock=True)
    going: dict[int, Subject] = {}
    for place, reference in enumerate(body.subjects):
        try:
            subject = found.get(reference)
            if subject is None:
                raise unknown_subject()
            check_hold(subject.held)
            _check_held_guests(conn, controller, subject)
            going[place] = marked(subject)
        except Failure as failure:
            items.fail(place, failure)
    leaving = list({one.subject_id: one for one in going.values()}.values())
    subject_store.change(conn, controller, leaving)
    owners = store.records_of(conn, controller, [one.subject_id for one in leaving])
    counts = Counter(owners.values())
    doomed.key_ids = [one.key_id for one in leaving]

    def answer(entry: Entry) -> Erased:
        doomed.entry = entry
        return Erased(_by_subject(body, going, counts, items), entry)

    return Done(
        answer=answer,
        count=len(leaving),
        touched=[touch("", one, ()) for one in leaving],
        elements=(),
        detail={"records": len(owners), **items.detail},
    )


def marked(subject: Subject) -> Subject:
    """Return a subject as being erased."""
    return structs.replace(subject, state=step(subject.state, "erase"))


def _check_held_guests(conn: sa.Connection, controller: str, subject: Subject) -> None:
    """Refuse where a record of this subject holds a value of somebody under a legal hold."""
    guests = store.guests_of(conn, controller, subject.subject_id)
    for guest in subject_store.by_id(conn, controller, guests).values():
        check_hold(guest.held)


def _by_subject(
    body: Erase, going: Mapping[int, Subject], counts: Mapping[str, int], items: Items
) -> list[EraseResult]:
    return [
        EraseResult(ok=True, records=counts.get(going[place].subject_id, 0))
        if place in going
        else EraseResult(ok=False, error=items.failed[place])
        for place in range(len(body.subjects))
    ]


def resume(desk: Desk, conn: sa.Connection, controller: str) -> tuple[list[str], str]:
    """Announce again what was announced and not carried out; return its keys and the leaf."""
    found = subject_store.erasing(conn, controller, MAX_ITEMS)
    if not found:
        return [], ""
    touched = [touch("", one, ()) for one in found]
    fact = Fact(action=RESUMED, controller=controller, count=len(found), records=touched)
    fact = desk.house_fact(conn, fact)
    return [one.key_id for one in found], desk.record(conn, fact).leaf


AT_ONCE = 2000
"""Records of one commit while rows of destroyed keys are deleted."""


def delete_rows(conn: sa.Connection, controller: str, key_ids: Iterable[str] | None) -> int:
    """Delete rows that hang on destroyed keys, as many as fit one commit; 0 when none is left.

    The last step of a destruction; None means everything of the controller. Values that the
    erased held in other people's records are cut out of those; passwords go with their subjects.
    """
    if key_ids is None:
        return store.delete_all(conn, controller, AT_ONCE)
    subjects = [one.subject_id for one in subject_store.by_key(conn, controller, list(key_ids))]
    if not subjects:
        return 0
    records = list(store.records_of(conn, controller, subjects, limit=AT_ONCE))
    if records:
        token_store.drop_holders_of_records(conn, controller, records)
        store.delete_records(conn, controller, records)
        return len(records)
    cut_out(conn, controller, subjects)
    password_store.drop(conn, controller, subjects)
    subject_store.delete(conn, controller, subjects)
    return len(subjects)


def cut_out(conn: sa.Connection, controller: str, subjects: Iterable[str]) -> None:
    """Take the values of these subjects out of other people's records."""
    places = [(held[1], held[2]) for held in store.holdings_of(conn, controller, list(subjects))]
    by_record: dict[str, set[str]] = {}
    for record_id, name in places:
        by_record.setdefault(record_id, set()).add(name)
    rows: list[Row] = []
    for stored in store.records(conn, controller, by_record, lock=True).values():
        gone = by_record[stored.record_id]
        kept = {name: one for name, one in unpack(stored.body).items() if name not in gone}
        until = life(stored.created, kept)
        rows.append({"which": stored.record_id, "new_body": pack(kept), "until": until})
    store.update_bodies(conn, controller, rows)
    store.delete_entries(conn, controller, places)
    token_store.drop_holders(conn, controller, places)
