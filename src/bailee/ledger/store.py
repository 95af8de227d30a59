"""The ledger's SQL; one function per question. The tables stand in ``tables.py``.

Two questions are asked across controllers, by the sequencer alone: whose inbox holds entries,
and which heads are unsigned. On PostgreSQL its role must see every controller's ledger rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bailee.errors import Broken
from bailee.ledger import merkle
from bailee.ledger.head import First, LogHead, Waiting
from bailee.ledger.merkle import HASH_BYTES, WIDTH, ReadTile, Tile
from bailee.ledger.tables import (
    OPEN,
    UNSIGNED,
    bundle,
    checkpoint,
    erasure,
    head,
    inbox,
    opening,
    place,
    tail,
    tile,
)
from bailee.ledger.tile import unpack_bundle
from bailee.rows import defer_rows, insert_rows

CHUNK = 500
_FIRST_NAME = sa.select(sa.func.min(inbox.c.controller))
_NEXT_NAME = _FIRST_NAME.where(inbox.c.controller > sa.bindparam("name"))


def _read_head(row: sa.Row[Any]) -> LogHead:
    return LogHead(
        row.controller,
        row.log,
        row.base,
        row.year,
        row.generation,
        row.status,
        merkle.unpack_edge(row.size, row.edge),
        row.root,
        row.newest,
        row.signed,
    )


def _of(table: sa.Table, controller: str, log: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.controller == controller, table.c.log == log)


# Inbox.


def enqueue(
    conn: sa.Connection, controller: str, rows: Sequence[Waiting], sealed: Mapping[str, bytes]
) -> None:
    """Put entries into the inbox, and sealed openings by entry id, at the transaction's end.

    They cannot clash: their ids are random.
    """
    waits = [(controller, row.seq, row.entry_id, row.base, row.time, row.body) for row in rows]
    defer_rows(conn, inbox, waits)
    add_openings(conn, controller, sealed)


def add_openings(conn: sa.Connection, controller: str, sealed: Mapping[str, bytes]) -> None:
    """Store sealed openings by entry id, at the transaction's end."""
    defer_rows(conn, opening, [(controller, *one) for one in sealed.items()])


def waiting(conn: sa.Connection, controller: str) -> First | None:
    """Return what is known of the first waiting entry."""
    row = conn.execute(
        sa.select(inbox.c.seq, inbox.c.base, inbox.c.time)
        .where(inbox.c.controller == controller)
        .order_by(inbox.c.seq, inbox.c.entry_id)
        .limit(1)
    ).first()
    return None if row is None else First(row.seq, row.base, row.time)


def take(conn: sa.Connection, controller: str, below: int, limit: int) -> list[Waiting]:
    """Remove and return waiting entries, oldest first, about ``limit`` of them.

    Whatever is there is taken by deleting it. An entry whose transaction commits later, though
    its seq is lower, is simply still there for the next pass: there is no cursor to overtake it.
    """
    some = (
        sa.select(inbox.c.seq)
        .where(inbox.c.controller == controller, inbox.c.seq < below)
        .order_by(inbox.c.seq)
        .limit(limit)
        .subquery()
    )
    last = conn.execute(sa.select(sa.func.max(some.c.seq))).scalar()
    if last is None:
        return []
    rows = conn.execute(
        sa.delete(inbox)
        .where(inbox.c.controller == controller, inbox.c.seq <= last)
        .returning(*[inbox.c[name] for name in Waiting._fields])
    )
    return sorted(map(Waiting._make, rows))


_BACKLOG = sa.select(
    inbox.c.controller, sa.func.count().label("entries"), sa.func.min(inbox.c.seq).label("first")
).group_by(inbox.c.controller)


def backlog(conn: sa.Connection) -> dict[str, tuple[int, int]]:
    """Return, per controller with waiting entries, how many there are and the first one's seq."""
    return {row.controller: (row.entries, row.first) for row in conn.execute(_BACKLOG)}


def busy(conn: sa.Connection, year: int) -> list[str]:
    """Return the controllers with waiting entries, or an open log of a past year.

    Sorted: two sequencers that lock several heads lock them in one order, so neither waits for
    the other in a circle.
    """
    names, name = list[str](), conn.execute(_FIRST_NAME).scalar()
    while name is not None:  # one step in the index for each, however many entries wait
        names.append(name)
        name = conn.execute(_NEXT_NAME, {"name": name}).scalar()
    ending = sa.select(head.c.controller).where(head.c.status == OPEN, head.c.year < year)
    return sorted({*names, *conn.execute(ending).scalars()})


