"""SQL of consents. Nothing is decided here."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.agreement.consent import Consent
from bailee.clock import read_time, write_time
from bailee.db import DATA

CONSENT = sa.Table(
    "honey_consent",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("consent_id", sa.String(64), primary_key=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("signed_by", sa.String(64), nullable=False),
    sa.Column("writing", sa.Text, nullable=False),
    sa.Column("text_sha256", sa.String(64), nullable=False),
    sa.Column("since", sa.String(24), nullable=False),
    sa.Column("until", sa.String(24), nullable=False),
    sa.Column("created", sa.String(24), nullable=False),
    sa.Column("withdrawn_by", sa.String(64), nullable=False),
    sa.Column("withdrawn", sa.String(24), nullable=False),
)


def add(conn: sa.Connection, controller: str, made: Consent) -> None:
    """Insert a consent."""
    conn.execute(
        sa.insert(CONSENT).values(
            controller=controller,
            consent_id=made.consent_id,
            status=made.status,
            signed_by=made.signed_by,
            writing=made.writing,
            text_sha256=made.text_sha256,
            since=write_time(made.since),
            until=write_time(made.until),
            created=write_time(made.created),
            withdrawn_by="",
            withdrawn="",
        )
    )


def consents(conn: sa.Connection, controller: str) -> list[Consent]:
    """Return a controller's consents, oldest first."""
    query = sa.select(CONSENT).where(CONSENT.c.controller == controller)
    return [
        Consent(
            row.consent_id,
            row.status,
            row.signed_by,
            row.writing,
            row.text_sha256,
            read_time(row.since),
            read_time(row.until),
            read_time(row.created),
            row.withdrawn_by,
            read_time(row.withdrawn) if row.withdrawn else None,
        )
        for row in conn.execute(query.order_by(CONSENT.c.created, CONSENT.c.consent_id))
    ]


def withdraw(conn: sa.Connection, controller: str, after: Consent) -> bool:
    """Write that a consent was taken back; False when somebody else was first."""
    where = (
        CONSENT.c.controller == controller,
        CONSENT.c.consent_id == after.consent_id,
        CONSENT.c.status == sa.literal("given"),
    )
    values = {
        "status": after.status,
        "withdrawn_by": after.withdrawn_by,
        "withdrawn": write_time(after.withdrawn) if after.withdrawn else "",
    }
    return conn.execute(sa.update(CONSENT).where(*where).values(values)).rowcount == 1
