"""Tables of flows, of statements, and of requests for help; a controller's own rows.

Statements of the house (a decision that it revoked) stand in its own rows, which every controller's
transaction reads and none of them writes by mistake.
"""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


FLOW = sa.Table(
    "transfer_flow",
    DATA,
    _column("controller", key=True),
    _column("flow_id", key=True),
    _column("sender"),
    _column("receiver_kind"),
    _text("receiver"),
    _column("country"),
    _column("regime"),
    _text("elements"),
    _column("mechanism"),
    _text("reference"),
    _column("text_sha256"),
    _time("since"),
    _time("until"),
    _time("created"),
    _column("recorded_by"),
    _column("state"),
    _column("confirmed_by"),
    _time("confirmed"),
    _column("ended_by"),
    _time("ended"),
)
ASSERTION = sa.Table(
    "assertion",
    DATA,
    _column("controller", key=True),
    _column("assertion_id", key=True),
    sa.Column("subject", sa.String(160), nullable=False),
    _text("text"),
    _text("reference"),
    _column("text_sha256"),
    _column("side"),
    _column("signed_by"),
    _time("signed"),
    _time("until"),
    _column("state"),
    _column("withdrawn_by"),
    _time("withdrawn"),
    _column("entry_id"),
    sa.Index("assertion_subject", "controller", "subject"),
)
ASSISTANCE = sa.Table(
    "assistance",
    DATA,
    _column("controller", key=True),
    _column("assistance_id", key=True),
    _column("kind"),
    _text("asked_by"),
    _text("reference"),
    _time("received"),
    _time("recorded"),
    _column("recorded_by"),
    _time("due"),
    _column("basis"),
    _column("state"),
    _time("answered"),
    _column("answered_by"),
    _column("paper_sha256"),
    _column("entry_id"),
)
