"""Every statement upon an old copy of the data. Nothing is decided here, nothing is changed."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from bailee.vault.rows import chunks
from bailee.vault.tables import blind_index, holding, idempotency, record, subject, token
from bailee.vault.tables import token_holder as holder


def controllers(conn: sa.Connection) -> list[str]:
    """Return who has subjects in the copy, as far as this role sees them."""
    return sorted(conn.scalars(sa.select(subject.c.controller).distinct()))


def subjects(
    conn: sa.Connection, controller: str, after: str, limit: int
) -> list[tuple[str, str, bytes, bytes]]:
    """Return internal id, key id, mark and sealed reference of subjects, in the order of ids."""
    columns = subject.c.subject_id, subject.c.key_id, subject.c.mark, subject.c.sealed
    query = sa.select(*columns).where(
        subject.c.controller == controller, subject.c.subject_id > after
    )
    return [tuple(row) for row in conn.execute(query.order_by(subject.c.subject_id).limit(limit))]


def bodies(
    conn: sa.Connection, controller: str, ids: Collection[str]
) -> list[tuple[str, str, bytes]]:
    """Return record, main subject and body of every record that holds a value of these subjects."""
    found: dict[str, tuple[str, str, bytes]] = {}
    columns = record.c.record_id, record.c.subject_id, record.c.body
    for some in chunks(ids):
        guests = sa.select(holding.c.record_id).where(
            holding.c.controller == controller, holding.c.subject_id.in_(some)
        )
        query = sa.select(*columns).where(
            record.c.controller == controller,
            record.c.subject_id.in_(some) | record.c.record_id.in_(guests),
        )
        found.update((row[0], (row[0], row[1], row[2])) for row in conn.execute(query))
    return list(found.values())


def entries(
    conn: sa.Connection, controller: str, records: Collection[str]
) -> list[tuple[str, str, bytes, int]]:
    """Return record, element, index entry and version of its key."""
    columns = blind_index.c.record_id, blind_index.c.element, blind_index.c.mac
    found: list[tuple[str, str, bytes, int]] = []
    for some in chunks(records):
        query = sa.select(*columns, blind_index.c.key_version).where(
            blind_index.c.controller == controller, blind_index.c.record_id.in_(some)
        )
        found += [(row[0], row[1], bytes(row[2]), row[3]) for row in conn.execute(query)]
    return found


def fingerprints(
    conn: sa.Connection, controller: str, ids: Collection[str]
) -> list[tuple[str, str, bytes, int]]:
    """Return token, element, fingerprint and version of its key, where tokens lead to subjects."""
    found: list[tuple[str, str, bytes, int]] = []
    for some in chunks(ids):
        query = (
            sa.select(token.c.token, token.c.element, token.c.fingerprint, token.c.key_version)
            .join(
                holder,
                sa.and_(holder.c.controller == token.c.controller, holder.c.token == token.c.token),
            )
            .where(
                token.c.controller == controller,
                holder.c.subject_id.in_(some),
                token.c.fingerprint.is_not(None),
            )
        )
        found += [(row[0], row[1], bytes(row[2]), row[3]) for row in conn.execute(query)]
    return found


def calls(conn: sa.Connection, controller: str) -> list[bytes]:
    """Return the marks of the bodies of remembered calls; of whom they spoke nobody knows."""
    query = sa.select(idempotency.c.body).where(idempotency.c.controller == controller)
    return [bytes(one) for one in conn.scalars(query)]
