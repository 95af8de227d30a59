"""Statements on what the key database knows besides keys.

Tombstones, intents, log keys and signing guards, and the root's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from bailee.canonical import decode, encode
from bailee.db import HOUSE
from bailee.keys.lifecycle import DONE, Intent
from bailee.keys.mirror import Head, Tombstone
from bailee.keys.store import chunks, rowcount
from bailee.keys.tables import (
    held_root,
    intent,
    log_key,
    mirror_mark,
    root_check,
    signing_guard,
    tombstone,
)

# Tombstones


def tombstones(
    conn: sa.Connection, controller: str, key_ids: Iterable[str] | None = None
) -> list[Tombstone]:
    """Return the tombstones of a controller, all or those of some keys."""
    query = sa.select(tombstone).where(tombstone.c.controller == controller)
    if key_ids is None:
        return [Tombstone(*row) for row in conn.execute(query)]
    found: list[Tombstone] = []
    for ids in chunks(key_ids):
        found += [Tombstone(*row) for row in conn.execute(query.where(tombstone.c.key_id.in_(ids)))]
    return found


def version_stones(conn: sa.Connection, controller: str, purpose: str) -> list[Tombstone]:
    """Return the tombstones of versions of a controller key."""
    query = sa.select(tombstone).where(
        tombstone.c.controller == controller,
        tombstone.c.key_id.startswith(f"{purpose}/", autoescape=True),
    )
    return [Tombstone(*row) for row in conn.execute(query)]


def add_tombstones(conn: sa.Connection, controller: str, stones: Iterable[Tombstone]) -> None:
    """Add tombstones where there is none yet: a key dies once, and its first death counts."""
    named = {stone.key_id: stone for stone in stones}
    for there in tombstones(conn, controller, named):
        del named[there.key_id]
    rows = [
        {
            "controller": controller,
            "key_id": stone.key_id,
            "destroyed_at": stone.destroyed_at,
            "entry_hash": stone.entry_hash,
        }
        for stone in named.values()
    ]
    if rows:
        conn.execute(tombstone.insert(), rows)


# Intents


def add_intent(conn: sa.Connection, wanted: Intent) -> None:
    """Add an intent."""
    conn.execute(
        intent.insert().values(
            controller=wanted.controller,
            intent_id=wanted.intent_id,
            kind=wanted.kind,
            state=wanted.state,
            payload=_payload(wanted),
            created=wanted.created,
        )
    )


def move_intent(conn: sa.Connection, state: str, moved: Intent) -> bool:
    """Store an intent's new state if it is still in ``state``; say whether it was."""
    change = intent.update().where(
        intent.c.controller == moved.controller,
        intent.c.intent_id == moved.intent_id,
        intent.c.state == state,
    )
    return bool(rowcount(conn.execute(change.values(state=moved.state, payload=_payload(moved)))))


