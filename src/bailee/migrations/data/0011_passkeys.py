"""Passkeys of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0011_passkeys"
down_revision = "0010_sign_in"
branch_labels = None
depends_on = None

TABLES = ("passkey", "passkey_challenge")


def upgrade() -> None:
    """Make room for passkeys, and for the challenges that they answer."""
    op.create_table(
        "passkey",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("passkey_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("signs", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.Text(), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("used", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "passkey_id"),
    )
    op.create_index("passkey_credential", "passkey", ["controller", "credential"], unique=True)
    op.create_index("passkey_principal", "passkey", ["controller", "principal"])
    op.create_table(
        "passkey_challenge",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ceremony", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("bound_to", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "digest"),
    )
    op.create_index("passkey_challenge_until", "passkey_challenge", ["controller", "until"])
    op.create_index("passkey_challenge_bound_to", "passkey_challenge", ["controller", "bound_to"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
