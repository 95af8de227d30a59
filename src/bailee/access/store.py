"""The SQL of access, one function per question.

Two things that every function here relies on:

* ``epoch`` is one row. ``bump`` gives it a fresh random value before an act changes anything, so
  that acts of administration follow one another (the row is locked until the commit), and so that
  every process drops what it remembers. Random, not counted: a value from a transaction that
  never committed can never come back and pass for a later one. The row holds nothing else, so
  row-level security should leave it readable and writable to the application from any controller.
* On PostgreSQL a transaction that read the epoch commits only if it still stands (C2.5(6)). Who
  reads it locks it for the length of the COMMIT, shared with all others who do; who bumped it
  waits for those who are committing, and lets none begin. So what an act ends is over for every
  call that is not durable before it; such a call is done again and learns how things stand.
* Row-level security shows every call the house's rows and one controller's. ``within`` names that
  controller where an act of the house reaches into several (somebody leaves). If the act fails
  inside, the transaction is lost anyway, so nothing is set back.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.access.approval import Approval
from bailee.access.credential import Credential, Invitation
from bailee.access.grant import Grant
from bailee.access.principal import Principal
from bailee.access.tables import (
    APPROVAL,
    CREDENTIAL,
    DRAW,
    EPOCH,
    GRANT,
    INVITATION,
    PRINCIPAL,
    REACH,
    from_row,
    to_row,
)
from bailee.clock import write_time
from bailee.db import HOUSE, Database, Overtaken, first, scope, send_last
from bailee.prepared import Prepared

T = TypeVar("T")


def read_one(conn: sa.Connection, kind: type[T], query: sa.Select[Any]) -> T | None:
    """Return what a question for one row finds."""
    row = conn.execute(query).mappings().one_or_none()
    return None if row is None else from_row(kind, dict(row))


def read_all(conn: sa.Connection, kind: type[T], query: sa.Select[Any]) -> list[T]:
    """Return everything that a question finds."""
    return [from_row(kind, dict(row)) for row in conn.execute(query).mappings()]


@contextmanager
def within(conn: sa.Connection, controller: str) -> Iterator[None]:
    """Let row-level security see another controller for a while."""
    if conn.dialect.name != "postgresql" or controller == HOUSE:
        yield  # SQLite has no row-level security, and the house's rows are never hidden
        return
    before = conn.exec_driver_sql("SELECT current_setting('bailee.controller', true)").scalar()
    scope(conn, controller)
    yield
    scope(conn, before or "")


# Both engines read these alike; SQLAlchemy spells them per engine.
_BUMP = sa.text(
    "INSERT INTO epoch (controller, value) VALUES (:controller, :value) "
    "ON CONFLICT (controller) DO UPDATE SET value = excluded.value"
)
_REACHED = sa.text(
    "INSERT INTO reach (controller, principal, at_controller) "
    "VALUES (:controller, :principal, :at_controller) ON CONFLICT DO NOTHING"
)
_EPOCH = Prepared(sa.select(EPOCH.c.value).where(EPOCH.c.controller == sa.bindparam("of")), "of")


def epoch_now(database: Database) -> str:
    """Return the epoch as it stands committed, by one question outside of any transaction."""
    row = first(database, HOUSE, _EPOCH, HOUSE)
    return "" if row is None else row[0]


def epoch(conn: sa.Connection) -> str:
    """Return the epoch that this transaction sees, '' in a house that nobody founded."""
    row = _EPOCH.steady(conn, HOUSE)
    value = str(row[0]) if row else ""
    if row:
        send_last(
            conn,
            _STANDS,
            lambda: [
                _SHARED.sent(conn, _STANDS),
                _STILL.sent(conn, HOUSE, value, refusal=Overtaken),
            ],
        )
    return value


def bump(conn: sa.Connection) -> str:
    """Give the epoch a fresh value and hold its row until the commit; return the value."""
    value = secrets.token_hex(16)
    conn.execute(_BUMP, {"controller": HOUSE, "value": value})
    send_last(conn, _STANDS, lambda: [_ALONE.sent(conn, _STANDS)], instead=True)
    return value


def add_principal(conn: sa.Connection, principal: Principal) -> None:
    """Insert a person or service."""
    conn.execute(sa.insert(PRINCIPAL).values(controller=HOUSE, **to_row(principal)))


def principal(conn: sa.Connection, principal_id: str) -> Principal | None:
    """Return one principal."""
    where = (PRINCIPAL.c.controller == HOUSE) & (PRINCIPAL.c.principal_id == principal_id)
    return read_one(conn, Principal, sa.select(PRINCIPAL).where(where))


def principals(conn: sa.Connection) -> list[Principal]:
    """Return everybody, in order of their coming."""
    query = sa.select(PRINCIPAL).where(PRINCIPAL.c.controller == HOUSE)
    return read_all(conn, Principal, query.order_by(PRINCIPAL.c.created, PRINCIPAL.c.principal_id))


def set_principal_state(conn: sa.Connection, principal_id: str, state: str) -> None:
    """Move a principal."""
    where = (PRINCIPAL.c.controller == HOUSE) & (PRINCIPAL.c.principal_id == principal_id)
    conn.execute(sa.update(PRINCIPAL).where(where).values(state=state))


def add_credential(conn: sa.Connection, credential: Credential) -> None:
    """Insert a key or token."""
    conn.execute(sa.insert(CREDENTIAL).values(controller=HOUSE, **to_row(credential)))


def credential_by_digest(conn: sa.Connection, digest: bytes) -> Credential | None:
    """Return the key or token whose secret has this digest."""
    where = (CREDENTIAL.c.controller == HOUSE) & (CREDENTIAL.c.digest == digest)
    return read_one(conn, Credential, sa.select(CREDENTIAL).where(where))


def credential(conn: sa.Connection, key_id: str) -> Credential | None:
    """Return one key or token."""
    where = (CREDENTIAL.c.controller == HOUSE) & (CREDENTIAL.c.key_id == key_id)
    return read_one(conn, Credential, sa.select(CREDENTIAL).where(where))


def live_credentials(conn: sa.Connection, now: datetime) -> list[Credential]:
    """Return every key and token that was neither revoked nor has ended."""
    where = (
        (CREDENTIAL.c.controller == HOUSE)
        & (CREDENTIAL.c.state == "live")
        & (CREDENTIAL.c.expires > write_time(now))
    )
    query = sa.select(CREDENTIAL).where(where)
    return read_all(conn, Credential, query.order_by(CREDENTIAL.c.created, CREDENTIAL.c.key_id))


def set_credential_state(conn: sa.Connection, key_ids: list[str], state: str) -> None:
    """Move keys and tokens."""
    where = (CREDENTIAL.c.controller == HOUSE) & CREDENTIAL.c.key_id.in_(key_ids)
    conn.execute(sa.update(CREDENTIAL).where(where).values(state=state))


def add_invitation(conn: sa.Connection, invitation: Invitation) -> None:
    """Insert an invitation."""
    conn.execute(sa.insert(INVITATION).values(controller=HOUSE, **to_row(invitation)))


def invitation_by_digest(conn: sa.Connection, digest: bytes) -> Invitation | None:
    """Return the invitation whose secret has this digest."""
    where = (INVITATION.c.controller == HOUSE) & (INVITATION.c.digest == digest)
    return read_one(conn, Invitation, sa.select(INVITATION).where(where))


def set_invitation_state(conn: sa.Connection, invitation_id: str, state: str) -> None:
    """Move an invitation."""
    where = (INVITATION.c.controller == HOUSE) & (INVITATION.c.invitation_id == invitation_id)
    conn.execute(sa.update(INVITATION).where(where).values(state=state))


def open_invitations(conn: sa.Connection) -> list[Invitation]:
    """Return every invitation that was neither accepted nor withdrawn (expired ones too)."""
    where = (INVITATION.c.controller == HOUSE) & (INVITATION.c.state == "open")
    return read_all(conn, Invitation, sa.select(INVITATION).where(where))


def reach(conn: sa.Connection, principal_id: str) -> list[str]:
    """Return every controller (the house too) where a principal ever held or asked something."""
    where = (REACH.c.controller == HOUSE) & (REACH.c.principal == principal_id)
    query = sa.select(REACH.c.at_controller).where(where).order_by(REACH.c.at_controller)
    return list(conn.execute(query).scalars())


def add_reach(conn: sa.Connection, principal_id: str, controller: str) -> None:
    """Remember that a principal has something at a controller."""
    row = {"controller": HOUSE, "principal": principal_id, "at_controller": controller}
    conn.execute(_REACHED, row)


def add_grant(conn: sa.Connection, grant: Grant) -> None:
    """Insert a grant, and the way to find it when its principal leaves."""
    add_reach(conn, grant.principal, grant.controller)
    with within(conn, grant.controller):
        conn.execute(sa.insert(GRANT).values(to_row(grant)))


def grants(conn: sa.Connection, controller: str, principal_id: str = "") -> list[Grant]:
    """Return a principal's grants at a controller (everybody's when no principal is named)."""
    where = GRANT.c.controller == controller
    if principal_id:
        where &= GRANT.c.principal == principal_id
    with within(conn, controller):
        query = sa.select(GRANT).where(where)
        return read_all(conn, Grant, query.order_by(GRANT.c.created, GRANT.c.grant_id))


def all_grants(conn: sa.Connection, principal_id: str) -> list[Grant]:
    """Return everything that a principal was ever given, wherever."""
    places = reach(conn, principal_id)
    return [one for place in places for one in grants(conn, place, principal_id)]


def grant(conn: sa.Connection, controller: str, grant_id: str) -> Grant | None:
    """Return one grant."""
    where = (GRANT.c.controller == controller) & (GRANT.c.grant_id == grant_id)
    with within(conn, controller):
        return read_one(conn, Grant, sa.select(GRANT).where(where))


def set_grant_state(conn: sa.Connection, controller: str, grant_id: str, state: str) -> None:
    """Move a grant."""
    where = (GRANT.c.controller == controller) & (GRANT.c.grant_id == grant_id)
    with within(conn, controller):
        conn.execute(sa.update(GRANT).where(where).values(state=state))


def add_approval(conn: sa.Connection, approval: Approval) -> None:
    """Insert a request for approval."""
    add_reach(conn, approval.requester, approval.controller)
    with within(conn, approval.controller):
        conn.execute(sa.insert(APPROVAL).values(to_row(approval)))


def approval(conn: sa.Connection, controller: str, approval_id: str) -> Approval | None:
    """Return one approval."""
    where = (APPROVAL.c.controller == controller) & (APPROVAL.c.approval_id == approval_id)
    with within(conn, controller):
        return read_one(conn, Approval, sa.select(APPROVAL).where(where))


def approvals(conn: sa.Connection, controller: str) -> list[Approval]:
    """Return a controller's approvals, oldest first."""
    query = sa.select(APPROVAL).where(APPROVAL.c.controller == controller)
    with within(conn, controller):
        return read_all(conn, Approval, query.order_by(APPROVAL.c.created, APPROVAL.c.approval_id))


