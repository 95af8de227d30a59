"""The SQL of access, one function per question.

Two things that every function here relies on:

* ``epoch`` is one row. ``bump`` gives it a fresh random value before an act changes anything, so
  that acts of administration follow one another (the row is locked until the commit), and so that
  every process drops what it remembers. Random, not counted: a value from a transaction that
  never committed can never come back and pass for a later one. The row holds nothing else, so
  row-level security should leave it readable and writable to the application from any controller.
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
from bailee.access.limit import Spent, window_start
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
    REVEAL_COUNT,
    from_row,
    to_row,
)
from bailee.clock import write_time
from bailee.db import HOUSE, Database, first, scope
from bailee.errors import Failure
from bailee.prepared import Prepared
from bailee.rows import defer_check

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
    return str(row[0]) if row else ""


def bump(conn: sa.Connection) -> str:
    """Give the epoch a fresh value and hold its row until the commit; return the value."""
    value = secrets.token_hex(16)
    conn.execute(_BUMP, {"controller": HOUSE, "value": value})
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


def count_reveal(
    conn: sa.Connection, spent: Spent, now: datetime, *, limit: int, refused: Failure
) -> None:
    """Count subjects if the rolling day has room for them; one statement counts and inserts.

    On PostgreSQL, calls of one principal for one purpose follow one another: two transactions that
    do not see each other's row would both take the last place, and a lock taken inside the
    statement would come after its snapshot. So the count is the last thing before the COMMIT and
    travels with it: nobody waits for a call that still works. Without room the server fails, and
    the COMMIT behind it is skipped. SQLite has one writer, who counts at once.

    Raises:
        ``refused``, here or from the commit.
    """
    who = (spent.controller, spent.principal, spent.purpose)
    values = (*who, spent.subjects, write_time(now), write_time(window_start(now)), limit)
    name = "/".join(who)
    if defer_check(
        conn,
        lambda: [
            _LOCK.sent(conn, name),
            _COUNT_OR_FAIL.sent(conn, *values, refusal=lambda: refused),
        ],
    ):
        return
    if conn.dialect.name == "postgresql":
        _LOCK.all(conn, name)
    if _COUNT.changed_aside(conn, *values) != 1:
        raise refused


def _count(*, failing: bool = False) -> Prepared:
    """Return the statement of ``count_reveal``, built once.

    Numbers, totals and times all grow from row to row, so the newest row and the last row before
    the window are each one step down the primary key or the index by time. Without room it inserts
    nothing, or fails by dividing by zero.
    """
    who = {
        name: sa.bindparam(f"of_{name}", type_=sa.String)
        for name in ("controller", "principal", "purpose")
    }
    mine = sa.and_(*(REVEAL_COUNT.c[name] == value for name, value in who.items()))
    more = sa.bindparam("more", type_=sa.BigInteger)
    moment = sa.bindparam("moment", type_=sa.String)
    by_time = REVEAL_COUNT.c.at <= sa.bindparam("start", type_=sa.String)
    last = _latest(mine, REVEAL_COUNT.c.number).subquery("last")
    before = _latest(mine & by_time, REVEAL_COUNT.c.at, REVEAL_COUNT.c.number).subquery("before")
    call = sa.select(_ONE.label("one")).subquery("call")
    either = sa.func.coalesce
    total = either(last.c.total, _ZERO) + more
    room = total - either(before.c.total, _ZERO) <= sa.bindparam("most", type_=sa.BigInteger)
    step = _ONE // sa.case((room, _ONE), else_=_ZERO) if failing else _ONE
    values = sa.select(
        *who.values(),
        either(last.c.number, _ZERO) + step,
        more,
        total,
        sa.case((last.c.at > moment, last.c.at), else_=moment),  # another process may be ahead
    ).select_from(call.outerjoin(last, sa.true()).outerjoin(before, sa.true()))
    if not failing:
        values = values.where(room)
    names = [*who, "number", "subjects", "total", "at"]
    insert = sa.insert(REVEAL_COUNT).from_select(names, values, include_defaults=False)
    return Prepared(
        insert, "of_controller", "of_principal", "of_purpose", "more", "moment", "start", "most"
    )


def _latest(where: Any, *order: Any) -> sa.Select[Any]:
    """Return number, total and time of the first row in that order, from its end."""
    columns = REVEAL_COUNT.c.number, REVEAL_COUNT.c.total, REVEAL_COUNT.c.at
    return sa.select(*columns).where(where).order_by(*(one.desc() for one in order)).limit(_ONE)


_ONE = sa.literal_column("1", sa.Integer)
_ZERO = sa.literal_column("0", sa.Integer)
_COUNT, _COUNT_OR_FAIL = _count(), _count(failing=True)
_LOCK = Prepared(
    sa.select(
        sa.func.pg_advisory_xact_lock(
            sa.func.hashtextextended(sa.bindparam("name", type_=sa.String), sa.literal_column("0")),
            type_=sa.Integer,
        )
    ),
    "name",
)
