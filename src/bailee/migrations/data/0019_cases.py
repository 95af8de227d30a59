"""Corrections with their interim orders, and changed texts that controllers send."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0019_cases"
down_revision = "0018_procedures"
branch_labels = None
depends_on = None

TABLES = ("assurance_correction", "assurance_order", "assurance_amendment")


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def _origin() -> tuple[sa.Column[str], ...]:
    return (
        _column("side"),
        _column("entered_by"),
        _column("given_by"),
        _text("reference"),
        _column("writing_sha256"),
    )


def upgrade() -> None:
    """Make room for what a controller sends and we answer."""
    op.create_table(
        "assurance_correction",
        _column("controller"),
        _column("correction_id"),
        _text("problem"),
        *_origin(),
        _time("noticed"),
        _time("entered"),
        _time("cure_until"),
        _time("first_until"),
        _column("state"),
        _time("started"),
        _time("claimed"),
        _column("claimed_by"),
        _text("evidence"),
        _time("settled"),
        _column("settled_by"),
        sa.PrimaryKeyConstraint("controller", "correction_id"),
    )
    op.create_table(
        "assurance_order",
        _column("controller"),
        _column("order_id"),
        _column("correction_id"),
        _text("measure"),
        _time("ordered"),
        _column("ordered_by"),
        _column("state"),
        _time("carried_out"),
        _column("carried_out_by"),
        _text("evidence"),
        sa.PrimaryKeyConstraint("controller", "order_id"),
    )
    op.create_index("assurance_order_of", "assurance_order", ["controller", "correction_id"])
    op.create_table(
        "assurance_amendment",
        _column("controller"),
        _column("amendment_id"),
        _text("text"),
        _column("text_sha256"),
        _column("terms"),
        _time("effective"),
        *_origin(),
        _time("received"),
        _time("entered"),
        _column("state"),
        _time("answered"),
        _column("answered_by"),
        _text("reason"),
        _column("version_id"),
        sa.PrimaryKeyConstraint("controller", "amendment_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was asked and answered stays known."""
    raise NotImplementedError
