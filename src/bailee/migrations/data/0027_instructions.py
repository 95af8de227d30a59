"""Documented instructions of controllers, and the purposes that accepted ones add."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0027_instructions"
down_revision = "0026_transfers"
branch_labels = None
depends_on = None

TABLES = ("purpose_extension", "privacy_instruction")


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def upgrade() -> None:
    """Make room for instructions and purposes beside an agreement's own."""
    op.create_table(
        "purpose_extension",
        _column("controller"),
        _column("extension_id"),
        _column("instruction_id"),
        _column("purpose"),
        _text("elements"),
        _text("verbs"),
        _time("since"),
        _time("until"),
        _time("accepted"),
        _time("ended"),
        sa.PrimaryKeyConstraint("controller", "extension_id"),
    )
    op.create_table(
        "privacy_instruction",
        _column("controller"),
        _column("instruction_id"),
        _column("kind"),
        _text("text"),
        _column("text_sha256"),
        _text("asks"),
        _column("request"),
        _column("signed_by"),
        _text("reference"),
        _column("writing_sha256"),
        _time("received"),
        _time("since"),
        _time("until"),
        _time("entered"),
        _column("entered_by"),
        _time("due"),
        sa.Column("basis", sa.String(length=100), nullable=False),
        _column("state"),
        _text("objections"),
        _time("checked"),
        _column("checked_by"),
        _column("agreement"),
        _text("opinion"),
        _text("accepted_by"),
        _time("accepted"),
        _time("answered"),
        _column("notice_id"),
        _time("insisted"),
        _column("insisted_by"),
        _text("word"),
        _time("executed"),
        _column("executed_by"),
        _text("proof"),
        _time("withdrawn"),
        _column("withdrawn_by"),
        sa.PrimaryKeyConstraint("controller", "instruction_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what a controller instructed stays known."""
    raise NotImplementedError
