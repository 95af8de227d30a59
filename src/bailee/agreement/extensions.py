"""SQL and acts of purposes that the controller added by an accepted instruction (C2.4).

Each change draws the controller's revision anew, so that every reader in every process drops what
it remembers with the commit, and the data path asks nothing more than before. Who may change it,
and the entry that says so, are the acts' of instructions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.agreement import store
from bailee.agreement.extension import Extension
from bailee.clock import read_time, write_time
from bailee.db import DATA
from bailee.errors import Conflict

EXTENSION = sa.Table(
    "purpose_extension",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("extension_id", sa.String(64), primary_key=True),
    sa.Column("instruction_id", sa.String(64), nullable=False),
    sa.Column("purpose", sa.String(64), nullable=False),
    sa.Column("elements", sa.Text, nullable=False),
    sa.Column("verbs", sa.Text, nullable=False),
    sa.Column("since", sa.String(24), nullable=False),
    sa.Column("until", sa.String(24), nullable=False),
    sa.Column("accepted", sa.String(24), nullable=False),
    sa.Column("ended", sa.String(24), nullable=False),
)


def extensions(conn: sa.Connection, controller: str) -> tuple[Extension, ...]:
    """Return every purpose that a controller ever added, oldest first."""
    query = sa.select(EXTENSION).where(EXTENSION.c.controller == controller)
    rows = conn.execute(query.order_by(EXTENSION.c.accepted, EXTENSION.c.extension_id))
    return tuple(_extension(row) for row in rows)


def extend(conn: sa.Connection, controller: str, made: Extension) -> None:
    """Add a purpose: from the commit on the data path knows it.

    Raises:
        NotFound: ``controller.unknown``.
    """
    store.known(conn, controller)
    conn.execute(
        sa.insert(EXTENSION).values(
            controller=controller,
            extension_id=made.extension_id,
            instruction_id=made.instruction_id,
            purpose=made.purpose,
            elements=_list(made.elements),
            verbs=_list(made.verbs),
            since=write_time(made.since),
            until=write_time(made.until),
            accepted=write_time(made.accepted),
            ended="",
        )
    )
    store.renew_revision(conn, controller)


def retract(conn: sa.Connection, controller: str, instruction_id: str, at: datetime) -> None:
    """End an instruction's purpose: from the commit on nothing more is done for it.

    Raises:
        Conflict: ``extension.ended`` where none of that instruction stands.
    """
    mine = (EXTENSION.c.controller == controller) & (EXTENSION.c.instruction_id == instruction_id)
    change = sa.update(EXTENSION).where(mine & (EXTENSION.c.ended == sa.literal("")))
    if conn.execute(change.values(ended=write_time(at))).rowcount != 1:
        raise Conflict("extension.ended", "No purpose of that instruction stands.")
    store.renew_revision(conn, controller)


def _list(names: frozenset[str]) -> str:
    return canonical.encode(sorted(names)).decode("ascii")


def _extension(row: Any) -> Extension:
    return Extension(
        extension_id=row.extension_id,
        instruction_id=row.instruction_id,
        purpose=row.purpose,
        elements=frozenset(canonical.decode(row.elements.encode("ascii"))),
        verbs=frozenset(canonical.decode(row.verbs.encode("ascii"))),
        since=read_time(row.since),
        until=read_time(row.until),
        accepted=read_time(row.accepted),
        ended=read_time(row.ended) if row.ended else None,
    )
