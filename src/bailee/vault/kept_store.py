"""The SQL of what a law keeps, and of walking through what is held."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.vault import subject_store
from bailee.vault.kept import Kept
from bailee.vault.rows import chunks
from bailee.vault.subject import Subject
from bailee.vault.tables import (
    blind_index,
    customer_password,
    customer_password_tries,
    idempotency,
    kept,
    subject,
    token,
    token_format,
)


def add(conn: sa.Connection, one: Kept) -> None:
    """Add a line of what is kept."""
    conn.execute(
        kept.insert().values(
            controller=one.controller,
            kept_id=one.kept_id,
            basis=one.basis,
            elements=" ".join(one.elements),
            records=" ".join(one.records),
            until=write_time(one.until),
            noted=write_time(one.noted),
            noted_by=one.noted_by,
        )
    )


def lines(conn: sa.Connection, controller: str) -> list[Kept]:
    """Return every line of a controller, oldest first."""
    query = sa.select(kept).where(kept.c.controller == controller)
    return [
        Kept(
            kept_id=row["kept_id"],
            controller=controller,
            basis=row["basis"],
            elements=tuple(row["elements"].split()),
            records=tuple(row["records"].split()),
            until=read_time(row["until"]),
            noted=read_time(row["noted"]),
            noted_by=row["noted_by"],
        )
        for row in conn.execute(query.order_by(kept.c.noted, kept.c.kept_id)).mappings()
    ]


def subjects_after(conn: sa.Connection, controller: str, after: str, limit: int) -> list[Subject]:
    """Return subjects behind an id in the order of ids, locked."""
    query = (
        sa.select(*subject_store.SUBJECT)
        .where(subject.c.controller == controller, subject.c.subject_id > after)
        .order_by(subject.c.subject_id)
        .limit(limit)
        .with_for_update()
    )
    return [subject_store.read(row) for row in conn.execute(query)]


def count_subjects(conn: sa.Connection, controller: str, *, held: bool = False) -> int:
    """Return how many subjects a controller has, or how many of them are under a legal hold."""
    query = sa.select(sa.func.count()).select_from(subject)
    query = query.where(subject.c.controller == controller)
    return int(conn.execute(query.where(subject.c.held) if held else query).scalar_one())


def count_passwords(conn: sa.Connection, controller: str) -> int:
    """Return of how many customers a password's hash is held."""
    query = sa.select(sa.func.count()).select_from(customer_password)
    return int(conn.execute(query.where(customer_password.c.controller == controller)).scalar_one())


def drop_entries(conn: sa.Connection, controller: str, records: list[str]) -> None:
    """Delete every index entry of these records."""
    for some in chunks(records):
        where = (blind_index.c.controller == controller, blind_index.c.record_id.in_(some))
        conn.execute(sa.delete(blind_index).where(*where))


def drop_rest(conn: sa.Connection, controller: str) -> None:
    """Delete what hangs on no subject: answers to earlier calls, tries, tokens without holders."""
    for table in (idempotency, customer_password_tries, token, token_format):
        conn.execute(sa.delete(table).where(table.c.controller == controller))
