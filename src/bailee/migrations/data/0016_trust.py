"""The trust page: attestations, facts, statements and who approved them, reports under NDA."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0016_trust"
down_revision = "0015_engagements"
branch_labels = None
depends_on = None

TABLES = (
    "trust_attestation",
    "trust_report",
    "trust_fact",
    "trust_statement",
    "trust_approval",
    "trust_request",
    "trust_knock",
    "trust_page",
    "trust_head",
)


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def upgrade() -> None:
    """Make room for what the public page stands on."""
    op.create_table(
        "trust_attestation",
        _column("controller"),
        _column("attestation_id"),
        _column("kind"),
        _column("standard"),
        _column("version"),
        _text("issuer"),
        _text("legal_name"),
        _time("issued"),
        _time("period_start"),
        _time("period_end"),
        _text("scope"),
        _time("until"),
        _column("document_sha256"),
        sa.Column("held", sa.Boolean(), nullable=False),
        _time("recorded"),
        _column("recorded_by"),
        _column("state"),
        _column("entry_id"),
        sa.PrimaryKeyConstraint("controller", "attestation_id"),
    )
    op.create_table(
        "trust_report",
        _column("controller"),
        _column("attestation_id"),
        _column("key_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "attestation_id"),
    )
    op.create_table(
        "trust_fact",
        _column("controller"),
        _column("fact_id"),
        _column("kind"),
        _text("body"),
        _time("until"),
        _time("recorded"),
        _column("recorded_by"),
        _column("state"),
        _column("entry_id"),
        sa.PrimaryKeyConstraint("controller", "fact_id"),
    )
    op.create_table(
        "trust_statement",
        _column("controller"),
        _column("statement_id"),
        _text("text"),
        _column("text_sha256"),
        _text("concerns"),
        _time("until"),
        _time("drafted"),
        _column("drafted_by"),
        _time("published"),
        _column("published_by"),
        _column("state"),
        _column("entry_id"),
        sa.PrimaryKeyConstraint("controller", "statement_id"),
    )
    op.create_table(
        "trust_approval",
        _column("controller"),
        _column("approval_id"),
        _column("statement_id"),
        _column("text_sha256"),
        _time("given"),
        _column("given_by"),
        _column("state"),
        sa.PrimaryKeyConstraint("controller", "approval_id"),
    )
    op.create_index("trust_approval_of", "trust_approval", ["controller", "statement_id"])
    op.create_table(
        "trust_request",
        _column("controller"),
        _column("request_id"),
        _column("attestation_id"),
        _column("of"),
        _column("nda_sha256"),
        _column("signature_sha256"),
        _column("key_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _column("recipient"),
        _time("asked"),
        _column("decided_by"),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        _time("code_until"),
        _time("keep_until"),
        _column("state"),
        sa.PrimaryKeyConstraint("controller", "request_id"),
    )
    op.create_index("trust_request_state", "trust_request", ["controller", "state", "keep_until"])
    op.create_table(
        "trust_knock",
        _column("controller"),
        _column("mark"),
        sa.Column("count", sa.BigInteger(), nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("controller", "mark"),
    )
    op.create_table(
        "trust_page",
        _column("controller"),
        _column("page_id"),
        _column("sha256"),
        _column("content_sha256"),
        _text("statement"),
        _text("html"),
        _time("generated"),
        _time("until"),
        _column("entry_id"),
        _text("proof"),
        sa.PrimaryKeyConstraint("controller", "page_id"),
    )
    op.create_table(
        "trust_head",
        _column("controller"),
        _column("page_id"),
        _column("state"),
        _text("findings"),
        sa.PrimaryKeyConstraint("controller"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
