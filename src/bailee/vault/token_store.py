"""Every statement on tokens and their holders. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bailee.prepared import Prepared
from bailee.vault import store
from bailee.vault.record import Stored
from bailee.vault.rows import OF, SOME, about, chunks
from bailee.vault.tables import record, subject, token, token_holder


@dataclass(frozen=True, slots=True)
class Holder:
    """Where a token leads: the element of a stored record."""

    token: str
    element: str
    stored: Stored


_BY_FINGERPRINT = Prepared(
    sa.select(token.c.fingerprint, token.c.token).where(
        token.c.controller == OF,
        token.c.element == sa.bindparam("what"),
        token.c.fingerprint.in_(SOME),
    ),
    "of",
    "what",
    "some",
)
_RENEW = (
    sa.update(token)
    .where(token.c.controller == OF, token.c.token == sa.bindparam("which"))
    .values(fingerprint=sa.bindparam("mark"), key_version=sa.bindparam("version"))
)


def by_fingerprint(
    conn: sa.Connection, controller: str, element: str, fingerprints: Collection[bytes]
) -> dict[bytes, str]:
    """Return the shared tokens of an element's values by fingerprint."""
    return dict(_BY_FINGERPRINT.each(conn, controller, element, fingerprints))


def renew(conn: sa.Connection, controller: str, marks: Mapping[str, tuple[bytes, int]]) -> None:
    """Replace fingerprints that were made under an older key: token -> (fingerprint, version)."""
    rows = [
        {"of": controller, "which": one, "mark": mark, "version": version}
        for one, (mark, version) in marks.items()
    ]
    if rows:
        conn.execute(_RENEW, rows)


_STALE = (
    sa.select(token.c.token, token_holder.c.record_id, token_holder.c.element)
    .select_from(
        token.join(
            token_holder,
            sa.and_(
                token_holder.c.controller == token.c.controller,
                token_holder.c.token == token.c.token,
            ),
        )
    )
    .where(
        token.c.controller == OF,
        token_holder.c.controller == OF,
        token.c.fingerprint.is_not(None),
        token.c.key_version < sa.bindparam("version"),
    )
    .limit(sa.bindparam("most"))
)


def stale(
    conn: sa.Connection, controller: str, *, version: int, limit: int
) -> list[tuple[str, str, str]]:
    """Return token, record and element where the fingerprint is under an older key."""
    asked = {"of": controller, "version": version, "most": limit}
    return [(row[0], row[1], row[2]) for row in conn.execute(_STALE, asked)]


_HOLDERS = about(
    sa.select(*store.STORED, token_holder.c.token, token_holder.c.element)
    .select_from(
        token_holder.join(
            store.WITH_SUBJECT,
            sa.and_(
                record.c.controller == token_holder.c.controller,
                record.c.record_id == token_holder.c.record_id,
            ),
        )
    )
    .where(
        token_holder.c.controller == OF,
        record.c.controller == OF,
        subject.c.controller == OF,
        token_holder.c.token.in_(SOME),
    )
    .order_by(record.c.created, record.c.record_id)
)


def holders(conn: sa.Connection, controller: str, tokens: Collection[str]) -> list[Holder]:
    """Return every record that a token leads to, in the order they were made."""
    return [
        Holder(row[14], row[15], store.stored(row))
        for row in _HOLDERS.each(conn, controller, tokens)
    ]


def any_shared(conn: sa.Connection, controller: str) -> bool:
    """Say whether a controller has tokens that equal values share."""
    query = sa.select(token.c.token).where(
        token.c.controller == controller, token.c.fingerprint.is_not(None)
    )
    return conn.execute(query.limit(1)).first() is not None


def drop_holders_of_records(conn: sa.Connection, controller: str, ids: Collection[str]) -> int:
    """Let go of the tokens of whole records; return how many tokens ended with it."""
    released: set[str] = set()
    for some in chunks(ids):
        where = (token_holder.c.controller == controller, token_holder.c.record_id.in_(some))
        released.update(conn.execute(sa.select(token_holder.c.token).where(*where)).scalars())
        conn.execute(sa.delete(token_holder).where(*where))
    return _drop_unheld(conn, controller, released)


def drop_holders(
    conn: sa.Connection,
    controller: str,
    places: Collection[tuple[str, str]],
    *,
    keeping: Collection[str] = (),
) -> int:
    """Let go of the tokens of (record, element); return how many tokens ended with it.

    ``keeping`` are tokens that get a holder in a moment.
    """
    wanted = set(places)
    released: set[str] = set()
    for some in chunks({one for one, _ in wanted}):
        query = sa.select(
            token_holder.c.token, token_holder.c.record_id, token_holder.c.element
        ).where(token_holder.c.controller == controller, token_holder.c.record_id.in_(some))
        released.update(row[0] for row in conn.execute(query) if (row[1], row[2]) in wanted)
    if released:
        store.delete_places(conn, token_holder, controller, wanted)
    return _drop_unheld(conn, controller, released.difference(keeping))


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
