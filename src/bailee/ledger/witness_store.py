"""The SQL of witnesses: lines under checkpoints, which were enough, and who holds another history.

One question is asked across controllers, by whoever submits: how far each log was seen.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from bailee.ledger.note import read_checkpoint, split_note
from bailee.ledger.seal import Seal
from bailee.ledger.tables import CLOSED, OPEN, ahead, checkpoint, cosignature, head, quorum


class Behind(NamedTuple):
    """A log that is still signed: how far it is signed, and how far a quorum saw it.

    ``since`` is when the first checkpoint was signed that no quorum has seen; None for none.
    """

    controller: str
    log: str
    signed: int
    seen: int
    since: str | None


class Ahead(NamedTuple):
    """What a witness holds that this log does not: its size; and how far both agreed."""

    size: int
    common: int


def _of(table: sa.Table, controller: str, log: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.controller == controller, table.c.log == log)


def _same(table: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.controller == other.c.controller, table.c.log == other.c.log)


_SEEN = sa.func.coalesce(
    sa.select(sa.func.max(quorum.c.size))
    .where(_same(quorum, head))
    .correlate(head)  # also where it stands inside another question: of this log, not of any
    .scalar_subquery(),
    0,
)
_SINCE = (
    sa.select(checkpoint.c.time)
    .where(_same(checkpoint, head), checkpoint.c.size > _SEEN)
    .order_by(checkpoint.c.size)
    .limit(1)
    .correlate(head)
    .scalar_subquery()
)
_BEHIND = sa.select(
    head.c.controller, head.c.log, head.c.signed, _SEEN.label("seen"), _SINCE.label("since")
).where(
    head.c.status.in_((OPEN, CLOSED)),
    head.c.signed > 0,
    ~sa.exists().where(_same(ahead, head)),
)


def standing(conn: sa.Connection, controller: str | None = None) -> list[Behind]:
    """Return how far the logs that are still signed were seen; of all controllers, or of one."""
    query = _BEHIND if controller is None else _BEHIND.where(head.c.controller == controller)
    return [Behind(*row) for row in conn.execute(query)]


def note_at(conn: sa.Connection, controller: str, log: str, size: int) -> str | None:
    """Return the note of one size, without cosignatures."""
    return conn.execute(
        sa.select(checkpoint.c.note).where(
            _of(checkpoint, controller, log), checkpoint.c.size == size
        )
    ).scalar()


def signed(conn: sa.Connection, controller: str, log: str) -> int:
    """Return the size of a log's newest checkpoint."""
    return conn.execute(sa.select(head.c.signed).where(_of(head, controller, log))).scalar() or 0


def lines(conn: sa.Connection, controller: str, log: str, size: int) -> dict[str, str]:
    """Return the cosignatures under a checkpoint by their witness, in order."""
    rows = conn.execute(
        sa.select(cosignature.c.witness, cosignature.c.line)
        .where(_of(cosignature, controller, log), cosignature.c.size == size)
        .order_by(cosignature.c.witness)
    )
    return {row.witness: row.line for row in rows}


def seen_by(conn: sa.Connection, controller: str, log: str, witness: str) -> int:
    """Return the largest size that a witness cosigned, as far as is known here."""
    mine = sa.and_(_of(cosignature, controller, log), cosignature.c.witness == witness)
    return conn.execute(sa.select(sa.func.max(cosignature.c.size)).where(mine)).scalar() or 0


def add_line(conn: sa.Connection, key: tuple[str, str, int, str], line: str, time: str) -> None:
    """Store a cosignature at (controller, log, size, witness), if there is none yet."""
    controller, log, size, witness = key
    if witness not in lines(conn, controller, log, size):
        conn.execute(
            cosignature.insert().values(
                controller=controller, log=log, size=size, witness=witness, line=line, time=time
            )
        )


def add_quorum(conn: sa.Connection, key: tuple[str, str, int], time: str) -> None:
    """Mark (controller, log, size) as seen by enough witnesses, if it is not marked yet."""
    controller, log, size = key
    there = sa.select(quorum.c.size).where(_of(quorum, controller, log), quorum.c.size == size)
    if conn.execute(there).scalar() is None:
        row = {"controller": controller, "log": log, "size": size, "time": time}
        conn.execute(quorum.insert().values(row))


def cosigned(conn: sa.Connection, controller: str, log: str, least: int = 0) -> str | None:
    """Return a note with its cosignatures: the newest that a quorum saw, of a size or larger."""
    size = conn.execute(
        sa.select(sa.func.max(quorum.c.size)).where(
            _of(quorum, controller, log), quorum.c.size >= least
        )
    ).scalar()
    note = None if size is None else note_at(conn, controller, log, size)
    return note and note + "".join(lines(conn, controller, log, size or 0).values())


def newest(conn: sa.Connection, controller: str, log: str) -> str | None:
    """Return the newest note with whatever cosignatures it has."""
    size = signed(conn, controller, log)
    note = note_at(conn, controller, log, size)
    return note and note + "".join(lines(conn, controller, log, size).values())


def seal(conn: sa.Connection, controller: str, log: str) -> Seal:
    """Return the newest checkpoint, when it was signed, and how far a quorum saw the log."""
    text = newest(conn, controller, log)
    if text is None:
        return Seal()
    size = read_checkpoint(split_note(text)[0]).size
    there = sa.and_(_of(checkpoint, controller, log), checkpoint.c.size == size)
    at = conn.execute(sa.select(checkpoint.c.time).where(there)).scalar() or ""
    rows = standing(conn, controller)
    seen = next(((one.seen, one.since) for one in rows if one.log == log), (0, None))
    return Seal(text, size, at, *seen)


def add_ahead(conn: sa.Connection, key: tuple[str, str, str], size: int, time: str) -> None:
    """Remember for good that (controller, log, witness) holds another history of that size."""
    controller, log, witness = key
    there = sa.and_(_of(ahead, controller, log), ahead.c.witness == witness)
    if conn.execute(sa.select(ahead.c.size).where(there)).scalar() is None:
        row = {"controller": controller, "log": log, "witness": witness}
        conn.execute(ahead.insert().values(row | {"size": size, "time": time}))


def ahead_of(conn: sa.Connection, controller: str, log: str) -> Ahead | None:
    """Return what a witness holds beyond a log, if one does."""
    rows = conn.execute(
        sa.select(ahead.c.witness, ahead.c.size).where(_of(ahead, controller, log))
    ).all()
    if not rows:
        return None
    common = min(seen_by(conn, controller, log, row.witness) for row in rows)
    return Ahead(max(row.size for row in rows), common)


def stopped(conn: sa.Connection) -> list[str]:
    """Return the logs that a witness stopped and nobody restored yet."""
    still = head.c.status.in_((OPEN, CLOSED))
    query = sa.select(head.c.log).where(still, sa.exists().where(_same(ahead, head)))
    return list(conn.execute(query.order_by(head.c.log)).scalars())
