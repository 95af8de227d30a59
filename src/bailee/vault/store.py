"""Every statement on the vault's tables. Nothing is decided here.

Each statement names the controller, and many rows go in one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    token,
    token_holder,
)

T = TypeVar("T")
CHUNK = 500
"""Parameters of one list; both engines allow far more."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """Where a token leads: the element of a stored record."""

    token: str
    element: str
    stored: Stored


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

_STORED = (
    *_SUBJECT,
    record.c.record_id,
    record.c.body,
    record.c.version,
    record.c.created,
)
_WITH_SUBJECT = record.join(
    subject,
    sa.and_(
        subject.c.controller == record.c.controller,
        subject.c.subject_id == record.c.subject_id,
    ),
)


def _stored(row: Sequence[Any]) -> Stored:
    return Stored(row[10], _subject(row), row[11], row[12], row[13])


def records(
    conn: sa.Connection, controller: str, ids: Collection[str], *, lock: bool = False
) -> dict[str, Stored]:
    """Return records with their subjects, by id; ``lock`` keeps others from changing them."""
    found: dict[str, Stored] = {}
    for some in chunks(ids):
        query = (
            sa.select(*_STORED)
            .select_from(_WITH_SUBJECT)
            .where(
                record.c.controller == controller,
                subject.c.controller == controller,
                record.c.record_id.in_(some),
            )
        )
        query = query.with_for_update(of=record) if lock else query
        found.update((row[10], _stored(row)) for row in conn.execute(query))
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
    """Return at most ``limit`` records that have an entry for an element and its digests."""
    element, macs = sought
    query = (
        sa.select(*_STORED)
        .select_from(
            blind_index.join(
                _WITH_SUBJECT,
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
    return [_stored(row) for row in conn.execute(query)]


def delete_entries(
    conn: sa.Connection, controller: str, places: Collection[tuple[str, str]]
) -> None:
    """Delete index entries and holdings of (record, element)."""
    for table in (blind_index, holding):
        _delete_places(conn, table, controller, places)


def _delete_places(
    conn: sa.Connection, table: sa.Table, controller: str, places: Collection[tuple[str, str]]
) -> None:
    if places:
        statement = sa.delete(table).where(
            table.c.controller == sa.bindparam("of"),
            table.c.record_id == sa.bindparam("which"),
            table.c.element == sa.bindparam("what"),
        )
        rows = [{"of": controller, "which": one, "what": element} for one, element in places]
        conn.execute(statement, rows)


def stale_index(
    conn: sa.Connection, controller: str, element: str, version: int, limit: int
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


# -- tokens


def tokens_by_fingerprint(
    conn: sa.Connection, controller: str, element: str, fingerprints: Collection[bytes]
) -> dict[bytes, str]:
    """Return the shared tokens of an element's values by fingerprint."""
    found: dict[bytes, str] = {}
    for some in chunks(fingerprints):
        query = sa.select(token.c.fingerprint, token.c.token).where(
            token.c.controller == controller,
            token.c.element == element,
            token.c.fingerprint.in_(some),
        )
        found.update((row[0], row[1]) for row in conn.execute(query))
    return found


def holders(conn: sa.Connection, controller: str, tokens: Collection[str]) -> list[Holder]:
    """Return every record that a token leads to, in the order they were made."""
    found: list[Holder] = []
    for some in chunks(tokens):
        query = (
            sa.select(*_STORED, token_holder.c.token, token_holder.c.element)
            .select_from(
                token_holder.join(
                    _WITH_SUBJECT,
                    sa.and_(
                        record.c.controller == token_holder.c.controller,
                        record.c.record_id == token_holder.c.record_id,
                    ),
                )
            )
            .where(
                token_holder.c.controller == controller,
                record.c.controller == controller,
                subject.c.controller == controller,
                token_holder.c.token.in_(some),
            )
            .order_by(record.c.created, record.c.record_id)
        )
        found.extend(Holder(row[14], row[15], _stored(row)) for row in conn.execute(query))
    return found


def drop_holders_of_records(conn: sa.Connection, controller: str, ids: Collection[str]) -> int:
    """Let go of the tokens of whole records; return how many tokens ended with it."""
    released: set[str] = set()
    for some in chunks(ids):
        where = (token_holder.c.controller == controller, token_holder.c.record_id.in_(some))
        released.update(conn.execute(sa.select(token_holder.c.token).where(*where)).scalars())
        conn.execute(sa.delete(token_holder).where(*where))
    return _drop_unheld(conn, controller, released)


def drop_holders(conn: sa.Connection, controller: str, places: Collection[tuple[str, str]]) -> int:
    """Let go of the tokens of (record, element); return how many tokens ended with it."""
    wanted = set(places)
    released: set[str] = set()
    for some in chunks({one for one, _ in wanted}):
        query = sa.select(
            token_holder.c.token, token_holder.c.record_id, token_holder.c.element
        ).where(token_holder.c.controller == controller, token_holder.c.record_id.in_(some))
        released.update(row[0] for row in conn.execute(query) if (row[1], row[2]) in wanted)
    if released:
        _delete_places(conn, token_holder, controller, wanted)
    return _drop_unheld(conn, controller, released)


def _drop_unheld(conn: sa.Connection, controller: str, tokens: Collection[str]) -> int:
    ended = 0
    for some in chunks(tokens):
        held = sa.exists().where(
            token_holder.c.controller == controller, token_holder.c.token == token.c.token
        )
        ended += conn.execute(
            sa.delete(token).where(token.c.controller == controller, token.c.token.in_(some), ~held)
        ).rowcount
    return ended


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
