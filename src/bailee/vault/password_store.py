"""Every statement on customers' passwords and tries of them. Nothing is decided here.

A try is counted by one statement, before anything is compared (as in ``access.sign_in_store``): so
of any number of tries at one moment no more than the allowed number is ever compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bailee.clock import write_time
from bailee.vault.rows import chunks
from bailee.vault.tables import customer_password as password
from bailee.vault.tables import customer_password_tries as tries

_PUT = sa.text(
    "INSERT INTO customer_password (controller, subject_id, password_id, sealed, since) "
    "VALUES (:controller, :subject_id, :password_id, :sealed, :since) "
    "ON CONFLICT (controller, subject_id) DO UPDATE SET password_id = excluded.password_id, "
    "sealed = excluded.sealed, since = excluded.since"
)
# Whoever is locked stays locked until the same moment, however often they are tried.
_TRY = sa.text(
    "INSERT INTO customer_password_tries (controller, whose, failed, at) "
    "VALUES (:controller, :whose, 1, :now) "
    "ON CONFLICT (controller, whose) DO UPDATE SET "
    "failed = CASE WHEN customer_password_tries.failed < :most "
    "THEN customer_password_tries.failed + 1 "
    "WHEN customer_password_tries.at <= :over THEN 1 ELSE :most + 1 END, "
    "at = CASE WHEN customer_password_tries.failed < :most "
    "OR customer_password_tries.at <= :over "
    "THEN excluded.at ELSE customer_password_tries.at END "
    "RETURNING failed"
)
# A caller's window begins with its first try and not with its last.
_CALLS = sa.text(
    "INSERT INTO customer_password_tries (controller, whose, failed, at) "
    "VALUES (:controller, :whose, 1, :now) "
    "ON CONFLICT (controller, whose) DO UPDATE SET "
    "failed = CASE WHEN customer_password_tries.at <= :over THEN 1 "
    "ELSE customer_password_tries.failed + 1 END, "
    "at = CASE WHEN customer_password_tries.at <= :over THEN excluded.at "
    "ELSE customer_password_tries.at END "
    "RETURNING failed"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A password as it is stored; ``password_id`` is another for each one that is set."""

    subject_id: str
    password_id: str
    sealed: bytes = field(repr=False)


def put(conn: sa.Connection, controller: str, rows: Sequence[Row], now: datetime) -> None:
    """Write passwords, each in the place of the one before."""
    since = write_time(now)
    values = [
        {
            "controller": controller,
            "subject_id": one.subject_id,
            "password_id": one.password_id,
            "sealed": one.sealed,
            "since": since,
        }
        for one in sorted(rows, key=lambda row: row.subject_id)  # two calls wait in one order
    ]
    if values:
        conn.execute(_PUT, values)


def find(conn: sa.Connection, controller: str, subject_ids: Collection[str]) -> list[Row]:
    """Return the passwords of some subjects."""
    found = []
    for some in chunks(subject_ids):
        query = sa.select(password.c.subject_id, password.c.password_id, password.c.sealed).where(
            password.c.controller == controller, password.c.subject_id.in_(some)
        )
        found += [Row(row[0], row[1], bytes(row[2])) for row in conn.execute(query)]
    return found


def reseal(conn: sa.Connection, controller: str, one: Row) -> bool:
    """Store the same password sealed or hashed anew; False when another was set meanwhile."""
    statement = sa.update(password).where(
        password.c.controller == controller,
        password.c.subject_id == one.subject_id,
        password.c.password_id == one.password_id,
    )
    return conn.execute(statement.values(sealed=one.sealed)).rowcount == 1


def replace(conn: sa.Connection, controller: str, before: str, one: Row, *, now: datetime) -> bool:
    """Store another password; False when the one before is not there any more."""
    statement = sa.update(password).where(
        password.c.controller == controller,
        password.c.subject_id == one.subject_id,
        password.c.password_id == before,
    )
    new = {"password_id": one.password_id, "sealed": one.sealed, "since": write_time(now)}
    return conn.execute(statement.values(**new)).rowcount == 1


def drop(conn: sa.Connection, controller: str, subject_ids: Iterable[str]) -> int:
    """Delete passwords of subjects and counts of their tries; return how many passwords."""
    gone = 0
    for some in chunks(list(subject_ids)):
        clear(conn, controller, some)
        gone += conn.execute(
            sa.delete(password).where(
                password.c.controller == controller, password.c.subject_id.in_(some)
            )
        ).rowcount
    return gone


def count_try(
    conn: sa.Connection, where: tuple[str, str], now: datetime, *, most: int, lock: timedelta
) -> int:
    """Count a try before it is known how it ends; return its number, above ``most`` if locked.

    Args:
        conn: of the transaction that commits before anything is compared.
        where: the controller, and whose password is tried.
        now: the time.
        most: tries in a row.
        lock: how long none is compared after them.
    """
    row = {"controller": where[0], "whose": where[1], "now": write_time(now)}
    return int(
        conn.execute(_TRY, {**row, "over": write_time(now - lock), "most": most}).scalar_one()
    )


def count_call(
    conn: sa.Connection, where: tuple[str, str], now: datetime, window: timedelta
) -> int:
    """Count a caller's try before it is known how it ends; return its number in the window."""
    row = {"controller": where[0], "whose": where[1], "now": write_time(now)}
    return int(conn.execute(_CALLS, {**row, "over": write_time(now - window)}).scalar_one())


def take_back(conn: sa.Connection, controller: str, whose: str) -> None:
    """Take one counted try back: it was right."""
    here = (tries.c.controller == controller) & (tries.c.whose == whose) & (tries.c.failed > 0)
    conn.execute(sa.update(tries).where(here).values(failed=tries.c.failed - 1))


def clear(conn: sa.Connection, controller: str, whose: Collection[str]) -> None:
    """Begin counts anew."""
    conn.execute(sa.delete(tries).where(tries.c.controller == controller, tries.c.whose.in_(whose)))
