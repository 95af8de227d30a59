"""Passwords of controllers' customers: sealed hashes, and tries of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0017_customer_passwords"
down_revision = "0016_trust"
branch_labels = None
depends_on = None

TABLES = ("customer_password", "customer_password_tries")


def upgrade() -> None:
    """Make room for hashes of customers' passwords, and for counts of tries."""
    op.create_table(
        "customer_password",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("password_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "subject_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "customer_password_tries",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("whose", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "whose"),
        sqlite_with_rowid=False,
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
