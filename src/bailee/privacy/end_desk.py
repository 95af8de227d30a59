"""What the acts at the end of an agreement stand on: who speaks, what time it is, how it is told.

Time is the clock's, and never earlier than the controller's newest entry: a clock that was set back
makes nobody early.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller
from bailee.access.principal import REPRESENTATIVE
from bailee.agreement import Agreement, Agreements, Standing
from bailee.clock import Clock
from bailee.errors import Conflict, Refused
from bailee.ledger import newest_time
from bailee.privacy import termination_store as store
from bailee.privacy.termination import (
    CONTROLLER,
    OPEN,
    PROCESSOR,
    Termination,
    Writing,
    check_writing,
)

ENTER, ORDER = "interpret", "destroy"
CHOICE, CLOCK, LAW = "return-or-destroy", "termination", "retention-isolation"
ERASURE, CERTIFICATE = "erasure", "destruction-certificate"
WITHIN, AGAIN = "destruction.within", "choice.reminder"
ENDING = frozenset(("ending", "ended"))
Instruct = Callable[[sa.Connection, Caller, str, str], object]
"""Passes a controller's choice on to every sub-processor that was not told yet (C6(ii))."""
Announce = Callable[[sa.Connection, Caller, Termination, str], None]
"""Starts the timers of what happened, and writes to the controller about it; by its name."""


CONTROLS = {
    "isolated": LAW,
    "asked": CHOICE,
    "chosen": CHOICE,
    "received": CHOICE,
    "kept": LAW,
    "lapsed": LAW,
    "packed": CHOICE,
    "ordered": CLOCK,
    "destroyed": ERASURE,
    "certified": CERTIFICATE,
}
"""The control that watches what an entry tells of."""


class EndDesk:
    """Dependencies, and the steps that all acts share.

    Args:
        access: who is calling.
        agreements: what was agreed, and when it ended.
        clock: time.
        instruct: tells sub-processors.
        announce: timers and notices.
    """

    def __init__(
        self,
        access: Access,
        agreements: Agreements,
        clock: Clock,
        *,
        instruct: Instruct,
        announce: Announce,
    ) -> None:
        self._access = access
        self._agreements = agreements
        self._clock = clock
        self._instruct = instruct
        self._announce = announce

    def now(self, conn: sa.Connection, controller: str) -> datetime:
        """Return the time, never earlier than the controller's newest entry."""
        now, newest = self._clock.now(), newest_time(conn, controller)
        return now if newest is None else max(now, newest)

    def due(self, conn: sa.Connection, found: Termination) -> datetime | None:
        """Return when everything must be done: the days of the agreement from its end on."""
        return self._rules(conn, found).due(WITHIN, found.ended)

    def _rules(self, conn: sa.Connection, found: Termination) -> Agreement:
        """Return the agreement as it stood at its end; it is asked after the destruction too."""
        return self._agreements.in_force(conn, found.controller, found.ended)

    def see(self, conn: sa.Connection, caller: Caller, controller: str) -> Termination | None:
        """Show how far it came, to both sides.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        self.demand_insight(conn, caller, controller)
        return store.one(conn, controller)

    def _side(self, conn: sa.Connection, caller: Caller, controller: str, writing: Writing) -> str:
        """Return for whom a caller speaks; one of us only with the controller's writing."""
        if self._access.speaks_for(conn, caller, controller):
            return CONTROLLER
        self._access.demand(conn, caller, ENTER, controller)
        check_writing(writing)
        self._access.outsider(conn, controller, writing.given_by, REPRESENTATIVE)
        return PROCESSOR

    def demand_insight(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse who neither represents the controller, nor enters or audits its end."""
        if self._access.speaks_for(conn, caller, controller):
            return
        try:
            self._access.demand(conn, caller, ENTER, controller)
        except Refused:
            self._access.demand(conn, caller, "audit", controller)

    def _row(self, conn: sa.Connection, controller: str) -> Standing:
        return self._agreements.row(conn, controller)

    def _open(self, conn: sa.Connection, controller: str, ended: datetime) -> Termination:
        item = secrets.token_hex(16)
        made = Termination(controller, item, OPEN, ended, self.now(conn, controller))
        store.add(conn, made)
        return made

    @staticmethod
    def _found(conn: sa.Connection, controller: str) -> Termination:
        found = store.one(conn, controller)
        if found is None:
            raise Conflict("termination.not_ended", "No end of this agreement was noted.")
        return found

    @staticmethod
    def _move(conn: sa.Connection, before: Termination, after: Termination) -> None:
        if not store.move(conn, before, after):
            raise Conflict("termination.state", "Somebody else moved it just now.", retryable=True)

    def _tell(
        self,
        conn: sa.Connection,
        caller: Caller,
        found: Termination,
        became: str,
        *,
        detail: Mapping[str, str | int] | None = None,
        context: Mapping[str, str] | None = None,
        elements: tuple[str, ...] = (),
    ) -> object:
        """Record an act: codes, counts and digests in clear; names and texts committed to."""
        receipt = self._access.note(
            conn,
            f"privacy:termination:{became}",
            caller.actor(),
            controller=found.controller,
            control=CONTROLS[became],
            detail=dict(detail or {}),
            context={"given_by": found.given_by, "reference": found.reference, **(context or {})},
            elements=elements,
        )
        self._announce(conn, caller, found, became)
        return receipt
