"""Every statement on the vault's tables. Nothing is decided here.

Each statement names the controller, and many rows go in one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.vault.record import Stored
from bailee.vault.subject import Subject
from bailee.vault.tables import (
    blind_index,
    epoch,
    holding,
    idempotency,
    record,
    subject,
)

T = TypeVar("T")
CHUNK = 500
"""Parameters of one list; both engines allow far more."""

Row = Mapping[str, Any]


def chunks(items: Collection[T]) -> Iterator[list[T]]:
    """Yield the items in lists short enough for one statement."""
    rows = list(items)
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]


def insert(conn: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement. If the process dies here the transaction is gone with them."""
    if rows:
        conn.execute(sa.insert(table), rows)


# -- subjects

_SUBJECT = (
    subject.c.subject_id,
    subject.c.key_id,
    subject.c.generation,
    subject.c.kind,
    subject.c.category,
    subject.c.nationalities,
    subject.c.residence,
    subject.c.state,
    subject.c.held,
    subject.c.allowing,
)


def _subject(row: Sequence[Any]) -> Subject:
    """Build from the columns of ``_SUBJECT``, in that order."""
    return Subject(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        tuple(row[5].split(",")) if row[5] else (),
        row[6],
        row[7],
        row[8],
        tuple(row[9].split(",")) if row[9] else (),
    )


def subject_row(found: Subject, controller: str, ref_mac: bytes, created: str) -> Row:
    """Return a subject as a row."""
    return {
        "controller": controller,
        "subject_id": found.subject_id,
        "ref_mac": ref_mac,
        "generation": found.generation,
        "key_id": found.key_id,
        "kind": found.kind,
        "category": found.category,
        "nationalities": ",".join(found.nationalities),
        "residence": found.residence,
        "state": found.state,
        "held": found.held,
        "allowing": ",".join(found.allowing),
        "created": created,
    }


def subjects_by_reference(
    conn: sa.Connection, controller: str, macs: Collection[bytes], *, lock: bool = False
) -> dict[bytes, Subject]:
    """Return the newest generation of each subject by the digest of its reference.

    ``lock`` keeps an erasure from starting until this transaction ends (PostgreSQL; SQLite has
    one writer).
    """
    found: dict[bytes, Subject] = {}
    for some in chunks(macs):
        query = (
            sa.select(subject.c.ref_mac, *_SUBJECT)
            .where(subject.c.controller == controller, subject.c.ref_mac.in_(some))
            .order_by(subject.c.generation)
        )
        for row in conn.execute(query.with_for_update(read=True) if lock else query):
            found[row[0]] = _subject(row[1:])
    return found


def subjects_by_id(
    conn: sa.Connection, controller: str, ids: Collection[str]
) -> dict[str, Subject]:
    """Return subjects by internal id."""
    found: dict[str, Subject] = {}
    for some in chunks(ids):
        query = sa.select(*_SUBJECT).where(
            subject.c.controller == controller, subject.c.subject_id.in_(some)
        )
        found.update((row[0], _subject(row)) for row in conn.execute(query))
    return found


def erasing(conn: sa.Connection, controller: str, limit: int) -> list[Subject]:
    """Return subjects whose erasure was decided and not finished."""
    query = (
        sa.select(*_SUBJECT)
        .where(subject.c.controller == controller, subject.c.state == "erasing")
        .limit(limit)
    )
    return [_subject(row) for row in conn.execute(query)]


def renew_references(conn: sa.Connection, controller: str, digests: Mapping[str, bytes]) -> None:
    """Replace digests that were made under an older key: subject id -> digest."""
    statement = (
        sa.update(subject)
        .where(
            subject.c.controller == sa.bindparam("of"),
            subject.c.subject_id == sa.bindparam("which"),
        )
        .values(ref_mac=sa.bindparam("mac"))
    )
    rows = [{"of": controller, "which": one, "mac": mac} for one, mac in digests.items()]
    conn.execute(statement, rows)


