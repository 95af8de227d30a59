"""Row-level security on PostgreSQL: the second wall between controllers (C2.4, C2.5(4)).

Three roles (DESIGN: the migrator owns, nobody else may change a table):

* ``bailee_app`` reads and writes the rows of the controller that the transaction named with
  ``SET LOCAL bailee.controller``, and the house's own rows (our people, our credentials). Unset
  denies all of it, the house's rows too.
* ``bailee_sequencer`` reaches the ledger's tables only, of every controller.

SQLite has no roles; there the filter in every statement is the only wall, and tests remove it on
PostgreSQL to show that the second one holds.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

APP_ROLE = "bailee_app"
SEQUENCER_ROLE = "bailee_sequencer"

VERSION_TABLE = "alembic_version"
"""Alembic's own; the server reads it to refuse a database of another release."""

NAMED = "coalesce(current_setting('bailee.controller', true), '')"
"""Null before a connection's first transaction named a controller, empty after its last one."""

OPEN_TABLES = {
    "controller": "the register of controllers: names and states, needed before one is chosen",
    "epoch": "a counter that every call reads before it knows whose rows it will read",
}


def make_roles(conn: sa.Connection) -> None:
    """Make the roles that policies name, where the cluster has none; they hold no right yet."""
    for role in (APP_ROLE, SEQUENCER_ROLE):
        conn.exec_driver_sql(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
            f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )


def secure(conn: sa.Connection, tables: Iterable[str]) -> None:
    """Give roles their rights on tables and put the policy on each; no-op off PostgreSQL."""
    if conn.dialect.name != "postgresql":
        return
    make_roles(conn)
    for role in (APP_ROLE, SEQUENCER_ROLE):
        conn.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
        if sa.inspect(conn).has_table(VERSION_TABLE):
            conn.exec_driver_sql(f"GRANT SELECT ON {VERSION_TABLE} TO {role}")
    for table in tables:
        conn.exec_driver_sql(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP_ROLE}')
        if table.startswith("ledger_"):
            conn.exec_driver_sql(
                f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {SEQUENCER_ROLE}'
            )
        if table in OPEN_TABLES:
            continue
        conn.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        conn.exec_driver_sql(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        mine = f"{NAMED} <> '' AND controller IN ({NAMED}, 'house')"
        conn.exec_driver_sql(
            f'CREATE POLICY own_rows ON "{table}" TO {APP_ROLE} USING ({mine}) WITH CHECK ({mine})'
        )
        if table.startswith("ledger_"):
            conn.exec_driver_sql(
                f'CREATE POLICY every_log ON "{table}" TO {SEQUENCER_ROLE} '
                "USING (true) WITH CHECK (true)"
            )
    conn.exec_driver_sql(
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}, {SEQUENCER_ROLE}"
    )
