"""Every statement on tokens and their holders. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bailee.prepared import Prepared
from bailee.rows import insert_free_rows
from bailee.vault import store
from bailee.vault.record import Stored
from bailee.vault.rows import OF, SOME, about, chunks, insert
from bailee.vault.tables import record, subject, token, token_format, token_holder
from bailee.vault.token import is_alias


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


_FORMATS = Prepared(
    sa.select(token_format.c.element, token_format.c.format).where(token_format.c.controller == OF),
    "of",
)


def formats(conn: sa.Connection, controller: str) -> dict[str, str]:
    """Return the format of tokens by element, where one was chosen."""
    return dict(_FORMATS.all(conn, controller))


def set_format(conn: sa.Connection, controller: str, chosen: tuple[str, str], changed: str) -> None:
    """Write the format of an element's tokens, '' for none; one transaction at a time."""
    element, format_ = chosen
    conn.execute(
        sa.delete(token_format).where(
            token_format.c.controller == controller, token_format.c.element == element
        )
    )
    if format_:
        row = (controller, element, format_, changed)
        insert(conn, token_format, "controller element format changed", [row])


def add_free(conn: sa.Connection, rows: Sequence[Sequence[Any]]) -> list[str]:
    """Add tokens that nobody has; return those that were added."""
    return [key[1] for key in insert_free_rows(conn, token, rows)]


def by_fingerprint(
    conn: sa.Connection, controller: str, element: str, fingerprints: Collection[bytes]
) -> dict[bytes, str]:
    """Return the shared tokens of an element's values by fingerprint."""
    return dict(_BY_FINGERPRINT.each(conn, controller, element, fingerprints))


def renew(
    conn: sa.Connection, controller: str, marks: Mapping[str, tuple[bytes | None, int | None]]
) -> None:
    """Replace fingerprints that were made under an older key: token -> (fingerprint, version)."""
    rows = [
        {"of": controller, "which": one, "mark": mark, "version": version}
        for one, (mark, version) in marks.items()
    ]
    if rows:
        conn.execute(_RENEW, rows)


_SHARED = (
    sa.select(token.c.token, token.c.key_version)
    .where(
        token.c.controller == OF,
        token.c.token > sa.bindparam("after"),
        token.c.fingerprint.is_not(None),
    )
    .order_by(token.c.token)
    .limit(sa.bindparam("most"))
)
_PLACES = about(
    sa.select(token_holder.c.token, token_holder.c.record_id, token_holder.c.element).where(
        token_holder.c.controller == OF, token_holder.c.token.in_(SOME)
    )
)


def shared_after(
    conn: sa.Connection, controller: str, after: str, limit: int
) -> list[tuple[str, int]]:
    """Return tokens that equal values share, in their order, with the version of the key."""
    asked = {"of": controller, "after": after, "most": limit}
    return [(row[0], row[1]) for row in conn.execute(_SHARED, asked)]


def places(
    conn: sa.Connection, controller: str, tokens: Collection[str]
) -> list[tuple[str, str, str]]:
    """Return token, record and element of every holder."""
    return [(row[0], row[1], row[2]) for row in _PLACES.each(conn, controller, tokens)]


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
    """Delete opaque tokens without holders; of aliases keep the digits, which are never given anew.

    Whoever still has the alias of an erased person must not be led to somebody else by it.
    """
    spent = sa.update(token).values(fingerprint=None, key_version=None)
    aliases = {one for one in tokens if is_alias(one)}
    ended = _end(conn, controller, sa.delete(token), set(tokens) - aliases)
    return ended + _end(conn, controller, spent, aliases)


def _end(conn: sa.Connection, controller: str, statement: Any, tokens: Collection[str]) -> int:
    held = sa.exists().where(
        token_holder.c.controller == controller, token_holder.c.token == token.c.token
    )
    return sum(
        conn.execute(
            statement.where(token.c.controller == controller, token.c.token.in_(some), ~held)
        ).rowcount
        for some in chunks(tokens)
    )
