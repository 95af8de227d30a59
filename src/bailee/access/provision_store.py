"""The SQL of provisioning, one function per question.

``store`` says what every function here relies on: one epoch row, whose holder is the only writer,
and row-level security, which shows the house's rows to every call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from bailee.access.mapping import Mapping
from bailee.access.provision_tables import GROUP, MAPPING, MEMBER, USER
from bailee.access.provisioned import Group, Member, User
from bailee.access.store import read_all, read_one
from bailee.access.tables import to_row
from bailee.db import HOUSE


def user(conn: sa.Connection, user_id: str) -> User | None:
    """Return one user."""
    return read_one(conn, User, sa.select(USER).where(_at(USER), USER.c.user_id == user_id))


def user_by_mark(conn: sa.Connection, mark: str) -> User | None:
    """Return the user with that name."""
    return read_one(conn, User, sa.select(USER).where(_at(USER), USER.c.mark == mark))


def user_of(conn: sa.Connection, principal_id: str) -> User | None:
    """Return the user who is somebody in our register."""
    where = USER.c.principal == principal_id
    return read_one(conn, User, sa.select(USER).where(_at(USER), where))


def users(
    conn: sa.Connection,
    *,
    external_mark: str = "",
    start: int = 0,
    count: int | None = None,
) -> list[User]:
    """Return users in order of their coming; with a mark those of that external id."""
    query = sa.select(USER).where(_at(USER)).order_by(USER.c.created, USER.c.user_id)
    if external_mark:
        query = query.where(USER.c.external_mark == external_mark)
    return read_all(conn, User, query.offset(start).limit(count))


def count_users(conn: sa.Connection) -> int:
    """Count users."""
    query = sa.select(sa.func.count()).select_from(USER).where(_at(USER))
    return int(conn.execute(query).scalar_one())


def save_user(conn: sa.Connection, one: User, *, new: bool) -> None:
    """Insert a user, or write what is known of them now."""
    row = {"controller": HOUSE, **to_row(one)}
    if new:
        conn.execute(sa.insert(USER).values(row))
    else:
        where = _at(USER) & (USER.c.user_id == one.user_id)
        conn.execute(sa.update(USER).where(where).values(row))


def delete_user(conn: sa.Connection, user_id: str) -> None:
    """Delete a user."""
    conn.execute(sa.delete(USER).where(_at(USER), USER.c.user_id == user_id))


def group(conn: sa.Connection, group_id: str) -> Group | None:
    """Return one group."""
    return read_one(conn, Group, sa.select(GROUP).where(_at(GROUP), GROUP.c.group_id == group_id))


def group_by_mark(conn: sa.Connection, mark: str) -> Group | None:
    """Return the group with that name."""
    return read_one(conn, Group, sa.select(GROUP).where(_at(GROUP), GROUP.c.mark == mark))


def groups(conn: sa.Connection) -> list[Group]:
    """Return every group in order of their coming."""
    query = sa.select(GROUP).where(_at(GROUP)).order_by(GROUP.c.created, GROUP.c.group_id)
    return read_all(conn, Group, query)


def save_group(conn: sa.Connection, one: Group, *, new: bool) -> None:
    """Insert a group, or write what is known of it now."""
    row = {"controller": HOUSE, **to_row(one)}
    if new:
        conn.execute(sa.insert(GROUP).values(row))
    else:
        where = _at(GROUP) & (GROUP.c.group_id == one.group_id)
        conn.execute(sa.update(GROUP).where(where).values(row))


def delete_group(conn: sa.Connection, group_id: str) -> None:
    """Delete a group, and who is in it."""
    conn.execute(sa.delete(MEMBER).where(_at(MEMBER), MEMBER.c.group_id == group_id))
    conn.execute(sa.delete(GROUP).where(_at(GROUP), GROUP.c.group_id == group_id))


def members(conn: sa.Connection, group_id: str) -> list[Member]:
    """Return who is in a group."""
    query = sa.select(MEMBER).where(_at(MEMBER), MEMBER.c.group_id == group_id)
    return read_all(conn, Member, query.order_by(MEMBER.c.created, MEMBER.c.user_id))


def memberships(conn: sa.Connection, user_id: str = "") -> list[Member]:
    """Return in what groups a user is, or everybody."""
    query = sa.select(MEMBER).where(_at(MEMBER)).order_by(MEMBER.c.created, MEMBER.c.group_id)
    return read_all(conn, Member, query.where(MEMBER.c.user_id == user_id) if user_id else query)


def add_members(conn: sa.Connection, rows: Sequence[Member]) -> None:
    """Put users into groups."""
    if rows:
        conn.execute(sa.insert(MEMBER), [{"controller": HOUSE, **to_row(one)} for one in rows])


def delete_members(conn: sa.Connection, group_id: str, user_ids: Iterable[str]) -> None:
    """Take users out of a group."""
    for one in user_ids:
        where = (MEMBER.c.group_id == group_id) & (MEMBER.c.user_id == one)
        conn.execute(sa.delete(MEMBER).where(_at(MEMBER), where))


def leave_groups(conn: sa.Connection, user_id: str) -> None:
    """Take a user out of every group."""
    conn.execute(sa.delete(MEMBER).where(_at(MEMBER), MEMBER.c.user_id == user_id))


def mapping(conn: sa.Connection, mapping_id: str) -> Mapping | None:
    """Return one mapping."""
    where = MAPPING.c.mapping_id == mapping_id
    return read_one(conn, Mapping, sa.select(MAPPING).where(_at(MAPPING), where))


def mappings(conn: sa.Connection, *, at: str = "", marks: Sequence[str] = ()) -> list[Mapping]:
    """Return mappings, ended ones too: of a controller, or of what a group is called by."""
    query = sa.select(MAPPING).where(_at(MAPPING))
    if at:
        query = query.where(MAPPING.c.at_controller == at)
    if marks:
        query = query.where(MAPPING.c.mark.in_(marks))
    return read_all(conn, Mapping, query.order_by(MAPPING.c.created, MAPPING.c.mapping_id))


def save_mapping(conn: sa.Connection, one: Mapping, *, new: bool) -> None:
    """Insert a mapping, or write how it stands now."""
    row = {"controller": HOUSE, **to_row(one)}
    if new:
        conn.execute(sa.insert(MAPPING).values(row))
    else:
        where = _at(MAPPING) & (MAPPING.c.mapping_id == one.mapping_id)
        conn.execute(sa.update(MAPPING).where(where).values(row))


def _at(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.controller == HOUSE
