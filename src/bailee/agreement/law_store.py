"""SQL of the register of laws. Nothing is decided here."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from bailee import canonical
from bailee.agreement.law import Comparison, Registration
from bailee.clock import read_time, write_time
from bailee.db import DATA

LAW = sa.Table(
    "controller_law",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("law", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("since", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded", sa.String(24), nullable=False),
    sa.Column("recorded_by", sa.String(64), nullable=False),
    sa.Column("until", sa.String(10), nullable=False),
    sa.Column("ended_reason", sa.Text, nullable=False),
    sa.Column("ended", sa.String(24), nullable=False),
    sa.Column("ended_by", sa.String(64), nullable=False),
)

COMPARISON = sa.Table(
    "law_comparison",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("comparison_id", sa.String(32), primary_key=True),
    sa.Column("law", sa.String(64), nullable=False),
    sa.Column("edition", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("lines", sa.Text, nullable=False),
    sa.Column("compared", sa.String(10), nullable=False),
    sa.Column("recorded", sa.String(24), nullable=False),
    sa.Column("recorded_by", sa.String(64), nullable=False),
)


def registrations(conn: sa.Connection, controller: str) -> tuple[Registration, ...]:
    """Return every registration of a controller, by law and in order."""
    query = sa.select(LAW).where(LAW.c.controller == controller).order_by(LAW.c.law, LAW.c.number)
    return tuple(
        Registration(
            row.law,
            row.number,
            date.fromisoformat(row.since),
            row.reason,
            read_time(row.recorded),
            row.recorded_by,
            date.fromisoformat(row.until) if row.until else None,
            row.ended_reason,
            read_time(row.ended) if row.ended else None,
            row.ended_by,
        )
        for row in conn.execute(query)
    )


def add(conn: sa.Connection, controller: str, made: Registration) -> bool:
    """Insert a registration; False when another one of that number was first."""
    try:
        conn.execute(
            sa.insert(LAW).values(
                controller=controller,
                law=made.law,
                number=made.number,
                since=made.since.isoformat(),
                reason=made.reason,
                recorded=write_time(made.recorded),
                recorded_by=made.recorded_by,
                until="",
                ended_reason="",
                ended="",
                ended_by="",
            )
        )
    except sa.exc.IntegrityError:  # the transaction is lost with it, as the caller's refusal wants
        return False
    return True


def end(conn: sa.Connection, controller: str, after: Registration) -> bool:
    """Write the end of a registration; False when somebody else did so first."""
    where = (
        LAW.c.controller == controller,
        LAW.c.law == after.law,
        LAW.c.number == after.number,
        LAW.c.until == sa.literal(""),
    )
    values = {
        "until": after.until.isoformat() if after.until else "",
        "ended_reason": after.ended_reason,
        "ended": write_time(after.ended) if after.ended else "",
        "ended_by": after.ended_by,
    }
    return conn.execute(sa.update(LAW).where(*where).values(values)).rowcount == 1


def comparisons(conn: sa.Connection, controller: str) -> tuple[Comparison, ...]:
    """Return every comparison of a controller, oldest first."""
    query = sa.select(COMPARISON).where(COMPARISON.c.controller == controller)
    return tuple(
        Comparison(
            row.comparison_id,
            row.law,
            row.edition,
            row.place,
            canonical.decode(row.lines.encode("ascii")),
            date.fromisoformat(row.compared),
            read_time(row.recorded),
            row.recorded_by,
        )
        for row in conn.execute(query.order_by(COMPARISON.c.recorded, COMPARISON.c.comparison_id))
    )


def add_comparison(conn: sa.Connection, controller: str, made: Comparison) -> None:
    """Insert a comparison."""
    conn.execute(
        sa.insert(COMPARISON).values(
            controller=controller,
            comparison_id=made.comparison_id,
            law=made.law,
            edition=made.edition,
            place=made.place,
            lines=canonical.encode(dict(made.lines)).decode("ascii"),
            compared=made.compared.isoformat(),
            recorded=write_time(made.recorded),
            recorded_by=made.recorded_by,
        )
    )


def forget_reasons(conn: sa.Connection, controller: str) -> None:
    """Delete what people wrote in their own words, at the end of a controller (C6)."""
    mine = sa.update(LAW).where(LAW.c.controller == controller)
    conn.execute(mine.values(reason="", ended_reason=""))
