"""How many deaths a mirror elsewhere acknowledged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_mirror"
down_revision = "0002_roots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.create_table(
        "mirror_mark",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "place"),
    )


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
