"""Acts on approvals and on the daily count (MISSION A8; C2.5(4)).

1. Somebody requests: more subjects than their grant's daily number (``request_approval``), or a
   right that nobody gave them yet (``request_access``).
2. A second person who holds ``approve`` at that controller approves or refuses.
3. A bulk approval is drawn down call by call (``spend``, ``draw_down``) in the transaction of the
   reveal itself; an access request has become a grant that expires.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import limit_store, store
from bailee.access.approval import (
    ACCESS,
    APPROVAL,
    BULK,
    Approval,
    Use,
    Wanted,
    check_request,
    check_use,
)
from bailee.access.award import check_agreement, check_recipient, check_shape
from bailee.access.desk import Done
from bailee.access.grant import DATA_VERBS, Ask, Decision, Grant
from bailee.access.grants import Grants
from bailee.access.lifecycle import step
from bailee.access.limit import PERSON_DAILY, Spent, check_subjects, limit_reached
from bailee.access.principal import Caller
from bailee.access.view import known
from bailee.clock import write_time
from bailee.errors import Conflict, Invalid, NotFound, Refused

COUNTED = frozenset({"reveal", "reveal-masked", "decrypt"})
"""Verbs whose subjects are counted."""


class Approvals(Grants):
    """Acts on approvals; a request for access ends in a grant, so it stands on those."""

    def request_approval(  # noqa: PLR0913 - what an approval binds
        self,
        conn: sa.Connection,
        caller: Caller,
        *,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        maximum: int,
        until: datetime,
        verb: str = "reveal",
        reason: str = "",
    ) -> Done[Approval]:
        """Ask for a second person's yes to see more subjects than a day allows.

        It widens the number alone: the caller must already be allowed to do it (``verb`` is
        ``reveal``, ``reveal-masked`` or ``decrypt``) to these elements.

        Raises:
            what ``decide`` raises; Refused: ``second_person.missing``;
            Invalid: ``approval.verb``, ``approval.maximum``, ``approval.until``.
        """
        if verb not in COUNTED:
            raise Invalid("approval.verb", f"Approvals are for: {', '.join(sorted(COUNTED))}.")
        ask = Ask(verb, controller, purpose, tuple(elements))
        self.decide(conn, caller, ask)
        self._demand_second_person(conn)
        wanted = Wanted(BULK, (verb,), maximum, until, reason)
        return self._request(conn, caller, ask, wanted)

    def request_access(  # noqa: PLR0913 - the dimensions of a grant
        self,
        conn: sa.Connection,
        caller: Caller,
        *,
        controller: str,
        verbs: Sequence[str],
        purpose: str,
        elements: Sequence[str],
        until: datetime,
        daily: int = PERSON_DAILY,
        reason: str = "",
    ) -> Done[Approval]:
        """Ask for a right at a controller that one already knows; approval makes it a grant.

        Raises:
            NotFound: ``controller.unknown``; Refused: ``second_person.missing``,
            ``purpose.not_in_agreement``, ``element.not_in_agreement``; Invalid: ``grant.*``.
        """
        epoch, now = store.epoch(conn), self._clock.now()
        self._check_standing(conn, epoch, caller, now)
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, controller)
        self._demand_second_person(conn)
        if not frozenset(verbs) <= DATA_VERBS:
            raise Invalid("grant.verbs", "Administration is granted, not requested.")
        ask = Ask("", controller, purpose, tuple(elements))
        asked = Wanted(ACCESS, tuple(sorted(verbs)), daily, until, reason)
        request = self._request(conn, caller, ask, asked)
        wanted = self._as_grant(request.result, granted_by="")
        check_shape(wanted, self._schema, now)
        check_recipient(wanted, self._active(conn, caller.accountable))
        check_agreement(wanted, self._rules(conn, controller), now)
        return request

    def approve(
        self, conn: sa.Connection, caller: Caller, controller: str, approval_id: str
    ) -> Done[Approval]:
        """Say yes, as a second person who holds ``approve``; an access request becomes a grant.

        Raises:
            Refused: ``self.approve``, ``grant.missing``; NotFound: ``approval.unknown``;
            Conflict: ``lifecycle.event``; and for access what ``grant`` raises of the grant.
        """
        found = self._decidable(conn, caller, controller, approval_id)
        event = "settle" if found.kind == ACCESS else "approve"
        decided = self._decided(conn, caller, found, event)
        if found.kind == ACCESS:
            recipient = self._active(conn, found.requester)
            new = self._as_grant(found, granted_by=caller.accountable)
            self._check_giver(conn, caller, new, recipient)
            self._settle(conn, new, recipient)
            self._note_given(conn, caller.actor(), new)
        return decided

    def refuse(
        self, conn: sa.Connection, caller: Caller, controller: str, approval_id: str
    ) -> Done[Approval]:
        """Say no, as a second person who holds ``approve``."""
        found = self._decidable(conn, caller, controller, approval_id)
        return self._decided(conn, caller, found, "refuse")

    def approvals(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Approval]:
        """Return a controller's approvals: all for whoever holds ``approve``, else one's own."""
        epoch = store.epoch(conn)
        self._check_standing(conn, epoch, caller, self._clock.now())
        for principal_id in caller.principals:
            self._check_visible(conn, epoch, principal_id, controller)
        found = store.approvals(conn, controller)
        ask = Ask("approve", controller)
        if self._decision(conn, epoch, caller.principals, ask).allowed:
            return found
        return [one for one in found if one.requester == caller.accountable]

    def draw_down(
        self,
        conn: sa.Connection,
        approval_id: str,
        caller: Caller,
        *,
        controller: str,
        purpose: str,
        elements: Sequence[str],
        subjects: int,
        verb: str = "reveal",
    ) -> None:
        """Take subjects from a bulk approval in the caller's own transaction.

        If the transaction does not commit, nothing was drawn.

        Raises:
            NotFound: ``approval.unknown``; Refused: ``approval.binding``, ``not_approved``,
            ``expired``, ``exhausted``.
        """
        check_subjects(subjects)
        found = store.approval(conn, controller, approval_id)
        if found is None:
            raise NotFound("approval.unknown", "There is no such approval for you.")
        use = Use(caller.accountable, verb, purpose, tuple(elements), subjects)
        now = self._clock.now()
        check_use(found, use, self._schema, now)
        if not subjects:
            return
        if not store.draw(conn, found, subjects, now):
            raise Refused(
                "approval.exhausted",
                "Somebody drew from that approval meanwhile; too little is left.",
                do="Ask for fewer, or request a new one.",
            )
        row = {
            "controller": controller,
            "approval_id": approval_id,
            "principal": caller.accountable,
            "key_id": caller.key_id,
            "subjects": subjects,
            "at": write_time(now),
        }
        store.add_draw(conn, row)

    def spend(
        self,
        conn: sa.Connection,
        caller: Caller,
        ask: Ask,
        decision: Decision,
        *,
        subjects: int,
        approval_id: str = "",
    ) -> None:
        """Count the subjects that a call shows, against its approval or the grant's daily number.

        On PostgreSQL the daily number is counted with the commit, which raises the refusal then:
        no effect of the call may leave the house before its transaction is committed.

        Raises:
            Refused: ``reveal.limit``, here or from the commit; and what ``draw_down`` raises.
        """
        check_subjects(subjects)
        if approval_id:
            self.draw_down(
                conn,
                approval_id,
                caller,
                controller=ask.controller,
                purpose=ask.purpose,
                elements=ask.elements,
                subjects=subjects,
                verb=ask.verb,
            )
            return
        if subjects and not decision.emergencies:  # those are counted with every use
            spent = Spent(ask.controller, caller.accountable, ask.purpose, subjects)
            limit_store.count_reveal(
                conn,
                spent,
                self._clock.now(),
                limit=decision.daily,
                refused=limit_reached(decision.daily),
            )

    def _request(
        self, conn: sa.Connection, caller: Caller, ask: Ask, wanted: Wanted
    ) -> Done[Approval]:
        now = self._clock.now()
        check_request(wanted, now)
        if not all(known(name, self._schema) for name in ask.elements):
            raise Invalid("approval.elements", "One of those elements is not in the catalogue.")
        request = Approval(
            approval_id=secrets.token_hex(16),
            controller=ask.controller,
            kind=wanted.kind,
            requester=caller.accountable,
            verbs=wanted.verbs,
            purpose=ask.purpose,
            elements=ask.elements,
            maximum=wanted.maximum,
            remaining=wanted.maximum,
            until=wanted.until,
            created=now,
            reason=wanted.reason,
        )
        store.add_approval(conn, request)
        entry = self._note(
            conn,
            "access:approval:requested",
            caller.actor(),
            controller=ask.controller,
            control="least-privilege",
            detail={
                "kind": wanted.kind,
                "verbs": ":".join(wanted.verbs),
                "maximum": wanted.maximum,
            },
            context={"approval_id": request.approval_id},
            elements=ask.elements,
            purpose=ask.purpose,
        )
        return Done(request, entry)

    def _decidable(
        self, conn: sa.Connection, caller: Caller, controller: str, approval_id: str
    ) -> Approval:
        """Return a request that this caller may decide: not their own, by no detour either."""
        self._begin(conn, caller, "approve", controller)
        found = store.approval(conn, controller, approval_id)
        if found is None:
            raise NotFound("approval.unknown", "There is no such approval for you.")
        seen = {
            one.minted_by
            for one in store.live_credentials(conn, self._clock.now())
            if one.principal == found.requester
        }
        if found.requester in caller.principals or caller.accountable in seen:
            raise Refused(
                "self.approve",
                "Nobody approves what they requested themselves.",
                do="Ask a second person.",
            )
        return found

    def _decided(
        self, conn: sa.Connection, caller: Caller, found: Approval, event: str
    ) -> Done[Approval]:
        now = self._clock.now()
        state = step(APPROVAL, found.state_at(now), event)
        after = replace(found, state=state, approver=caller.accountable, decided=now)
        if not store.settle_approval(conn, found, after):
            raise Conflict("approval.decided", "Somebody decided on that request meanwhile.")
        entry = self._note(
            conn,
            "access:approval:refused" if event == "refuse" else "access:approval:approved",
            caller.actor(),
            controller=found.controller,
            control="least-privilege",
            detail={"kind": found.kind},
            context={"approval_id": found.approval_id, "principal_id": found.requester},
        )
        return Done(after, entry)

    def _as_grant(self, request: Approval, *, granted_by: str) -> Grant:
        return Grant(
            grant_id=secrets.token_hex(16),
            principal=request.requester,
            verbs=request.verbs,
            elements=request.elements,
            purposes=(request.purpose,),
            controller=request.controller,
            until=request.until,
            daily=request.maximum,
            created=self._clock.now(),
            granted_by=granted_by,
            approval_id=request.approval_id,
        )
