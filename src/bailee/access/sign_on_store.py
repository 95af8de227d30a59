"""The SQL of signing in at the identity provider, one function per question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from bailee.access.credential import Shown
from bailee.access.sign_in_tables import FLOW, PLACE
from bailee.access.sign_on import Flow
from bailee.access.tables import from_row, to_row
from bailee.clock import write_time
from bailee.db import HOUSE


def add(conn: sa.Connection, flow: Flow) -> None:
    """Insert a flow."""
    conn.execute(sa.insert(FLOW).values(controller=HOUSE, **to_row(flow)))


def take(conn: sa.Connection, state: str) -> Flow | None:
    """Return a flow and delete it; None when there is none (any more).

    Of two calls that show one state at once, in whichever processes, one gets it.
    """
    where = (FLOW.c.controller == HOUSE) & (FLOW.c.state == state)
    query = sa.delete(FLOW).where(where).returning(*FLOW.c)
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else from_row(Flow, dict(row))


def count(conn: sa.Connection, source: str) -> int:
    """Return how many flows of a source are under way."""
    where = (FLOW.c.controller == HOUSE) & (FLOW.c.source == source)
    query = sa.select(sa.func.count()).select_from(FLOW).where(where)
    return int(conn.execute(query).scalar_one())


def forget(conn: sa.Connection, now: datetime) -> None:
    """Delete what nobody came back for."""
    old = (FLOW.c.controller == HOUSE) & (FLOW.c.until <= write_time(now))
    conn.execute(sa.delete(FLOW).where(old))


def set_place(conn: sa.Connection, shown: Shown, place: str, now: datetime) -> None:
    """Say of which session at the provider one here is; what ended at all is dropped."""
    mine = PLACE.c.session_id == shown.secret_id
    old = PLACE.c.until <= write_time(now)
    conn.execute(sa.delete(PLACE).where((PLACE.c.controller == HOUSE) & (old | mine)))
    row = {"session_id": shown.secret_id, "principal": shown.principal_id, "place": place}
    until = write_time(shown.expires)
    conn.execute(sa.insert(PLACE).values(controller=HOUSE, until=until, **row))


def keep_place(conn: sa.Connection, before: str, after: str) -> None:
    """Let a session that comes in the place of another be of the same one at the provider."""
    where = (PLACE.c.controller == HOUSE) & (PLACE.c.session_id == before)
    conn.execute(sa.update(PLACE).where(where).values(session_id=after))


def places_of(conn: sa.Connection, session_ids: Collection[str]) -> dict[str, str]:
    """Return of which sessions at the provider these are, as far as that is known."""
    where = (PLACE.c.controller == HOUSE) & PLACE.c.session_id.in_(session_ids)
    rows = conn.execute(sa.select(PLACE.c.session_id, PLACE.c.place).where(where))
    return {row.session_id: row.place for row in rows}


def people_at(conn: sa.Connection, place: str) -> list[str]:
    """Return whose sessions are of one at the provider."""
    where = (PLACE.c.controller == HOUSE) & (PLACE.c.place == place)
    query = sa.select(PLACE.c.principal).where(where).distinct()
    return list(conn.execute(query.order_by(PLACE.c.principal)).scalars())
