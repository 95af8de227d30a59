"""How an act of administration runs: one transaction, recorded; a refusal recorded alone.

Load → decide → save → record is the work of the packages below; this adds what every act needs at
this height: the transaction, the entry of a refusal (C2.5(5)), and the receipt for the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import TypeVar

import sqlalchemy as sa

from bailee.access import Caller
from bailee.app.parts import RECEIPT, Parts
from bailee.db import HOUSE
from bailee.errors import Failure, NotFound, Refused, Unavailable
from bailee.ledger import Receipt
from bailee.vault.shapes import Entry

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def entry_of(receipt: Receipt) -> Entry:
    """Return a receipt as the API shows it."""
    return Entry(receipt.log, receipt.entry_id, receipt.leaf, receipt.index)


def last_entry(conn: sa.Connection) -> Entry:
    """Return the entry that this transaction recorded last."""
    return entry_of(conn.info[RECEIPT])


class Office:
    """What the acts of administration share."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def act(
        self, caller: Caller, controller: str, verb: str, work: Callable[[sa.Connection], T]
    ) -> T:
        """Run an act in one transaction; record its refusal in another.

        If the process dies in between, nothing was changed and nobody was answered.
        """
        try:
            return self.parts.data.write(controller, work)
        except Failure as failure:
            if not isinstance(failure, Unavailable):
                self._note_refusal(caller, controller, verb, failure)
            raise

    def look(
        self,
        caller: Caller,
        controller: str,
        verb: str,
        work: Callable[[sa.Connection], T],
        *,
        or_house: bool = False,
    ) -> T:
        """Run an act that only reads, behind a verb; its refusal is recorded.

        With ``or_house`` the same verb held at the house is enough: for what concerns how the
        house keeps its promises, and nobody's data.
        """

        def transaction(conn: sa.Connection) -> T:
            try:
                self.parts.access.demand(conn, caller, verb, controller)
            except (Refused, NotFound):
                if not or_house or not self._holds_at_house(conn, caller, verb):
                    raise
            return work(conn)

        return self.read(caller, controller, verb, transaction)

    def read(
        self, caller: Caller, controller: str, verb: str, work: Callable[[sa.Connection], T]
    ) -> T:
        """Run what only reads and asks itself who may; its refusal is recorded (C2.5(5))."""
        try:
            return self.parts.data.read(controller, work)
        except Failure as failure:
            if not isinstance(failure, Unavailable):
                self._note_refusal(caller, controller, verb, failure)
            raise

    def go_round(
        self,
        what: str,
        act: Callable[[str], object],
        stopped: Callable[[], bool] = lambda: False,
        *,
        states: Collection[str] = (),
    ) -> None:
        """Do something at every controller that was not destroyed, until told to stop.

        If states are named, only at controllers of these.

        What failed at one is logged by its code and due again at the next round: no other waits for
        it. One whose agreement is not in force yet is passed over.
        """
        for row in self.parts.data.read(HOUSE, self.parts.agreements.controllers):
            if stopped():
                return
            if row.status == "destroyed" or (states and row.status not in states):
                continue
            try:
                act(row.controller)
            except NotFound:
                continue
            except Failure as failure:
                _LOG.error("%s: %s", what, failure.code)

    def _holds_at_house(self, conn: sa.Connection, caller: Caller, verb: str) -> bool:
        try:
            self.parts.access.demand(conn, caller, verb, HOUSE)
        except Refused:
            return False
        return True

    def _note_refusal(self, caller: Caller, controller: str, verb: str, failure: Failure) -> None:
        where = HOUSE if isinstance(failure, NotFound) else controller
        self.parts.data.write(
            where,
            lambda conn: self.parts.access.note_refusal(
                conn, caller, where, verb=verb, failure=failure
            ),
        )
