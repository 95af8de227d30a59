"""The register of laws: which apply to a controller, and who compared them with their text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0021_laws"
down_revision = "0020_sign_outs"
branch_labels = None
depends_on = None

TABLES = ("controller_law", "law_comparison")


def upgrade() -> None:
    """Make room for registrations and comparisons."""
    op.create_table(
        "controller_law",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("law", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded", sa.String(length=24), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("ended", sa.String(length=24), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "law", "number"),
    )
    op.create_table(
        "law_comparison",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("comparison_id", sa.String(length=32), nullable=False),
        sa.Column("law", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("compared", sa.String(length=10), nullable=False),
        sa.Column("recorded", sa.String(length=24), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "comparison_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
