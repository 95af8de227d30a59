"""Transfers: where recipients are, flows, statements of named people, requests for help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0026_transfers"
down_revision = "0025_end_of_agreement"
branch_labels = None
depends_on = None

TABLES = ("transfer_flow", "assertion", "assistance")


def upgrade() -> None:
    """Make room for flows, statements and requests; a recipient without a country is at home."""
    op.add_column(
        "consent",
        sa.Column("country", sa.String(length=64), nullable=False, server_default=""),
    )
    op.create_table(
        "transfer_flow",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("flow_id", sa.String(length=64), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("receiver_kind", sa.String(length=64), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=64), nullable=False),
        sa.Column("regime", sa.String(length=64), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("mechanism", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.Column("confirmed", sa.String(length=24), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("ended", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "flow_id"),
    )
    op.create_table(
        "assertion",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("assertion_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.Column("withdrawn", sa.String(length=24), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "assertion_id"),
    )
    op.create_index("assertion_subject", "assertion", ["controller", "subject"])
    op.create_table(
        "assistance",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("assistance_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("received", sa.String(length=24), nullable=False),
        sa.Column("recorded", sa.String(length=24), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("answered", sa.String(length=24), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("paper_sha256", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "assistance_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
