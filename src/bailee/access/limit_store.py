"""The SQL of counting what is shown (C2.5(4)); ``store`` says what every function relies on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access.limit import Spent, window_start
from bailee.access.store import lock_named
from bailee.access.tables import REVEAL_COUNT
from bailee.clock import write_time
from bailee.errors import Failure
from bailee.prepared import Prepared
from bailee.rows import defer_check


def count_reveal(
    conn: sa.Connection, spent: Spent, now: datetime, *, limit: int, refused: Failure
) -> None:
    """Count subjects if the rolling day has room for them; one statement counts and inserts.

    On PostgreSQL, calls of one principal for one purpose follow one another: two transactions that
    do not see each other's row would both take the last place, and a lock taken inside the
    statement would come after its snapshot. So the count is the last thing before the COMMIT and
    travels with it: nobody waits for a call that still works. Without room the server fails, and
    the COMMIT behind it is skipped. SQLite has one writer, who counts at once.

    Raises:
        ``refused``, here or from the commit.
    """
    who = (spent.controller, spent.principal, spent.purpose)
    values = (*who, spent.subjects, write_time(now), write_time(window_start(now)), limit)
    name = "/".join(who)
    if defer_check(
        conn,
        lambda: [
            _LOCK.sent(conn, name),
            _COUNT_OR_FAIL.sent(conn, *values, refusal=lambda: refused),
        ],
    ):
        return
    if conn.dialect.name == "postgresql":
        _LOCK.all(conn, name)
    if _COUNT.changed_aside(conn, *values) != 1:
        raise refused


def _count(*, failing: bool = False) -> Prepared:
    """Return the statement of ``count_reveal``, built once.

    Numbers, totals and times all grow from row to row, so the newest row and the last row before
    the window are each one step down the primary key or the index by time. Without room it inserts
    nothing, or fails by dividing by zero.
    """
    who = {
        name: sa.bindparam(f"of_{name}", type_=sa.String)
        for name in ("controller", "principal", "purpose")
    }
    mine = sa.and_(*(REVEAL_COUNT.c[name] == value for name, value in who.items()))
    more = sa.bindparam("more", type_=sa.BigInteger)
    moment = sa.bindparam("moment", type_=sa.String)
    by_time = REVEAL_COUNT.c.at <= sa.bindparam("start", type_=sa.String)
    last = _latest(mine, REVEAL_COUNT.c.number).subquery("last")
    before = _latest(mine & by_time, REVEAL_COUNT.c.at, REVEAL_COUNT.c.number).subquery("before")
    call = sa.select(_ONE.label("one")).subquery("call")
    either = sa.func.coalesce
    total = either(last.c.total, _ZERO) + more
    room = total - either(before.c.total, _ZERO) <= sa.bindparam("most", type_=sa.BigInteger)
    step = _ONE // sa.case((room, _ONE), else_=_ZERO) if failing else _ONE
    values = sa.select(
        *who.values(),
        either(last.c.number, _ZERO) + step,
        more,
        total,
        sa.case((last.c.at > moment, last.c.at), else_=moment),  # another process may be ahead
    ).select_from(call.outerjoin(last, sa.true()).outerjoin(before, sa.true()))
    if not failing:
        values = values.where(room)
    names = [*who, "number", "subjects", "total", "at"]
    insert = sa.insert(REVEAL_COUNT).from_select(names, values, include_defaults=False)
    return Prepared(
        insert, "of_controller", "of_principal", "of_purpose", "more", "moment", "start", "most"
    )


def _latest(where: Any, *order: Any) -> sa.Select[Any]:
    """Return number, total and time of the first row in that order, from its end."""
    columns = REVEAL_COUNT.c.number, REVEAL_COUNT.c.total, REVEAL_COUNT.c.at
    return sa.select(*columns).where(where).order_by(*(one.desc() for one in order)).limit(_ONE)


_ONE = sa.literal_column("1", sa.Integer)
_ZERO = sa.literal_column("0", sa.Integer)
_COUNT, _COUNT_OR_FAIL = _count(), _count(failing=True)
_LOCK = lock_named(sa.func.pg_advisory_xact_lock)
