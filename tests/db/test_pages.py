"""SQLite's writer: how often a page is written for one commit."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from bailee.sqlite import SqliteDatabase

PAGE = 4096
IO = Path("/proc/self/io")


def written() -> int:
    """Return how many bytes this process has handed to write calls so far."""
    return int(IO.read_text().split("wchar: ")[1].split()[0])


@pytest.mark.skipif(not IO.exists(), reason="Only Linux counts what a process writes.")
def test_a_large_batch_writes_each_changed_page_about_once(tmp_path: Path) -> None:
    """Pages that a transaction changes again and again go to the log at its commit, not between."""
    database, chance = SqliteDatabase(tmp_path / "data.db"), random.Random(7)  # noqa: S311

    def create(conn: sa.Connection) -> None:
        conn.execute(sa.text("CREATE TABLE t (key BLOB PRIMARY KEY, body BLOB) WITHOUT ROWID"))

    def fill(conn: sa.Connection, count: int) -> None:
        rows = [{"key": chance.randbytes(16), "body": chance.randbytes(200)} for _ in range(count)]
        conn.execute(sa.text("INSERT INTO t VALUES (:key, :body)"), rows)

    try:
        database.write("acme", create)
        database.write("acme", lambda conn: fill(conn, 40_000))
        database.purge()
        before = written()
        database.write("acme", lambda conn: fill(conn, 8_000))
        after = written()
        database.purge()
        pages = (tmp_path / "data.db").stat().st_size / PAGE
    finally:
        database.close()

    assert pages > 2_000  # more than SQLite's own cache holds
    assert (after - before) / PAGE < 1.5 * pages
