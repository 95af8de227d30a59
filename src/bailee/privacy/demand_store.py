"""The SQL of demands."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.clock import read_time, write_time
from bailee.db import DATA
from bailee.privacy.demand import Demand

_TIMES = frozenset(("received", "entered", "answer_by", "ban_until", "ban_ended", "closed"))
_LISTS = frozenset(("elements", "keys"))


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


demand = sa.Table(
    "privacy_demand",
    DATA,
    _column("controller", key=True),
    _column("demand_id", key=True),
    _column("kind"),
    _text("source"),
    _text("asks"),
    _text("reference"),
    _text("elements"),
    _time("received"),
    _time("entered"),
    _column("entered_by"),
    _time("answer_by"),
    _text("ban_basis"),
    _time("ban_until"),
    _time("ban_ended"),
    _column("state"),
    _text("challenge"),
    _text("keys"),
    _column("released_by"),
    _text("least"),
    _column("outcome"),
    sa.Column("records", sa.BigInteger, nullable=False),
    _time("closed"),
    _column("closed_by"),
)


def add(conn: sa.Connection, one: Demand) -> None:
    """Insert a demand."""
    conn.execute(demand.insert().values(**_row(one)))


def move(conn: sa.Connection, before: Demand, after: Demand) -> bool:
    """Write a demand's next state; False when somebody else moved it first."""
    where = _is(before.controller, before.demand_id) & (demand.c.state == before.state)
    ended = write_time(before.ban_ended) if before.ban_ended else ""
    change = demand.update().where(where & (demand.c.ban_ended == ended))
    return conn.execute(change.values(**_row(after))).rowcount == 1


def one(conn: sa.Connection, controller: str, demand_id: str) -> Demand | None:
    """Return one demand."""
    query = sa.select(demand).where(_is(controller, demand_id))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _demand(dict(row))


def demands(conn: sa.Connection, controller: str) -> list[Demand]:
    """Return a controller's demands, oldest first."""
    query = sa.select(demand).where(demand.c.controller == controller)
    query = query.order_by(demand.c.received, demand.c.demand_id)
    return [_demand(dict(row)) for row in conn.execute(query).mappings()]


def _is(controller: str, demand_id: str) -> sa.ColumnElement[bool]:
    return (demand.c.controller == controller) & (demand.c.demand_id == demand_id)


def _row(found: Demand) -> dict[str, Any]:
    row = {name.name: getattr(found, name.name) for name in fields(found)}
    for name in _TIMES:
        row[name] = write_time(row[name]) if row[name] else ""
    for name in _LISTS:
        row[name] = canonical.encode(list(row[name])).decode("ascii")
    return row


def _demand(row: dict[str, Any]) -> Demand:
    for name in _TIMES:
        row[name] = read_time(row[name]) if row[name] else None
    for name in _LISTS:
        row[name] = tuple(canonical.decode(row[name].encode()))
    return Demand(**row)
