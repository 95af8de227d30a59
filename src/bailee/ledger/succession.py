"""What follows when a restored backup is behind what was signed: nothing forks, nothing is stuck.

The log is left: never signed again. Its successor's first entry names it, the size and root that
the guard remembers as signed, and the range of entries that this deployment can no longer show
under a checkpoint. Entries of that range that the backup does hold go back to the inbox and into
the successor, so what survived stays on record.

Where not the guard but a witness remembers more (both databases are old), the link names the size
that the witness told, no root, and counts as kept what that witness and this log agreed upon.

A backup restored twice knows nothing of the first successor, whose name was signed all the same:
the next free name is taken, and an entry of its own names each log that is lost as a whole. So it
is when a log is opened whose name was signed after the backup was made (``sequencer``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.clock import write_time
from bailee.errors import Broken, Conflict, NotFound
from bailee.ledger import store, witness_store
from bailee.ledger.asks import Secrets
from bailee.ledger.entry import Fact, Link, read_entry
from bailee.ledger.head import LogHead, Waiting
from bailee.ledger.merkle import WIDTH
from bailee.ledger.sequencer import (
    MACHINE,
    Sequencer,
    empty_head,
    follows,
    signed_before,
    signed_tree,
)
from bailee.ledger.tables import LEFT, LIFE, opening, place


def succeed(
    conn: sa.Connection, controller: str, *, sequencer: Sequencer, secrets: Secrets, now: datetime
) -> str:
    """Leave a log that is behind its guard and open its successor; return the new log's name.

    Raises:
        NotFound: ``ledger.no_log`` when the controller has none.
        Conflict: ``ledger.not_behind`` when the log agrees with its guard.
    """
    head = store.newest_head(conn, controller)
    if head is None:
        raise NotFound("ledger.no_log", "There is no log to succeed.")
    guard, ahead = secrets.guard_head(head.log), witness_store.ahead_of(conn, controller, head.log)
    behind = guard is not None and (ahead is not None or not _agrees(conn, head, guard))
    if guard is None or (head.status, "leave") not in LIFE or not behind:
        raise Conflict("ledger.not_behind", "The log agrees with what was signed last.")
    kept, until, root = min(signed_tree(conn, head).size, guard[0]), guard[0], guard[1].hex()
    if ahead is not None:  # a witness tells a size, no root; and what follows what it saw is forked
        kept, until, root = min(kept, ahead.common), max(until, ahead.size), ""
    store.swap_head(conn, head, replace(head, status=LEFT))
    year = max(head.year, now.year)
    generation = head.generation + 1 if year == head.year else 1
    fact = Fact(
        "ledger:log:opened",
        controller,
        count=until - kept,
        detail={"reason": "restored"},
        actor=MACHINE,
        link=Link(head.log, kept, until, root),
    )
    generation, gone = signed_before(secrets, controller, head.base, (year, generation))
    new = empty_head(controller, head.base, write_time(now), (year, generation))
    sequencer.open_log(conn, new, fact, *gone)
    _give_back(conn, head, kept)
    return new.log


def _agrees(conn: sa.Connection, head: LogHead, guard: tuple[int, bytes]) -> bool:
    try:
        return follows(conn, head, guard)
    except Broken:
        return False


def _give_back(conn: sa.Connection, head: LogHead, start: int) -> None:
    """Put the entries from an index on back into the inbox; their openings stay as they are."""
    for n in range(start // WIDTH, -(-head.size // WIDTH)):
        bodies = store.entries(conn, head, n)[max(0, start - n * WIDTH) :]
        fields = [read_entry(body) for body in bodies]
        own = [value["action"].startswith(("ledger:log:", "ledger:entries:")) for value in fields]
        ids = [value["id"] for value in fields]
        store.forget(conn, place, head.controller, ids)
        gone = [entry_id for entry_id, ours in zip(ids, own, strict=True) if ours]
        store.forget(conn, opening, head.controller, gone)
        rows = [  # numbered below any living process's: they go first, in their order
            Waiting(value["time"], n * WIDTH + at, value["id"], head.base, body)
            for at, (body, value) in enumerate(zip(bodies, fields, strict=True))
            if not own[at]
        ]
        store.enqueue(conn, head.controller, rows, {})
