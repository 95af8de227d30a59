"""The SQL of flows, statements and requests for help."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee import canonical
from bailee.clock import read_time, write_time
from bailee.privacy.assertion import REVOKED, Assertion
from bailee.privacy.assistance import Assistance
from bailee.privacy.flow import Flow
from bailee.privacy.transfer_tables import ASSERTION, ASSISTANCE, FLOW

T = TypeVar("T", Flow, Assertion, Assistance)

_TIMES = frozenset(
    (
        *("since", "until", "created", "confirmed", "ended", "signed", "withdrawn"),
        *("received", "recorded", "due", "answered"),
    )
)
_LISTS = frozenset(("elements",))


def add_flow(conn: sa.Connection, one: Flow) -> None:
    """Insert a flow."""
    conn.execute(FLOW.insert().values(**_row(one)))


def move_flow(conn: sa.Connection, before: Flow, after: Flow) -> bool:
    """Write a flow's next state; False when somebody else moved it first."""
    mine = (FLOW.c.controller == before.controller) & (FLOW.c.flow_id == before.flow_id)
    names = ("state", "confirmed_by", "confirmed", "ended_by", "ended")
    row = _row(after)
    change = FLOW.update().where(mine & (FLOW.c.state == before.state))
    return conn.execute(change.values({name: row[name] for name in names})).rowcount == 1


def flows(conn: sa.Connection, controller: str) -> list[Flow]:
    """Return a controller's flows, oldest first."""
    query = sa.select(FLOW).where(FLOW.c.controller == controller)
    return _all(conn, Flow, query.order_by(FLOW.c.created, FLOW.c.flow_id))


def flow(conn: sa.Connection, controller: str, flow_id: str) -> Flow | None:
    """Return one flow."""
    query = sa.select(FLOW).where(FLOW.c.controller == controller, FLOW.c.flow_id == flow_id)
    return next(iter(_all(conn, Flow, query)), None)


def add_assertion(conn: sa.Connection, one: Assertion) -> None:
    """Insert a statement."""
    conn.execute(ASSERTION.insert().values(**_row(one)))


def withdraw_assertion(conn: sa.Connection, after: Assertion) -> bool:
    """Withdraw a statement; False when somebody else did first."""
    mine = (ASSERTION.c.controller == after.controller) & (
        ASSERTION.c.assertion_id == after.assertion_id
    )
    names, row = ("state", "withdrawn_by", "withdrawn"), _row(after)
    change = ASSERTION.update().where(mine & (ASSERTION.c.state == "standing"))
    return conn.execute(change.values({name: row[name] for name in names})).rowcount == 1


def assertions(conn: sa.Connection, controller: str) -> list[Assertion]:
    """Return a controller's statements, oldest first."""
    query = sa.select(ASSERTION).where(ASSERTION.c.controller == controller)
    return _all(conn, Assertion, query.order_by(ASSERTION.c.signed, ASSERTION.c.assertion_id))


def assertion(conn: sa.Connection, controller: str, assertion_id: str) -> Assertion | None:
    """Return one statement."""
    query = sa.select(ASSERTION).where(
        ASSERTION.c.controller == controller, ASSERTION.c.assertion_id == assertion_id
    )
    return next(iter(_all(conn, Assertion, query)), None)


def revoked(conn: sa.Connection, house: str) -> frozenset[str]:
    """Return the ids of decisions on adequacy that the house revoked."""
    query = sa.select(ASSERTION.c.subject).where(
        ASSERTION.c.controller == house,
        ASSERTION.c.subject.startswith(REVOKED),
        ASSERTION.c.state == "standing",
    )
    return frozenset(subject.removeprefix(REVOKED) for (subject,) in conn.execute(query))


def add_assistance(conn: sa.Connection, one: Assistance) -> None:
    """Insert a request."""
    conn.execute(ASSISTANCE.insert().values(**_row(one)))


def answer_assistance(conn: sa.Connection, after: Assistance) -> bool:
    """Note the answer of an open request; False when somebody else answered first."""
    mine = (ASSISTANCE.c.controller == after.controller) & (
        ASSISTANCE.c.assistance_id == after.assistance_id
    )
    names = ("state", "answered", "answered_by", "paper_sha256")
    row = _row(after)
    change = ASSISTANCE.update().where(mine & (ASSISTANCE.c.state == "open"))
    return conn.execute(change.values({name: row[name] for name in names})).rowcount == 1


def assistances(conn: sa.Connection, controller: str) -> list[Assistance]:
    """Return a controller's requests, in the order in which they came."""
    query = sa.select(ASSISTANCE).where(ASSISTANCE.c.controller == controller)
    order = ASSISTANCE.c.received, ASSISTANCE.c.assistance_id
    return _all(conn, Assistance, query.order_by(*order))


def file_entry(conn: sa.Connection, one: Assertion | Assistance, entry_id: str) -> None:
    """Note the id of the entry that recorded it."""
    table, key = (
        (ASSERTION, ASSERTION.c.assertion_id == one.assertion_id)
        if isinstance(one, Assertion)
        else (ASSISTANCE, ASSISTANCE.c.assistance_id == one.assistance_id)
    )
    mine = (table.c.controller == one.controller) & key
    conn.execute(table.update().where(mine).values(entry_id=entry_id))


def _all(conn: sa.Connection, kind: type[T], query: sa.Select[Any]) -> list[T]:
    return [kind(**_values(row)) for row in conn.execute(query).mappings()]


def _values(row: sa.RowMapping) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name in _TIMES:
            values[name] = read_time(value) if value else None
        elif name in _LISTS:
            values[name] = tuple(canonical.decode(value.encode("ascii")))
        else:
            values[name] = value
    return values


def _row(one: Flow | Assertion | Assistance) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for item in fields(one):
        value = getattr(one, item.name)
        if item.name in _TIMES:
            value = write_time(value) if value else ""
        elif item.name in _LISTS:
            value = canonical.encode(list(value)).decode("ascii")
        row[item.name] = value
    return row
