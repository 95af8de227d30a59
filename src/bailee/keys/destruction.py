"""Destroying subjects and controllers across both databases and the ledger (C6, C2.8(1)).

The steps, and what is true if the process dies after each:

1. An intent is stored in the key database. It will be carried out.
2. The ledger announces it. (Dying between 1 and 2, or before 3: it is announced once more.)
3. Keys deleted, tombstones written, epoch moved; then the mirror. The data is unreadable now.
4. Rows of the data database deleted, by what the vault supplied, in as many commits as it takes.
5. The ledger says done, with the counts. (Dying before 6: it says so once more.)
6. The intent is done; both databases give deleted bytes up.

``resume`` does the same from wherever an intent stands. Entries name their intent, so whoever
counts sees two of one intent as one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from bailee.clock import read_time
from bailee.db import Database
from bailee.errors import Unavailable
from bailee.keys.actions import Keys
from bailee.keys.lifecycle import (
    DESTROY_CONTROLLER,
    DONE,
    KEYS_GONE,
    OPEN,
    ROTATE,
    ROWS_GONE,
    Destroyed,
    Intent,
)

_LOG = logging.getLogger(__name__)


class Receipt(Protocol):
    """What the ledger answers; of it only the leaf is needed."""

    @property
    def leaf(self) -> str:
        """Hash of the entry in its log, hex."""


Record = Callable[[sa.Connection, Mapping[str, Any]], Receipt]
"""Append a fact, given as the fields of the ledger's ``Fact``, in a transaction on the data."""

Rows = Callable[[sa.Connection, str, Sequence[str] | None], int]
"""Delete rows of a controller that hang on these subject keys (None: all its rows).

Deletes as many as fit one commit and returns how many; called again until it answers 0.
"""


@dataclass(frozen=True)
class DataSide:
    """The data database, and what ledger and vault do in it."""

    database: Database
    record: Record
    rows: Rows


class Destruction:
    """Destroys for good, step by step, and picks up what a crash interrupted.

    Args:
        keys: the keys.
        data: the other side.
        purge_at_once: give deleted bytes up after each act; otherwise a schedule calls ``purge``
            (on PostgreSQL it vacuums).
    """

    def __init__(self, keys: Keys, data: DataSide, *, purge_at_once: bool = True) -> None:
        self._keys = keys
        self._ending = keys.ending
        self._data = data
        self._purge_at_once = purge_at_once

    def subjects(
        self,
        controller: str,
        key_ids: Sequence[str],
        *,
        entry_hash: str = "",
        obligations: Sequence[str] = (),
    ) -> Destroyed:
        """Destroy subjects' keys and rows; return when it is done and recorded.

        Args:
            controller: whose.
            key_ids: of the subjects, 10,000 at most.
            entry_hash: leaf of the entry by which the caller announced it; empty to let this do it.
            obligations: ids for the ledger's entries.

        Raises:
            NotFound: ``controller.unknown``. Gone: ``controller.destroyed``.
            Oversized: ``keys.too_many``.
        """
        return self._begin(
            self._ending.new(controller, key_ids, entry_hash=entry_hash, obligations=obligations)
        )

    def controller(
        self, controller: str, *, entry_hash: str = "", obligations: Sequence[str] = ()
    ) -> Destroyed:
        """Destroy a controller: all its keys at once, then its rows. Arguments as ``subjects``.

        The key of its ledger openings stays: see ``Keys.destroy_openings``.
        """
        return self._begin(
            self._ending.new(controller, None, entry_hash=entry_hash, obligations=obligations)
        )

    def resume(self, *, before: datetime | None = None) -> list[Destroyed]:
        """Carry out every intent that is not done; at start, and now and then.

        Args:
            before: only intents stored earlier; leaves those alone that another process of the
                same database is still carrying out.
        """
        done = []
        for intent in self._keys.open_intents():
            if before is not None and read_time(intent.created) >= before:
                continue
            if intent.kind == ROTATE:
                self._keys.rotation.finish(intent)
            else:
                done.append(self._carry_out(intent))
        return done

    def purge(self) -> None:
        """Make deleted bytes of both databases unrecoverable, as far as their engines can."""
        self._keys.purge()
        self._data.database.purge()

    def _begin(self, intent: Intent) -> Destroyed:
        if intent.entry_hash:
            return self._carry_out(self._ending.delete_keys(intent, stored=False))
        return self._carry_out(self._ending.store(intent))

    def _carry_out(self, intent: Intent) -> Destroyed:
        steps: Mapping[str, Callable[[Intent], Intent]] = {
            OPEN: self._delete_keys,
            KEYS_GONE: self._delete_rows,
        }
        while step := steps.get(intent.state):
            intent = step(intent)
        done_hash = self._record_done(intent) if intent.state == ROWS_GONE else ""
        return Destroyed(
            intent.controller,
            intent.intent_id,
            intent.kind,
            intent.keys,
            intent.rows,
            intent.destroyed_at,
            intent.entry_hash,
            done_hash,
        )

    def _delete_keys(self, intent: Intent) -> Intent:
        if not intent.entry_hash:
            leaf = self._record(intent, "keys:destruction:announced", len(intent.key_ids))
            intent = replace(intent, entry_hash=leaf)
        return self._ending.delete_keys(intent)

    def _delete_rows(self, intent: Intent) -> Intent:
        self._ending.mirror(intent)  # the crash may have come between the two places
        key_ids = None if intent.kind == DESTROY_CONTROLLER else intent.key_ids
        total = 0
        while True:
            count = self._data.database.write(
                intent.controller,
                lambda conn: self._data.rows(conn, intent.controller, key_ids),
            )
            total += count
            if not count:
                break
        if intent.kind == DESTROY_CONTROLLER:
            self._ending.purge(intent.controller)
        return self._ending.move(intent, "rows_deleted", rows=total)

    def _record_done(self, intent: Intent) -> str:
        leaf = self._record(intent, "keys:destruction:completed", intent.keys)
        moved = self._ending.move(intent, "recorded")
        if self._purge_at_once and moved.state == DONE:
            try:
                self.purge()
            except Unavailable as failure:  # done all the same: what is left opens with no key
                _LOG.warning("purge: %s; the next one takes these bytes too", failure.code)
        return leaf

    def _record(self, intent: Intent, action: str, count: int) -> str:
        fact = {
            "action": action,
            "controller": intent.controller,
            "decision": "allowed",
            "count": count,
            "obligations": intent.obligations,
            "detail": {
                "intent": intent.intent_id,
                "kind": intent.kind,
                "rows": intent.rows,
                "announced": intent.entry_hash or "here",
            },
        }
        receipt = self._data.database.write(
            intent.controller, lambda conn: self._data.record(conn, fact)
        )
        return receipt.leaf
