"""The SQL of signing in, one function per question.

Tries are counted by one statement, before anything is compared: so of any number of attempts at
one moment, in whichever processes, no more than the allowed number is ever compared.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bailee.access import passkey_store
from bailee.access.factor import RecoveryCode, SecondFactor
from bailee.access.session import KNOWN_FOR, SOURCE_WINDOW, Session
from bailee.access.sign_in_tables import FACTOR, PASSWORD, RECOVERY, SESSION, SOURCE, TRIES
from bailee.access.store import read_all, read_one
from bailee.access.tables import CREDENTIAL, to_row
from bailee.clock import read_time, write_time
from bailee.db import HOUSE

# Both engines read these alike. Whoever is locked stays locked until the same moment, however
# often they are tried; after it the count begins anew.
_TRY = sa.text(
    "INSERT INTO sign_in_tries (controller, principal, what, failed, at) "
    "VALUES (:controller, :principal, :what, 1, :now) "
    "ON CONFLICT (controller, principal, what) DO UPDATE SET "
    "failed = CASE WHEN sign_in_tries.failed < :most THEN sign_in_tries.failed + 1 "
    "WHEN sign_in_tries.at <= :unlocked THEN 1 ELSE :most + 1 END, "
    "at = CASE WHEN sign_in_tries.failed < :most OR sign_in_tries.at <= :unlocked "
    "THEN excluded.at ELSE sign_in_tries.at END "
    "RETURNING failed"
)
_COUNT = sa.text(
    "INSERT INTO sign_in_source (controller, mark, principal, failed, at) "
    "VALUES (:controller, :mark, '', 1, :now) "
    "ON CONFLICT (controller, mark, principal) DO UPDATE SET "
    "failed = CASE WHEN sign_in_source.at <= :over THEN 1 ELSE sign_in_source.failed + 1 END, "
    "at = CASE WHEN sign_in_source.at <= :over THEN excluded.at ELSE sign_in_source.at END "
    "RETURNING failed"
)
_KNOW = sa.text(
    "INSERT INTO sign_in_source (controller, mark, principal, failed, at) "
    "VALUES (:controller, :mark, :principal, 0, :now) "
    "ON CONFLICT (controller, mark, principal) DO UPDATE SET at = excluded.at"
)


def password(conn: sa.Connection, principal_id: str) -> tuple[str, datetime] | None:
    """Return the hash of a person's password and since when they have it."""
    where = _of(PASSWORD, principal_id) & PASSWORD.c.present
    row = conn.execute(sa.select(PASSWORD.c.hash, PASSWORD.c.since).where(where)).one_or_none()
    return None if row is None else (row[0], read_time(row[1]))


def hold_password(conn: sa.Connection, principal_id: str, stored: str = "") -> bool:
    """Keep a person's password as it is until the commit; False when it is not (this) one.

    So a session that is made by a password, and a change that ends all sessions made by it, follow
    one another, whichever comes first.
    """
    where = _of(PASSWORD, principal_id) & PASSWORD.c.present
    if stored:
        where &= PASSWORD.c.hash == stored
    return conn.execute(sa.update(PASSWORD).where(where).values(present=True)).rowcount == 1


def with_password(conn: sa.Connection) -> set[str]:
    """Return everybody who has a password."""
    where = (PASSWORD.c.controller == HOUSE) & PASSWORD.c.present
    return set(conn.execute(sa.select(PASSWORD.c.principal).where(where)).scalars())


def passwords(conn: sa.Connection, principal_id: str, kept: int) -> list[str]:
    """Return the hashes of a person's last passwords, newest first."""
    query = sa.select(PASSWORD.c.hash).where(_of(PASSWORD, principal_id))
    return list(conn.execute(query.order_by(PASSWORD.c.since.desc()).limit(kept)).scalars())