def one_intent(conn: sa.Connection, controller: str, intent_id: str) -> Intent | None:
    """Return an intent."""
    query = sa.select(intent).where(
        intent.c.controller == controller, intent.c.intent_id == intent_id
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else _intent(row)


def open_intents(conn: sa.Connection, controller: str) -> list[Intent]:
    """Return a controller's intents that are not done, oldest first."""
    query = sa.select(intent).where(intent.c.controller == controller, intent.c.state != DONE)
    return [_intent(row) for row in conn.execute(query.order_by(intent.c.created))]


def announced_by(conn: sa.Connection, controller: str, leaf: str) -> list[Intent]:
    """Return the acts that a ledger entry announced; a walk through a controller's intents."""
    needle = f'"entry_hash":"{leaf}"'
    query = sa.select(intent).where(
        intent.c.controller == controller, intent.c.payload.contains(needle, autoescape=True)
    )
    return [_intent(row) for row in conn.execute(query.order_by(intent.c.created))]


def _payload(wanted: Intent) -> str:
    keys = [] if wanted.state == DONE else list(wanted.key_ids)  # the tombstones name them
    return encode(
        {
            "key_ids": keys,
            "entry_hash": wanted.entry_hash,
            "obligations": list(wanted.obligations),
            "keys": wanted.keys,
            "rows": wanted.rows,
            "destroyed_at": wanted.destroyed_at,
            "rows_gone_at": wanted.rows_gone_at,
            "version": wanted.version,
        }
    ).decode()


def _intent(row: sa.Row[Any]) -> Intent:
    payload = decode(row.payload.encode())
    payload["key_ids"] = tuple(payload["key_ids"])
    payload["obligations"] = tuple(payload["obligations"])
    return Intent(
        controller=row.controller,
        intent_id=row.intent_id,
        kind=row.kind,
        state=row.state,
        created=row.created,
        **payload,
    )


# Logs and the root


def log_keys(conn: sa.Connection) -> dict[str, bytes]:
    """Return the wrapped key of every log."""
    query = sa.select(log_key.c.log, log_key.c.wrapped).where(log_key.c.controller == HOUSE)
    return {row.log: row.wrapped for row in conn.execute(query)}


def one_log_key(conn: sa.Connection, log: str) -> bytes | None:
    """Return the wrapped key of a log."""
    query = sa.select(log_key.c.wrapped).where(log_key.c.controller == HOUSE, log_key.c.log == log)
    return conn.scalar(query)


def since(conn: sa.Connection, log: str) -> str:
    """Return when the key of a log was made."""
    query = sa.select(log_key.c.created).where(log_key.c.controller == HOUSE, log_key.c.log == log)
    return str(conn.execute(query).scalar_one())


def add_log_key(conn: sa.Connection, log: str, wrapped: bytes, created: str) -> None:
    """Add the key of a log."""
    conn.execute(
        log_key.insert().values(controller=HOUSE, log=log, wrapped=wrapped, created=created)
    )


def rewrap_log_key(conn: sa.Connection, log: str, before: bytes, after: bytes) -> int:
    """Store the same key wrapped by another root, if it is still as it was read; 1 if it was."""
    change = log_key.update().where(
        log_key.c.controller == HOUSE, log_key.c.log == log, log_key.c.wrapped == before
    )
    return rowcount(conn.execute(change.values(wrapped=after)))


def heads(conn: sa.Connection) -> list[Head]:
    """Return the guard of every log."""
    query = sa.select(signing_guard.c.log, signing_guard.c.size, signing_guard.c.root).where(
        signing_guard.c.controller == HOUSE
    )
    return [Head(log, size, root.hex()) for log, size, root in conn.execute(query)]


def one_head(conn: sa.Connection, log: str) -> Head | None:
    """Return the guard of one log."""
    query = sa.select(signing_guard.c.size, signing_guard.c.root).where(
        signing_guard.c.controller == HOUSE, signing_guard.c.log == log
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else Head(log, row.size, row.root.hex())


def move_head(conn: sa.Connection, before: Head | None, after: Head) -> bool:
    """Compare and swap a log's guard; say whether ``before`` was still what stood there."""
    root = bytes.fromhex(after.root)
    if before is None:
        conn.execute(
            signing_guard.insert().values(
                controller=HOUSE, log=after.log, size=after.size, root=root
            )
        )
        return True
    change = signing_guard.update().where(
        signing_guard.c.controller == HOUSE,
        signing_guard.c.log == before.log,
        signing_guard.c.size == before.size,
        signing_guard.c.root == bytes.fromhex(before.root),
    )
    return bool(rowcount(conn.execute(change.values(size=after.size, root=root))))


def root_name(conn: sa.Connection) -> tuple[str, bytes] | None:
    """Return the root's name and its wrapped check, and keep them so until the commit."""
    query = sa.select(root_check.c.root, root_check.c.wrapped).where(
        root_check.c.controller == HOUSE
    )
    row = conn.execute(query.with_for_update(read=True)).one_or_none()
    return None if row is None else (row.root, row.wrapped)


def rename_root(conn: sa.Connection, before: str, new: tuple[str, bytes], created: str) -> str:
    """Store another root's name and wrapped check if ``before`` stands there; return who does."""
    change = root_check.update().where(
        root_check.c.controller == HOUSE, root_check.c.root == before
    )
    conn.execute(change.values(root=new[0], wrapped=new[1], created=created))
    named = root_name(conn)
    return "" if named is None else named[0]


def set_root(conn: sa.Connection, name: str, wrapped: bytes, created: str) -> None:
    """Store which root wraps everything here."""
    values = {"root": name, "wrapped": wrapped, "created": created}
    change = root_check.update().where(root_check.c.controller == HOUSE).values(**values)
    if not rowcount(conn.execute(change)):
        conn.execute(root_check.insert().values(controller=HOUSE, **values))


# Roots that controllers hold


class HeldRow(NamedTuple):
    """A root that a controller holds: where it is, its name, something that it wrapped."""

    address: str
    root: str
    wrapped: bytes


def held(conn: sa.Connection, controller: str) -> HeldRow | None:
    """Return the root that a controller holds, None for most."""
    columns = held_root.c.address, held_root.c.root, held_root.c.wrapped
    query = sa.select(*columns).where(
        held_root.c.controller == HOUSE, held_root.c.name == controller
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else HeldRow(*row)


def set_held(conn: sa.Connection, controller: str, row: HeldRow | None, created: str) -> None:
    """Store that a controller holds this root, or none any more."""
    mine = (held_root.c.controller == HOUSE) & (held_root.c.name == controller)
    conn.execute(held_root.delete().where(mine))
    if row is not None:
        values = {"controller": HOUSE, "name": controller, "created": created}
        conn.execute(held_root.insert().values(**values, **row._asdict()))


# Mirrors elsewhere


def mirrored(conn: sa.Connection, place: str) -> int:
    """Return how many deaths a mirror acknowledged; 0 for one that was never asked."""
    query = sa.select(mirror_mark.c.lines).where(
        mirror_mark.c.controller == HOUSE, mirror_mark.c.place == place
    )
    return int(conn.execute(query).scalar_one_or_none() or 0)


def mirror_has(conn: sa.Connection, place: str, lines: int) -> None:
    """Store that a mirror acknowledged so many deaths, unless it were more before."""
    mine = (mirror_mark.c.controller == HOUSE) & (mirror_mark.c.place == place)
    before = conn.execute(sa.select(mirror_mark.c.lines).where(mine)).scalar_one_or_none()
    if before is None:
        conn.execute(mirror_mark.insert().values(controller=HOUSE, place=place, lines=lines))
    elif before < lines:
        change = mirror_mark.update().where(mine, mirror_mark.c.lines < lines)
        conn.execute(change.values(lines=lines))
