"""Accounting of disclosures per person, its suspensions, and exports that name nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0029_accounting"
down_revision = "0028_requests"
branch_labels = None
depends_on = None

TABLES = ("accounting_line", "accounting_place", "accounting_suspension", "deidentified_export")


def upgrade() -> None:
    """Make room; a recipient so far has neither a known address nor an undertaking."""
    op.add_column("consent", sa.Column("address", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "consent",
        sa.Column("undertaking_sha256", sa.String(length=64), nullable=False, server_default=""),
    )
    op.add_column(
        "disclosure", sa.Column("form", sa.String(length=64), nullable=False, server_default="")
    )
    op.create_table(
        "accounting_line",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("named", sa.String(length=64), nullable=False),
        sa.Column("log", sa.String(length=255), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "kind", "named", "log", "idx"),
    )
    op.create_table(
        "accounting_place",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("log", sa.String(length=255), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "log"),
    )
    op.create_table(
        "accounting_suspension",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("suspension_id", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("official", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("consents", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("recorded", sa.String(length=24), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("confirmed", sa.String(length=24), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("lifted", sa.String(length=24), nullable=False),
        sa.Column("lifted_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "suspension_id"),
    )
    op.create_table(
        "deidentified_export",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("disclosure_id", sa.String(length=64), nullable=False),
        sa.Column("made", sa.String(length=24), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("k", sa.BigInteger(), nullable=False),
        sa.Column("k_from", sa.String(length=64), nullable=False),
        sa.Column("small", sa.String(length=64), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("quasi", sa.Text(), nullable=False),
        sa.Column("dropped", sa.Text(), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("classes", sa.BigInteger(), nullable=False),
        sa.Column("smallest", sa.BigInteger(), nullable=False),
        sa.Column("suppressed", sa.BigInteger(), nullable=False),
        sa.Column("small_classes", sa.BigInteger(), nullable=False),
        sa.Column("withheld", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "disclosure_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