def change_subjects(conn: sa.Connection, controller: str, changed: Sequence[Subject]) -> None:
    """Write attributes, state, hold and restriction of subjects; every process is told."""
    if not changed:
        return
    statement = (
        sa.update(subject)
        .where(
            subject.c.controller == sa.bindparam("of"),
            subject.c.subject_id == sa.bindparam("which"),
        )
        .values({name: sa.bindparam(f"new_{name}") for name in _CHANGING})
    )
    rows = []
    for one in changed:
        row = subject_row(one, controller, b"", "")
        values = {f"new_{name}": row[name] for name in _CHANGING}
        rows.append({"of": controller, "which": one.subject_id, **values})
    conn.execute(statement, rows)
    bump_epoch(conn, controller)


_CHANGING = ("kind", "category", "nationalities", "residence", "state", "held", "allowing")


def delete_subjects(conn: sa.Connection, controller: str, ids: Collection[str]) -> None:
    """Delete subjects' rows: with them goes the way from a reference to an id."""
    for some in chunks(ids):
        conn.execute(
            sa.delete(subject).where(
                subject.c.controller == controller, subject.c.subject_id.in_(some)
            )
        )
    bump_epoch(conn, controller)


def read_epoch(conn: sa.Connection, controller: str) -> int:
    """Return how often subjects of a controller were changed."""
    query = sa.select(epoch.c.epoch).where(epoch.c.controller == controller)
    return conn.execute(query).scalar() or 0


def bump_epoch(conn: sa.Connection, controller: str) -> None:
    """Count a change of subjects."""
    counted = conn.execute(
        sa.update(epoch).where(epoch.c.controller == controller).values(epoch=epoch.c.epoch + 1)
    )
    if not counted.rowcount:
        conn.execute(sa.insert(epoch).values(controller=controller, epoch=1))


# -- records

STORED = (  # the columns of a record and its subject
    *_SUBJECT,
    record.c.record_id,
    record.c.body,
    record.c.version,
    record.c.created,
)
WITH_SUBJECT = record.join(
    subject,
    sa.and_(
        subject.c.controller == record.c.controller,
        subject.c.subject_id == record.c.subject_id,
    ),
)


def stored(row: Sequence[Any]) -> Stored:
    """Build from the columns of ``STORED``, in that order."""
    return Stored(row[10], _subject(row), row[11], row[12], row[13])


def records(
    conn: sa.Connection, controller: str, ids: Collection[str], *, lock: bool = False
) -> dict[str, Stored]:
    """Return records with their subjects, by id; ``lock`` keeps others from changing them."""
    found: dict[str, Stored] = {}
    for some in chunks(ids):
        query = (
            sa.select(*STORED)
            .select_from(WITH_SUBJECT)
            .where(
                record.c.controller == controller,
                subject.c.controller == controller,
                record.c.record_id.in_(some),
            )
        )
        query = query.with_for_update(of=record) if lock else query
        found.update((row[10], stored(row)) for row in conn.execute(query))
    return found


def records_of(conn: sa.Connection, controller: str, subject_ids: Collection[str]) -> list[str]:
    """Return the ids of the records whose main subject is one of these."""
    found: list[str] = []
    for some in chunks(subject_ids):
        query = sa.select(record.c.record_id).where(
            record.c.controller == controller, record.c.subject_id.in_(some)
        )
        found.extend(conn.execute(query).scalars())
    return found


def holdings_of(
    conn: sa.Connection, controller: str, subject_ids: Collection[str]
) -> list[tuple[str, str, str]]:
    """Return subject, record and element of single values in others' records."""
    found: list[tuple[str, str, str]] = []
    for some in chunks(subject_ids):
        query = sa.select(holding.c.subject_id, holding.c.record_id, holding.c.element).where(
            holding.c.controller == controller, holding.c.subject_id.in_(some)
        )
        found.extend((row[0], row[1], row[2]) for row in conn.execute(query))
    return found


