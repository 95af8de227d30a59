"""Which entries of a controller's logs can be of a time: a stretch of each log, found by ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bailee.clock import write_time
from bailee.ledger.entry import id_at
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
