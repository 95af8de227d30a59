"""Demands for a controller's data, and what they stop from leaving."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0023_demands"
down_revision = "0022_subprocessors"
branch_labels = None
depends_on = None

TABLES = ("disclosure_freeze", "privacy_demand")


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def upgrade() -> None:
    """Make room for demands and freezes."""
    op.create_table(
        "disclosure_freeze",
        _column("controller"),
        _column("freeze_id"),
        _text("elements"),
        _text("keys"),
        sa.PrimaryKeyConstraint("controller", "freeze_id"),
    )
    op.create_table(
        "privacy_demand",
        _column("controller"),
        _column("demand_id"),
        _column("kind"),
        _text("source"),
        _text("asks"),
        _text("reference"),
        _text("elements"),
        _time("received"),
        _time("entered"),
        _column("entered_by"),
        _time("answer_by"),
        _text("ban_basis"),
        _time("ban_until"),
        _time("ban_ended"),
        _column("state"),
        _text("challenge"),
        _text("keys"),
        _column("released_by"),
        _text("least"),
        _column("outcome"),
        sa.Column("records", sa.BigInteger(), nullable=False),
        _time("closed"),
        _column("closed_by"),
        sa.PrimaryKeyConstraint("controller", "demand_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was demanded stays known."""
    raise NotImplementedError
