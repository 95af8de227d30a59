"""The SQL of sub-processors. Nothing is decided here.

The register's rows are the house's, which every transaction sees; a controller's are read under its
name (``access.store.within``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.access.store import within
from bailee.canonical import decode, encode
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.privacy.engagement import Engagement
from bailee.privacy.last_instruction import LastInstruction
from bailee.privacy.subprocessor import Contract, Subprocessor
from bailee.privacy.subprocessor_tables import (
    CONTRACT,
    ENGAGEMENT,
    INSTRUCTION,
    LIST,
    SUBPROCESSOR,
    WORKER,
)

T = TypeVar("T")
_TIMES = frozenset(
    (
        "since", "created", "at", "proposed", "signed", "consented", "engaged", "objected",
        "offered", "ended", "written", "due", "relayed", "collected",
    )
)  # fmt: skip
_VALUES = frozenset(("services", "elements", "countries", "keys", "compared"))


@dataclass(frozen=True, slots=True)
class Listed:
    """One version of a controller's list."""

    controller: str
    version: int
    text: str
    text_sha256: str
    at: datetime


# The register.


def add_version(conn: sa.Connection, one: Subprocessor) -> None:
    """Insert a version."""
    conn.execute(sa.insert(SUBPROCESSOR).values(controller=HOUSE, **_row(one)))


def versions(conn: sa.Connection, subprocessor_id: str = "") -> list[Subprocessor]:
    """Return every version of one, or of all, in order of writing."""
    table = SUBPROCESSOR
    where = table.c.controller == HOUSE
    if subprocessor_id:
        where &= table.c.subprocessor_id == subprocessor_id
    query = sa.select(table).where(where)
    return _all(conn, Subprocessor, query.order_by(table.c.subprocessor_id, table.c.version))


def add_contract(conn: sa.Connection, one: Contract) -> None:
    """Insert a comparison."""
    conn.execute(sa.insert(CONTRACT).values(controller=HOUSE, **_row(one)))


def contracts(conn: sa.Connection, subprocessor_id: str = "") -> list[Contract]:
    """Return every comparison of one, or of all, in order."""
    where = CONTRACT.c.controller == HOUSE
    if subprocessor_id:
        where &= CONTRACT.c.subprocessor_id == subprocessor_id
    query = sa.select(CONTRACT).where(where)
    return _all(conn, Contract, query.order_by(CONTRACT.c.subprocessor_id, CONTRACT.c.number))


def contract(conn: sa.Connection, subprocessor_id: str) -> Contract | None:
    """Return the newest comparison of one."""
    found = contracts(conn, subprocessor_id)
    return found[-1] if found else None


def add_worker(conn: sa.Connection, row: Mapping[str, str]) -> None:
    """Insert that somebody works for a sub-processor."""
    conn.execute(sa.insert(WORKER).values(controller=HOUSE, **row))


def workers(conn: sa.Connection) -> dict[str, str]:
    """Return principals of whom somebody said for which sub-processor they work."""
    query = sa.select(WORKER.c.principal, WORKER.c.subprocessor_id)
    rows = conn.execute(query.where(WORKER.c.controller == HOUSE))
    return {row.principal: row.subprocessor_id for row in rows}


# Engagements.


def add_engagement(conn: sa.Connection, one: Engagement) -> None:
    """Insert a proposal."""
    with within(conn, one.controller):
        conn.execute(sa.insert(ENGAGEMENT).values(_row(one)))


def engagements(
    conn: sa.Connection, controller: str, subprocessor_id: str = ""
) -> list[Engagement]:
    """Return a controller's engagements, oldest first."""
    where = ENGAGEMENT.c.controller == controller
    if subprocessor_id:
        where &= ENGAGEMENT.c.subprocessor_id == subprocessor_id
    query = sa.select(ENGAGEMENT).where(where)
    with within(conn, controller):
        return _all(
            conn,
            Engagement,
            query.order_by(ENGAGEMENT.c.proposed, ENGAGEMENT.c.engagement_id),
        )


def engaged(conn: sa.Connection, controller: str) -> frozenset[tuple[str, int]]:
    """Return sub-processors and their editions that are engaged for a controller."""
    columns = ENGAGEMENT.c.subprocessor_id, ENGAGEMENT.c.edition
    where = (ENGAGEMENT.c.controller == controller) & (ENGAGEMENT.c.state == "engaged")
    with within(conn, controller):
        rows = conn.execute(sa.select(*columns).where(where))
        return frozenset((row.subprocessor_id, row.edition) for row in rows)


def move_engagement(conn: sa.Connection, before: Engagement, after: Engagement) -> bool:
    """Write an engagement anew; False when somebody else moved it first."""
    where = (
        (ENGAGEMENT.c.controller == before.controller)
        & (ENGAGEMENT.c.engagement_id == before.engagement_id)
        & (ENGAGEMENT.c.state == before.state)
        & (ENGAGEMENT.c.recorded_by == before.recorded_by)
    )
    with within(conn, before.controller):
        return conn.execute(sa.update(ENGAGEMENT).where(where).values(_row(after))).rowcount == 1


# Instructions.


def add_last_instruction(conn: sa.Connection, one: LastInstruction) -> None:
    """Insert an instruction."""
    with within(conn, one.controller):
        conn.execute(sa.insert(INSTRUCTION).values(_row(one)))


def last_instructions(conn: sa.Connection, controller: str) -> list[LastInstruction]:
    """Return a controller's instructions, oldest first."""
    query = sa.select(INSTRUCTION).where(INSTRUCTION.c.controller == controller)
    order = INSTRUCTION.c.written, INSTRUCTION.c.instruction_id
    with within(conn, controller):
        return _all(conn, LastInstruction, query.order_by(*order))


def move_last_instruction(
    conn: sa.Connection, before: LastInstruction, after: LastInstruction
) -> bool:
    """Write an instruction anew; False when somebody else moved it first."""
    where = (
        (INSTRUCTION.c.controller == before.controller)
        & (INSTRUCTION.c.instruction_id == before.instruction_id)
        & (INSTRUCTION.c.state == before.state)
    )
    with within(conn, before.controller):
        return conn.execute(sa.update(INSTRUCTION).where(where).values(_row(after))).rowcount == 1


# The list.


def add_list(conn: sa.Connection, one: Listed) -> None:
    """Insert a version of a list."""
    with within(conn, one.controller):
        conn.execute(sa.insert(LIST).values(_row(one)))


def lists(conn: sa.Connection, controller: str) -> list[Listed]:
    """Return every version of a controller's list, oldest first."""
    query = sa.select(LIST).where(LIST.c.controller == controller).order_by(LIST.c.version)
    with within(conn, controller):
        return _all(conn, Listed, query)


# Rows.


def _row(thing: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for item in fields(thing):
        value = getattr(thing, item.name)
        if item.name in _TIMES:
            value = write_time(value) if value else ""
        elif item.name in _VALUES:
            value = encode(value).decode("ascii")
        row[item.name] = value
    return row


def _all(conn: sa.Connection, kind: type[T], query: sa.Select[Any]) -> list[T]:
    return [_read(kind, dict(row)) for row in conn.execute(query).mappings()]


def _read(kind: type[T], row: Mapping[str, Any]) -> T:
    values: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        value = row[item.name]
        if item.name in _TIMES:
            value = read_time(value) if value else None
        elif item.name in _VALUES:
            value = decode(value.encode("ascii"))
            value = tuple(value) if isinstance(value, list) else value
        values[item.name] = value
    return kind(**values)
