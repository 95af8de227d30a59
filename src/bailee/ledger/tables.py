"""The ledger's tables, and the triggers that keep them from being rewritten.

Full tiles, full bundles and checkpoints are immutable, in the database too: triggers refuse to
change them, and to delete them before their log is ``retired``. A head may grow, never shrink.
``ledger_tail`` holds the newest entries, fewer than 256 after each pass; they move into a bundle
when it is full, which the trigger checks. Openings are written with their entries, wherever those
go later, and are meant to be erased one day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bailee.db import DATA
from bailee.migrations.triggers import triggers

OPEN, CLOSED, LEFT, RETIRED = "open", "closed", "left", "retired"
LIFE: Mapping[tuple[str, str], str] = {
    (OPEN, "close"): CLOSED,  # its year is over; the final checkpoint is signed as any other
    (OPEN, "leave"): LEFT,  # behind the guard: never signed again, a successor names it
    (CLOSED, "leave"): LEFT,
    (CLOSED, "retire"): RETIRED,  # its retention is over; tiles and entries may be deleted
    (LEFT, "retire"): RETIRED,
}


def _log(name: str, *columns: sa.Column[Any], **options: Any) -> sa.Table:
    """Declare a table whose key begins with controller and log."""
    return sa.Table(
        name,
        DATA,
        sa.Column("controller", sa.String(64), primary_key=True),
        sa.Column("log", sa.String(255), primary_key=True),
        *columns,
        **options,
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


inbox = sa.Table(
    "ledger_inbox",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    _number("seq"),  # milliseconds << 20, then a process's own counter: order, never a cursor
    sa.Column("entry_id", sa.String(32), primary_key=True),
    sa.Column("base", sa.String(200), nullable=False),  # origin and log id, without the year
    sa.Column("time", sa.String(24), nullable=False),
    _bytes("body"),
    sqlite_with_rowid=False,
)
head = _log(
    "ledger_head",
    sa.Column("base", sa.String(200), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    _bytes("root"),
    _bytes("edge"),
    sa.Column("newest", sa.String(24), nullable=False),  # the latest time among the entries
    sa.Column("signed", sa.BigInteger, nullable=False),  # size of the newest checkpoint
)
bundle = _log("ledger_bundle", _number("n"), _bytes("data"))
tail = _log("ledger_tail", _number("idx"), _bytes("body"))
tile = _log("ledger_tile", _number("level"), _number("n"), _bytes("data"))
checkpoint = _log(
    "ledger_checkpoint",
    _number("size"),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("time", sa.String(24), nullable=False),
)
cosignature = _log(
    "ledger_cosignature",  # a witness's line under a checkpoint
    _number("size"),
    sa.Column("witness", sa.String(255), primary_key=True),  # name+hex id of its key
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("time", sa.String(24), nullable=False),
)
quorum = _log(
    "ledger_quorum",  # checkpoints that as many witnesses cosigned as the policy of then asked for
    _number("size"),
    sa.Column("time", sa.String(24), nullable=False),
)
ahead = _log(
    "ledger_ahead",  # logs of which a witness holds another history: never signed again
    sa.Column("witness", sa.String(255), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("time", sa.String(24), nullable=False),
)
erasure = _log(
    "ledger_erasure",  # which entries erased openings of this log; they may stand in a later one
    sa.Column("entry_id", sa.String(32), primary_key=True),
)
opening = sa.Table(
    "ledger_opening",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("entry_id", sa.String(32), primary_key=True),
    _bytes("sealed"),
    sqlite_with_rowid=False,  # ids begin with the time: new rows go to the end
)
place = sa.Table(
    "ledger_place",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("entry_id", sa.String(32), primary_key=True),
    sa.Column("log", sa.String(255), nullable=False),
    sa.Column("idx", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
UNSIGNED = sa.text("size > signed AND status IN ('open', 'closed')")
sa.Index(
    "ledger_head_unsigned",
    head.c.controller,
    head.c.log,
    sqlite_where=UNSIGNED,
    postgresql_where=UNSIGNED,
)
sa.Index("ledger_head_year", head.c.status, head.c.year)


# Triggers: the migration makes the same.

for _dialect in ("sqlite", "postgresql"):
    for _table, _statements in triggers(_dialect).items():
        for _statement in _statements:
            sa.event.listen(
                DATA.tables[_table],
                "after_create",
                sa.DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
            )
