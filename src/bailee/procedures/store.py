"""The SQL of timers, notices, handings and contacts."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.procedures.contact import Contact
from bailee.procedures.matter import Matter
from bailee.procedures.notice import Handing, Notice
from bailee.procedures.tables import contact, handing, notice, timer
from bailee.procedures.timer import Basis, Timer

_TIMES = frozenset(
    (
        "since", "aware", "opened", "due", "done", "recorded", "first_due", "written", "next_try",
        "handed", "ack_due", "acknowledged", "escalated", "tried", "added", "ended",
    )
)  # fmt: skip
_BASES = msgspec.json.Decoder(tuple[Basis, ...])
_ENCODER = msgspec.json.Encoder()

# Timers.


def add_timer(conn: sa.Connection, one: Timer) -> None:
    """Insert a timer."""
    conn.execute(timer.insert().values(**_row(one)))


def move_timer(conn: sa.Connection, before: Timer, after: Timer) -> bool:
    """Write a timer's next state; False when somebody else moved it first."""
    where = _is(timer, before.controller, timer.c.timer_id == before.timer_id)
    where &= (timer.c.state == before.state) & (timer.c.due == write_time(before.due))
    return conn.execute(timer.update().where(where).values(**_row(after))).rowcount == 1


def tell_missed(conn: sa.Connection, one: Timer) -> bool:
    """Note that an entry says that a timer was missed; False when one said it already."""
    where = _is(timer, one.controller, timer.c.timer_id == one.timer_id)
    change = timer.update().where(where & timer.c.told_missed.is_(False))
    return conn.execute(change.values(told_missed=True)).rowcount == 1


def timers(
    conn: sa.Connection,
    controller: str,
    matter: Matter | None = None,
    *,
    trigger: str = "",
    running: bool = False,
) -> list[Timer]:
    """Return a controller's timers, perhaps of one matter or trigger, by their deadline."""
    where = timer.c.controller == controller
    if matter is not None:
        where &= (timer.c.matter_kind == matter.kind) & (timer.c.matter_item == matter.item)
    if trigger:
        where &= timer.c.trigger == trigger
    if running:
        where &= timer.c.state == "running"
    query = sa.select(timer).where(where).order_by(timer.c.due, timer.c.timer_id)
    return [_timer(row) for row in conn.execute(query).mappings()]


def one_timer(conn: sa.Connection, controller: str, timer_id: str) -> Timer | None:
    """Return one timer."""
    query = sa.select(timer).where(_is(timer, controller, timer.c.timer_id == timer_id))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _timer(row)


# Notices.


def add_notice(conn: sa.Connection, one: Notice) -> None:
    """Insert a notice."""
    conn.execute(notice.insert().values(**_row(one)))


def move_notice(conn: sa.Connection, before: Notice, after: Notice) -> bool:
    """Write a notice's next state; False when somebody else moved it first."""
    where = _is(notice, before.controller, notice.c.notice_id == before.notice_id)
    where &= (notice.c.state == before.state) & (notice.c.attempts == before.attempts)
    return conn.execute(notice.update().where(where).values(**_row(after))).rowcount == 1


def notices(
    conn: sa.Connection,
    controller: str,
    matter: Matter | None = None,
    *,
    state: str = "",
    kind: str = "",
) -> list[Notice]:
    """Return a controller's notices, perhaps of one matter, state or kind, oldest first."""
    where = notice.c.controller == controller
    if matter is not None:
        where &= (notice.c.matter_kind == matter.kind) & (notice.c.matter_item == matter.item)
    if state:
        where &= notice.c.state == state
    if kind:
        where &= notice.c.kind == kind
    query = sa.select(notice).where(where).order_by(notice.c.written, notice.c.version)
    return [_notice(row) for row in conn.execute(query).mappings()]


def one_notice(conn: sa.Connection, controller: str, notice_id: str) -> Notice | None:
    """Return one notice."""
    query = sa.select(notice).where(_is(notice, controller, notice.c.notice_id == notice_id))
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else _notice(row)


def add_handing(conn: sa.Connection, one: Handing) -> None:
    """Insert what a server said to a message."""
    conn.execute(handing.insert().values(**_row(one)))


def handings(conn: sa.Connection, controller: str, notice_id: str) -> list[Handing]:
    """Return every try of a notice, oldest first."""
    where = _is(handing, controller, handing.c.notice_id == notice_id)
    query = sa.select(handing).where(where).order_by(handing.c.tried, handing.c.handing_id)
    return [_read(Handing, dict(row)) for row in conn.execute(query).mappings()]


# Contacts.


def add_contact(conn: sa.Connection, one: Contact) -> None:
    """Insert a contact."""
    conn.execute(contact.insert().values(**_row(one)))


def end_contact(conn: sa.Connection, one: Contact, now: datetime) -> bool:
    """End a contact; False when it had ended."""
    where = _is(contact, one.controller, contact.c.contact_id == one.contact_id)
    change = contact.update().where(where & (contact.c.state == "living"))
    return conn.execute(change.values(state="ended", ended=write_time(now))).rowcount == 1


def contacts(conn: sa.Connection, controller: str) -> list[Contact]:
    """Return a controller's contacts, ended ones too, oldest first."""
    query = sa.select(contact).where(contact.c.controller == controller)
    query = query.order_by(contact.c.added, contact.c.contact_id)
    return [_read(Contact, dict(row)) for row in conn.execute(query).mappings()]


# Rows.


def _is(table: sa.Table, controller: str, which: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.controller == controller, which)


def _row(one: Timer | Notice | Handing | Contact) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in (found.name for found in fields(one)):
        value = getattr(one, name)
        if name == "matter":
            row |= {
                "controller": value.controller,
                "matter_kind": value.kind,
                "matter_item": value.item,
            }
        elif name == "bases":
            row[name] = _ENCODER.encode(value).decode("ascii")
        elif name in _TIMES:
            row[name] = write_time(value) if value else ""
        else:
            row[name] = value
    return row


def _read(kind: type[Any], row: dict[str, Any]) -> Any:
    for name in _TIMES & row.keys():
        row[name] = read_time(row[name]) if row[name] else None
    return kind(**row)


def _timer(row: Any) -> Timer:
    values = dict(row)
    values["bases"] = _BASES.decode(values["bases"].encode())
    return _read(Timer, _with_matter(values))  # type: ignore[no-any-return]


def _notice(row: Any) -> Notice:
    return _read(Notice, _with_matter(dict(row)))  # type: ignore[no-any-return]


def _with_matter(values: dict[str, Any]) -> dict[str, Any]:
    names = "controller", "matter_kind", "matter_item"
    values["matter"] = Matter(*(values.pop(name) for name in names))
    return values
