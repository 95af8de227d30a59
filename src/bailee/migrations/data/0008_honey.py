"""Honey: its sealed lists, its alarms, and controllers' consents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0008_honey"
down_revision = "0007_token_formats"
branch_labels = None
depends_on = None

TABLES = ("vault_honey", "honey_alarm", "honey_consent")


def upgrade() -> None:
    """Make room for which records are honey, who touched one, and who consented."""
    op.create_table(
        "vault_honey",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("controller"),
    )
    op.create_table(
        "honey_alarm",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("alarm_id", sa.String(length=32), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("through", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("raised", sa.String(length=24), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("records", sa.LargeBinary(), nullable=False),
        sa.Column("assessed_by", sa.String(length=64), nullable=False),
        sa.Column("assessed", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "alarm_id"),
    )
    op.create_index("honey_alarm_state", "honey_alarm", ["controller", "state"])
    op.create_table(
        "honey_consent",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("consent_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("writing", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "consent_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
