"""What a person looks at first: who they are here, what waits, who asks for what (MISSION A8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from bailee.access import Caller
from bailee.access.limit import PERSON_DAILY
from bailee.app import overview_shapes as shapes
from bailee.app import rights
from bailee.app.office import Office
from bailee.app.register import approval_of, show_approval
from bailee.app.reserved import CONTROLLER as RESERVED
from bailee.clock import read_time, write_time
from bailee.db import HOUSE
from bailee.errors import NotFound, Refused
from bailee.procedures import Notice
from bailee.procedures.contacts import check_sees

if TYPE_CHECKING:
    from bailee.app.house import House


def _stuck(one: Notice, now: datetime) -> str:
    if one.unanswered(now):
        return "Nobody acknowledged a notice in time."
    if one.state == "waiting" and one.attempts:
        return "A notice could not be handed over yet."
    return ""


PRESSING = ("failing", "overdue", "due")
"""States of an obligation that ask somebody to act."""


REVIEWING = frozenset({"approve", "grant", "people"})
"""Verbs whose holders review rights: at their controller, or from the house everywhere."""


class Overview(Office):
    """Looks that gather from everywhere, each within the caller's own rights."""

    def me(self, caller: Caller) -> shapes.Me:
        """Show who the caller is and what they hold; takes no right."""
        controllers = cast("House", self).controllers(caller).controllers

        def work(conn: sa.Connection) -> shapes.Me:
            access = self.parts.access
            one = access.principal(conn, caller.accountable)
            held = access.holdings(conn, caller)
            session = caller.key_id if caller.proven else ""
            return shapes.Me(
                principal=one.principal_id,
                kind=one.kind,
                name=one.name,
                relation=one.relation,
                represents=one.represents,
                session=session,
                factors=list(caller.proven.factors) if caller.proven else [],
                enrolled=list(access.enrolled(conn, one.principal_id)),
                controllers={
                    row.controller: row.name for row in controllers if row.controller != RESERVED
                },
                holdings=[
                    shapes.Holding(
                        grant.grant_id,
                        grant.controller,
                        list(grant.verbs),
                        list(grant.elements),
                        list(grant.purposes),
                        write_time(grant.until),
                    )
                    for grant in held
                ],
            )

        return self.read(caller, HOUSE, "self", work)

    def approvals(self, caller: Caller, controller: str) -> shapes.Approvals:
        """List requests: all for whoever holds ``approve`` there, else one's own."""
        now = self.parts.clock.now()

        def work(conn: sa.Connection) -> shapes.Approvals:
            found = self.parts.access.approvals(conn, caller, controller)
            names = self.parts.access.names(conn)
            involved = {one.requester for one in found} | {one.approver for one in found}
            return shapes.Approvals(
                [show_approval(one, state=one.state_at(now)) for one in reversed(found)],
                {one: names[one] for one in sorted(involved) if one in names},
            )

        return self.read(caller, controller, "approve", work)

    def request_access(
        self, caller: Caller, controller: str, body: shapes.NewAccess
    ) -> rights.Approval:
        """Ask a second person for a right that nobody gave yet; their yes makes it a grant."""
        until = read_time(body.until)

        def work(conn: sa.Connection) -> rights.Approval:
            return approval_of(
                self.parts.access.request_access(
                    conn,
                    caller,
                    controller=controller,
                    verbs=body.verbs,
                    purpose=body.purpose,
                    elements=body.elements,
                    until=until,
                    daily=body.daily or PERSON_DAILY,
                    reason=body.reason,
                )
            )

        return self.act(caller, controller, "request-access", work)

    def today(self, caller: Caller) -> shapes.Today:
        """Gather what waits at every controller that the caller may know, worst first.

        What the caller may not see is left out, not named.
        """
        waiting: list[shapes.Waiting] = []
        counts: dict[str, dict[str, int]] = {}
        held = self.parts.data.read(HOUSE, lambda conn: self.parts.access.holdings(conn, caller))
        reviewed = {one.controller for one in held if not REVIEWING.isdisjoint(one.verbs)}
        audited = {one.controller for one in held if "audit" in one.verbs}
        for one in cast("House", self).controllers(caller).controllers:
            if one.status == "destroyed":
                continue
            waiting += self._asked_of(caller, one.controller)
            waiting += self._emergencies_of(caller, one.controller)
            waiting += self._clocks_of(caller, one.controller)
            waiting += self._signs_of(caller, one.controller)
            if reviewed & {HOUSE, one.controller}:
                waiting += self._reviews_of(caller, one.controller)
            if not audited & {HOUSE, one.controller}:
                continue
            found = self._obligations_of(caller, one.controller)
            counts[one.controller] = dict(Counter(state for state, _ in found))
            waiting += [row for _, row in found if row is not None]
        waiting += self._unread(caller)
        order = ("failing", "overdue", "due", "waiting")
        waiting.sort(key=lambda row: (order.index(row.state), row.due or "9", row.controller))
        return shapes.Today(waiting, counts)

    def _signs_of(self, caller: Caller, controller: str) -> Iterator[shapes.Waiting]:
        """Yield signals and events that somebody who is told of alarms decides on (C9)."""
        house = cast("House", self)

        def work(conn: sa.Connection) -> list[tuple[str, str, str, datetime]]:
            if not self.parts.access.is_told(conn, caller, controller):
                return []
            signals = house.signals.listed(conn, caller, controller, waiting=True)
            found = [("signal", "Something looks like a breach.", one.signal_id, one.due)
                     for one in signals]  # fmt: skip
            for one in house.events.listed(conn, caller, controller):
                if one.state == "open":
                    says = "Decide whether the controller is told."
                    found.append(("event", says, one.event_id, one.discovered))
            return found

        for what, says, item, due in self.parts.data.read(controller, work):
            late = what == "signal" and self.parts.clock.now() > due
            yield shapes.Waiting(
                what=what,
                state="overdue" if late else "due",
                says=says,
                controller=controller,
                item=item,
                due=write_time(due) if what == "signal" else "",
                who="approve",
            )

    def _clocks_of(self, caller: Caller, controller: str) -> Iterator[shapes.Waiting]:
        """Yield clocks that ran out or soon will, and notices that nobody took or answered (C9)."""
        house = cast("House", self)

        def work(conn: sa.Connection) -> list[shapes.Waiting]:
            try:
                check_sees(conn, self.parts.access, caller, controller)
            except (Refused, NotFound):
                return []
            now = self.parts.clock.now()
            clocks = [
                shapes.Waiting(
                    what="clock",
                    state="overdue" if one.state_at(now) == "missed" else "due",
                    says=f"{one.parameter}: {one.matter.kind} clock.",
                    controller=controller,
                    item=one.timer_id,
                    due=write_time(one.due),
                    who="interpret",
                )
                for one in house.timers.listed(conn, controller)
                if one.state_at(now) == "missed" or (one.soon(now) and not one.floor)
            ]
            notices = [
                shapes.Waiting(
                    what="notice",
                    state="overdue",
                    says=says,
                    controller=controller,
                    item=one.notice_id,
                    due=write_time(one.ack_due) if one.ack_due else "",
                    who="the controller" if one.state == "handed" else "interpret",
                )
                for one in house.notices.listed(conn, controller)
                if (says := _stuck(one, now))
            ]
            return clocks + notices

        yield from self.parts.data.read(controller, work)

    def _unread(self, caller: Caller) -> Iterator[shapes.Waiting]:
        """Yield what the caller has to sign or read before their grants open anything (C2.2)."""
        for one in cast("House", self).training(caller).duties:
            if one.status == "due":
                yield shapes.Waiting(
                    what=one.kind,
                    state="due",
                    says=f"Read and acknowledge the {one.kind}; your grants open nothing before.",
                    controller=one.controller,
                    due=one.until,
                    who="you",
                )

    def _reviews_of(self, caller: Caller, controller: str) -> Iterator[shapes.Waiting]:
        """Yield access reviews that are open (C2.5(6))."""
        for one in cast("House", self).reviews(caller, controller).reviews:
            if one.status == "open":
                yield shapes.Waiting(
                    what="review",
                    state="overdue" if one.overdue else "due",
                    says="An access review is open.",
                    controller=controller,
                    item=one.review,
                    due=one.due,
                    who="you",
                )

    def _asked_of(self, caller: Caller, controller: str) -> Iterator[shapes.Waiting]:
        """Yield requests for a second person: those of others first of all."""
        for one in self.approvals(caller, controller).approvals:
            if one.status != "requested":
                continue
            own = one.principal == caller.accountable
            yield shapes.Waiting(
                what="approval",
                state="waiting",
                says="You asked for a second person." if own else "A second person is asked for.",
                controller=controller,
                item=one.approval,
                due=one.until,
                who="approve" if own else "you",
            )

    def _emergencies_of(self, caller: Caller, controller: str) -> Iterator[shapes.Waiting]:
        """Yield alerts that nobody acknowledged, and reviews that are due (C2.5(4))."""
        for one in cast("House", self).emergencies(caller, controller).emergencies:
            own = one.principal == caller.accountable
            for what, says, due in (
                (
                    "alert",
                    "Somebody broke the glass; a second person acknowledges it.",
                    one.alert_due,
                ),
                ("review", "An emergency is over; a second person reviews it.", one.review_due),
            ):
                if getattr(one, what) != "due":
                    continue
                late = bool(due) and read_time(due) <= self.parts.clock.now()
                yield shapes.Waiting(
                    what=f"emergency-{what}",
                    state="overdue" if late else "due",
                    says=says,
                    controller=controller,
                    item=one.emergency,
                    due=due,
                    who="somebody else" if own else "you",
                )

    def _obligations_of(
        self, caller: Caller, controller: str
    ) -> list[tuple[str, shapes.Waiting | None]]:
        """Return each obligation's state, and what it asks of somebody if it does."""
        try:
            clauses = cast("House", self).clauses(caller, controller).clauses
        except NotFound:
            return []  # its agreement is not in force yet
        return [
            (
                one.state,
                shapes.Waiting(
                    what="obligation",
                    state=one.state,  # type: ignore[arg-type]  # one of PRESSING
                    says=one.summary,
                    controller=controller,
                    item=clause.clause,
                    who=one.control,
                )
                if one.state in PRESSING
                else None,
            )
            for clause in clauses
            for one in clause.obligations
        ]
