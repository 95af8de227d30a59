"""Roots that controllers hold; and unwraps by a root that a provider keeps, until logged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_roots"
down_revision = "0001_spine"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "root_unwrap",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("unwrap_id", sa.String(length=32), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("begun", sa.String(length=24), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "unwrap_id"),
    )
    op.create_table(
        "held_root",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "name"),
    )
    op.create_index("root_unwrap_begun", "root_unwrap", ["controller", "begun"])


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