# Heads.


def newest_head(conn: sa.Connection, controller: str) -> LogHead | None:
    """Return the log that a controller's entries go to, or the last one if none is open."""
    row = conn.execute(
        sa.select(head)
        .where(head.c.controller == controller)
        .order_by(head.c.year.desc(), head.c.generation.desc())
        .limit(1)
    ).first()
    return None if row is None else _read_head(row)


def head_of(conn: sa.Connection, controller: str, log: str) -> LogHead | None:
    """Return one log's head."""
    row = conn.execute(sa.select(head).where(_of(head, controller, log))).first()
    return None if row is None else _read_head(row)


def heads(conn: sa.Connection, controller: str) -> list[LogHead]:
    """Return a controller's logs, oldest first."""
    rows = conn.execute(
        sa.select(head)
        .where(head.c.controller == controller)
        .order_by(head.c.year, head.c.generation)
    )
    return [_read_head(row) for row in rows]


def unsigned(conn: sa.Connection) -> list[tuple[str, str]]:
    """Return (controller, log) of every head that has grown since its newest checkpoint."""
    rows = conn.execute(sa.select(head.c.controller, head.c.log).where(UNSIGNED))
    return [(row.controller, row.log) for row in rows]


def add_head(conn: sa.Connection, new: LogHead) -> None:
    """Create a log, empty."""
    conn.execute(
        head.insert().values(
            controller=new.controller,
            log=new.log,
            base=new.base,
            year=new.year,
            generation=new.generation,
            status=new.status,
            size=new.size,
            root=new.root,
            edge=merkle.pack_edge(new.tree),
            newest=new.newest,
            signed=new.signed,
        )
    )


def swap_head(conn: sa.Connection, old: LogHead, new: LogHead) -> bool:
    """Replace a head if it still is what was read: the fence between two sequencers."""
    changed = conn.execute(
        sa.update(head)
        .where(
            _of(head, old.controller, old.log),
            head.c.size == old.size,
            head.c.root == old.root,
            head.c.status == old.status,
        )
        .values(
            size=new.size,
            root=new.root,
            edge=merkle.pack_edge(new.tree),
            newest=new.newest,
            status=new.status,
        )
    )
    return changed.rowcount == 1


def set_status(conn: sa.Connection, old: LogHead, status: str) -> None:
    """Move a log to another state of its life."""
    conn.execute(sa.update(head).where(_of(head, old.controller, old.log)).values(status=status))


# Entries and tiles.


def add_places(conn: sa.Connection, log: LogHead, rows: Sequence[Waiting]) -> None:
    """Store where the entries behind a head's size stand."""
    of, name, size = log.controller, log.log, log.size
    insert_rows(conn, place, [(of, r.entry_id, name, size + i) for i, r in enumerate(rows)])


def add_tail(conn: sa.Connection, log: LogHead, start: int, bodies: Sequence[bytes]) -> None:
    """Store entries that fill no bundle yet, from an index on."""
    rows = [(log.controller, log.log, start + i, body) for i, body in enumerate(bodies)]
    insert_rows(conn, tail, rows)


def add_bundles(conn: sa.Connection, log: LogHead, bundles: Mapping[int, bytes]) -> None:
    """Store full bundles."""
    rows = [(log.controller, log.log, n, data) for n, data in bundles.items()]
    insert_rows(conn, bundle, rows)


def cut_tail(conn: sa.Connection, log: LogHead, start: int) -> None:
    """Delete the tail's entries below an index; their bundles are stored."""
    conn.execute(sa.delete(tail).where(_of(tail, log.controller, log.log), tail.c.idx < start))


def add_tiles(conn: sa.Connection, log: LogHead, tiles: Iterable[Tile]) -> None:
    """Store full tiles."""
    rows = [(log.controller, log.log, one.level, one.n, one.data) for one in tiles]
    insert_rows(conn, tile, rows)


def entries(conn: sa.Connection, log: LogHead, n: int) -> list[bytes]:
    """Return the entries of bundle ``n``, full or not.

    Raises:
        Broken: ``ledger.gap`` when the tail's indices are not consecutive.
    """
    data = conn.execute(
        sa.select(bundle.c.data).where(_of(bundle, log.controller, log.log), bundle.c.n == n)
    ).scalar()
    if data is not None:
        return unpack_bundle(data)
    start = n * WIDTH
    rows = conn.execute(
        sa.select(tail.c.idx, tail.c.body)
        .where(_of(tail, log.controller, log.log))
        .where(tail.c.idx >= start, tail.c.idx < start + WIDTH)
        .order_by(tail.c.idx)
    ).all()
    if [row.idx for row in rows] != list(range(start, start + len(rows))):
        raise Broken("ledger.gap", "A log's newest entries are not consecutive.")
    return [row.body for row in rows]


