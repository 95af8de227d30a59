"""What SQLite's planner should assume of the tables, told instead of measured.

Without statistics SQLite believes that a controller has some ten rows, and reads all of them
where an index would lead to one: with a million rows an erasure took a walk through the table. A
measurement of a young database would say the same. So the migration writes down what is true of
every deployment that needs a plan: a controller has very many rows, and what follows it in a key
narrows well, except for the few columns that name a kind of thing.
"""

from __future__ import annotations

import sqlalchemy as sa

ROWS = 1_000_000
OF_ONE_CONTROLLER = 500_000
OF_ONE_KIND = 50_000
OF_ONE_THING = 4
KINDS = frozenset({"element", "state", "status", "control", "purpose", "kind", "level"})
"""Columns with few different values."""


def assume(conn: sa.Connection) -> None:
    """Write the planner's statistics; no-op off SQLite, whose server measures by itself."""
    if conn.dialect.name != "sqlite":
        return
    conn.exec_driver_sql("ANALYZE alembic_version")  # makes the table of statistics
    conn.exec_driver_sql("DELETE FROM sqlite_stat1")
    find = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    rows = []
    for table, sql in conn.exec_driver_sql(find).all():
        for _, index, unique, origin, _ in conn.exec_driver_sql(f"PRAGMA index_list({table})"):
            parts = conn.exec_driver_sql(f"PRAGMA index_info({index})").all()
            columns = [name for _, _, name in parts]
            bare = origin == "pk" and "WITHOUT ROWID" in sql.upper()
            rows.append((table, table if bare else index, _says(columns, unique=bool(unique))))
    for row in rows:
        conn.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)
    conn.exec_driver_sql("ANALYZE sqlite_schema")  # reads them


def _says(columns: list[str], *, unique: bool) -> str:
    """Return how many rows there are, how many share the first column, the first two, and so on."""
    counts, left = [ROWS], ROWS
    for column in columns:
        if column == "controller":
            left = min(left, OF_ONE_CONTROLLER)
        elif column in KINDS:
            left = min(left, OF_ONE_KIND)
        else:
            left = min(left, OF_ONE_THING)
        counts.append(left)
    if unique:
        counts[-1] = 1
    return " ".join(map(str, counts))
