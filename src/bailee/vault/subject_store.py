"""Every statement on subjects. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bailee.prepared import Prepared
from bailee.vault.rows import OF, SOME, about, chunks, insert
from bailee.vault.subject import Subject
from bailee.vault.tables import epoch, subject

SUBJECT = (
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


def read(row: Sequence[Any]) -> Subject:
    """Build from the columns of ``SUBJECT``, in that order."""
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


def add(
    conn: sa.Connection, controller: str, new: Iterable[tuple[bytes, bytes, Subject]], created: str
) -> None:
    """Add subjects, each behind the mark of its reference and the reference itself, sealed."""
    columns = (
        "controller subject_id mark sealed generation key_id kind category nationalities residence"
        " state held allowing created"
    )
    rows = [
        (
            controller,
            one.subject_id,
            mark,
            sealed,
            one.generation,
            one.key_id,
            one.kind,
            one.category,
            ",".join(one.nationalities),
            one.residence,
            one.state,
            one.held,
            ",".join(one.allowing),
            created,
        )
        for mark, sealed, one in new
    ]
    insert(conn, subject, columns, rows)


_BY_MARK = (
    sa.select(*SUBJECT, subject.c.mark)
    .where(subject.c.controller == OF, subject.c.mark.in_(SOME))
    .order_by(subject.c.generation)
)
_BY_ID = about(
    sa.select(*SUBJECT).where(subject.c.controller == OF, subject.c.subject_id.in_(SOME))
)
_BY_KEY = about(sa.select(*SUBJECT).where(subject.c.controller == OF, subject.c.key_id.in_(SOME)))
_SEALED = about(
    sa.select(subject.c.subject_id, subject.c.key_id, subject.c.sealed).where(
        subject.c.controller == OF, subject.c.subject_id.in_(SOME)
    )
)
_FREE, _LOCKED = about(_BY_MARK), about(_BY_MARK.with_for_update(read=True))
_EPOCH = Prepared(sa.select(epoch.c.epoch).where(epoch.c.controller == OF), "of")


def by_mark(
    conn: sa.Connection, controller: str, marks: Collection[bytes], *, lock: bool = False
) -> dict[bytes, Subject]:
    """Return the newest generation of each subject by the mark of its reference.

    ``lock`` keeps an erasure from starting until this transaction ends (PostgreSQL; SQLite has
    one writer).
    """
    query = _LOCKED if lock else _FREE
    return {row[10]: read(row) for row in query.each(conn, controller, marks)}


def by_id(conn: sa.Connection, controller: str, ids: Collection[str]) -> dict[str, Subject]:
    """Return subjects by internal id."""
    return {row[0]: read(row) for row in _BY_ID.each(conn, controller, ids)}


def by_key(conn: sa.Connection, controller: str, key_ids: Collection[str]) -> list[Subject]:
    """Return the subjects that these keys belong to."""
    return [read(row) for row in _BY_KEY.each(conn, controller, key_ids)]


def erasing(conn: sa.Connection, controller: str, limit: int) -> list[Subject]:
    """Return subjects whose erasure was decided and not finished."""
    query = sa.select(*SUBJECT).where(
        subject.c.controller == controller, subject.c.state == sa.literal_column("'erasing'")
    )
    return [read(row) for row in conn.execute(query.limit(limit))]


def stale(
    conn: sa.Connection, controller: str, between: tuple[bytes, bytes], limit: int
) -> list[tuple[str, str, bytes, bytes]]:
    """Return id, key, mark and sealed reference in a range: marks of older versions sort first."""
    after, below = between
    query = (
        sa.select(subject.c.subject_id, subject.c.key_id, subject.c.mark, subject.c.sealed)
        .where(subject.c.controller == controller, subject.c.mark > after, subject.c.mark < below)
        .order_by(subject.c.mark)
        .limit(limit)
        .with_for_update()
    )
    return [(row[0], row[1], bytes(row[2]), bytes(row[3])) for row in conn.execute(query)]


def sealed_references(
    conn: sa.Connection, controller: str, ids: Collection[str]
) -> dict[str, tuple[str, bytes]]:
    """Return key and sealed reference of subjects by internal id."""
    return {row[0]: (row[1], bytes(row[2])) for row in _SEALED.each(conn, controller, ids)}


def reseal_references(conn: sa.Connection, controller: str, sealed: Mapping[str, bytes]) -> None:
    """Replace sealed references: subject id -> the same under a newer key."""
    _replace(conn, controller, subject.c.sealed, sealed)


def renew(conn: sa.Connection, controller: str, marks: Mapping[str, bytes]) -> None:
    """Replace marks that were made under an older key: subject id -> mark."""
    _replace(conn, controller, subject.c.mark, marks)


def _replace(
    conn: sa.Connection, controller: str, column: sa.Column[Any], values: Mapping[str, bytes]
) -> None:
    statement = (
        sa.update(subject)
        .where(
            subject.c.controller == sa.bindparam("of"),
            subject.c.subject_id == sa.bindparam("which"),
        )
        .values({column.name: sa.bindparam("its")})
    )
    rows = [{"of": controller, "which": one, "its": value} for one, value in values.items()]
    if rows:
        conn.execute(statement, rows)


def change(conn: sa.Connection, controller: str, changed: Sequence[Subject]) -> None:
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
    rows = [
        {
            "of": controller,
            "which": one.subject_id,
            **{f"new_{name}": _stored(getattr(one, name)) for name in _CHANGING},
        }
        for one in changed
    ]
    conn.execute(statement, rows)
    bump_epoch(conn, controller)


_CHANGING = ("kind", "category", "nationalities", "residence", "state", "held", "allowing")


def _stored(value: str | bool | tuple[str, ...]) -> str | bool:  # noqa: FBT001 - a column's value
    return ",".join(value) if isinstance(value, tuple) else value


def delete(conn: sa.Connection, controller: str, ids: Collection[str]) -> None:
    """Delete subjects' rows: with them goes the way from a reference to an id."""
    for some in chunks(ids):
        conn.execute(
            sa.delete(subject).where(
                subject.c.controller == controller, subject.c.subject_id.in_(some)
            )
        )
    bump_epoch(conn, controller)


def foresee_epoch(conn: sa.Connection, controller: str) -> None:
    """Let the epoch come with the next answer: for calls that read it before they change it."""
    _EPOCH.ahead(conn, controller)


def read_epoch(conn: sa.Connection, controller: str) -> int:
    """Return how often subjects of a controller were changed."""
    row = _EPOCH.steady(conn, controller)
    return int(row[0]) if row else 0


def bump_epoch(conn: sa.Connection, controller: str) -> None:
    """Count a change of subjects."""
    counted = conn.execute(
        sa.update(epoch).where(epoch.c.controller == controller).values(epoch=epoch.c.epoch + 1)
    )
    if not counted.rowcount:
        conn.execute(sa.insert(epoch).values(controller=controller, epoch=1))


def tally(conn: sa.Connection, controller: str) -> list[tuple[str, str, str, int]]:
    """Return (kind, category, residence, how many) of everybody held; planted honey is among them.

    Reads every subject: for papers about the whole, not for calls.
    """
    what = (subject.c.kind, subject.c.category, subject.c.residence)
    query = sa.select(*what, sa.func.count()).where(subject.c.controller == controller)
    return [tuple(row) for row in conn.execute(query.group_by(*what).order_by(*what))]


def residences(conn: sa.Connection, controller: str) -> frozenset[str]:
    """Return where everybody held resides; reads every subject."""
    query = sa.select(subject.c.residence).where(subject.c.controller == controller).distinct()
    return frozenset(conn.execute(query).scalars())
