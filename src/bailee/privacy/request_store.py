"""The SQL of requests of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee import canonical
from bailee.clock import read_time, write_time
from bailee.privacy.request import RESTRICTION, WAITING, Counts, Exception18, Request
from bailee.privacy.request_key import SigningKey
from bailee.privacy.request_tables import package, request, signing_key

_TIMES = frozenset(
    (
        "identified",
        "received",
        "entered",
        "due",
        "extended",
        "instructed",
        "begun",
        "told",
        "closed",
    )
)
_LISTS = frozenset(("subjects", "entries"))


def add(conn: sa.Connection, one: Request) -> None:
    """Insert a request."""
    conn.execute(request.insert().values(**_row(one)))


def move(conn: sa.Connection, before: Request, after: Request) -> bool:
    """Write a request's next state; False when somebody else moved it first."""
    was = _row(before)
    seen = ("state", "begun", "disclosure_id", "subjects", "told", "extended", "instruction_id")
    same = [request.c[name] == was[name] for name in seen]
    change = request.update().where(_is(before.controller, before.request_id), *same)
    return conn.execute(change.values(**_row(after))).rowcount == 1


def one(conn: sa.Connection, controller: str, request_id: str) -> Request | None:
    """Return one request."""
    row = conn.execute(sa.select(request).where(_is(controller, request_id))).mappings()
    return _first(row.one_or_none())


def known(conn: sa.Connection, controller: str, request_id: str) -> bool:
    """Say whether a controller has a request of that id that still waits for its word."""
    found = one(conn, controller, request_id)
    return found is not None and (found.state in WAITING or found.kind == RESTRICTION)


def by_outside(conn: sa.Connection, controller: str, outside_id: str) -> Request | None:
    """Return a request by the controller's own id for it."""
    query = sa.select(request).where(request.c.controller == controller)
    query = query.where(request.c.outside_id == outside_id)
    return _first(conn.execute(query).mappings().one_or_none())


def requests(
    conn: sa.Connection, controller: str, *, states: Collection[str] = ()
) -> list[Request]:
    """Return a controller's requests, oldest first; of some states, if any are named."""
    query = sa.select(request).where(request.c.controller == controller)
    if states:
        query = query.where(request.c.state.in_(sorted(states)))
    query = query.order_by(request.c.received, request.c.request_id)
    return [_request(dict(row)) for row in conn.execute(query).mappings()]


def forget_words(conn: sa.Connection, controller: str) -> None:
    """Take away what people wrote in words; the rest of the rows stays."""
    change = request.update().where(request.c.controller == controller)
    conn.execute(change.values(words="", stopped="", extension="", exceptions="[]"))
    conn.execute(sa.delete(package).where(package.c.controller == controller))


# Packages.


def keep_package(
    conn: sa.Connection, controller: str, request_id: str, *, body: bytes, until: datetime
) -> None:
    """Keep an encrypted package until it is fetched."""
    values = {"controller": controller, "request_id": request_id, "body": body}
    conn.execute(package.insert().values(**values, until=write_time(until)))


def package_of(
    conn: sa.Connection, controller: str, request_id: str, now: datetime
) -> bytes | None:
    """Return a package; None when its days are over."""
    query = sa.select(package.c.body).where(
        package.c.controller == controller,
        package.c.request_id == request_id,
        package.c.until > write_time(now),
    )
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def packages_over(conn: sa.Connection, controller: str, now: datetime) -> bool:
    """Say whether there are packages whose days are over."""
    over = (package.c.controller == controller) & (package.c.until <= write_time(now))
    return conn.execute(sa.select(package.c.request_id).where(over).limit(1)).first() is not None


def drop_packages(conn: sa.Connection, controller: str, now: datetime) -> int:
    """Delete packages whose days are over; return how many."""
    where = (package.c.controller == controller) & (package.c.until <= write_time(now))
    return conn.execute(sa.delete(package).where(where)).rowcount


# Keys.


def add_key(conn: sa.Connection, one: SigningKey) -> None:
    """Insert a key."""
    conn.execute(signing_key.insert().values(**_key_row(one)))


def end_key(conn: sa.Connection, one: SigningKey) -> bool:
    """Write that a key ended; False when it had."""
    where = (signing_key.c.controller == one.controller) & (signing_key.c.key_id == one.key_id)
    change = signing_key.update().where(where & (signing_key.c.ended == ""))
    return conn.execute(change.values(**_key_row(one))).rowcount == 1


def keys(conn: sa.Connection, controller: str) -> list[SigningKey]:
    """Return a controller's keys, oldest first."""
    query = sa.select(signing_key).where(signing_key.c.controller == controller)
    query = query.order_by(signing_key.c.added, signing_key.c.key_id)
    return [
        SigningKey(
            row["controller"], row["key_id"], row["name"], row["jwk"], read_time(row["added"]),
            row["added_by"], read_time(row["ended"]) if row["ended"] else None, row["ended_by"],
        )
        for row in conn.execute(query).mappings()
    ]  # fmt: skip


def _key_row(one: SigningKey) -> dict[str, Any]:
    row = asdict(one)
    return row | {
        "added": write_time(one.added), "ended": write_time(one.ended) if one.ended else "",
    }  # fmt: skip


def _is(controller: str, request_id: str) -> sa.ColumnElement[bool]:
    return (request.c.controller == controller) & (request.c.request_id == request_id)


def _first(row: Any) -> Request | None:
    return None if row is None else _request(dict(row))


def _json(value: Any) -> str:
    return canonical.encode(value).decode("ascii")


def _row(found: Request) -> dict[str, Any]:
    row = {name.name: getattr(found, name.name) for name in fields(found)}
    for name in _TIMES:
        row[name] = write_time(row[name]) if row[name] else ""
    for name in _LISTS:
        row[name] = _json(list(row[name]))
    row["counts"] = _json(asdict(found.counts))
    row["exceptions"] = _json([asdict(one) for one in found.exceptions])
    return row


def _request(row: dict[str, Any]) -> Request:
    for name in _TIMES:
        row[name] = read_time(row[name]) if row[name] else None
    for name in _LISTS:
        row[name] = tuple(canonical.decode(row[name].encode()))
    row["counts"] = Counts(**canonical.decode(row["counts"].encode()))
    listed = canonical.decode(row["exceptions"].encode())
    row["exceptions"] = tuple(Exception18(**one) for one in listed)
    return Request(**row)
