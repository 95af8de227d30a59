"""Tables of requests of people: rows of a controller's own."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


request = sa.Table(
    "privacy_request",
    DATA,
    _column("controller", key=True),
    _column("request_id", key=True),
    _column("channel"),
    _column("regime"),
    _column("kind"),
    _column("outside_id"),
    _text("subjects"),  # internal ids
    _time("identified"),
    _time("received"),
    _time("entered"),
    _column("entered_by"),
    _column("notice_id"),
    _column("state"),
    _time("due"),
    _column("basis"),
    _time("extended"),
    _text("extension"),
    _text("stopped"),
    _column("instruction_id"),
    _column("instructed_by"),
    _time("instructed"),
    _column("instruction_sha256"),
    _column("executed_by"),
    _time("begun"),
    _column("purpose"),
    _column("disclosure_id"),
    _column("package_sha256"),
    _text("counts"),
    _text("exceptions"),
    _column("denial"),
    _text("words"),
    _time("told"),
    _column("told_basis"),
    _column("told_sha256"),
    _text("entries"),
    _time("closed"),
    _column("closed_by"),
    _column("lift_notice_id"),
)
OUTSIDE = sa.Index(
    "privacy_request_outside",
    request.c.controller,
    request.c.outside_id,
    unique=True,
    sqlite_where=request.c.outside_id != sa.literal_column("''"),
    postgresql_where=request.c.outside_id != sa.literal_column("''"),
)

package = sa.Table(  # encrypted for its recipient; nobody here can open it
    "privacy_request_package",
    DATA,
    _column("controller", key=True),
    _column("request_id", key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    _time("until"),
)

signing_key = sa.Table(  # by which a controller's system signs what it asks
    "privacy_request_key",
    DATA,
    _column("controller", key=True),
    _column("key_id", key=True),
    _text("name"),
    _text("jwk"),
    _time("added"),
    _column("added_by"),
    _time("ended"),
    _column("ended_by"),
)
