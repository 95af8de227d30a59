"""A stretch of a controller's logs: what was recorded from a moment on, found by the ids' times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.clock import write_time
from bailee.errors import Broken, Gone
from bailee.ledger import store
from bailee.ledger.asks import Secrets
from bailee.ledger.entry import id_at, read_entry
from bailee.ledger.export import id_of
from bailee.ledger.head import LogHead
from bailee.ledger.merkle import WIDTH
from bailee.ledger.opening import Opening, read_opening
from bailee.ledger.tables import place

Opened = Callable[[sa.Connection, str, str], Opening]


def entries_since(
    conn: sa.Connection, controller: str, moment: datetime, action: str, *, opened: Opened
) -> Iterator[tuple[dict[str, Any], Opening]]:
    """Yield the entries of one action recorded from a moment on, with openings that still are.

    Only bundles that hold an entry of that time are read. What the sequencer has not taken in yet
    is not there; who needs it lets it run first.

    Args:
        conn: a transaction.
        controller: whose logs, one after the other.
        moment: of the first entry, to the second.
        action: what is looked for.
        opened: opens an entry by controller and id.

    Raises:
        Broken: ``ledger.opening`` for one that is not what its entry committed to.
    """
    query = (
        sa.select(place.c.log, place.c.idx)
        .where(place.c.controller == controller, place.c.entry_id >= id_at(write_time(moment)))
        .order_by(place.c.log, place.c.idx)
    )
    wanted: dict[tuple[str, int], set[int]] = {}
    for log, index in conn.execute(query):
        wanted.setdefault((log, index // WIDTH), set()).add(index % WIDTH)
    heads = {head.log: head for head in store.heads(conn, controller)}
    for (log, n), offsets in wanted.items():
        bodies = store.entries(conn, heads[log], n)
        for offset in sorted(offsets):
            fields = read_entry(bodies[offset])
            if fields["action"] != action:
                continue
            with suppress(Gone):
                found = opened(conn, controller, str(fields["id"]))
                if found.commitments() != fields["commitments"]:
                    raise Broken("ledger.opening", "An opening is not that of its entry.")
                yield fields, found


def read_span(
    conn: sa.Connection, head: LogHead, span: tuple[int, int], secrets: Secrets
) -> Iterator[tuple[int, dict[str, Any], Opening | None]]:
    """Yield (index, fields, opening) of entries ``span`` (from, until); one bundle in memory.

    None stands where an opening was erased.
    """
    start, until = span
    for n in range(start // WIDTH, -(-until // WIDTH)):
        first = max(start, n * WIDTH)
        bodies = store.entries(conn, head, n)[first - n * WIDTH : until - n * WIDTH]
        found = [read_entry(body) for body in bodies]
        ids = [str(value["id"]) for value in found]
        sealed = store.sealed_openings(conn, head.controller, ids)
        for index, (entry_id, value) in enumerate(zip(ids, found, strict=True), first):
            box = sealed.get(entry_id)
            plain = box and secrets.open_opening(head.controller, entry_id, box)
            yield index, value, read_opening(plain) if plain else None


def body_at(conn: sa.Connection, head: LogHead, index: int, entry_id: str) -> bytes:
    """Return an entry where it was recorded to stand.

    Raises:
        Broken: ``ledger.place`` when another one stands there.
    """
    body = next(iter(store.entries(conn, head, index // WIDTH)[index % WIDTH :]), b"")
    if id_of(body) != entry_id:
        raise Broken("ledger.place", "Another entry stands where that one was recorded.")
    return body
