"""Witnesses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0002_witnesses"
down_revision = "0001_spine"
branch_labels = None
depends_on = None

TABLES = ("ledger_ahead", "ledger_cosignature", "ledger_quorum")


def upgrade() -> None:
    """Make room for what witnesses said of each log."""
    op.create_table(
        "ledger_cosignature",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("log", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=255), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("time", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "log", "size", "witness"),
    )
    op.create_table(
        "ledger_quorum",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("log", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "log", "size"),
    )
    op.create_table(
        "ledger_ahead",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("log", sa.String(length=255), nullable=False),
        sa.Column("witness", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "log", "witness"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
