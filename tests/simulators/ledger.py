"""A ledger that is nothing but a table: appends in the caller's transaction, gives a leaf."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bailee.canonical import encode
from bailee.db import Database

_metadata = sa.MetaData()
_entries = sa.Table(
    "simulated_entry",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("controller", sa.String(64), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("intent", sa.String(32), nullable=False),
    sa.Column("leaf", sa.String(64), nullable=False),
)


@dataclass(frozen=True)
class Receipt:
    """Where a fact went."""

    leaf: str


class LedgerSimulator:
    """Entries in a table of the data database, so that they roll back with their transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        _metadata.create_all(database.engine)

    def record(self, conn: sa.Connection, fact: Mapping[str, Any]) -> Receipt:
        """Append a fact."""
        leaf = hashlib.sha256(b"\0" + encode(dict(fact))).hexdigest()
        conn.execute(
            _entries.insert().values(
                controller=fact["controller"],
                action=fact["action"],
                count=fact["count"],
                intent=fact["detail"]["intent"],
                leaf=leaf,
            )
        )
        return Receipt(leaf)

    def actions(self) -> list[str]:
        """Return the actions of all committed entries, in order."""
        query = sa.select(_entries.c.action).order_by(_entries.c.number)
        return self._database.read("house", lambda conn: list(conn.scalars(query)))

    def leaves(self) -> list[str]:
        """Return the leaves of all committed entries, in order."""
        query = sa.select(_entries.c.leaf).order_by(_entries.c.number)
        return self._database.read("house", lambda conn: list(conn.scalars(query)))
