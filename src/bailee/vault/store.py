"""Every statement on the vault's tables. Nothing is decided here.

Each statement names the controller, and many rows go in one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bailee.prepared import Prepared
from bailee.vault import subject_store
from bailee.vault.record import Stored
from bailee.vault.rows import OF, SOME, Row, about, chunks, insert
from bailee.vault.tables import (
    blind_index,
    customer_password,
    customer_password_tries,
    epoch,
    holding,
    honey,
    idempotency,
    record,
    subject,
    token,
    token_format,
    token_holder,
)

EXPIRED_AT_ONCE = 16
"""Each keyed call adds one answer and may remove this many."""

# -- records

STORED = (  # the columns of a record and its subject
    *subject_store.SUBJECT,
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
    return Stored(row[10], subject_store.read(row), row[11], row[12], row[13])


_RECORDS = (
    sa.select(*STORED)
    .select_from(WITH_SUBJECT)
    .where(record.c.controller == OF, subject.c.controller == OF, record.c.record_id.in_(SOME))
)
_FREE, _LOCKED = about(_RECORDS), about(_RECORDS.with_for_update(of=record))
_HOLDINGS = about(
    sa.select(holding.c.subject_id, holding.c.record_id, holding.c.element).where(
        holding.c.controller == OF, holding.c.subject_id.in_(SOME)
    )
)


def add_records(
    conn: sa.Connection, rows: Sequence[tuple[str, str, str, bytes, int, str | None, str]]
) -> None:
    """Add records: controller, id, subject, body, version, when its time is over, created."""
    columns = "controller record_id subject_id body version retain_until created"
    insert(conn, record, columns, rows)


def records(
    conn: sa.Connection, controller: str, ids: Collection[str], *, lock: bool = False
) -> dict[str, Stored]:
    """Return records with their subjects, by id; ``lock`` keeps others from changing them."""
    query = _LOCKED if lock else _FREE
    return {row[10]: stored(row) for row in query.each(conn, controller, ids)}


_PAGE = (
    sa.select(*STORED)
    .select_from(WITH_SUBJECT)
    .where(
        record.c.controller == OF,
        subject.c.controller == OF,
        record.c.record_id > sa.bindparam("after"),
    )
    .order_by(record.c.record_id)
    .limit(sa.bindparam("most"))
)


def page(conn: sa.Connection, controller: str, after: str, limit: int) -> list[Stored]:
    """Return at most ``limit`` records with ids behind ``after``, in the order of ids."""
    asked = {"of": controller, "after": after, "most": limit}
    return [stored(row) for row in conn.execute(_PAGE, asked)]


def count_records(conn: sa.Connection, controller: str) -> int:
    """Return how many records a controller has."""
    query = sa.select(sa.func.count()).select_from(record).where(record.c.controller == controller)
    return int(conn.execute(query).scalar_one())


def records_of(
    conn: sa.Connection,
    controller: str,
    subject_ids: Collection[str],
    *,
    limit: int | None = None,
) -> dict[str, str]:
    """Return record id -> subject id of the records whose main subject is one of these."""
    found: dict[str, str] = {}
    for some in chunks(subject_ids):
        query = sa.select(record.c.record_id, record.c.subject_id).where(
            record.c.controller == controller, record.c.subject_id.in_(some)
        )
        left = None if limit is None else limit - len(found)
        found.update((row[0], row[1]) for row in conn.execute(query.limit(left)))
        if limit is not None and len(found) >= limit:
            break
    return found


def guests_of(conn: sa.Connection, controller: str, subject_id: str) -> list[str]:
    """Return the other subjects who hold single values in a subject's records."""
    query = (
        sa.select(holding.c.subject_id)
        .select_from(
            holding.join(
                record,
                sa.and_(
                    record.c.controller == holding.c.controller,
                    record.c.record_id == holding.c.record_id,
                ),
            )
        )
        .where(
            holding.c.controller == controller,
            record.c.controller == controller,
            record.c.subject_id == subject_id,
        )
        .distinct()
    )
    return list(conn.execute(query).scalars())


def holdings_of(
    conn: sa.Connection, controller: str, subject_ids: Collection[str]
) -> list[tuple[str, str, str]]:
    """Return subject, record and element of single values in others' records."""
    return [(row[0], row[1], row[2]) for row in _HOLDINGS.each(conn, controller, subject_ids)]


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


