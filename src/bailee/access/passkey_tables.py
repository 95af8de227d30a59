"""The tables of passkeys; all rows belong to the house."""

from __future__ import annotations

import sqlalchemy as sa

from bailee.db import DATA


def _column(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=key, nullable=False)


def _time(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(24), nullable=False)


PASSKEY = sa.Table(
    "passkey",
    DATA,
    _column("controller", key=True),
    _column("passkey_id", key=True),
    _column("principal"),
    sa.Column("credential", sa.LargeBinary, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("signs", sa.BigInteger, nullable=False),
    sa.Column("transports", sa.Text, nullable=False),
    sa.Column("synced", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    _time("created"),
    _time("used"),
    _column("state"),
    sa.Index("passkey_credential", "controller", "credential", unique=True),
    sa.Index("passkey_principal", "controller", "principal"),
)

CHALLENGE = sa.Table(
    "passkey_challenge",
    DATA,
    _column("controller", key=True),
    _column("digest", key=True),
    _column("ceremony"),
    _column("principal"),
    _column("bound_to"),
    _time("until"),
    sa.Index("passkey_challenge_until", "controller", "until"),
    sa.Index("passkey_challenge_bound_to", "controller", "bound_to"),
)
"""Open challenges; who answers one takes its row away."""
