"""Names at the identity provider, and proofs of possession that were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0005_vouching"
down_revision = "0004_emergencies"
branch_labels = None
depends_on = None

TABLES = ("identity_link", "used_proof")


def upgrade() -> None:
    """Make room for who is who at the identity provider."""
    op.create_table(
        "identity_link",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("linked_by", sa.String(length=64), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "link_id"),
    )
    op.create_index("identity_link_digest", "identity_link", ["controller", "digest"], unique=True)
    op.create_index(
        "identity_link_principal",
        "identity_link",
        ["controller", "principal", "issuer"],
        unique=True,
    )
    op.create_table(
        "used_proof",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "digest"),
    )
    op.create_index("used_proof_until", "used_proof", ["controller", "until"])
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
