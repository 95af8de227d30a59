"""People's sign-in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0010_sign_in"
down_revision = "0009_disclosures"
branch_labels = None
depends_on = None

TABLES = (
    "person_password",
    "second_factor",
    "recovery_code",
    "person_session",
    "sign_in_tries",
    "sign_in_source",
)


def upgrade() -> None:
    """Make room for passwords, second factors, sessions, and tries of them."""
    op.create_table(
        "person_password",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal", "since"),
    )
    op.create_table(
        "second_factor",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("code_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "code_id"),
    )
    op.create_index(
        "recovery_code_digest", "recovery_code", ["controller", "principal", "digest"], unique=True
    )
    op.create_table(
        "person_session",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("factors", sa.String(length=64), nullable=False),
        sa.Column("begun", sa.String(length=24), nullable=False),
        sa.Column("seen", sa.String(length=24), nullable=False),
        sa.Column("idle", sa.BigInteger(), nullable=False),
        sa.Column("stepped", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "session_id"),
    )
    op.create_index("person_session_principal", "person_session", ["controller", "principal"])
    op.create_table(
        "sign_in_tries",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal", "what"),
    )
    op.create_table(
        "sign_in_source",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "mark", "principal"),
    )
    op.create_index("sign_in_source_at", "sign_in_source", ["controller", "at"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
