"""The tables of provisioning: who the identity provider says is here, and what a group may give.

All rows belong to the house. Names are compared by a mark, the SHA-256 of the folded name, so that
an index never holds a text of any length.
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


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


USER = sa.Table(
    "scim_user",
    DATA,
    _column("controller", key=True),
    _column("user_id", key=True),
    _column("principal"),
    _text("user_name"),
    _column("mark"),
    _column("external_mark"),
    sa.Column("active", sa.Boolean, nullable=False),
    _text("body"),
    _count("version"),
    _time("created"),
    _time("modified"),
    sa.Index("scim_user_mark", "controller", "mark", unique=True),
    sa.Index("scim_user_external", "controller", "external_mark"),
    sa.Index("scim_user_principal", "controller", "principal"),
)

GROUP = sa.Table(
    "scim_group",
    DATA,
    _column("controller", key=True),
    _column("group_id", key=True),
    _text("name"),
    _column("mark"),
    _column("external_mark"),
    _text("body"),
    _count("version"),
    _time("created"),
    _time("modified"),
    sa.Index("scim_group_mark", "controller", "mark", unique=True),
)

MEMBER = sa.Table(
    "scim_member",
    DATA,
    _column("controller", key=True),
    _column("group_id", key=True),
    _column("user_id", key=True),
    _column("shown_to"),
    _time("created"),
    sa.Index("scim_member_user", "controller", "user_id"),
)

MAPPING = sa.Table(
    "scim_mapping",
    DATA,
    _column("controller", key=True),
    _column("mapping_id", key=True),
    _text("group_name"),
    _text("external_id"),
    _column("mark"),
    _column("at_controller"),
    _text("verbs"),
    _text("elements"),
    _text("purposes"),
    _count("days"),
    _count("daily"),
    _column("state"),
    _column("proposed_by"),
    _time("created"),
    _column("approved_by"),
    _time("decided"),
    _time("until"),
    sa.Index("scim_mapping_at", "controller", "at_controller"),
    sa.Index("scim_mapping_mark", "controller", "mark"),
)
