"""Requests of people, their packages, and the keys that sign them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0028_requests"
down_revision = "0027_instructions"
branch_labels = None
depends_on = None

TABLES = ("privacy_request", "privacy_request_package", "privacy_request_key")


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def upgrade() -> None:
    """Make room for requests, packages and keys."""
    op.create_table(
        "privacy_request",
        *map(_column, ("controller", "request_id", "channel", "regime", "kind", "outside_id")),
        _text("subjects"),
        *map(_time, ("identified", "received", "entered")),
        *map(_column, ("entered_by", "notice_id", "state")),
        _time("due"),
        _column("basis"),
        _time("extended"),
        *map(_text, ("extension", "stopped")),
        *map(_column, ("instruction_id", "instructed_by")),
        _time("instructed"),
        *map(_column, ("instruction_sha256", "executed_by")),
        _time("begun"),
        *map(_column, ("purpose", "disclosure_id", "package_sha256")),
        *map(_text, ("counts", "exceptions")),
        _column("denial"),
        _text("words"),
        _time("told"),
        *map(_column, ("told_basis", "told_sha256")),
        _text("entries"),
        _time("closed"),
        *map(_column, ("closed_by", "lift_notice_id")),
        sa.PrimaryKeyConstraint("controller", "request_id"),
    )
    op.create_index(
        "privacy_request_outside",
        "privacy_request",
        ["controller", "outside_id"],
        unique=True,
        sqlite_where=sa.text("outside_id != ''"),
        postgresql_where=sa.text("outside_id != ''"),
    )
    op.create_table(
        "privacy_request_package",
        *map(_column, ("controller", "request_id")),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _time("until"),
        sa.PrimaryKeyConstraint("controller", "request_id"),
    )
    op.create_table(
        "privacy_request_key",
        *map(_column, ("controller", "key_id")),
        *map(_text, ("name", "jwk")),
        _time("added"),
        _column("added_by"),
        _time("ended"),
        _column("ended_by"),
        sa.PrimaryKeyConstraint("controller", "key_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was asked stays known."""
    raise NotImplementedError
