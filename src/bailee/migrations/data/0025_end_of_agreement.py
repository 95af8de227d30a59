"""The end of an agreement: how far it came, its certificates, and what a law keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0025_end_of_agreement"
down_revision = "0024_incidents"
branch_labels = None
depends_on = None

TABLES = ("privacy_termination", "privacy_certificate", "vault_kept")
CODES = (
    "termination_id state choice chosen_by side given_by text_sha256 consent_id disclosure_id "
    "manifest_sha256 packed_by received_by received_given_by received_sha256 ordered_by "
    "ordered_entry ordered_leaf scope done_entry"
)
TIMES = "ended opened chosen asked_at packed received ordered destroyed rows_gone lapsed"
TEXTS = "reference received_reference packed_values stock key_names"
COUNTS = "asked packed_records keys rows"


def upgrade() -> None:
    """Make room for terminations, certificates, and lines of what a law keeps."""
    op.create_table(
        "privacy_termination",
        sa.Column("controller", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.String(length=64), nullable=False) for name in CODES.split()),
        *(sa.Column(name, sa.String(length=24), nullable=False) for name in TIMES.split()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS.split()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTS.split()),
        sa.PrimaryKeyConstraint("controller"),
    )
    op.create_table(
        "privacy_certificate",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("certificate_id", sa.String(length=64), nullable=False),
        sa.Column("made", sa.String(length=24), nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "certificate_id"),
    )
    op.create_table(
        "vault_kept",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("kept_id", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("noted", sa.String(length=24), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "kept_id"),
        sqlite_with_rowid=False,
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
