"""The ledger's tables, and the triggers that keep them from being rewritten.

Full tiles, full bundles and checkpoints are immutable, in the database too: triggers refuse to
change them, and to delete them before their log is ``retired``. A head may grow, never shrink.
``ledger_tail`` holds the newest entries, fewer than 256 after each pass; they move into a bundle
when it is full, which the trigger checks. Openings are meant to be erased one day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bailee.db import DATA

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
    sa.Column("sealed", sa.LargeBinary),  # null: the opening was erased before integration
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
erasure = _log(
    "ledger_erasure",  # which entries erased openings of this log; they may stand in a later one
    sa.Column("entry_id", sa.String(32), primary_key=True),
)
opening = sa.Table(
    "ledger_opening",
    DATA,
    sa.Column("controller", sa.String(64), primary_key=True),
    sa.Column("entry_id", sa.String(32), primary_key=True),
    sa.Column("log", sa.String(255), nullable=False),
    _bytes("sealed"),
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


# Triggers, for ``create_all`` here and for the migration.

_RETIRED = (
    "EXISTS (SELECT 1 FROM ledger_head AS h WHERE h.controller = OLD.controller"
    " AND h.log = OLD.log AND h.status = 'retired')"
)
_BUNDLED = (
    "EXISTS (SELECT 1 FROM ledger_bundle AS b WHERE b.controller = OLD.controller"
    " AND b.log = OLD.log AND b.n = OLD.idx / 256)"
)
_SHRINKS = (
    "NEW.size < OLD.size OR NEW.signed < OLD.signed OR NEW.signed > NEW.size"
    " OR (OLD.status <> 'open' AND (NEW.size <> OLD.size OR NEW.status = 'open'))"
)
_FORBIDDEN: tuple[tuple[str, str, str], ...] = (  # table, what is forbidden, when
    ("ledger_bundle", "UPDATE", "TRUE"),
    ("ledger_bundle", "DELETE", f"NOT {_RETIRED}"),
    ("ledger_tile", "UPDATE", "TRUE"),
    ("ledger_tile", "DELETE", f"NOT {_RETIRED}"),
    ("ledger_tail", "UPDATE", "TRUE"),
    ("ledger_tail", "DELETE", f"NOT {_BUNDLED} AND NOT {_RETIRED}"),
    ("ledger_checkpoint", "UPDATE", "TRUE"),
    ("ledger_checkpoint", "DELETE", "TRUE"),
    ("ledger_head", "UPDATE", _SHRINKS),
    ("ledger_head", "DELETE", "TRUE"),
)


def triggers(dialect: str) -> dict[str, list[str]]:
    """Return, per table, the statements that make its triggers on ``sqlite`` or ``postgresql``."""
    made: dict[str, list[str]] = {}
    for table, verb, when in _FORBIDDEN:
        name = f"{table}_{verb.lower()}"
        says = f"{table} is immutable"
        answer = "NEW" if verb == "UPDATE" else "OLD"
        if dialect == "sqlite":
            body = f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
            statements = [f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} {body}"]
        else:  # a function each: a trigger's WHEN may not hold a subquery on PostgreSQL
            refuse = f"RAISE EXCEPTION '{says}' USING ERRCODE = 'restrict_violation'"
            body = f"BEGIN IF {when} THEN {refuse}; END IF; RETURN {answer}; END"
            make = f"CREATE OR REPLACE FUNCTION {name}()"
            event = f"BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            statements = [
                f"{make} RETURNS trigger AS $$ {body} $$ LANGUAGE plpgsql",
                f"CREATE OR REPLACE TRIGGER {name} {event}",
            ]
        made.setdefault(table, []).extend(statements)
    return made


for _dialect in ("sqlite", "postgresql"):
    for _table, _statements in triggers(_dialect).items():
        for _statement in _statements:
            sa.event.listen(
                DATA.tables[_table],
                "after_create",
                sa.DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
            )
