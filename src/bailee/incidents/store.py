"""The SQL of the incident room. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.incidents import tables
from bailee.incidents.event import Event
from bailee.incidents.facts import Facts
from bailee.incidents.incident import Incident
from bailee.incidents.notice import Notice, Part
from bailee.incidents.redress import Redress
from bailee.incidents.scope import Scope
from bailee.incidents.signal import Signal

T = TypeVar("T", Signal, Incident, Notice, Event, Redress)
M = TypeVar("M", Signal, Incident, Event, Redress)
_TABLE: dict[type[Any], sa.Table] = {
    Signal: tables.signal,
    Incident: tables.incident,
    Notice: tables.notice,
    Event: tables.event,
    Redress: tables.redress,
}
_KEY: dict[type[Any], str] = {
    Signal: "signal_id",
    Incident: "incident_id",
    Event: "event_id",
    Redress: "redress_id",
}
_ORDER: dict[type[Any], tuple[str, ...]] = {
    Signal: ("raised", "signal_id"),
    Incident: ("suspected", "incident_id"),
    Notice: ("matter", "version"),
    Event: ("discovered", "event_id"),
    Redress: ("received", "redress_id"),
}
_TIMES = frozenset(
    (
        "raised", "recorded", "due", "decided", "suspected", "aware", "counted", "closed",
        "written", "discovered", "received", "answered", "until",
    )
)  # fmt: skip
_JSON: dict[str, msgspec.json.Decoder[Any]] = {
    "scope": msgspec.json.Decoder(Scope),
    "facts": msgspec.json.Decoder(Facts | None),
    "parts": msgspec.json.Decoder(tuple[Part, ...]),
}


def add(conn: sa.Connection, *things: T) -> None:
    """Insert rows."""
    for thing in things:
        conn.execute(_TABLE[type(thing)].insert().values(**_row(thing)))


def move(conn: sa.Connection, before: M, after: M) -> bool:
    """Write a thing's next state; False when somebody else moved it first."""
    table, key = _TABLE[type(before)], _KEY[type(before)]
    mine = (table.c.controller == before.controller) & (table.c[key] == getattr(before, key))
    change = table.update().where(mine & (table.c.state == before.state))
    return conn.execute(change.values(**_row(after))).rowcount == 1


def one(conn: sa.Connection, kind: type[T], controller: str, item: str) -> T | None:
    """Return one thing by its id."""
    table = _TABLE[kind]
    mine = (table.c.controller == controller) & (table.c[_KEY[kind]] == item)
    row = conn.execute(sa.select(table).where(mine)).mappings().one_or_none()
    return None if row is None else _thing(kind, row)


def every(
    conn: sa.Connection, kind: type[T], controller: str, *, states: Iterable[str] = (), **of: str
) -> list[T]:
    """Return a controller's things, oldest first, perhaps of some states or of one matter."""
    table = _TABLE[kind]
    where = table.c.controller == controller
    if states:
        where &= table.c.state.in_(tuple(states))
    for name, value in of.items():
        where &= table.c[name] == value
    query = sa.select(table).where(where).order_by(*(table.c[name] for name in _ORDER[kind]))
    return [_thing(kind, row) for row in conn.execute(query).mappings()]


def forget_words(conn: sa.Connection, controller: str) -> None:
    """Empty the free texts of a controller that is destroyed (C6); counts and times stay."""
    free = {
        tables.signal: ("reason",),
        tables.incident: ("nature", "reason"),
        tables.event: ("what", "reason"),
        tables.redress: ("reference", "answer"),
    }
    for table, names in free.items():
        mine = table.c.controller == controller
        conn.execute(table.update().where(mine).values(dict.fromkeys(names, "")))
    mine = tables.notice.c.controller == controller
    conn.execute(tables.notice.update().where(mine).values(parts="[]"))


def _row(thing: Any) -> dict[str, Any]:
    row = {item.name: getattr(thing, item.name) for item in fields(thing)}
    for name, value in row.items():
        if name in _JSON:
            row[name] = msgspec.json.encode(value).decode()
        elif name in _TIMES:
            row[name] = write_time(value) if isinstance(value, datetime) else ""
    return row


def _thing(kind: type[T], row: sa.RowMapping) -> T:
    values = dict(row)
    for name, value in values.items():
        if name in _JSON:
            values[name] = _JSON[name].decode(value)
        elif name in _TIMES:
            values[name] = read_time(value) if value else None
    return kind(**values)
