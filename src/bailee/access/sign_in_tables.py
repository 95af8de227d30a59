"""The tables of signing in; all rows belong to the house and to one person."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _time(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), primary_key=key, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


PASSWORD = sa.Table(
    "person_password",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _time("since", key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("present", sa.Boolean, nullable=False),
)
"""The present password of a person and the few before it, as hashes."""

FACTOR = sa.Table(
    "second_factor",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _column("key_id"),
    _bytes("sealed"),
    _time("created"),
    _column("state"),
    _count("last"),
)

RECOVERY = sa.Table(
    "recovery_code",
    DATA,
    _column("controller", key=True),
    _column("code_id", key=True),
    _column("principal"),
    _bytes("digest"),
    sa.Index("recovery_code_digest", "controller", "principal", "digest", unique=True),
)

SESSION = sa.Table(
    "person_session",
    DATA,
    _column("controller", key=True),
    _column("session_id", key=True),
    _column("principal"),
    _column("factors"),
    _time("begun"),
    _time("seen"),
    _count("idle"),
    _time("stepped"),
    sa.Index("person_session_principal", "controller", "principal"),
)

TRIES = sa.Table(
    "sign_in_tries",
    DATA,
    _column("controller", key=True),
    _column("principal", key=True),
    _column("what", key=True),
    _count("failed"),
    _time("at"),
)
"""How often a person's password, or code, was tried in a row; nobody's are counted too."""

SOURCE = sa.Table(
    "sign_in_source",
    DATA,
    _column("controller", key=True),
    _column("mark", key=True),
    _column("principal", key=True),
    _count("failed"),
    _time("at"),
    sa.Index("sign_in_source_at", "controller", "at"),
)
"""Attempts that were refused to one source; beside a principal: who signed in from there."""

PLACE = sa.Table(
    "session_elsewhere",
    DATA,
    _column("controller", key=True),
    _column("session_id", key=True),
    _column("principal"),
    _column("place"),
    _time("until"),
    sa.Index("session_elsewhere_place", "controller", "place"),
    sa.Index("session_elsewhere_until", "controller", "until"),
)
"""Of which session at the identity provider one here is, as a digest; until it ends at all."""

FLOW = sa.Table(
    "sign_on_flow",
    DATA,
    _column("controller", key=True),
    _column("state", key=True),
    _column("kind"),
    _column("issuer"),
    _bytes("browser"),
    _bytes("sealed"),
    _column("source"),
    _column("principal"),
    _column("key_id"),
    _time("created"),
    _time("until"),
    sa.Index("sign_on_flow_source", "controller", "source"),
    sa.Index("sign_on_flow_until", "controller", "until"),
)
"""Sign-ins at the identity provider that are under way, for minutes."""
