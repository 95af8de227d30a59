"""What came of comparing a provider's record of unwraps with ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0003_reconciliation"
down_revision = "0002_witnesses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.create_table(
        "root_reconciliation",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("reconciliation_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("time", sa.String(length=24), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("controller", "reconciliation_id"),
    )
    secure(op.get_bind(), ["root_reconciliation"])


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