def set_password(
    conn: sa.Connection, principal_id: str, new: str, *, now: datetime, kept: int
) -> None:
    """Give a person a password; so many hashes stay, this one counted. Each has its own moment."""
    mine = _of(PASSWORD, principal_id)
    last = conn.execute(sa.select(sa.func.max(PASSWORD.c.since)).where(mine)).scalar_one()
    if last is not None:
        now = max(now, read_time(last) + timedelta(milliseconds=1))
    conn.execute(sa.update(PASSWORD).where(mine).values(present=False))
    row = {"principal": principal_id, "since": write_time(now), "hash": new, "present": True}
    conn.execute(sa.insert(PASSWORD).values(controller=HOUSE, **row))
    query = sa.select(PASSWORD.c.since).where(mine).order_by(PASSWORD.c.since.desc())
    for old in list(conn.execute(query.offset(kept)).scalars()):
        conn.execute(sa.delete(PASSWORD).where(mine & (PASSWORD.c.since == old)))


def rehash(conn: sa.Connection, principal_id: str, old: str, new: str) -> None:
    """Replace a hash by one of the same password, unless it changed meanwhile."""
    where = _of(PASSWORD, principal_id) & (PASSWORD.c.hash == old)
    conn.execute(sa.update(PASSWORD).where(where).values(hash=new))


def factor(conn: sa.Connection, principal_id: str) -> SecondFactor | None:
    """Return a person's authenticator."""
    return read_one(conn, SecondFactor, sa.select(FACTOR).where(_of(FACTOR, principal_id)))


def enrolled(conn: sa.Connection, principal_id: str) -> bool:
    """Tell whether a person has an authenticator that counts."""
    found = factor(conn, principal_id)
    return found is not None and found.state == "confirmed"


def set_factor(conn: sa.Connection, new: SecondFactor) -> None:
    """Give a person an authenticator in place of any other."""
    conn.execute(sa.delete(FACTOR).where(_of(FACTOR, new.principal)))
    conn.execute(sa.insert(FACTOR).values(controller=HOUSE, **to_row(new)))


def set_factor_state(conn: sa.Connection, principal_id: str, state: str) -> None:
    """Move an authenticator."""
    conn.execute(sa.update(FACTOR).where(_of(FACTOR, principal_id)).values(state=state))


def use_step(conn: sa.Connection, principal_id: str, step: int) -> bool:
    """Remember the last step used; False when it, or a later one, was used before.

    Of two calls that show one code at once the second waits for the first's commit.
    """
    where = _of(FACTOR, principal_id) & (FACTOR.c.last < step)
    return conn.execute(sa.update(FACTOR).where(where).values(last=step)).rowcount == 1


def add_recovery_codes(conn: sa.Connection, codes: list[RecoveryCode]) -> None:
    """Give a person recovery codes in place of any others."""
    conn.execute(sa.delete(RECOVERY).where(_of(RECOVERY, codes[0].principal)))
    conn.execute(sa.insert(RECOVERY), [{"controller": HOUSE, **to_row(one)} for one in codes])


def use_recovery_code(conn: sa.Connection, principal_id: str, digest: bytes) -> bool:
    """Take a recovery code away; False when there is none with that digest (any more)."""
    where = _of(RECOVERY, principal_id) & (RECOVERY.c.digest == digest)
    return conn.execute(sa.delete(RECOVERY).where(where)).rowcount == 1


def drop_factor(conn: sa.Connection, principal_id: str) -> None:
    """Delete a person's authenticator and recovery codes."""
    for table in (FACTOR, RECOVERY):
        conn.execute(sa.delete(table).where(_of(table, principal_id)))


def forget(conn: sa.Connection, principal_id: str) -> None:
    """Delete all that somebody could sign in with, and where from they did (C2.5(6))."""
    for table in (PASSWORD, FACTOR, RECOVERY, TRIES, SOURCE):
        conn.execute(sa.delete(table).where(_of(table, principal_id)))
    passkey_store.end(conn, principal_id)