def tile_reader(conn: sa.Connection, log: LogHead) -> ReadTile:
    """Return a reader of a log's tiles: full ones from their rows, the others from the edge.

    The reader raises:
        Broken: ``ledger.tile`` when the tree has no such tile.
    """
    full: dict[tuple[int, int], bytes] = {}

    def read(level: int, n: int, width: int) -> bytes:
        if n == log.size >> 8 * (level + 1):
            data: bytes | None = log.tree.edge[level] if level < len(log.tree.edge) else None
        elif (level, n) in full:
            data = full[level, n]
        else:
            data = conn.execute(
                sa.select(tile.c.data)
                .where(_of(tile, log.controller, log.log))
                .where(tile.c.level == level, tile.c.n == n)
            ).scalar()
            full[level, n] = data or b""
        if data is None or len(data) < width * HASH_BYTES:
            raise Broken("ledger.tile", "A log lacks a tile that its size needs.")
        return data[: width * HASH_BYTES]

    return read


# Checkpoints.


def add_checkpoint(conn: sa.Connection, log: LogHead, note: str, time: str) -> bool:
    """Store a signed note for a head's size; False when that size has one already."""
    changed = conn.execute(
        sa.update(head)
        .where(_of(head, log.controller, log.log), head.c.signed < log.size)
        .values(signed=log.size)
    )
    if changed.rowcount == 1:
        conn.execute(
            checkpoint.insert().values(
                controller=log.controller, log=log.log, size=log.size, note=note, time=time
            )
        )
    return changed.rowcount == 1


def newest_checkpoint(conn: sa.Connection, controller: str, log: str) -> str | None:
    """Return a log's newest note."""
    return conn.execute(
        sa.select(checkpoint.c.note)
        .where(_of(checkpoint, controller, log))
        .order_by(checkpoint.c.size.desc())
        .limit(1)
    ).scalar()


# Openings and places.


def place_of(conn: sa.Connection, controller: str, entry_id: str) -> tuple[str, int] | None:
    """Return (log, index) of an integrated entry."""
    row = conn.execute(
        sa.select(place.c.log, place.c.idx).where(
            place.c.controller == controller, place.c.entry_id == entry_id
        )
    ).first()
    return None if row is None else (row.log, row.idx)


def sealed_openings(
    conn: sa.Connection, controller: str, entry_ids: Sequence[str]
) -> dict[str, bytes]:
    """Return the sealed openings that still exist, by entry id."""
    found: dict[str, bytes] = {}
    for at in range(0, len(entry_ids), CHUNK):
        rows = conn.execute(
            sa.select(opening.c.entry_id, opening.c.sealed).where(
                opening.c.controller == controller,
                opening.c.entry_id.in_(entry_ids[at : at + CHUNK]),
            )
        )
        found.update((row.entry_id, row.sealed) for row in rows)
    return found


def forget(conn: sa.Connection, table: sa.Table, controller: str, entry_ids: Sequence[str]) -> None:
    """Delete openings or places by entry id."""
    for at in range(0, len(entry_ids), CHUNK):
        conn.execute(
            sa.delete(table).where(
                table.c.controller == controller,
                table.c.entry_id.in_(entry_ids[at : at + CHUNK]),
            )
        )


def add_erasure(conn: sa.Connection, controller: str, log: str, entry_id: str) -> None:
    """Remember which entry says that openings of a log were erased."""
    conn.execute(erasure.insert().values(controller=controller, log=log, entry_id=entry_id))


def erasures(conn: sa.Connection, controller: str, log: str) -> list[str]:
    """Return the ids of the entries that say that openings of a log were erased."""
    return list(
        conn.execute(
            sa.select(erasure.c.entry_id)
            .where(_of(erasure, controller, log))
            .order_by(erasure.c.entry_id)
        ).scalars()
    )


def wipe(conn: sa.Connection, controller: str, log: str) -> None:
    """Delete all of a retired log but its checkpoints and its head."""
    ids = sa.select(place.c.entry_id).where(_of(place, controller, log))
    conn.execute(
        sa.delete(opening).where(opening.c.controller == controller, opening.c.entry_id.in_(ids))
    )
    for table in (bundle, tile, tail, place):
        conn.execute(sa.delete(table).where(_of(table, controller, log)))
