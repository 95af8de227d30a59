"""Training, use of accounts and grants, and access reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0014_reviews"
down_revision = "0013_scim"
branch_labels = None
depends_on = None

TABLES = (
    "handling_text",
    "acknowledgement",
    "last_use",
    "grant_use",
    "access_review",
    "access_review_item",
)


def upgrade() -> None:
    """Make room for texts and who acknowledged them, for counts of use, and for reviews."""
    _training()
    _use()
    _reviews()
    secure(op.get_bind(), TABLES)


def _training() -> None:
    op.create_table(
        "handling_text",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("agreement", sa.String(length=64), nullable=False),
        sa.Column("published", sa.String(length=24), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "version"),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("acknowledgement_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal", "acknowledgement_id"),
    )


def _use() -> None:
    op.create_table(
        "last_use",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("controller", "principal"),
    )
    op.create_table(
        "grant_use",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("grant_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("controller", "grant_id", "day", "verb", "slot"),
    )


def _reviews() -> None:
    op.create_table(
        "access_review",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("opened", sa.String(length=24), nullable=False),
        sa.Column("due", sa.String(length=24), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("closed", sa.String(length=24), nullable=False),
        sa.Column("summary_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "review_id"),
    )
    op.create_table(
        "access_review_item",
        sa.Column("controller", sa.String(length=64), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("grant_id", sa.String(length=64), nullable=False),
        sa.Column("principal", sa.String(length=64), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("verbs", sa.Text(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("until", sa.String(length=24), nullable=False),
        sa.Column("uses", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("decided", sa.String(length=24), nullable=False),
        sa.Column("shortened", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("controller", "review_id", "grant_id"),
    )


def downgrade() -> None:
    """Nothing is ever taken down: what was held must be destroyed by its own procedure."""
    raise NotImplementedError
