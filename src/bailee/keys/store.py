"""Statements on keys and their epochs. The other statements of the key database: ``register``.

``bump`` comes first in every transaction that changes a controller's keys: on PostgreSQL its row
lock puts such transactions of one controller in a queue (on SQLite there is one writer anyway).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from bailee.db import HOUSE, Database, first
from bailee.keys.hierarchy import controller_unknown
from bailee.keys.tables import controller_key, key_epoch, key_holder, subject_key, tombstone
from bailee.prepared import Prepared
from bailee.rows import insert_rows

CHUNK = 500
"""Names in one IN list."""


class SubjectRow(NamedTuple):
    """A subject key as stored."""

    key_id: str
    version: int
    wrapped: bytes
    under_version: int


class ControllerRow(NamedTuple):
    """A controller key as stored."""

    purpose: str
    version: int
    wrapped: bytes
    status: str
    created: str


def rowcount(result: sa.CursorResult[Any]) -> int:
    """Return how many rows a statement changed."""
    return max(result.rowcount, 0)


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """Cut names into lists that fit one IN."""
    listed = list(names)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


# Holders and epochs


def holders(conn: sa.Connection) -> list[str]:
    """Return the names of all who have, or had, keys."""
    query = sa.select(key_holder.c.name).where(key_holder.c.controller == HOUSE)
    return list(conn.scalars(query.order_by(key_holder.c.name)))


def holder_known(conn: sa.Connection, name: str) -> bool:
    """Say whether a name is in the list."""
    query = sa.select(sa.literal(1)).where(
        key_holder.c.controller == HOUSE, key_holder.c.name == name
    )
    return conn.scalar(query) is not None


def add_holder(conn: sa.Connection, name: str, created: str) -> None:
    """List a name."""
    conn.execute(key_holder.insert().values(controller=HOUSE, name=name, created=created))


_epoch = Prepared(
    sa.select(key_epoch.c.value).where(key_epoch.c.controller == sa.bindparam("name")), "name"
)


def epoch_now(database: Database, controller: str) -> int:
    """Return the epoch as it stands committed, by one question outside of any transaction."""
    row = first(database, controller, _epoch, controller)
    return 0 if row is None else row[0]


def epoch(conn: sa.Connection, controller: str) -> int:
    """Return the epoch of a controller's keys; 0 when there never was a key."""
    return _epoch.value(conn, controller) or 0


def bump(conn: sa.Connection, controller: str) -> int:
    """Move the epoch, and hold it until the commit; return the new one.

    Raises:
        NotFound: ``controller.unknown`` when there never was a key.
    """
    change = key_epoch.update().where(key_epoch.c.controller == controller)
    if not rowcount(conn.execute(change.values(value=key_epoch.c.value + 1))):
        raise controller_unknown()
    return epoch(conn, controller)


def begin(conn: sa.Connection, controller: str) -> None:
    """Give a controller its first epoch, if it has none."""
    if not epoch(conn, controller):
        conn.execute(key_epoch.insert().values(controller=controller, value=1))


# Controller keys

_controller_keys = (
    sa.select(
        controller_key.c.purpose,
        controller_key.c.version,
        controller_key.c.wrapped,
        controller_key.c.status,
        controller_key.c.created,
    )
    .where(controller_key.c.controller == sa.bindparam("name"))
    .order_by(controller_key.c.purpose, controller_key.c.version.desc())
)


def controller_keys(conn: sa.Connection, controller: str) -> list[ControllerRow]:
    """Return a controller's keys by purpose, newest first."""
    return [ControllerRow(*row) for row in conn.execute(_controller_keys, {"name": controller})]


def add_controller_key(conn: sa.Connection, controller: str, row: ControllerRow) -> None:
    """Add one version of one key."""
    conn.execute(controller_key.insert().values(controller=controller, **row._asdict()))


def hold_controller_key(conn: sa.Connection, controller: str, purpose: str, version: int) -> bool:
    """Say whether this version is the current one, and keep it so until the commit.

    The shared lock (PostgreSQL) keeps a rotation or destruction from deleting a key while
    another one is being wrapped under it.
    """
    query = sa.select(controller_key.c.version).where(
        controller_key.c.controller == controller,
        controller_key.c.purpose == purpose,
        controller_key.c.version == version,
        controller_key.c.status == "current",
    )
    return conn.scalar(query.with_for_update(read=True)) is not None


def newest_made(conn: sa.Connection, controller: str, purpose: str) -> str:
    """Return when the newest version of a purpose was made; empty when there is none."""
    query = sa.select(sa.func.max(controller_key.c.created)).where(
        controller_key.c.controller == controller, controller_key.c.purpose == purpose
    )
    return conn.scalar(query) or ""


def make_old(conn: sa.Connection, controller: str, purpose: str) -> None:
    """Let the current version of a purpose step back; it stays readable."""
    conn.execute(
        controller_key.update()
        .where(controller_key.c.controller == controller, controller_key.c.purpose == purpose)
        .values(status="old")
    )


def rewrap_controller_keys(
    conn: sa.Connection, controller: str, wrapped: Mapping[tuple[str, int], tuple[bytes, bytes]]
) -> int:
    """Store the same keys wrapped by another root, where they are still as they were read.

    Args:
        conn: in a transaction of the controller.
        controller: whose keys.
        wrapped: (purpose, version) → wrapped bytes before and after.

    Returns:
        How many rows were changed.
    """
    change = (
        controller_key.update()
        .where(
            controller_key.c.controller == controller,
            controller_key.c.purpose == sa.bindparam("b_purpose"),
            controller_key.c.version == sa.bindparam("b_version"),
            controller_key.c.wrapped == sa.bindparam("b_before"),
        )
        .values(wrapped=sa.bindparam("b_after"))
    )
    count = 0
    for (purpose, version), (before, after) in wrapped.items():
        found = {"b_purpose": purpose, "b_version": version, "b_before": before, "b_after": after}
        count += rowcount(conn.execute(change, found))
    return count


