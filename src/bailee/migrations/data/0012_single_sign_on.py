"""People's sign-in at the identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0012_single_sign_on"
down_revision = "0011_passkeys"
branch_labels = None
depends_on = None

TABLES = ("sign_on_flow",)


def upgrade() -> None:
    """Make room for sign-ins that are under way."""
    op.create_table(
        "sign_on_flow",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "state"),
    )
    op.create_index("sign_on_flow_source", "sign_on_flow", ["controller", "source"])
    op.create_index("sign_on_flow_until", "sign_on_flow", ["controller", "until"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
