"""Tables of signals, incidents, notices, other events and redresses; a controller's rows."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


signal = sa.Table(
    "incident_signal",
    DATA,
    _column("controller", key=True),
    _column("signal_id", key=True),
    _column("source"),
    _column("about"),
    _column("principal"),
    _time("raised"),
    _time("recorded"),
    _time("due"),
    _column("state"),
    _column("incident_id"),
    _column("decided_by"),
    _time("decided"),
    _text("reason"),
    sa.Index("incident_signal_state", "controller", "state"),
)
incident = sa.Table(
    "incident",
    DATA,
    _column("controller", key=True),
    _column("incident_id", key=True),
    _column("state"),
    _time("suspected"),
    _time("recorded"),
    _column("opened_by"),
    _column("contact"),
    _text("scope"),
    _time("aware"),
    _text("nature"),
    _text("facts"),
    _time("counted"),
    _time("closed"),
    _column("closed_by"),
    _column("outcome"),
    _text("reason"),
)
notice = sa.Table(
    "incident_notice",
    DATA,
    _column("controller", key=True),
    _column("matter", key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    _column("kind"),
    _text("parts"),
    _column("facts_sha256"),
    _text("facts"),
    _time("written"),
    _column("written_by"),
    _column("sent_as"),
)
event = sa.Table(
    "incident_event",
    DATA,
    _column("controller", key=True),
    _column("event_id", key=True),
    _column("kind"),
    _column("about"),
    _time("discovered"),
    _time("recorded"),
    _column("opened_by"),
    _column("state"),
    _text("what"),
    _column("decided_by"),
    _time("decided"),
    _text("reason"),
    sa.Index("incident_event_state", "controller", "state"),
)
redress = sa.Table(
    "incident_redress",
    DATA,
    _column("controller", key=True),
    _column("redress_id", key=True),
    _column("incident_id"),
    _column("kind"),
    _time("received"),
    _time("recorded"),
    _column("entered_by"),
    _column("given_by"),
    _count("amount"),
    _column("currency"),
    _count("people"),
    _text("reference"),
    _column("text_sha256"),
    _column("state"),
    _column("answered_by"),
    _time("answered"),
    _text("answer"),
    _time("until"),
)
