"""Of which session at the identity provider a session here is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0020_sign_outs"
down_revision = "0019_cases"
branch_labels = None
depends_on = None

TABLES = ("session_elsewhere",)


def upgrade() -> None:
    """Make room for what a sign-out there has to find."""
    op.create_table(
        "session_elsewhere",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "session_id"),
    )
    op.create_index("session_elsewhere_place", "session_elsewhere", ["controller", "place"])
    op.create_index("session_elsewhere_until", "session_elsewhere", ["controller", "until"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
