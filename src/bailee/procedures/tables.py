"""Tables of timers, notices, what proves their way, and a controller's contacts."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


timer = sa.Table(
    "procedure_timer",
    DATA,
    _column("controller", key=True),
    _column("timer_id", key=True),
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
    sa.Index("procedure_timer_matter", "controller", "matter_kind", "matter_item"),
    sa.Index("procedure_timer_state", "controller", "state", "due"),
)
notice = sa.Table(
    "procedure_notice",
    DATA,
    _column("controller", key=True),
    _column("notice_id", key=True),
    _column("matter_kind"),
    _column("matter_item"),
    sa.Column("version", sa.Integer, nullable=False),
    _column("kind"),
    _column("role"),
    _text("subject"),
    _text("body"),
    _column("body_sha256"),
    _time("written"),
    _column("written_by"),
    _column("meets"),
    _column("state"),
    sa.Column("attempts", sa.Integer, nullable=False),
    _time("next_try"),
    _column("failure"),
    _time("handed"),
    _time("ack_due"),
    _time("acknowledged"),
    _column("acknowledged_by"),
    _time("escalated"),
    sa.Index(
        "procedure_notice_version",
        "controller",
        "matter_kind",
        "matter_item",
        "kind",
        "version",
        unique=True,
    ),
    sa.Index("procedure_notice_state", "controller", "state", "next_try"),
)
handing = sa.Table(
    "procedure_handing",
    DATA,
    _column("controller", key=True),
    _column("handing_id", key=True),
    _column("notice_id"),
    _column("contact_id"),
    _column("rank"),
    _time("tried"),
    _text("message_id"),
    _column("message_sha256"),
    _column("outcome"),
    _text("receipt"),
    sa.Index("procedure_handing_notice", "controller", "notice_id"),
)
contact = sa.Table(
    "procedure_contact",
    DATA,
    _column("controller", key=True),
    _column("contact_id", key=True),
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
)
officer = sa.Table(
    "procedure_officer",
    DATA,
    _column("controller", key=True),
    _column("officer_id", key=True),
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
)