def add_session(conn: sa.Connection, session: Session) -> None:
    """Insert what is known of a session beside its credential."""
    conn.execute(sa.insert(SESSION).values(controller=HOUSE, **to_row(session)))


def session(conn: sa.Connection, session_id: str) -> Session | None:
    """Return one session."""
    where = (SESSION.c.controller == HOUSE) & (SESSION.c.session_id == session_id)
    return read_one(conn, Session, sa.select(SESSION).where(where))


def sessions(conn: sa.Connection, principal_id: str, now: datetime) -> list[Session]:
    """Return a person's sessions that were neither ended nor have; idle ones too; oldest first."""
    living = (
        (CREDENTIAL.c.controller == HOUSE)
        & (CREDENTIAL.c.principal == principal_id)
        & (CREDENTIAL.c.kind == "session")
        & (CREDENTIAL.c.state == "live")
        & (CREDENTIAL.c.expires > write_time(now))
    )
    ids = sa.select(CREDENTIAL.c.key_id).where(living)
    where = _of(SESSION, principal_id) & SESSION.c.session_id.in_(ids)
    query = sa.select(SESSION).where(where).order_by(SESSION.c.begun, SESSION.c.session_id)
    return read_all(conn, Session, query)


def see_session(conn: sa.Connection, session_id: str, now: datetime) -> None:
    """Write down that a session is in use; never earlier than it says."""
    moment = write_time(now)
    where = (SESSION.c.controller == HOUSE) & (SESSION.c.session_id == session_id)
    later = where & (SESSION.c.seen < moment)
    conn.execute(sa.update(SESSION).where(later).values(seen=moment))


def count_try(
    conn: sa.Connection, principal: str, what: str, *, now: datetime, most: int, lock: timedelta
) -> int:
    """Count a try before it is known how it ends; return its number, above ``most`` if locked."""
    row = {"controller": HOUSE, "principal": principal, "what": what, "now": write_time(now)}
    row |= {"unlocked": write_time(now - lock)}
    return int(conn.execute(_TRY, {**row, "most": most}).scalar_one())


def clear_tries(conn: sa.Connection, principal_id: str, what: str) -> None:
    """Begin the count anew: the last try was right."""
    conn.execute(sa.delete(TRIES).where(_of(TRIES, principal_id) & (TRIES.c.what == what)))


def count_source(conn: sa.Connection, mark: str, now: datetime) -> int:
    """Count an attempt of a source before it is known how it ends; return its number."""
    row: dict[str, Any] = {"controller": HOUSE, "mark": mark, "now": write_time(now)}
    return int(conn.execute(_COUNT, {**row, "over": write_time(now - SOURCE_WINDOW)}).scalar_one())


def known_source(conn: sa.Connection, mark: str, principal_id: str, now: datetime) -> bool:
    """Tell whether a person signed in from a source lately."""
    where = _of(SOURCE, principal_id) & (SOURCE.c.mark == mark)
    at = conn.execute(sa.select(SOURCE.c.at).where(where)).scalar_one_or_none()
    return at is not None and read_time(at) > now - KNOWN_FOR


def learn_source(conn: sa.Connection, mark: str, principal_id: str, now: datetime) -> None:
    """Remember from where a person signed in, take the attempt back, and drop what is old."""
    row = {"controller": HOUSE, "mark": mark, "principal": principal_id, "now": write_time(now)}
    conn.execute(_KNOW, row)
    here = _of(SOURCE, "") & (SOURCE.c.mark == mark) & (SOURCE.c.failed > 0)
    conn.execute(sa.update(SOURCE).where(here).values(failed=SOURCE.c.failed - 1))
    old = (SOURCE.c.controller == HOUSE) & (SOURCE.c.at <= write_time(now - KNOWN_FOR))
    conn.execute(sa.delete(SOURCE).where(old))


def _of(table: sa.Table, principal_id: str) -> sa.ColumnElement[bool]:
    return (table.c.controller == HOUSE) & (table.c.principal == principal_id)
