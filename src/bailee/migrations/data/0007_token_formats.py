"""Formats of tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0007_token_formats"
down_revision = "0006_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for which of a controller's elements have tokens in their own format."""
    op.create_table(
        "vault_token_format",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("element", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("changed", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "element"),
        sqlite_with_rowid=False,
    )
    secure(op.get_bind(), ["vault_token_format"])


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
