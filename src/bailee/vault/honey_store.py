"""Every statement on honey and its alarms. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from bailee.clock import read_time, write_time
from bailee.prepared import Prepared
from bailee.rows import defer_rows
from bailee.vault.honey import DRILL, Alarm
from bailee.vault.rows import OF, chunks
from bailee.vault.tables import alarm, honey, record

_LIST = Prepared(sa.select(honey.c.key_id, honey.c.sealed).where(honey.c.controller == OF), "of")


def read_list(conn: sa.Connection, controller: str) -> tuple[str, bytes] | None:
    """Return the sealed list of a controller and its key's id, if there is one."""
    row = _LIST.first(conn, controller)
    return (row[0], bytes(row[1])) if row else None


def write_list(conn: sa.Connection, controller: str, key_id: str, sealed: bytes) -> None:
    """Put a list in the place of the former one."""
    drop_list(conn, controller)
    conn.execute(sa.insert(honey).values(controller=controller, key_id=key_id, sealed=sealed))


def drop_list(conn: sa.Connection, controller: str) -> None:
    """Forget that there is any."""
    conn.execute(sa.delete(honey).where(honey.c.controller == controller))


def standing(conn: sa.Connection, controller: str, ids: Collection[str]) -> set[str]:
    """Return those of some records that are there."""
    found: set[str] = set()
    for some in chunks(ids):
        where = (record.c.controller == controller, record.c.record_id.in_(some))
        found.update(conn.execute(sa.select(record.c.record_id).where(*where)).scalars())
    return found


def raise_alarm(conn: sa.Connection, raised: Alarm) -> None:
    """Add an alarm with the commit that is to come: it stands or falls with the access's entry.

    Written where other rows are that nobody reads again, so that a call which raises one sends no
    question more than its neighbours.
    """
    row = (
        raised.controller,
        raised.alarm_id,
        raised.entry_id,
        raised.principal,
        raised.through,
        raised.verb,
        write_time(raised.raised),
        write_time(raised.due),
        raised.state,
        raised.records,
        raised.assessed_by,
        "",
        raised.reason,
    )
    defer_rows(conn, alarm, [row])


def alarms(conn: sa.Connection, controller: str, *, due: bool = False) -> list[Alarm]:
    """Return a controller's alarms, oldest first, drills aside; only those nobody decided on."""
    state = alarm.c.state == "due" if due else alarm.c.state != DRILL
    query = sa.select(alarm).where(alarm.c.controller == controller, state)
    return [_read(row) for row in conn.execute(query.order_by(alarm.c.raised, alarm.c.alarm_id))]


def alarm_of(conn: sa.Connection, controller: str, alarm_id: str) -> Alarm | None:
    """Return one alarm."""
    where = (alarm.c.controller == controller, alarm.c.alarm_id == alarm_id)
    row = conn.execute(sa.select(alarm).where(*where)).first()
    return _read(row) if row else None


def states_of(conn: sa.Connection, controller: str, entry_id: str) -> list[str]:
    """Return the states of the alarms that one call raised."""
    where = (alarm.c.controller == controller, alarm.c.entry_id == entry_id)
    return list(conn.execute(sa.select(alarm.c.state).where(*where)).scalars())


def decide(conn: sa.Connection, before: Alarm, after: Alarm) -> bool:
    """Write a verdict; False when somebody else was first."""
    where = (
        alarm.c.controller == before.controller,
        alarm.c.alarm_id == before.alarm_id,
        alarm.c.state == before.state,
    )
    values = {
        "state": after.state,
        "assessed_by": after.assessed_by,
        "assessed": write_time(after.assessed) if after.assessed else "",
        "reason": after.reason,
    }
    return conn.execute(sa.update(alarm).where(*where).values(values)).rowcount == 1


def drop_drills(conn: sa.Connection, controller: str) -> None:
    """Take the control's own alarms away."""
    conn.execute(sa.delete(alarm).where(alarm.c.controller == controller, alarm.c.state == DRILL))


def forget_reasons(conn: sa.Connection, controller: str) -> None:
    """Empty the free texts of alarms."""
    conn.execute(sa.update(alarm).where(alarm.c.controller == controller).values(reason=""))


def _read(row: sa.Row[tuple[object, ...]]) -> Alarm:
    found = row._mapping  # noqa: SLF001 - the public name for a row's columns by name
    return Alarm(
        alarm_id=found["alarm_id"],
        controller=found["controller"],
        entry_id=found["entry_id"],
        principal=found["principal"],
        through=found["through"],
        verb=found["verb"],
        raised=read_time(found["raised"]),
        due=read_time(found["due"]),
        state=found["state"],
        records=bytes(found["records"]),
        assessed_by=found["assessed_by"],
        assessed=read_time(found["assessed"]) if found["assessed"] else None,
        reason=found["reason"],
    )