def update_bodies(conn: sa.Connection, controller: str, rows: Sequence[Row]) -> None:
    """Replace bodies: rows of ``which``, ``new_body``, ``until``; each version counts up."""
    if rows:
        statement = (
            sa.update(record)
            .where(
                record.c.controller == sa.bindparam("of"),
                record.c.record_id == sa.bindparam("which"),
            )
            .values(
                body=sa.bindparam("new_body"),
                retain_until=sa.bindparam("until"),
                version=record.c.version + 1,
            )
        )
        conn.execute(statement, [{"of": controller, **row} for row in rows])


def delete_records(conn: sa.Connection, controller: str, ids: Collection[str]) -> None:
    """Delete records with their index entries and the notes of others' values in them.

    Tokens are not touched here: ``drop_holders`` knows which of them end.
    """
    for table in (blind_index, holding, record):
        for some in chunks(ids):
            conn.execute(
                sa.delete(table).where(
                    table.c.controller == controller, table.c.record_id.in_(some)
                )
            )


def overdue(conn: sa.Connection, controller: str, now: str, limit: int) -> list[str]:
    """Return ids of records with a value whose time is over, the longest overdue first."""
    query = (
        sa.select(record.c.record_id)
        .where(record.c.controller == controller, record.c.retain_until <= now)
        .order_by(record.c.retain_until)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


# -- blind index


def find(
    conn: sa.Connection, controller: str, sought: tuple[str, Iterable[bytes]], limit: int
) -> list[Stored]:
    """Return at most ``limit`` records that have one of these entries of an element."""
    element, macs = sought
    query = (
        sa.select(*STORED)
        .select_from(
            blind_index.join(
                WITH_SUBJECT,
                sa.and_(
                    record.c.controller == blind_index.c.controller,
                    record.c.record_id == blind_index.c.record_id,
                ),
            )
        )
        .where(
            blind_index.c.controller == controller,
            record.c.controller == controller,
            subject.c.controller == controller,
            blind_index.c.element == element,
            blind_index.c.mac.in_(list(macs)),
        )
        .limit(limit)
    )
    return [stored(row) for row in conn.execute(query)]


def delete_entries(
    conn: sa.Connection, controller: str, places: Collection[tuple[str, str]]
) -> None:
    """Delete index entries and holdings of (record, element)."""
    for table in (blind_index, holding):
        delete_places(conn, table, controller, places)


def delete_places(
    conn: sa.Connection, table: sa.Table, controller: str, places: Collection[tuple[str, str]]
) -> None:
    """Delete rows of (record, element)."""
    if places:
        statement = sa.delete(table).where(
            table.c.controller == sa.bindparam("of"),
            table.c.record_id == sa.bindparam("which"),
            table.c.element == sa.bindparam("what"),
        )
        rows = [{"of": controller, "which": one, "what": element} for one, element in places]
        conn.execute(statement, rows)


def stale_index(
    conn: sa.Connection, controller: str, element: str, *, version: int, limit: int
) -> list[str]:
    """Return ids of records whose entry of an element is under an older version of the key."""
    query = (
        sa.select(blind_index.c.record_id)
        .where(
            blind_index.c.controller == controller,
            blind_index.c.element == element,
            blind_index.c.key_version < version,
        )
        .limit(limit)
    )
    return list(dict.fromkeys(conn.execute(query).scalars()))


# -- idempotency


def earlier_answer(
    conn: sa.Connection, controller: str, key_mac: bytes, now: str
) -> tuple[bytes, bytes] | None:
    """Return the digest of the earlier body and its answer, unless they expired."""
    query = sa.select(idempotency.c.body_mac, idempotency.c.answer).where(
        idempotency.c.controller == controller,
        idempotency.c.key_mac == key_mac,
        idempotency.c.expires > now,
    )
    row = conn.execute(query).first()
    return (row[0], row[1]) if row else None


def drop_expired_answers(conn: sa.Connection, controller: str, now: str) -> None:
    """Forget answers that nobody may ask for any more."""
    conn.execute(
        sa.delete(idempotency).where(
            idempotency.c.controller == controller, idempotency.c.expires <= now
        )
    )
