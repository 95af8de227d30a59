"""People and groups as the company's identity provider says them, and what groups give."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0013_scim"
down_revision = "0012_single_sign_on"
branch_labels = None
depends_on = None

TABLES = ("scim_user", "scim_group", "scim_member", "scim_mapping")


def upgrade() -> None:
    """Make room for users, groups, members and mappings."""
    op.create_table(
        "scim_user",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("external_mark", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("modified", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "user_id"),
    )
    op.create_index("scim_user_mark", "scim_user", ["controller", "mark"], unique=True)
    op.create_index("scim_user_external", "scim_user", ["controller", "external_mark"])
    op.create_index("scim_user_principal", "scim_user", ["controller", "principal"])
    op.create_table(
        "scim_group",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("external_mark", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("modified", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "group_id"),
    )
    op.create_index("scim_group_mark", "scim_group", ["controller", "mark"], unique=True)
    op.create_table(
        "scim_member",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("shown_to", sa.String(length=64), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "group_id", "user_id"),
    )
    op.create_index("scim_member_user", "scim_member", ["controller", "user_id"])
    op.create_table(
        "scim_mapping",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("mapping_id", sa.String(length=64), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("at_controller", sa.String(length=64), nullable=False),
        sa.Column("verbs", sa.Text(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("daily", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("decided", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "mapping_id"),
    )
    op.create_index("scim_mapping_at", "scim_mapping", ["controller", "at_controller"])
    op.create_index("scim_mapping_mark", "scim_mapping", ["controller", "mark"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