def delete_controller_keys(conn: sa.Connection, controller: str, purposes: Sequence[str]) -> int:
    """Delete every version of these purposes; one statement, whatever hangs under them."""
    return rowcount(
        conn.execute(
            controller_key.delete().where(
                controller_key.c.controller == controller, controller_key.c.purpose.in_(purposes)
            )
        )
    )


def delete_controller_version(
    conn: sa.Connection, controller: str, purpose: str, version: int
) -> int:
    """Delete one version."""
    return rowcount(
        conn.execute(
            controller_key.delete().where(
                controller_key.c.controller == controller,
                controller_key.c.purpose == purpose,
                controller_key.c.version == version,
            )
        )
    )


# Subject keys

_subject_columns = (
    subject_key.c.key_id,
    subject_key.c.version,
    subject_key.c.wrapped,
    subject_key.c.under_version,
)
_subject_keys = Prepared(
    sa.select(*_subject_columns)
    .where(
        subject_key.c.controller == sa.bindparam("name"),
        subject_key.c.key_id.in_(sa.bindparam("ids", expanding=True)),
    )
    .order_by(subject_key.c.key_id, subject_key.c.version.desc()),
    "name",
    "ids",
)


def subject_keys(conn: sa.Connection, controller: str, key_ids: Iterable[str]) -> list[SubjectRow]:
    """Return every version of these keys, newest first within a key."""
    return [SubjectRow(*row) for row in _subject_keys.each(conn, controller, key_ids)]


def add_subject_keys(
    conn: sa.Connection, controller: str, rows: Sequence[SubjectRow], created: str
) -> None:
    """Add keys or versions, all or none."""
    insert_rows(conn, subject_key, [(controller, *row, created) for row in rows])


def subject_keys_before(
    conn: sa.Connection, controller: str, version: int, after: str, *, limit: int
) -> list[SubjectRow]:
    """Return up to ``limit`` subject keys that a version before this one wraps.

    In the order of their ids, from ``after`` on, so that a walk reads each row once.
    """
    query = (
        sa.select(*_subject_columns)
        .where(
            subject_key.c.controller == controller,
            subject_key.c.key_id >= after,
            subject_key.c.under_version < version,
        )
        .order_by(subject_key.c.key_id, subject_key.c.version)
        .limit(limit)
    )
    return [SubjectRow(*row) for row in conn.execute(query)]


def rewrap_subject_keys(conn: sa.Connection, controller: str, rows: Sequence[SubjectRow]) -> None:
    """Store the same keys wrapped by another version of the data key."""
    change = (
        subject_key.update()
        .where(
            subject_key.c.controller == controller,
            subject_key.c.key_id == sa.bindparam("b_key_id"),
            subject_key.c.version == sa.bindparam("b_version"),
        )
        .values(wrapped=sa.bindparam("b_wrapped"), under_version=sa.bindparam("b_under"))
    )
    conn.execute(
        change,
        [
            {
                "b_key_id": row.key_id,
                "b_version": row.version,
                "b_wrapped": row.wrapped,
                "b_under": row.under_version,
            }
            for row in rows
        ],
    )


def retire_subject_keys(conn: sa.Connection, controller: str, in_use: Mapping[str, int]) -> None:
    """Delete the versions below the one in use, of keys whose version in use exists."""
    newer = subject_key.alias()
    stands = sa.exists().where(
        newer.c.controller == controller,
        newer.c.key_id == sa.bindparam("b_key_id"),
        newer.c.version == sa.bindparam("b_version"),
    )
    conn.execute(
        subject_key.delete().where(
            subject_key.c.controller == controller,
            subject_key.c.key_id == sa.bindparam("b_key_id"),
            subject_key.c.version < sa.bindparam("b_version"),
            stands,
        ),
        [{"b_key_id": key_id, "b_version": version} for key_id, version in in_use.items()],
    )


def delete_subject_keys(conn: sa.Connection, controller: str, key_ids: Iterable[str]) -> None:
    """Delete every version of these keys."""
    for ids in chunks(key_ids):
        conn.execute(
            subject_key.delete().where(
                subject_key.c.controller == controller, subject_key.c.key_id.in_(ids)
            )
        )


def living(conn: sa.Connection, controller: str, key_ids: Iterable[str]) -> set[str]:
    """Return which of these keys exist."""
    found: set[str] = set()
    for ids in chunks(key_ids):
        query = sa.select(subject_key.c.key_id).where(
            subject_key.c.controller == controller, subject_key.c.key_id.in_(ids)
        )
        found.update(conn.scalars(query))
    return found


def purge_subject_keys(conn: sa.Connection, controller: str, limit: int) -> int:
    """Delete about ``limit`` rows of a controller; return how many there were."""
    some = sa.select(subject_key.c.key_id).where(subject_key.c.controller == controller)
    ids = some.limit(limit).subquery()
    return rowcount(
        conn.execute(
            subject_key.delete().where(
                subject_key.c.controller == controller, subject_key.c.key_id.in_(sa.select(ids))
            )
        )
    )


def delete_tombstoned(conn: sa.Connection, controller: str) -> int:
    """Delete subject keys that came back to life, with a restored database, after their death."""
    dead = sa.select(tombstone.c.key_id).where(tombstone.c.controller == controller)
    return rowcount(
        conn.execute(
            subject_key.delete().where(
                subject_key.c.controller == controller, subject_key.c.key_id.in_(dead)
            )
        )
    )
