"""What controls of procedures share: clocks kept, notices arrived (C5.2, C6, C7, C9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.procedures import store

if TYPE_CHECKING:
    from bailee.app.house import House

MISSED, LATE, EARLY = "clock.missed", "clock.late", "clock.early"
UNANSWERED, UNDELIVERED = "notice.unanswered", "notice.undelivered"
TURNING = frozenset((MISSED, LATE, EARLY, UNANSWERED, UNDELIVERED))
"""Findings that come and go between two looks, with the clock and with what people do."""
_OF_STATE = {"missed": MISSED, "late": LATE, "early": EARLY}


def kept(house: House, controller: str, *triggers: str) -> frozenset[str]:
    """Return what is wrong with the clocks of triggers, and with the notices of their matters.

    What was late stays a finding for as long as the matter's clocks are the newest of their kind:
    the next one that is kept in time ends it, not forgetting.
    """

    def work(conn: sa.Connection) -> frozenset[str]:
        now = house.parts.clock.now()
        found: set[str] = set()
        matters = set()
        for trigger in triggers:
            timers = store.timers(conn, controller, trigger=trigger)
            matters |= {one.matter for one in timers}
            newest: dict[str, str] = {}
            for one in sorted(timers, key=lambda one: one.opened):
                state = one.state_at(now)
                if state == "missed":
                    found.add(MISSED)
                elif state not in {"running", "stopped"}:
                    newest[one.parameter] = state
            found |= {_OF_STATE[state] for state in newest.values() if state in _OF_STATE}
        for notice in store.notices(conn, controller):
            if notice.matter not in matters:
                continue
            if notice.unanswered(now):
                found.add(UNANSWERED)
            if notice.state == "waiting" and notice.attempts:
                found.add(UNDELIVERED)
        return frozenset(found)

    return house.parts.data.read(controller, work)
