"""What controls saw, and what came of comparing unwraps: a row per look, never changed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.app.reconciliation import Run
from bailee.app.state import Observation
from bailee.clock import read_time, write_time
from bailee.db import DATA, HOUSE

observation = sa.Table(
    "observation",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("observation_id", sa.String(32), primary_key=True),
    sa.Column("control", sa.String(64), nullable=False),
    sa.Column("time", sa.String(24), nullable=False),
    sa.Column("result", sa.String(16), nullable=False),
    sa.Column("findings", sa.Text, nullable=False),
    sa.Column("entry_id", sa.String(32), nullable=False),
    sa.Index("observation_latest", "controller", "control", "time"),
)
reconciliation = sa.Table(
    "root_reconciliation",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),  # always HOUSE
    sa.Column("reconciliation_id", sa.String(32), primary_key=True),
    sa.Column("since", sa.String(24), nullable=False),
    sa.Column("until", sa.String(24), nullable=False),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("unexplained", sa.Integer, nullable=False),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("time", sa.String(24), nullable=False),
    sa.Column("entry_id", sa.String(32), nullable=False),
)


def add_observation(conn: sa.Connection, controller: str, seen: Observation) -> None:
    """Keep what a control saw."""
    conn.execute(
        observation.insert().values(
            controller=controller,
            observation_id=secrets.token_hex(16),
            control=seen.control,
            time=write_time(seen.time),
            result=seen.result,
            findings=" ".join(seen.findings),
            entry_id=seen.entry_id,
        )
    )


def add_run(conn: sa.Connection, run: Run, now: datetime, entry_id: str) -> None:
    """Keep what came of comparing the provider's record with ours."""
    conn.execute(
        reconciliation.insert().values(
            controller=HOUSE,
            reconciliation_id=secrets.token_hex(16),
            since=write_time(run.since),
            until=write_time(run.until),
            seen=run.seen,
            unexplained=run.unexplained,
            missing=run.missing,
            time=write_time(now),
            entry_id=entry_id,
        )
    )


def runs(conn: sa.Connection) -> list[Run]:
    """Return every comparison, oldest first."""
    query = sa.select(reconciliation).where(reconciliation.c.controller == HOUSE)
    order = reconciliation.c.time, reconciliation.c.reconciliation_id
    return [
        Run(read_time(row.since), read_time(row.until), row.seen, row.unexplained, row.missing)
        for row in conn.execute(query.order_by(*order))
    ]


def observations(conn: sa.Connection, controller: str) -> list[Observation]:
    """Return everything that controls saw for a controller, oldest first."""
    query = sa.select(observation).where(observation.c.controller == controller)
    rows = conn.execute(query.order_by(observation.c.time, observation.c.observation_id))
    return [_observation(row) for row in rows]


def last_observations(conn: sa.Connection, controller: str) -> dict[str, Observation]:
    """Return the latest observation of each control for a controller.

    The names of controls are found one after the other along the index, so this costs as much as
    there are controls, and not more with each year of looks.
    """
    mine = observation.c.controller == controller
    first = sa.select(sa.func.min(observation.c.control).label("control")).where(mine)
    begun = first.cte("names", recursive=True)
    after = sa.select(sa.func.min(observation.c.control)).where(
        mine, observation.c.control > begun.c.control
    )
    names = begun.union_all(sa.select(after.scalar_subquery()).where(begun.c.control.is_not(None)))
    newest = sa.select(sa.func.max(observation.c.time)).where(
        mine, observation.c.control == names.c.control
    )
    rows = conn.execute(
        sa.select(observation)
        .join(
            names,
            sa.and_(
                observation.c.control == names.c.control,
                observation.c.time == newest.correlate(names).scalar_subquery(),
            ),
        )
        .where(mine)
        .order_by(observation.c.result.desc())  # at one instant, passed yields to failed and blind
    )
    return {row.control: _observation(row) for row in rows}


def last_passed(conn: sa.Connection, controller: str) -> dict[str, datetime]:
    """Return when each control last found everything right for a controller."""
    query = (
        sa.select(observation.c.control, sa.func.max(observation.c.time))
        .where(observation.c.controller == controller, observation.c.result == "passed")
        .group_by(observation.c.control)
    )
    return {control: read_time(time) for control, time in conn.execute(query)}


def observed_days(
    conn: sa.Connection, controller: str, since: datetime
) -> list[tuple[str, str, str, int]]:
    """Return (control, day, result, how often) from a time on; one row each, whatever the number.

    Days are UTC; a day on which a control did not look has no row.
    """
    day = sa.func.substr(observation.c.time, 1, 10)
    query = (
        sa.select(observation.c.control, day, observation.c.result, sa.func.count())
        .where(observation.c.controller == controller, observation.c.time >= write_time(since))
        .group_by(observation.c.control, day, observation.c.result)
        .order_by(observation.c.control, day, observation.c.result)
    )
    return [(control, at, result, many) for control, at, result, many in conn.execute(query)]


def _observation(row: Any) -> Observation:
    return Observation(
        control=row.control,
        time=read_time(row.time),
        result=row.result,
        findings=tuple(row.findings.split()),
        entry_id=row.entry_id,
    )
