"""The SQL of corrections, interim orders and amendments."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.assurance.amendment import Amendment
from bailee.assurance.case_tables import amendment, correction, order
from bailee.assurance.correction import Correction, Order
from bailee.assurance.writing import Origin
from bailee.clock import read_time, write_time

Case = TypeVar("Case", Correction, Order, Amendment)
_TABLES: dict[type[Any], tuple[sa.Table, str]] = {
    Correction: (correction, "correction_id"),
    Order: (order, "order_id"),
    Amendment: (amendment, "amendment_id"),
}
_TIMES = frozenset(
    (
        "noticed", "entered", "cure_until", "first_until", "started", "claimed", "settled",
        "ordered", "carried_out", "effective", "received", "answered",
    )
)  # fmt: skip
_ORIGIN = {
    "side": "side", "by": "entered_by", "given_by": "given_by", "reference": "reference",
    "text_sha256": "writing_sha256",
}  # fmt: skip


def add(conn: sa.Connection, one: Correction | Order | Amendment) -> None:
    """Insert a case."""
    table, _ = _TABLES[type(one)]
    conn.execute(table.insert().values(**_row(one)))


def move(conn: sa.Connection, before: Case, after: Case) -> bool:
    """Write a case's next state; False when somebody else moved it first."""
    table, key = _TABLES[type(before)]
    where = (table.c.controller == before.controller) & (table.c[key] == getattr(before, key))
    change = table.update().where(where & (table.c.state == before.state)).values(**_row(after))
    return conn.execute(change).rowcount == 1


def cases(conn: sa.Connection, kind: type[Case], controller: str) -> list[Case]:
    """Return a controller's cases of a kind, oldest first."""
    table, key = _TABLES[kind]
    first = next(name for name in ("noticed", "ordered", "received") if name in table.c)
    query = sa.select(table).where(table.c.controller == controller)
    query = query.order_by(table.c[first], table.c[key])
    return [_case(kind, dict(row)) for row in conn.execute(query).mappings()]


def one(conn: sa.Connection, kind: type[Case], controller: str, item: str) -> Case | None:
    """Return one case."""
    table, key = _TABLES[kind]
    query = sa.select(table).where((table.c.controller == controller) & (table.c[key] == item))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _case(kind, dict(row))


def _row(case: Correction | Order | Amendment) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in (found.name for found in fields(case)):
        value = getattr(case, name)
        if name == "origin":
            row |= {column: getattr(value, part) for part, column in _ORIGIN.items()}
        elif name in _TIMES:
            row[name] = write_time(value) if value else ""
        else:
            row[name] = value
    return row


def _case(kind: type[Case], row: dict[str, Any]) -> Case:
    for name in _TIMES & row.keys():
        row[name] = read_time(row[name]) if row[name] else None
    if "entered_by" in row:
        row["origin"] = Origin(**{part: row.pop(column) for part, column in _ORIGIN.items()})
    return kind(**row)
