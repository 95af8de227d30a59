"""The incident room: signals, incidents, versions of notices, other events, redresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0024_incidents"
down_revision = "0023_demands"
branch_labels = None
depends_on = None

TABLES = (
    "incident_signal",
    "incident",
    "incident_notice",
    "incident_event",
    "incident_redress",
)


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    """Make room."""
    op.create_table(
        "incident_signal",
        _column("controller"),
        _column("signal_id"),
        _column("source"),
        _column("about"),
        _column("principal"),
        _time("raised"),
        _time("recorded"),
        _time("due"),
        _column("state"),
        _column("incident_id"),
        _column("decided_by"),
        _time("decided"),
        _text("reason"),
        sa.PrimaryKeyConstraint("controller", "signal_id"),
    )
    op.create_index("incident_signal_state", "incident_signal", ["controller", "state"])
    op.create_table(
        "incident",
        _column("controller"),
        _column("incident_id"),
        _column("state"),
        _time("suspected"),
        _time("recorded"),
        _column("opened_by"),
        _column("contact"),
        _text("scope"),
        _time("aware"),
        _text("nature"),
        _text("facts"),
        _time("counted"),
        _time("closed"),
        _column("closed_by"),
        _column("outcome"),
        _text("reason"),
        sa.PrimaryKeyConstraint("controller", "incident_id"),
    )
    op.create_table(
        "incident_notice",
        _column("controller"),
        _column("matter"),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _column("kind"),
        _text("parts"),
        _column("facts_sha256"),
        _text("facts"),
        _time("written"),
        _column("written_by"),
        _column("sent_as"),
        sa.PrimaryKeyConstraint("controller", "matter", "version"),
    )
    op.create_table(
        "incident_event",
        _column("controller"),
        _column("event_id"),
        _column("kind"),
        _column("about"),
        _time("discovered"),
        _time("recorded"),
        _column("opened_by"),
        _column("state"),
        _text("what"),
        _column("decided_by"),
        _time("decided"),
        _text("reason"),
        sa.PrimaryKeyConstraint("controller", "event_id"),
    )
    op.create_index("incident_event_state", "incident_event", ["controller", "state"])
    op.create_table(
        "incident_redress",
        _column("controller"),
        _column("redress_id"),
        _column("incident_id"),
        _column("kind"),
        _time("received"),
        _time("recorded"),
        _column("entered_by"),
        _column("given_by"),
        _count("amount"),
        _column("currency"),
        _count("people"),
        _text("reference"),
        _column("text_sha256"),
        _column("state"),
        _column("answered_by"),
        _time("answered"),
        _text("answer"),
        _time("until"),
        sa.PrimaryKeyConstraint("controller", "redress_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
