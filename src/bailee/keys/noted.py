"""Every unwrap that a provider is asked for, written down (see ``unwrap``).

    1. a row, durable, before the provider is asked: no row, no unwrap
    2. the provider's number for the request, kept in memory and written within a second (``flush``)
    3. at intervals the rows go into the house's log, then away

Dying between 1 and 2, or before the number was written: the row says that we began, and explains
one unwrap of that moment. Dying within 3: the log may have a row twice, which explains no more.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import sqlalchemy as sa

from bailee.clock import Clock, read_time, write_time
from bailee.db import HOUSE, Database, scope
from bailee.errors import Failure
from bailee.keys.hierarchy import new_ids
from bailee.keys.root import Root, says_no
from bailee.keys.tables import root_unwrap
from bailee.keys.unwrap import ANSWER, Unwrap

WAIT = 3 * ANSWER
"""After so long without an answer there will be none."""
_REQUEST = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Opened:
    """A key, and the provider's number for the request that opened it ('' if it gave none)."""

    key: bytes
    request: str


class Numbering(Root, Protocol):
    """A root whose provider numbers its requests and keeps a record of them."""

    def open(self, context: bytes, wrapped: bytes) -> Opened:
        """Return the key and the request's number; raises as ``unwrap``."""


@dataclass(frozen=True)
class Row:
    """One unwrap as it lies in the key database until the log has it."""

    root: str
    unwrap: Unwrap


class Notes:
    """The rows. Before it has a database (``init`` tries a root before it makes one), in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._database: Database | None = None
        self._early: list[dict[str, str]] = []  # owned by _lock, as the next two
        self._ended: dict[str, str] = {}
        self._void: list[str] = []

    def keep_in(self, database: Database, early: Notes | None = None) -> None:
        """Keep rows in the key database from now on, those of earlier notes too."""
        rows = [] if early is None else early.take_early()
        if rows:
            database.write(HOUSE, lambda conn: _add(conn, rows))
        self._database = database

    def begin(self, root: str) -> str:
        """Write down that a root is about to be asked; durable on return."""
        row = {
            "controller": HOUSE,
            "unwrap_id": new_ids(1)[0],
            "root": root,
            "begun": write_time(self._clock.now()),
            "request": "",
        }
        if self._database is None:
            with self._lock:
                self._early.append(row)
        else:
            self._database.write(HOUSE, lambda conn: _add(conn, [row]))
        return row["unwrap_id"]

    def end(self, unwrap_id: str, request: str) -> None:
        """Remember the provider's number until it is written."""
        with self._lock:
            for row in self._early:
                if row["unwrap_id"] == unwrap_id:
                    row["request"] = request
                    return
            self._ended[unwrap_id] = request

    def drop(self, unwrap_id: str) -> None:
        """Forget one that the provider answered with a no: nothing was unwrapped."""
        with self._lock:
            self._early = [row for row in self._early if row["unwrap_id"] != unwrap_id]
            self._void.append(unwrap_id)

    def due(self, most: int, wait: timedelta = WAIT) -> list[Row]:
        """Return rows that may go into the log: answered, or begun so long ago that none comes."""
        before = write_time(self._clock.now() - wait)
        return self._read(sa.or_(root_unwrap.c.request != "", root_unwrap.c.begun < before), most)

    def under_way(self) -> list[Unwrap]:
        """Return those that the log does not have yet."""
        return [row.unwrap for row in self._read(sa.true())]

    def flush(self) -> None:
        """Write down what the provider answered; nothing to do costs nothing.

        One at a time: whoever reads next must not meet a row whose number another has in hand.
        """
        with self._flushing:
            ended, void = self._take_ended()
            if self._database is not None and (ended or void):
                self._database.write(HOUSE, lambda conn: _add(conn, [], ended, void))

    def forget(self, unwrap_ids: Sequence[str]) -> None:
        """Delete rows that the log has."""
        if self._database is not None and unwrap_ids:
            self._database.write(HOUSE, lambda conn: _add(conn, [], {}, unwrap_ids))

    def _read(self, where: sa.ColumnElement[bool], most: int | None = None) -> list[Row]:
        if self._database is None:
            return []
        self.flush()
        query = sa.select(root_unwrap).where(root_unwrap.c.controller == HOUSE, where)
        query = query.order_by(root_unwrap.c.begun).limit(most)

        def work(conn: sa.Connection) -> list[Row]:
            scope(conn, HOUSE)
            return [
                Row(row.root, Unwrap(row.unwrap_id, read_time(row.begun), row.request))
                for row in conn.execute(query)
            ]

        return self._database.read(HOUSE, work)

    def take_early(self) -> list[dict[str, str]]:
        """Hand over the rows that no database has, once."""
        with self._lock:
            rows, self._early = self._early, []
        return rows

    def _take_ended(self) -> tuple[dict[str, str], list[str]]:
        # Lost if the writing fails: the rows say then that an answer was not kept.
        with self._lock:
            ended, self._ended = self._ended, {}
            void, self._void = self._void, []
        return ended, void


class NotedRoot:
    """A root that writes every unwrap down. Stands inside ``Guarded``, so late answers count too.

    Args:
        inner: the provider.
        notes: where it is written.
    """

    def __init__(self, inner: Numbering, notes: Notes) -> None:
        self._inner = inner
        self._notes = notes

    @property
    def key_id(self) -> str:
        """Return the root's name."""
        return self._inner.key_id

    def wrap(self, context: bytes, key: bytes) -> bytes:
        """Return ``key`` encrypted; see ``Root``."""
        return self._inner.wrap(context, key)

    def unwrap(self, context: bytes, wrapped: bytes) -> bytes:
        """Return the key; see ``Root``."""
        number = self._notes.begin(self._inner.key_id)
        try:
            found = self._inner.open(context, wrapped)
        except Failure as failure:
            if says_no(failure):
                self._notes.drop(number)
            raise
        # What could not be the provider's number stays without one: the row explains by its time.
        if _REQUEST.fullmatch(found.request):
            self._notes.end(number, found.request)
        return found.key

    def close(self) -> None:
        """Let go of the provider."""
        self._inner.close()


def _add(
    conn: sa.Connection,
    rows: Sequence[dict[str, str]],
    ended: dict[str, str] | None = None,
    void: Sequence[str] = (),
) -> None:
    scope(conn, HOUSE)
    if rows:
        conn.execute(root_unwrap.insert(), list(rows))
    mine = (root_unwrap.c.controller == HOUSE) & (root_unwrap.c.unwrap_id == sa.bindparam("of"))
    if ended:
        change = root_unwrap.update().where(mine).values(request=sa.bindparam("number"))
        conn.execute(change, [{"of": of, "number": number} for of, number in ended.items()])
    if void:
        conn.execute(root_unwrap.delete().where(mine), [{"of": of} for of in void])