def delete_all(conn: sa.Connection, controller: str, limit: int) -> int:
    """Delete rows of a controller, at most ``limit`` records or subjects; 0 when none is left."""
    ids = list(
        conn.execute(
            sa.select(record.c.record_id).where(record.c.controller == controller).limit(limit)
        ).scalars()
    )
    if ids:
        for some in chunks(ids):
            conn.execute(
                sa.delete(token_holder).where(
                    token_holder.c.controller == controller, token_holder.c.record_id.in_(some)
                )
            )
        delete_records(conn, controller, ids)
        return len(ids)
    rest = (
        token_holder, blind_index, holding, token, token_format, customer_password,
        customer_password_tries, subject, idempotency, honey, epoch,
    )  # fmt: skip
    return sum(
        conn.execute(sa.delete(table).where(table.c.controller == controller)).rowcount
        for table in rest
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


def add_entries(conn: sa.Connection, rows: Sequence[tuple[str, str, bytes, str, int]]) -> None:
    """Add index entries: controller, element, mac, record and the key's version."""
    insert(conn, blind_index, "controller element mac record_id key_version", rows)


_FIND = Prepared(
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
        blind_index.c.controller == OF,
        record.c.controller == OF,
        subject.c.controller == OF,
        blind_index.c.element == sa.bindparam("what"),
        blind_index.c.mac.in_(SOME),
    )
    .limit(sa.bindparam("most")),
    "of",
    "what",
    "most",
    "some",
)


def find(
    conn: sa.Connection, controller: str, sought: tuple[str, Iterable[bytes]], limit: int
) -> list[Stored]:
    """Return at most ``limit`` records that have one of these entries of an element."""
    element, macs = sought
    return [stored(row) for row in _FIND.each(conn, controller, element, limit, macs)]


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


_ENTRIES = (
    sa.select(blind_index.c.mac, blind_index.c.record_id, blind_index.c.key_version)
    .where(
        blind_index.c.controller == OF,
        blind_index.c.element == sa.bindparam("what"),
        sa.tuple_(blind_index.c.mac, blind_index.c.record_id)
        > sa.tuple_(sa.bindparam("mac"), sa.bindparam("record")),
    )
    .order_by(blind_index.c.mac, blind_index.c.record_id)
    .limit(sa.bindparam("most"))
)


def entries_after(
    conn: sa.Connection, controller: str, after: tuple[str, bytes, str], limit: int
) -> list[tuple[bytes, str, int]]:
    """Return an element's index entries behind one: entry, record, version of the key."""
    element, mac, record_id = after
    asked = {"of": controller, "what": element, "mac": mac, "record": record_id, "most": limit}
    return [(bytes(row[0]), row[1], row[2]) for row in conn.execute(_ENTRIES, asked)]


# -- idempotency


def earlier_answer(
    conn: sa.Connection, controller: str, marks: Sequence[bytes], now: str
) -> tuple[bytes, bytes] | None:
    """Return the mark of the earlier body and its answer, unless they expired."""
    query = sa.select(idempotency.c.body, idempotency.c.answer).where(
        idempotency.c.controller == controller,
        idempotency.c.mark.in_(marks),
        idempotency.c.expires > now,
    )
    row = conn.execute(query).first()
    return (bytes(row[0]), row[1]) if row else None


def stale_answers(
    conn: sa.Connection, controller: str, between: tuple[bytes, bytes], limit: int
) -> list[tuple[bytes, bytes]]:
    """Return marks of calls and of bodies in a range: those of older versions sort first."""
    after, below = between
    query = (
        sa.select(idempotency.c.mark, idempotency.c.body)
        .where(
            idempotency.c.controller == controller,
            idempotency.c.mark > after,
            idempotency.c.mark < below,
        )
        .order_by(idempotency.c.mark)
        .limit(limit)
        .with_for_update()
    )
    return [(bytes(row[0]), bytes(row[1])) for row in conn.execute(query)]


def renew_answers(
    conn: sa.Connection, controller: str, marks: Mapping[bytes, tuple[bytes, bytes]]
) -> None:
    """Replace marks of calls and bodies: earlier mark of the call -> both."""
    statement = (
        sa.update(idempotency)
        .where(
            idempotency.c.controller == sa.bindparam("of"),
            idempotency.c.mark == sa.bindparam("which"),
        )
        .values(mark=sa.bindparam("its"), body=sa.bindparam("sent"))
    )
    rows = [
        {"of": controller, "which": before, "its": its, "sent": sent}
        for before, (its, sent) in marks.items()
    ]
    if rows:
        conn.execute(statement, rows)


def drop_expired_answers(conn: sa.Connection, controller: str, now: str) -> None:
    """Forget answers that nobody may ask for any more; a few, for a call waits for it."""
    expired = (
        sa.select(idempotency.c.mark)
        .where(idempotency.c.controller == controller, idempotency.c.expires <= now)
        .limit(EXPIRED_AT_ONCE)
    )
    conn.execute(
        sa.delete(idempotency).where(
            idempotency.c.controller == controller, idempotency.c.mark.in_(expired)
        )
    )
