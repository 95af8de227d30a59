"""Timers, notices with what proves their way, and who is reached on either side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bailee.migrations.policies import secure

revision = "0018_procedures"
down_revision = "0017_customer_passwords"
branch_labels = None
depends_on = None

TABLES = (
    "procedure_timer",
    "procedure_notice",
    "procedure_handing",
    "procedure_contact",
    "procedure_officer",
)


def _column(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=24), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    """Make room for what the agreement's procedures share."""
    op.create_table(
        "procedure_timer",
        _column("controller"),
        _column("timer_id"),
        _column("matter_kind"),
        _column("matter_item"),
        _column("trigger"),
        _column("parameter"),
        _time("since"),
        _time("aware"),
        _time("opened"),
        _time("due"),
        _flag("floor"),
        _flag("target"),
        _text("bases"),
        _column("state"),
        _time("done"),
        _time("recorded"),
        _column("done_by"),
        _time("first_due"),
        _text("reason"),
        _column("notified"),
        _flag("told_missed"),
        sa.PrimaryKeyConstraint("controller", "timer_id"),
    )
    matter = ["controller", "matter_kind", "matter_item"]
    op.create_index("procedure_timer_matter", "procedure_timer", matter)
    op.create_index("procedure_timer_state", "procedure_timer", ["controller", "state", "due"])
    op.create_table(
        "procedure_notice",
        _column("controller"),
        _column("notice_id"),
        _column("matter_kind"),
        _column("matter_item"),
        sa.Column("version", sa.Integer(), nullable=False),
        _column("kind"),
        _column("role"),
        _text("subject"),
        _text("body"),
        _column("body_sha256"),
        _time("written"),
        _column("written_by"),
        _column("meets"),
        _column("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("next_try"),
        _column("failure"),
        _time("handed"),
        _time("ack_due"),
        _time("acknowledged"),
        _column("acknowledged_by"),
        _time("escalated"),
        sa.PrimaryKeyConstraint("controller", "notice_id"),
    )
    version = [*matter, "kind", "version"]
    op.create_index("procedure_notice_version", "procedure_notice", version, unique=True)
    state = ["controller", "state", "next_try"]
    op.create_index("procedure_notice_state", "procedure_notice", state)
    op.create_table(
        "procedure_handing",
        _column("controller"),
        _column("handing_id"),
        _column("notice_id"),
        _column("contact_id"),
        _column("rank"),
        _time("tried"),
        _text("message_id"),
        _column("message_sha256"),
        _column("outcome"),
        _text("receipt"),
        sa.PrimaryKeyConstraint("controller", "handing_id"),
    )
    op.create_index("procedure_handing_notice", "procedure_handing", ["controller", "notice_id"])
    op.create_table(
        "procedure_contact",
        _column("controller"),
        _column("contact_id"),
        _column("role"),
        _column("rank"),
        _text("name"),
        _text("address"),
        _text("certificate"),
        _time("added"),
        _column("added_by"),
        _text("reference"),
        _column("state"),
        _time("ended"),
        sa.PrimaryKeyConstraint("controller", "contact_id"),
    )
    op.create_table(
        "procedure_officer",
        _column("controller"),
        _column("officer_id"),
        _column("role"),
        _column("rank"),
        _column("principal"),
        _text("reach"),
        _text("qualification"),
        _time("since"),
        _time("until"),
        _time("appointed"),
        _column("appointed_by"),
        _time("checked"),
        _column("state"),
        _time("ended"),
        sa.PrimaryKeyConstraint("controller", "officer_id"),
    )
    secure(op.get_bind(), TABLES)


def downgrade() -> None:
    """Nothing is ever taken down: what was told to a controller stays known."""
    raise NotImplementedError
