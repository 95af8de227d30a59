"""Where controllers stand with sub-processors, and who may see it (C7.3(5), C7.3(3))."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller
from bailee.agreement import Agreement
from bailee.errors import Refused
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import Engagement, earliest
from bailee.privacy.subprocessors import Subprocessors, unknown
from bailee.procedures import Matter, Notice, Notices, Timers

ENTER, CONFIRM = "interpret", "approve"
"""What one of ours holds to act upon the controller's writing, and to be the second to do so."""
SEE = "audit"
MATTER = "subprocessor"


def begin_ours(conn: sa.Connection, access: Access, caller: Caller, controller: str) -> None:
    """Open an act that is the processor's own: the controller's people answer, and do not do it.

    Raises:
        Refused: ``grant.missing``, ``subprocessor.ours``; NotFound: ``controller.unknown``.
    """
    access.begin(conn, caller, ENTER, controller)
    if access.speaks_for(conn, caller, controller):
        raise Refused(
            "subprocessor.ours",
            "That is for the processor's own people to do.",
            do="Consent or object instead.",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an engagement stands: with what its notice and the clock say."""

    engagement: Engagement
    state: str
    notice: Notice | None
    due: datetime | None
    """When the days are over; None while they have not begun."""


class Standings:
    """Where controllers stand with sub-processors.

    Args:
        access: who is calling.
        register: of sub-processors.
        rules: the agreement in force.
        notices: what is written to controllers.
        timers: the agreement's clocks.
    """

    def __init__(
        self,
        access: Access,
        register: Subprocessors,
        *,
        rules: Callable[[sa.Connection, str], Agreement],
        notices: Notices,
        timers: Timers,
    ) -> None:
        self._access = access
        self._register = register
        self._rules = rules
        self._notices = notices
        self._timers = timers

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Standing]:
        """Return where a controller stands with sub-processors, to both sides and who audits.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        self.check_sees(conn, caller, controller)
        found = store.engagements(conn, controller)
        return [self.standing(conn, one) for one in found]

    def check_sees(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever is of neither side, and does not audit.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.speaks_for(conn, caller, controller):
            return
        for verb in (SEE, CONFIRM):
            try:
                self._access.demand(conn, caller, verb, controller)
            except Refused:
                continue
            return
        self._access.demand(conn, caller, ENTER, controller)

    def standing(self, conn: sa.Connection, one: Engagement) -> Standing:
        """Return an engagement with what its notice and the clock say of it."""
        matter = Matter(one.controller, MATTER, one.engagement_id)
        written = self._notices.listed(conn, one.controller, matter)
        notice = next((found for found in written if found.notice_id == one.notice_id), None)
        handed = notice.handed if notice else None
        due = earliest(self._rules(conn, one.controller).obligations, handed) if handed else None
        now = self._timers.now(conn, one.controller)
        return Standing(one, one.state_at(handed, due, now), notice, due)

    def _side(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever neither speaks for the controller nor acts upon its writings.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.speaks_for(conn, caller, controller):
            return
        try:
            self._access.demand(conn, caller, CONFIRM, controller)
        except Refused:
            self._access.demand(conn, caller, ENTER, controller)

    def _found(self, conn: sa.Connection, controller: str, item: str) -> Standing:
        known = store.engagements(conn, controller)
        found = next((one for one in known if one.engagement_id == item), None)
        if found is None:
            raise unknown()
        return self.standing(conn, found)
