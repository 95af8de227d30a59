"""Reading a controller's logs for an incident: counting, and showing page by page (C9.1, C9.3).

Logs are read in stretches of 256 entries, two questions each, and one stretch is in memory at a
time. Nothing here changes anything: whatever is counted can be counted again, up to the same
entries, by whoever holds the log and its openings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.incidents.facts import Counted, Facts, Tally
from bailee.incidents.scope import Scope
from bailee.incidents.sealing import LOOK, REACH, sealings
from bailee.ledger import Ledger, LogHead, Opening, entries_between, spans_between

RETIRED = "retired"
Place = tuple[str, int]
"""A log, and an index in it."""


def count(
    conn: sa.Connection,
    ledger: Ledger,
    question: tuple[str, Scope, frozenset[str]],
    *,
    up_to: Mapping[str, int] | None = None,
) -> Facts:
    """Return what the logs say of a scope.

    What the sequencer has not taken in is not counted: let it run first.

    Args:
        conn: a transaction that sees the controller's rows.
        ledger: reads logs.
        question: controller, scope, and ids of honey.
        up_to: counts no entry of a log from this index on, and reads no other log: as a notice
            that was written then.

    Raises:
        Broken: ``ledger.opening``. Gone: ``opening.destroyed`` with the controller's keys.
    """
    controller, scope, honey = question
    tally, read = Tally(scope, honey), list[Counted]()
    since, until = scope.window
    looks = (
        fields
        for log, index, fields in entries_between(conn, controller, (since - REACH, until), LOOK)
        if up_to is None or fields["time"] < scope.since or index < up_to.get(log, 0)
    )
    encryption = sealings(looks, scope.since, scope.until)
    for log, span in _spans(conn, ledger, controller, scope.window):
        end = span[1] if up_to is None else min(span[1], up_to.get(log.log, 0))
        for _, fields, opening in ledger.stretch(conn, controller, log.log, (span[0], end)):
            tally.take(fields, opening)
        read.append(Counted(log.log, end))
    if up_to is not None:
        read = [Counted(name, end) for name, end in up_to.items()]
    return tally.facts(read, _retired(ledger.logs(conn, controller), scope.window), encryption)


def matching(
    conn: sa.Connection,
    ledger: Ledger,
    question: tuple[str, Scope, frozenset[str]],
    after: Place | None = None,
) -> Iterator[tuple[str, int, dict[str, Any], Opening]]:
    """Yield (log, index, fields, opening) of the entries in scope, oldest first, after a place."""
    controller, scope, honey = question
    tally, begun = Tally(scope, honey), after is None
    for log, span in _spans(conn, ledger, controller, scope.window):
        first = span[0]
        if not begun and after is not None:
            if log.log != after[0]:
                continue
            begun, first = True, max(first, after[1] + 1)
        for index, fields, opening in ledger.stretch(conn, controller, log.log, (first, span[1])):
            if tally.take(fields, opening) and opening is not None:
                yield log.log, index, fields, opening


def _spans(
    conn: sa.Connection, ledger: Ledger, controller: str, window: tuple[datetime, datetime]
) -> Iterator[tuple[LogHead, tuple[int, int]]]:
    """Yield each log that has entries of a time, oldest first, with the stretch of them."""
    spans = spans_between(conn, controller, *window)
    for log in ledger.logs(conn, controller):
        if log.log in spans and log.status != RETIRED:
            first, until = spans[log.log]
            yield log, (first, min(until, log.signed))


def _retired(logs: list[LogHead], window: tuple[datetime, datetime]) -> list[str]:
    since, until = window
    return [
        one.log for one in logs if one.status == RETIRED and since.year <= one.year <= until.year
    ]
