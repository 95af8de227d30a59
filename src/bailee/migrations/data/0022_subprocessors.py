"""Sub-processors: the register, contracts, engagements, instructions, and lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0022_subprocessors"
down_revision = "0021_laws"
branch_labels = None
depends_on = None

TABLES = (
    "subprocessor",
    "subprocessor_contract",
    "subprocessor_worker",
    "subprocessor_engagement",
    "subprocessor_instruction",
    "subprocessor_list",
)


def upgrade() -> None:
    """Make room for sub-processors, and what controllers said of them."""
    op.create_table(
        "subprocessor",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("subprocessor_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "subprocessor_id", "version"),
    )
    op.create_table(
        "subprocessor_contract",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("subprocessor_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("compared", sa.Text(), nullable=False),
        sa.Column("compared_by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "subprocessor_id", "number"),
    )
    op.create_table(
        "subprocessor_worker",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("subprocessor_id", sa.String(length=64), nullable=False),
        sa.Column("said_by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal"),
    )
    op.create_table(
        "subprocessor_engagement",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("engagement_id", sa.String(length=64), nullable=False),
        sa.Column("subprocessor_id", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("proposed", sa.String(length=24), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed", sa.String(length=24), nullable=False),
        sa.Column("consented", sa.String(length=24), nullable=False),
        sa.Column("consented_by", sa.String(length=64), nullable=False),
        sa.Column("engaged", sa.String(length=24), nullable=False),
        sa.Column("engaged_by", sa.String(length=64), nullable=False),
        sa.Column("objected", sa.String(length=24), nullable=False),
        sa.Column("objected_by", sa.String(length=64), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("offered", sa.String(length=24), nullable=False),
        sa.Column("offered_by", sa.String(length=64), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("ended", sa.String(length=24), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "engagement_id"),
    )
    op.create_table(
        "subprocessor_instruction",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("instruction_id", sa.String(length=64), nullable=False),
        sa.Column("subprocessor_id", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("written", sa.String(length=24), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=False),
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("relayed", sa.String(length=24), nullable=False),
        sa.Column("relayed_by", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("certificate_day", sa.String(length=64), nullable=False),
        sa.Column("certificate_by", sa.Text(), nullable=False),
        sa.Column("collected", sa.String(length=24), nullable=False),
        sa.Column("collected_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "instruction_id"),
    )
    op.create_table(
        "subprocessor_list",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "version"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
