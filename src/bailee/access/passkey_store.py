"""The SQL of passkeys, one function per question.

A challenge is taken by deleting its row, and a passkey is used by one statement that moves its
count on: of two calls at one moment the second finds that the first was there.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bailee.access.passkey import CHALLENGE_LIFE, MOST_CHALLENGES, Challenge, Passkey
from bailee.access.passkey_tables import CHALLENGE, PASSKEY
from bailee.access.store import read_all, read_one
from bailee.access.tables import to_row
from bailee.clock import write_time
from bailee.db import HOUSE


def add_challenge(conn: sa.Connection, new: Challenge) -> None:
    """Open a challenge; drop what is over, and the oldest where one caller has too many open."""
    now = new.until - CHALLENGE_LIFE
    over = (CHALLENGE.c.controller == HOUSE) & (CHALLENGE.c.until <= write_time(now))
    conn.execute(sa.delete(CHALLENGE).where(over))
    mine = (CHALLENGE.c.controller == HOUSE) & (CHALLENGE.c.bound_to == new.bound_to)
    query = sa.select(CHALLENGE.c.digest).where(mine)
    newest_first = query.order_by(CHALLENGE.c.until.desc(), CHALLENGE.c.digest)
    spare = list(conn.execute(newest_first.offset(MOST_CHALLENGES - 1)).scalars())
    if spare:
        conn.execute(sa.delete(CHALLENGE).where(mine & CHALLENGE.c.digest.in_(spare)))
    conn.execute(sa.insert(CHALLENGE).values(controller=HOUSE, **to_row(new)))


def take_challenge(conn: sa.Connection, wanted: Challenge, now: datetime) -> bool:
    """Close a challenge; False when none is open for that ceremony, person and credential.

    ``until`` of what is wanted is not asked. One that opens a session is bound to nobody, so only
    its kind counts. Whoever shows another's does not close it.
    """
    where = (CHALLENGE.c.controller == HOUSE) & (CHALLENGE.c.digest == wanted.digest)
    where &= (CHALLENGE.c.ceremony == wanted.ceremony) & (CHALLENGE.c.until > write_time(now))
    where &= CHALLENGE.c.principal == wanted.principal
    if wanted.principal:
        where &= CHALLENGE.c.bound_to == wanted.bound_to
    return conn.execute(sa.delete(CHALLENGE).where(where)).rowcount == 1


def add(conn: sa.Connection, new: Passkey) -> None:
    """Insert a passkey."""
    conn.execute(sa.insert(PASSKEY).values(controller=HOUSE, **to_row(new)))


def by_id(conn: sa.Connection, passkey_id: str) -> Passkey | None:
    """Return one passkey."""
    return read_one(conn, Passkey, sa.select(PASSKEY).where(_one(passkey_id)))


def by_credential(conn: sa.Connection, credential: bytes) -> Passkey | None:
    """Return the passkey with a credential's id, whatever its state."""
    where = (PASSKEY.c.controller == HOUSE) & (PASSKEY.c.credential == credential)
    return read_one(conn, Passkey, sa.select(PASSKEY).where(where))


def of(conn: sa.Connection, principal_id: str) -> list[Passkey]:
    """Return a person's passkeys, the oldest first."""
    query = sa.select(PASSKEY).where(_whose(principal_id))
    return read_all(conn, Passkey, query.order_by(PASSKEY.c.created, PASSKEY.c.passkey_id))


def holds(conn: sa.Connection, principal_id: str) -> bool:
    """Tell whether a person has a passkey that counts."""
    query = sa.select(sa.func.count()).select_from(PASSKEY)
    living = _whose(principal_id) & (PASSKEY.c.state == "live")
    return bool(conn.execute(query.where(living)).scalar_one())


def holders(conn: sa.Connection) -> set[str]:
    """Return everybody who has a passkey that counts."""
    where = (PASSKEY.c.controller == HOUSE) & (PASSKEY.c.state == "live")
    return set(conn.execute(sa.select(PASSKEY.c.principal).where(where)).scalars())


def use(conn: sa.Connection, passkey_id: str, count: int, now: datetime) -> bool:
    """Move a living passkey's count on; False when it is not living, or its count not lower.

    The row is held until the commit, so that whoever removes the passkey meanwhile comes after.
    """
    lower = PASSKEY.c.signs < count
    if count == 0:
        lower = PASSKEY.c.signs == 0
    where = _one(passkey_id) & (PASSKEY.c.state == "live") & lower
    new = {"signs": count, "used": write_time(now)}
    return conn.execute(sa.update(PASSKEY).where(where).values(new)).rowcount == 1


def set_state(conn: sa.Connection, passkey_id: str, state: str) -> None:
    """Move a passkey."""
    conn.execute(sa.update(PASSKEY).where(_one(passkey_id)).values(state=state))


def drop(conn: sa.Connection, passkey_id: str) -> None:
    """Delete a passkey."""
    conn.execute(sa.delete(PASSKEY).where(_one(passkey_id)))


def end(conn: sa.Connection, principal_id: str) -> int:
    """Delete a person's passkeys and open challenges; return how many passkeys there were."""
    whose = (CHALLENGE.c.controller == HOUSE) & (CHALLENGE.c.principal == principal_id)
    conn.execute(sa.delete(CHALLENGE).where(whose))
    return conn.execute(sa.delete(PASSKEY).where(_whose(principal_id))).rowcount


def _one(passkey_id: str) -> sa.ColumnElement[bool]:
    return (PASSKEY.c.controller == HOUSE) & (PASSKEY.c.passkey_id == passkey_id)


def _whose(principal_id: str) -> sa.ColumnElement[bool]:
    return (PASSKEY.c.controller == HOUSE) & (PASSKEY.c.principal == principal_id)
