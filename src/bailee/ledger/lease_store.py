"""The SQL of leading: which process sequences. PostgreSQL only; on SQLite there is one process.

None of it is the fence between two sequencers: that is ``store.swap_head``.
"""

from __future__ import annotations

import sqlalchemy as sa


def lead(conn: sa.Connection, key: int, lease: float) -> bool:
    """Become the leading sequencer of this database while this session lives.

    A convenience that saves lost races: a paused leader may wake up late, which ``swap_head``
    catches. The server ends a session that says nothing for ``lease`` seconds, so a leader that is
    stopped, or cut off, does not lead for ever. Not behind a pooler that shares sessions.
    """
    if not conn.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar():
        return False
    conn.exec_driver_sql(f"SET idle_session_timeout = {int(lease * 1000)}")
    return True


def still_leads(conn: sa.Connection) -> None:
    """Renew the lease; raises what the driver raises when the session is gone."""
    conn.exec_driver_sql("SELECT 1")


def hurry(conn: sa.Connection, lease: float) -> None:
    """Let this transaction hold up nobody for longer than a lease, should its process stop."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true),"
            " set_config('lock_timeout', %s, true)",
            (str(int(lease * 1000)), str(int(lease * 500))),
        )
