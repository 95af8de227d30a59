"""Emergencies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0004_emergencies"
down_revision = "0003_reconciliation"
branch_labels = None
depends_on = None

TABLES = ("break_glass_code", "break_glass_tries", "emergency")


def upgrade() -> None:
    """Make room for break-glass codes, wrong tries of them, and what was opened."""
    op.create_table(
        "break_glass_code",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("code_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("at_controller", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("expires", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "code_id"),
    )
    op.create_index(
        "break_glass_code_digest", "break_glass_code", ["controller", "digest"], unique=True
    )
    op.create_index("break_glass_code_principal", "break_glass_code", ["controller", "principal"])
    op.create_table(
        "break_glass_tries",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal"),
    )
    op.create_table(
        "emergency",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("emergency_id", sa.String(length=64), nullable=False),
        sa.Column("opener", sa.String(length=64), nullable=False),
        sa.Column("code_id", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=64), nullable=False),
        sa.Column("grant_id", sa.String(length=64), nullable=False),
        sa.Column("verbs", sa.Text(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("opened", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("alert_due", sa.String(length=24), nullable=False),
        sa.Column("review_due", sa.String(length=24), nullable=False),
        sa.Column("alert", sa.String(length=64), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=False),
        sa.Column("acknowledged", sa.String(length=24), nullable=False),
        sa.Column("review", sa.String(length=64), nullable=False),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("reviewed", sa.String(length=24), nullable=False),
        sa.Column("writing", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("verdict_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "emergency_id"),
    )
    op.create_index("emergency_review", "emergency", ["controller", "review"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
