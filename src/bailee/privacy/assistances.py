"""Acts on requests for help (C7.2(8), C7.3(6), C7.3(6)(a)): enter one, answer it with a paper.

The answer is made, recorded and handed out in one transaction: whoever got a paper is on record
with its digest. A request of an authority tells nothing of any person; a demand for people's data
is another procedure (C7.2(7), C7.3(7)) and is refused here by having no paper for it.
"""

from __future__ import annotations

import secrets
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bailee.access import Access, Caller, Done, bump
from bailee.access.lifecycle import step
from bailee.agreement.deadline import deadline
from bailee.clock import Clock, write_time
from bailee.errors import Broken, Conflict, NotFound, Refused
from bailee.privacy import transfer_store as store
from bailee.privacy.assistance import (
    ASSISTANCE,
    CONTROL_OF,
    PARAMETER_OF,
    TRIGGER_OF,
    VAGUE,
    Asked,
    Assistance,
    check_asked,
)
from bailee.procedures import Matter, Targets, Timers

ENTER, SEE = "interpret", "audit"
MATTER = "assistance"


class Assistances:
    """Requests for help of every controller.

    Args:
        access: who is calling.
        timers: the clocks of requests.
        targets: the operator's times, where no text names one.
        clock: the time.
    """

    def __init__(self, access: Access, *, timers: Timers, targets: Targets, clock: Clock) -> None:
        self._access = access
        self._timers = timers
        self._targets = targets
        self._clock = clock

    def enter(
        self, conn: sa.Connection, caller: Caller, controller: str, asked: Asked
    ) -> Done[Assistance]:
        """Enter a request; its clock began when it was received.

        Raises:
            Refused: ``grant.missing``; Invalid: ``assistance.*``; NotFound:
            ``controller.unknown``.
        """
        bump(conn)
        self._check_may(conn, caller, controller, ENTER)
        now = self._clock.now()
        check_asked(asked, now)
        item = secrets.token_hex(16)
        due, basis = self._start(conn, caller, controller, (item, asked))
        made = Assistance(
            **{one.name: getattr(asked, one.name) for one in fields(asked)},
            assistance_id=item,
            controller=controller,
            recorded=now,
            recorded_by=caller.accountable,
            due=due,
            basis=basis,
        )
        store.add_assistance(conn, made)
        receipt: Any = self._note(conn, caller, made, "received")
        store.file_entry(conn, made, receipt.entry_id)
        return Done(replace(made, entry_id=receipt.entry_id), receipt)

    def _start(
        self, conn: sa.Connection, caller: Caller, controller: str, started: tuple[str, Asked]
    ) -> tuple[datetime, str]:
        """Start a request's clock; return when it is due, and by what.

        A text that names no number starts no timer; the operator's target is due all the same.
        """
        item, asked = started
        parameter = PARAMETER_OF[asked.kind]
        timers = self._timers.start(
            conn,
            caller.actor(),
            Matter(controller, MATTER, item),
            trigger=TRIGGER_OF[asked.kind],
            since=asked.received,
            only=parameter,
        )
        if timers:
            first = min(timers, key=lambda one: one.due)
            return first.due, VAGUE if first.target else first.bases[0].obligation
        due = deadline(self._targets.plain(parameter), asked.received)
        if due is None:
            raise Broken("assistance.target", "A target has no end.")  # every target has a number
        return due, VAGUE

    def answer(
        self, conn: sa.Connection, caller: Caller, found: Assistance, paper_sha256: str
    ) -> Done[Assistance]:
        """Note that a request was answered, with which paper.

        Raises:
            Refused: ``grant.missing``, ``assistance.not_yours``; Conflict: ``lifecycle.event``.
        """
        bump(conn)
        self.check_answers(conn, caller, found.controller)
        after = replace(
            found,
            state=step(ASSISTANCE, found.state, "answer"),
            answered=self._clock.now(),
            answered_by=caller.accountable,
            paper_sha256=paper_sha256,
        )
        if not store.answer_assistance(conn, after):
            raise Conflict("lifecycle.event", "Somebody answered that request just now.")
        matter = Matter(found.controller, MATTER, found.assistance_id)
        self._timers.meet(conn, caller.actor(), matter, trigger=TRIGGER_OF[found.kind])
        return Done(after, self._note(conn, caller, after, "answered"))

    def check_answers(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever does not answer for us.

        Raises:
            Refused: ``grant.missing``, ``assistance.not_yours``.
        """
        if self._access.speaks_for(conn, caller, controller):
            raise Refused("assistance.not_yours", "The processor answers a request, not you.")
        self._access.demand(conn, caller, ENTER, controller)

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Assistance]:
        """Return a controller's requests, to its people and to whoever holds ``audit``."""
        self._check_may(conn, caller, controller, SEE)
        return store.assistances(conn, controller)

    def found(self, conn: sa.Connection, controller: str, item: str) -> Assistance:
        """Return one request.

        Raises:
            NotFound: ``assistance.unknown``.
        """
        for one in store.assistances(conn, controller):
            if one.assistance_id == item:
                return one
        raise NotFound("assistance.unknown", "There is no such request.")

    def _check_may(self, conn: sa.Connection, caller: Caller, controller: str, verb: str) -> None:
        if not self._access.speaks_for(conn, caller, controller):
            self._access.demand(conn, caller, verb, controller)

    def _note(self, conn: sa.Connection, caller: Caller, one: Assistance, became: str) -> object:
        detail: dict[str, str | int] = {
            "assistance": one.assistance_id,
            "kind": one.kind,
            "received": write_time(one.received).lower(),
            "due": write_time(one.due).lower(),
            "basis": one.basis if one.basis == VAGUE else "agreement",
        }
        if one.paper_sha256:
            detail["paper_sha256"] = one.paper_sha256
        return self._access.note(
            conn,
            f"privacy:assistance:{became}",
            caller.actor(),
            controller=one.controller,
            control=CONTROL_OF[one.kind],
            detail=detail,
            context={"asked_by": one.asked_by, "reference": one.reference},
        )
