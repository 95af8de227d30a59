"""The SQL of the accounting's index and of suspensions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.clock import read_time, write_time
from bailee.privacy.accounting import SUBJECT
from bailee.privacy.accounting_tables import LINE, PLACE, SUSPENSION
from bailee.privacy.suspension import Suspension
from bailee.rows import insert_rows
from bailee.vault.tables import subject

_TIMES = frozenset(("since", "until", "recorded", "confirmed", "lifted"))


def places(conn: sa.Connection, controller: str) -> dict[str, int]:
    """Return, by log, until which index (exclusive) it was read."""
    query = sa.select(PLACE.c.log, PLACE.c.upto).where(PLACE.c.controller == controller)
    return {row.log: row.upto for row in conn.execute(query)}


def move_place(conn: sa.Connection, controller: str, log: str, span: tuple[int, int]) -> bool:
    """Say that a stretch of a log is read; False when somebody else read it meanwhile.

    The first row of a log is made by whoever commits first; the other one's transaction fails as a
    whole and is done again by whoever runs it.
    """
    before, after = span
    if before == 0 and log not in places(conn, controller):
        conn.execute(PLACE.insert().values(controller=controller, log=log, upto=after))
        return True
    mine = (PLACE.c.controller == controller) & (PLACE.c.log == log)
    change = PLACE.update().where(mine & (PLACE.c.upto == before)).values(upto=after)
    return conn.execute(change).rowcount == 1


def add_lines(
    conn: sa.Connection, controller: str, lines: Iterable[tuple[str, str, str, int]]
) -> None:
    """Insert lines of the index: kind, whose, log, index."""
    insert_rows(conn, LINE, [(controller, *line) for line in lines])


def lines(conn: sa.Connection, controller: str, kind: str, named: str) -> list[tuple[str, int]]:
    """Return where entries stand that tell of a subject or a consent: log and index, in order."""
    query = (
        sa.select(LINE.c.log, LINE.c.idx)
        .where(LINE.c.controller == controller, LINE.c.kind == kind, LINE.c.named == named)
        .order_by(LINE.c.log, LINE.c.idx)
    )
    return [(log, index) for log, index in conn.execute(query)]


def in_stretch(
    conn: sa.Connection, controller: str, log: str, span: tuple[int, int]
) -> set[tuple[str, str, int]]:
    """Return the lines of a stretch of a log: kind, whose, index."""
    query = sa.select(LINE.c.kind, LINE.c.named, LINE.c.idx).where(
        LINE.c.controller == controller, LINE.c.log == log, LINE.c.idx.between(span[0], span[1] - 1)
    )
    return {(kind, named, index) for kind, named, index in conn.execute(query)}


def gone(conn: sa.Connection, controller: str) -> int:
    """Return how many of those of whom something was disclosed are nobody any more."""
    there = sa.exists().where(
        subject.c.controller == LINE.c.controller, subject.c.subject_id == LINE.c.named
    )
    query = sa.select(sa.func.count(LINE.c.named.distinct())).where(
        LINE.c.controller == controller, LINE.c.kind == SUBJECT, ~there
    )
    return int(conn.execute(query).scalar_one())


def add_suspension(conn: sa.Connection, one: Suspension) -> None:
    """Insert a suspension."""
    conn.execute(SUSPENSION.insert().values(**_row(one)))


def move_suspension(conn: sa.Connection, before: Suspension, after: Suspension) -> bool:
    """Write a suspension's next state; False when somebody else moved it first."""
    mine = (SUSPENSION.c.controller == before.controller) & (
        SUSPENSION.c.suspension_id == before.suspension_id
    )
    change = SUSPENSION.update().where(mine & (SUSPENSION.c.state == before.state))
    return conn.execute(change.values(**_row(after))).rowcount == 1


def suspensions(conn: sa.Connection, controller: str) -> list[Suspension]:
    """Return a controller's suspensions, oldest first."""
    query = sa.select(SUSPENSION).where(SUSPENSION.c.controller == controller)
    query = query.order_by(SUSPENSION.c.recorded, SUSPENSION.c.suspension_id)
    return [_suspension(dict(row)) for row in conn.execute(query).mappings()]


def suspension(conn: sa.Connection, controller: str, item: str) -> Suspension | None:
    """Return one suspension."""
    query = sa.select(SUSPENSION).where(
        SUSPENSION.c.controller == controller, SUSPENSION.c.suspension_id == item
    )
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _suspension(dict(row))


def _row(one: Suspension) -> dict[str, Any]:
    row = {each.name: getattr(one, each.name) for each in fields(one)}
    for name in _TIMES:
        row[name] = write_time(row[name]) if row[name] else ""
    row["consents"] = canonical.encode(list(one.consents)).decode("ascii")
    return row


def _suspension(row: dict[str, Any]) -> Suspension:
    for name in _TIMES:
        row[name] = read_time(row[name]) if row[name] else None
    row["consents"] = tuple(canonical.decode(row["consents"].encode()))
    return Suspension(**row)
