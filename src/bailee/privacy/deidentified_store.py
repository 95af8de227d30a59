"""The SQL of exports that name nobody."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.clock import read_time, write_time
from bailee.privacy.accounting_tables import EXPORT
from bailee.privacy.deidentified import Export

_LISTS = frozenset(("kept", "quasi", "dropped"))


def add(conn: sa.Connection, one: Export) -> None:
    """Insert an export."""
    row: dict[str, Any] = {each.name: getattr(one, each.name) for each in fields(one)}
    row["made"] = write_time(one.made)
    for name in _LISTS:
        row[name] = canonical.encode(list(row[name])).decode("ascii")
    conn.execute(EXPORT.insert().values(**row))


def exports(conn: sa.Connection, controller: str) -> list[Export]:
    """Return a controller's exports, oldest first."""
    query = sa.select(EXPORT).where(EXPORT.c.controller == controller)
    query = query.order_by(EXPORT.c.made, EXPORT.c.disclosure_id)
    return [_export(dict(row)) for row in conn.execute(query).mappings()]


def _export(row: dict[str, Any]) -> Export:
    row["made"] = read_time(row["made"])
    for name in _LISTS:
        row[name] = tuple(canonical.decode(row[name].encode()))
    return Export(**row)