def settle_approval(conn: sa.Connection, before: Approval, after: Approval) -> bool:
    """Move an approval; False when somebody else moved it first."""
    where = (
        (APPROVAL.c.controller == before.controller)
        & (APPROVAL.c.approval_id == before.approval_id)
        & (APPROVAL.c.state == before.state)
    )
    row = to_row(after)
    values = {name: row[name] for name in ("state", "approver", "decided")}
    with within(conn, before.controller):
        return conn.execute(sa.update(APPROVAL).where(where).values(values)).rowcount == 1


def draw(conn: sa.Connection, approval: Approval, subjects: int, now: datetime) -> bool:
    """Take subjects from an approval if that many remain now; one statement, no reading before.

    Two calls at once: the second waits for the first's commit, then meets what is really left.
    """
    left = APPROVAL.c.remaining - subjects
    where = (
        (APPROVAL.c.controller == approval.controller)
        & (APPROVAL.c.approval_id == approval.approval_id)
        & (APPROVAL.c.state == "approved")
        & (APPROVAL.c.until > write_time(now))
        & (APPROVAL.c.remaining >= subjects)
    )
    state = sa.case((left == 0, "drawn"), else_="approved")
    query = sa.update(APPROVAL).where(where).values(remaining=left, state=state)
    return conn.execute(query).rowcount == 1


def add_draw(conn: sa.Connection, row: Mapping[str, Any]) -> None:
    """Insert what was drawn, by whom and when."""
    conn.execute(sa.insert(DRAW).values(draw_id=secrets.token_hex(16), **row))


def lock_named(function: Any) -> Prepared:
    """Return the statement that takes a lock of a name until the transaction's end."""
    name = sa.bindparam("name", type_=sa.String)
    number = sa.func.hashtextextended(name, sa.literal_column("0"))
    return Prepared(sa.select(function(number, type_=sa.Integer)), "name")


_ALONE = lock_named(sa.func.pg_advisory_xact_lock)
_SHARED = lock_named(sa.func.pg_advisory_xact_lock_shared)
_STANDS = "epoch"
"""Stands for the epoch among locks; reveals lock names with two strokes in them."""
_STOOD = sa.and_(
    EPOCH.c.controller == sa.bindparam("of", type_=sa.String),
    EPOCH.c.value == sa.bindparam("value", type_=sa.String),
)
_STILL = Prepared(
    sa.select(
        sa.literal_column("1", sa.Integer)
        // sa.select(sa.func.count()).where(_STOOD).scalar_subquery()
    ),
    "of",
    "value",
)
"""Fails by dividing by zero once the epoch is another."""
