"""The SQL of use: when somebody was last seen, and what was done under a grant on a day.

``count`` runs in every call on data. On PostgreSQL each connection adds to a row of its own
(``slot`` is its backend's number, which no other living backend has), and the statement travels
with the COMMIT: calls that are under way never wait for one another here. SQLite has one writer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bailee.access.store import within
from bailee.access.training_tables import GRANT_USE, LAST_USE
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.prepared import Prepared
from bailee.rows import defer_check

# Both engines read this alike.
_SEE = sa.text(
    "INSERT INTO last_use (controller, principal, at) VALUES (:controller, :principal, :at) "
    "ON CONFLICT (controller, principal) DO UPDATE SET at = excluded.at "
    "WHERE last_use.at < excluded.at"
)
_KEY = ("controller", "grant_id", "day", "verb")


def see(conn: sa.Connection, principal_id: str, now: datetime) -> None:
    """Write down that somebody was seen; never earlier than it says."""
    row = {"controller": HOUSE, "principal": principal_id, "at": write_time(now)}
    conn.execute(_SEE, row)


def last_seen(conn: sa.Connection) -> Mapping[str, datetime]:
    """Return when everybody was last seen of whom it is known."""
    query = sa.select(LAST_USE.c.principal, LAST_USE.c.at).where(LAST_USE.c.controller == HOUSE)
    return {row.principal: read_time(row.at) for row in conn.execute(query)}


def count(
    conn: sa.Connection, where: tuple[str, str], verb: str, *, records: int, day: str
) -> None:
    """Count one call under a grant, in its own transaction.

    Args:
        conn: the call's transaction.
        where: controller and grant.
        verb: what was done.
        records: how many records it was about.
        day: as 2026-11-20.
    """
    values = (*where, day, verb, records)
    if conn.dialect.name != "postgresql":
        _COUNT["sqlite"].changed_aside(conn, *values)
    elif not defer_check(conn, lambda: [_COUNT["postgresql"].sent(conn, *values)]):
        _COUNT["postgresql"].changed(conn, *values)


def uses(conn: sa.Connection, controller: str, since: str) -> dict[str, dict[str, tuple[int, int]]]:
    """Return calls and records by grant and verb, from a day on."""
    table = GRANT_USE.c
    query = (
        sa.select(table.grant_id, table.verb, sa.func.sum(table.calls), sa.func.sum(table.records))
        .where((table.controller == controller) & (table.day >= since))
        .group_by(table.grant_id, table.verb)
    )
    found: dict[str, dict[str, tuple[int, int]]] = {}
    with within(conn, controller):
        for grant_id, verb, calls, records in conn.execute(query):
            found.setdefault(grant_id, {})[verb] = (int(calls), int(records))
    return found


def forget_uses(conn: sa.Connection, controller: str, before: str) -> None:
    """Delete counts of days that no review will look at any more."""
    where = (GRANT_USE.c.controller == controller) & (GRANT_USE.c.day < before)
    with within(conn, controller):
        conn.execute(sa.delete(GRANT_USE).where(where))


def _count(insert: sa.Insert, slot: sa.ColumnElement[int]) -> Prepared:
    """Return the statement that counts, built once for an engine."""
    one = sa.literal_column("1", sa.Integer)
    given = {name: sa.bindparam(name, type_=sa.String) for name in _KEY}
    more = sa.bindparam("more", type_=sa.BigInteger)
    new = insert.values(**given, slot=slot, calls=one, records=more)
    kept = GRANT_USE.c
    adding = {
        "calls": kept.calls + new.excluded.calls,  # type: ignore[attr-defined]  # either engine's
        "records": kept.records + new.excluded.records,  # type: ignore[attr-defined]
    }
    counted = new.on_conflict_do_update(  # type: ignore[attr-defined]
        index_elements=[kept.controller, kept.grant_id, kept.day, kept.verb, kept.slot],
        set_=adding,
    )
    return Prepared(counted, *_KEY, "more")


_COUNT = {
    "sqlite": _count(sqlite.insert(GRANT_USE), sa.literal_column("0", sa.Integer)),
    "postgresql": _count(postgresql.insert(GRANT_USE), sa.func.pg_backend_pid(type_=sa.Integer)),
}
