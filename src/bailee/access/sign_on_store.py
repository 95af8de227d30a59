"""The SQL of signing in at the identity provider, one function per question."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bailee.access.sign_in_tables import FLOW
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
