"""Acts on emergencies, once the glass is broken (MISSION A8; C2.5(4)).

1. Every call that stands on an emergency is counted (``use_emergency``).
2. A second person acknowledges the alert (``acknowledge_emergency``).
3. One who holds ``approve`` reviews what was done (``review_emergency``) and, where it was wrong,
   notes the controller's writing that settles it (``settle_emergency``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import emergency_store, limit_store, review_store, store
from bailee.access.codes import Codes
from bailee.access.desk import Done
from bailee.access.emergency import (
    ALERT,
    COUNTED_AS,
    REVIEW,
    Emergency,
    check_reason,
    check_verdict,
)
from bailee.access.emergency_store import Used
from bailee.access.grant import Ask, Decision
from bailee.access.lifecycle import step
from bailee.access.limit import Spent, limit_reached
from bailee.access.principal import Caller
from bailee.clock import write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, NotFound, Refused


class Emergencies(Codes):
    """Acts on what was opened with a code."""

    def use_emergency(
        self, conn: sa.Connection, caller: Caller, ask: Ask, decision: Decision, *, subjects: int
    ) -> None:
        """Count a call that stands on an emergency, in its own transaction.

        Subjects of all emergencies of one person at one controller count together, whatever the
        purpose, and apart from what their own grants show.

        Raises:
            Refused: ``reveal.limit``, here or from the commit.
        """
        now = self._clock.now()
        for emergency_id in decision.emergencies:
            row = {
                "controller": ask.controller,
                "approval_id": emergency_id,
                "principal": caller.accountable,
                "key_id": caller.key_id,
                "subjects": subjects,
                "at": write_time(now),
            }
            store.add_draw(conn, row)
        if subjects:
            spent = Spent(ask.controller, caller.accountable, COUNTED_AS, subjects)
            refused = limit_reached(decision.daily)
            limit_store.count_reveal(conn, spent, now, limit=decision.daily, refused=refused)

    def acknowledge_emergency(
        self, conn: sa.Connection, caller: Caller, controller: str, emergency_id: str
    ) -> Done[Emergency]:
        """Say that one has been told: whoever holds ``approve`` there or ``people`` at the house.

        Raises:
            Refused: ``grant.missing``, ``self.review``; NotFound: ``controller.unknown``,
            ``break_glass.unknown``; Conflict: ``lifecycle.event``.
        """
        now = self.begin_told(conn, caller, controller)
        found = self._found(conn, controller, emergency_id)
        self._check_second(conn, caller, found, ())
        after = replace(
            found,
            alert=step(ALERT, found.alert, "acknowledge"),
            acknowledged_by=caller.accountable,
            acknowledged=now,
        )
        late = int(now > found.alert_due)
        return self._moved(conn, caller, (found, after), "acknowledged", late=late)

    def review_emergency(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        emergency_id: str,
        *,
        verdict: str,
        reason: str,
    ) -> Done[Emergency]:
        """Say whether it was ``justified`` or ``unjustified``, once it is over.

        The reviewer holds ``approve`` there, and neither opened it, nor made its code, nor shares
        a key with whoever opened it.

        Raises:
            Refused: ``grant.missing``, ``self.review``; NotFound: ``controller.unknown``,
            ``break_glass.unknown``; Invalid: ``break_glass.reason``,
            ``break_glass.verdict``; Conflict: ``break_glass.open``, ``lifecycle.event``.
        """
        now = self._begin(conn, caller, "approve", controller)
        found = self._found(conn, controller, emergency_id)
        self._check_second(conn, caller, found, {found.issued_by})
        check_verdict(verdict)
        check_reason(reason)
        if self.still_open(conn, found):
            raise Conflict(
                "break_glass.open",
                "That emergency is still open; what is done later would be reviewed by nobody.",
                do="Revoke its grant, or wait until it ends.",
            )
        told = {} if found.alert != "due" else _told(caller, now)
        after = replace(
            found,
            review=step(REVIEW, found.review, verdict),
            reviewer=caller.accountable,
            reviewed=now,
            verdict_reason=reason,
            **told,
        )
        used = self.used_in(conn, found)
        facts: dict[str, str | int] = {
            "verdict": verdict,
            "calls": used.calls,
            "subjects": used.subjects,
        }
        facts["late"] = int(now > found.review_due)
        return self._moved(conn, caller, (found, after), "reviewed", **facts)

    def settle_emergency(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        emergency_id: str,
        *,
        writing: str,
    ) -> Done[Emergency]:
        """Note where the controller's writing is kept that settles an unjustified opening.

        Raises:
            Refused: ``grant.missing``, ``self.review``; NotFound: ``controller.unknown``,
            ``break_glass.unknown``; Conflict: ``lifecycle.event``.
        """
        self._begin(conn, caller, "approve", controller)
        found = self._found(conn, controller, emergency_id)
        self._check_second(conn, caller, found, {found.issued_by})
        after = replace(found, review=step(REVIEW, found.review, "settle"), writing=writing)
        return self._moved(conn, caller, (found, after), "settled")

    def emergencies(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Emergency]:
        """Return a controller's emergencies: all for those who are told of them, else one's own.

        Raises:
            NotFound: ``controller.unknown``.
        """
        told = self.is_told(conn, caller, controller)
        if not told:
            for principal_id in caller.principals:
                self._check_visible(conn, store.epoch(conn), principal_id, controller)
        found = emergency_store.emergencies(conn, controller)
        return found if told else [one for one in found if one.opener == caller.accountable]

    def forget_reasons(self, conn: sa.Connection, controller: str) -> None:
        """Drop the free texts of a controller that is destroyed: they may name people (C6)."""
        emergency_store.forget_reasons(conn, controller)
        review_store.forget_reasons(conn, controller)

    def still_open(self, conn: sa.Connection, one: Emergency) -> bool:
        """Tell whether an emergency's grant still lets anything through."""
        grant = store.grant(conn, one.controller, one.grant_id)
        return grant is not None and grant.state == "living" and grant.until > self._clock.now()

    def used_in(self, conn: sa.Connection, one: Emergency) -> Used:
        """Return what was done under an emergency so far."""
        return emergency_store.used(conn, one.controller, one.emergency_id)

    def is_told(self, conn: sa.Connection, caller: Caller, controller: str) -> bool:
        """Tell whether a living caller is told of emergencies and alarms at a controller."""
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        return self._coordinates(epoch, conn, caller, controller)

    def begin_told(self, conn: sa.Connection, caller: Caller, controller: str) -> datetime:
        """Open an act of somebody who is told of emergencies and alarms; return its time.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        now = self._begin_own(conn, caller)
        if not self._coordinates("", conn, caller, controller):
            self._demand_at("", conn, caller, Ask("approve", controller))  # says what is missing
        return now

    def key_sharers(self, conn: sa.Connection, principal_id: str) -> set[str]:
        """Return somebody, and everybody who was shown a key of theirs or showed them one."""
        shared = {principal_id}
        for one in store.live_credentials(conn, self._clock.now()):
            if one.principal == principal_id:
                shared.add(one.minted_by)
            if one.minted_by == principal_id:
                shared.add(one.principal)
        return shared

    def _coordinates(
        self, epoch: str, conn: sa.Connection, caller: Caller, controller: str
    ) -> bool:
        """Tell whether somebody is told of emergencies there."""
        asks = (Ask("approve", controller), Ask("people", HOUSE))
        return any(self._decision(conn, epoch, caller.principals, ask).allowed for ask in asks)

    def _found(self, conn: sa.Connection, controller: str, emergency_id: str) -> Emergency:
        found = emergency_store.emergency(conn, controller, emergency_id)
        if found is None:
            raise NotFound("break_glass.unknown", "There is no such code or emergency for you.")
        return found

    def _check_second(
        self, conn: sa.Connection, caller: Caller, found: Emergency, barred: Collection[str]
    ) -> None:
        """Refuse whoever opened it, by no detour either: nobody who knows the other's key."""
        shared = self.key_sharers(conn, found.opener) | set(barred)
        if not shared.isdisjoint(caller.principals):
            raise Refused(
                "self.review",
                "Nobody answers for an emergency that they opened or made possible.",
                do="Ask a second person.",
            )

    def _moved(
        self,
        conn: sa.Connection,
        caller: Caller,
        states: tuple[Emergency, Emergency],
        event: str,
        **detail: str | int,
    ) -> Done[Emergency]:
        before, after = states
        if not emergency_store.move_emergency(conn, before, after):
            raise Conflict("break_glass.moved", "Somebody else did that meanwhile.")
        context = {"emergency_id": before.emergency_id, "principal_id": before.opener}
        entry = self._tell(conn, event, caller, before.controller, detail=detail, context=context)
        return Done(after, entry)


def _told(caller: Caller, now: datetime) -> dict[str, Any]:
    return {
        "alert": step(ALERT, "due", "acknowledge"),
        "acknowledged_by": caller.accountable,
        "acknowledged": now,
    }
