"""Triggers that keep the ledger's rows as they were written, on both engines.

They stop accidents and careless hands, not whoever owns the tables: that is what the signed tree
is for (C2.5(5)).
"""

from __future__ import annotations

import sqlalchemy as sa

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


def forbid_changes(conn: sa.Connection) -> None:
    """Make every trigger."""
    for statements in triggers(conn.dialect.name).values():
        for statement in statements:
            conn.exec_driver_sql(statement)
