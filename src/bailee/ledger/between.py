"""Which entries of a controller's logs can be of a time: a stretch of each log, found by ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bailee.clock import write_time
from bailee.ledger import store
from bailee.ledger.entry import id_at, read_entry
from bailee.ledger.merkle import WIDTH
from bailee.ledger.tables import place

SECOND = timedelta(seconds=1)


def spans_between(
    conn: sa.Connection, controller: str, since: datetime, until: datetime
) -> Mapping[str, tuple[int, int]]:
    """Return, by log, from and until which index (exclusive) entries of a time stand.

    Ids begin with their second, so a stretch holds every entry of that time; neighbours of another
    one may stand in it too, and whoever reads compares the time. One question whatever the size.
    What the sequencer has not taken in yet is not there: let it run first.

    Args:
        conn: a transaction.
        controller: whose logs, of all years.
        since: of the first entry.
        until: of the last one, that moment included.
    """
    query = (
        sa.select(place.c.log, sa.func.min(place.c.idx), sa.func.max(place.c.idx))
        .where(
            place.c.controller == controller,
            place.c.entry_id >= id_at(write_time(since)),
            place.c.entry_id < id_at(write_time(until + SECOND)),
        )
        .group_by(place.c.log)
    )
    return {log: (first, last + 1) for log, first, last in conn.execute(query)}


def entries_between(
    conn: sa.Connection, controller: str, window: tuple[datetime, datetime], word: str
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield (log, index, fields) of signed entries of a time whose action begins with a word.

    No opening is read, and of other entries nothing but whether the word stands in them. The
    stretch is that of ``spans_between``: whoever reads compares the time. Of a retired log nothing
    is left.
    """
    spans = spans_between(conn, controller, *window)
    marked = f'"action":"{word}'.encode()
    for head in store.heads(conn, controller):
        first, end = spans.get(head.log, (0, 0))
        end = min(end, head.signed)
        for n in range(first // WIDTH, -(-end // WIDTH)):
            begin = max(first, n * WIDTH)
            bodies = store.entries(conn, head, n)[begin - n * WIDTH : end - n * WIDTH]
            for index, body in enumerate(bodies, begin):
                fields = read_entry(body) if marked in body else {"action": ""}
                if fields["action"].startswith(word):
                    yield head.log, index, fields
