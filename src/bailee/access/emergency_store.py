"""The SQL of emergencies: codes and tries stand in the house's rows, emergencies in a controller's.

``store`` says what every function here relies on: one epoch row, and row-level security.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bailee.access.code import Code, Tries
from bailee.access.emergency import Emergency
from bailee.access.store import read_all, read_one, within
from bailee.access.tables import APPROVAL, CODE, DRAW, EMERGENCY, TRIES, to_row
from bailee.db import HOUSE


@dataclass(frozen=True, slots=True)
class Used:
    """What was done under an emergency so far: calls that were answered, and subjects shown."""

    calls: int
    subjects: int


def add_code(conn: sa.Connection, code: Code) -> None:
    """Insert a code."""
    conn.execute(sa.insert(CODE).values(controller=HOUSE, **to_row(code)))


def code(conn: sa.Connection, code_id: str) -> Code | None:
    """Return one code."""
    where = (CODE.c.controller == HOUSE) & (CODE.c.code_id == code_id)
    return read_one(conn, Code, sa.select(CODE).where(where))


def code_by_digest(conn: sa.Connection, digest: bytes) -> Code | None:
    """Return the code whose secret has this digest."""
    where = (CODE.c.controller == HOUSE) & (CODE.c.digest == digest)
    return read_one(conn, Code, sa.select(CODE).where(where))


def codes(conn: sa.Connection, principal_id: str) -> list[Code]:
    """Return every code that was made for somebody, or by them."""
    concerned = (CODE.c.principal == principal_id) | (CODE.c.issued_by == principal_id)
    where = (CODE.c.controller == HOUSE) & concerned
    return read_all(
        conn, Code, sa.select(CODE).where(where).order_by(CODE.c.created, CODE.c.code_id)
    )


def move_code(conn: sa.Connection, code_id: str, before: str, after: str) -> bool:
    """Move a code; False when somebody else moved it first."""
    where = (CODE.c.controller == HOUSE) & (CODE.c.code_id == code_id) & (CODE.c.state == before)
    return conn.execute(sa.update(CODE).where(where).values(state=after)).rowcount == 1


def tries(conn: sa.Connection, principal_id: str) -> Tries | None:
    """Return how often somebody failed in a row."""
    where = (TRIES.c.controller == HOUSE) & (TRIES.c.principal == principal_id)
    return read_one(conn, Tries, sa.select(TRIES).where(where))


def set_tries(conn: sa.Connection, principal_id: str, now: Tries | None) -> None:
    """Keep a count, or forget it."""
    where = (TRIES.c.controller == HOUSE) & (TRIES.c.principal == principal_id)
    conn.execute(sa.delete(TRIES).where(where))
    if now is not None:
        conn.execute(sa.insert(TRIES).values(controller=HOUSE, **to_row(now)))


def add_emergency(conn: sa.Connection, emergency: Emergency) -> None:
    """Insert an emergency."""
    with within(conn, emergency.controller):
        conn.execute(sa.insert(EMERGENCY).values(to_row(emergency)))


def emergency(conn: sa.Connection, controller: str, emergency_id: str) -> Emergency | None:
    """Return one emergency."""
    mine = EMERGENCY.c.controller == controller
    where = mine & (EMERGENCY.c.emergency_id == emergency_id)
    with within(conn, controller):
        return read_one(conn, Emergency, sa.select(EMERGENCY).where(where))


def emergencies(
    conn: sa.Connection, controller: str, *, unsettled: bool = False
) -> list[Emergency]:
    """Return a controller's emergencies, oldest first; only those that want something done."""
    where = EMERGENCY.c.controller == controller
    if unsettled:
        where &= EMERGENCY.c.review.in_(("due", "unjustified"))
    query = sa.select(EMERGENCY).where(where).order_by(EMERGENCY.c.opened, EMERGENCY.c.emergency_id)
    with within(conn, controller):
        return read_all(conn, Emergency, query)


def move_emergency(conn: sa.Connection, before: Emergency, after: Emergency) -> bool:
    """Move alert and review of an emergency; False when somebody else moved them first."""
    where = (
        (EMERGENCY.c.controller == before.controller)
        & (EMERGENCY.c.emergency_id == before.emergency_id)
        & (EMERGENCY.c.alert == before.alert)
        & (EMERGENCY.c.review == before.review)
    )
    row, moved = to_row(after), ("alert", "acknowledged_by", "acknowledged", "review", "reviewer")
    values = {name: row[name] for name in (*moved, "reviewed", "writing", "verdict_reason")}
    with within(conn, before.controller):
        return conn.execute(sa.update(EMERGENCY).where(where).values(values)).rowcount == 1


def forget_reasons(conn: sa.Connection, controller: str) -> None:
    """Empty the free texts of emergencies and approvals."""
    with within(conn, controller):
        mine = APPROVAL.c.controller == controller
        conn.execute(sa.update(APPROVAL).where(mine).values(reason=""))
        own = EMERGENCY.c.controller == controller
        conn.execute(sa.update(EMERGENCY).where(own).values(reason="", verdict_reason=""))


def used(conn: sa.Connection, controller: str, emergency_id: str) -> Used:
    """Count what was done under an emergency."""
    where = (DRAW.c.controller == controller) & (DRAW.c.approval_id == emergency_id)
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(DRAW.c.subjects), 0))
    with within(conn, controller):
        calls, subjects = conn.execute(query.where(where)).one()
    return Used(int(calls), int(subjects))
