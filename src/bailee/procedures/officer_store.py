"""The SQL of officers: rows of the house, which every controller may see."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.procedures.officer import Officer
from bailee.procedures.tables import officer

_TIMES = frozenset(("since", "until", "appointed", "checked", "ended"))


def add(conn: sa.Connection, one: Officer) -> None:
    """Insert an appointment."""
    row = {found.name: getattr(one, found.name) for found in fields(one)}
    for name in _TIMES:
        row[name] = write_time(row[name]) if row[name] else ""
    conn.execute(officer.insert().values(controller=HOUSE, **row))


def end(conn: sa.Connection, officer_id: str, now: datetime) -> bool:
    """End an appointment; False when it had ended."""
    where = _is(officer_id) & (officer.c.state == "living")
    change = officer.update().where(where).values(state="ended", ended=write_time(now))
    return conn.execute(change).rowcount == 1


def check(conn: sa.Connection, officer_id: str, now: datetime) -> None:
    """Write when somebody confirmed how they are reached."""
    conn.execute(officer.update().where(_is(officer_id)).values(checked=write_time(now)))


def officers(conn: sa.Connection) -> list[Officer]:
    """Return every appointment, ended ones too, by its beginning."""
    query = sa.select(officer).where(officer.c.controller == HOUSE)
    query = query.order_by(officer.c.since, officer.c.officer_id)
    return [_officer(dict(row)) for row in conn.execute(query).mappings()]


def _is(officer_id: str) -> sa.ColumnElement[bool]:
    return (officer.c.controller == HOUSE) & (officer.c.officer_id == officer_id)


def _officer(row: dict[str, Any]) -> Officer:
    del row["controller"]
    for name in _TIMES:
        row[name] = read_time(row[name]) if row[name] else None
    return Officer(**row)
