"""Tables of corrections, interim orders and amendments."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


def _origin() -> tuple[sa.Column[str], ...]:
    return (
        _column("side"),
        _column("entered_by"),
        _column("given_by"),
        _text("reference"),
        _column("writing_sha256"),
    )


correction = sa.Table(
    "assurance_correction",
    DATA,
    _column("controller", key=True),
    _column("correction_id", key=True),
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
)
order = sa.Table(
    "assurance_order",
    DATA,
    _column("controller", key=True),
    _column("order_id", key=True),
    _column("correction_id"),
    _text("measure"),
    _time("ordered"),
    _column("ordered_by"),
    _column("state"),
    _time("carried_out"),
    _column("carried_out_by"),
    _text("evidence"),
    sa.Index("assurance_order_of", "controller", "correction_id"),
)
amendment = sa.Table(
    "assurance_amendment",
    DATA,
    _column("controller", key=True),
    _column("amendment_id", key=True),
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
)
