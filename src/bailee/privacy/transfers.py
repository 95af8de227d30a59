"""Acts on flows and on statements (C7.3(3), C7.3(4)).

1. Whoever holds ``interpret`` at the controller records a flow; a second person who holds
   ``approve`` confirms it; either ends it.
2. A named person states what no machine sees: one of ours who holds ``interpret``, or the
   controller's representative. Either side withdraws its own.
3. Whoever holds ``audit`` at the house revokes a decision on adequacy for every controller.
   Whoever holds ``publish`` there states what is the same for all of them: who we are, and where.

Each loads, decides by the pure rules, saves and records in the caller's one transaction. Free words
stand in the rows, never in a leaf of the ledger.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import sqlalchemy as sa

from bailee.access import Access, Caller, Done, Schema, bump
from bailee.access.lifecycle import step
from bailee.clock import Clock, write_time
from bailee.db import HOUSE
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.privacy import transfer_store as store
from bailee.privacy.assertion import (
    ASSERTION,
    CONTROLLER,
    PROCESSOR,
    REVOKED,
    Assertion,
    Said,
    check_said,
    check_side,
)
from bailee.privacy.blank import CCPA, FIELDS, OF_FLOW, OF_HOUSE
from bailee.privacy.border import Border
from bailee.privacy.flow import FLOW, Flow, Verdict, Wanted, check_wanted, judge

RECORD, CONFIRM, SEE, PUBLISH = "interpret", "approve", "audit", "publish"
REGISTER = "transfer-register"
CONTROL_OF = {"clause-14": "transfer-assessment", CCPA: CCPA}
"""First part of a statement's subject -> the control that its duty stands under; else annexes."""


class Transfers:
    """The flows and statements of every controller.

    Args:
        access: who is calling.
        border: what flows are judged by.
        schema: what the catalogue says of elements.
        clock: the time.
        certified: the digest of what is certified to a controller now.
    """

    def __init__(
        self,
        access: Access,
        border: Border,
        *,
        schema: Schema,
        clock: Clock,
        certified: Callable[[sa.Connection, str], str],
    ) -> None:
        self._access = access
        self._border = border
        self._schema = schema
        self._clock = clock
        self._certified = certified

    # Flows.

    def record(
        self, conn: sa.Connection, caller: Caller, controller: str, wanted: Wanted
    ) -> Done[Flow]:
        """Record a flow; it counts when a second person has confirmed it.

        Raises:
            Refused: ``grant.missing``, ``transfer.invalid_mechanism``; Invalid: ``transfer.*``;
            NotFound: ``controller.unknown``.
        """
        bump(conn)
        self._access.demand(conn, caller, RECORD, controller)
        now = self._clock.now()
        check_wanted(wanted, self._schema, now)
        made = Flow(
            **{one.name: getattr(wanted, one.name) for one in fields(wanted)},
            flow_id=secrets.token_hex(16),
            controller=controller,
            created=now,
            recorded_by=caller.accountable,
        )
        store.add_flow(conn, made)
        return Done(made, self._note_flow(conn, caller, made))

    def confirm(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Done[Flow]:
        """Say, as a second person, that the flow is as recorded; from then on it counts.

        Raises:
            Refused: ``grant.missing``, ``self.approve``; NotFound: ``controller.unknown``,
            ``transfer.unknown``; Conflict: ``lifecycle.event``.
        """
        bump(conn)
        self._access.demand(conn, caller, CONFIRM, controller)
        found = self._flow(conn, controller, item)
        if found.recorded_by in caller.principals:
            raise Refused(
                "self.approve",
                "Nobody confirms a flow that they recorded themselves.",
                do="Ask a second person.",
            )
        now = self._border.now(conn, controller)
        after = replace(
            found,
            state=step(FLOW, found.state_at(now), "confirm"),
            confirmed_by=caller.accountable,
            confirmed=now,
        )
        return self._move(conn, caller, found, after)

    def end(self, conn: sa.Connection, caller: Caller, controller: str, item: str) -> Done[Flow]:
        """End a flow at once: nothing more leaves on it; that takes one person.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``transfer.unknown``;
            Conflict: ``lifecycle.event``.
        """
        bump(conn)
        if not self._access.speaks_for(conn, caller, controller):
            try:
                self._access.demand(conn, caller, RECORD, controller)
            except Refused:
                self._access.demand(conn, caller, CONFIRM, controller)
        found = self._flow(conn, controller, item)
        now = self._border.now(conn, controller)
        after = replace(
            found,
            state=step(FLOW, found.state_at(now), "end"),
            ended_by=caller.accountable,
            ended=now,
        )
        return self._move(conn, caller, found, after)

    def judged(self, conn: sa.Connection, controller: str) -> tuple[tuple[Flow, Verdict], ...]:
        """Return every flow with what it rests on now; nothing is checked here."""
        ground = self._border.ground(conn, controller)
        return tuple((one, judge(one, ground)) for one in store.flows(conn, controller))

    def check_sees(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever may not look: the controller's people and whoever may act or audit do.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        if self._access.speaks_for(conn, caller, controller):
            return
        for verb in (PUBLISH,) if controller == HOUSE else (RECORD, CONFIRM):
            with suppress(Refused):
                self._access.demand(conn, caller, verb, controller)
                return
        self._access.demand(conn, caller, SEE, controller)

    # Statements.

    def sign(
        self, conn: sa.Connection, caller: Caller, controller: str, said: Said
    ) -> Done[Assertion]:
        """State something, by name and until a day; the newest that stands counts.

        Raises:
            Refused: ``grant.missing``; Invalid: ``assertion.*``; NotFound: ``controller.unknown``,
            ``transfer.unknown``, ``adequacy.unknown``; Conflict: ``assertion.other_text``.
        """
        bump(conn)
        side = self._side(conn, caller, controller, said.subject)
        now = self._clock.now()
        check_said(said, now)
        check_side(side, self._whose(conn, controller, said), said)
        made = Assertion(
            **{one.name: getattr(said, one.name) for one in fields(said)},
            assertion_id=secrets.token_hex(16),
            controller=controller,
            side=side,
            signed_by=caller.accountable,
            signed=now,
        )
        store.add_assertion(conn, made)
        return self._filed(conn, caller, made, "signed")

    def withdraw(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str
    ) -> Done[Assertion]:
        """Take a statement of one's own side back; what rests on it falls at once.

        Raises:
            Refused: ``grant.missing``, ``assertion.other_side``; Conflict: ``lifecycle.event``;
            NotFound: ``controller.unknown``, ``assertion.unknown``.
        """
        bump(conn)
        found = store.assertion(conn, controller, item)
        side = self._side(conn, caller, controller, found.subject if found else REVOKED)
        if found is None:
            raise NotFound("assertion.unknown", "There is no such statement.")
        if found.side != side:
            raise Refused("assertion.other_side", "Each side withdraws what it stated itself.")
        now = self._clock.now()
        after = replace(
            found,
            state=step(ASSERTION, found.state_at(now), "withdraw"),
            withdrawn_by=caller.accountable,
            withdrawn=now,
        )
        if not store.withdraw_assertion(conn, after):
            raise Conflict("lifecycle.event", "Somebody withdrew it just now.")
        return Done(after, self._note_said(conn, caller, after, "withdrawn"))

    def _side(self, conn: sa.Connection, caller: Caller, controller: str, subject: str) -> str:
        if controller != HOUSE and self._access.speaks_for(conn, caller, controller):
            return CONTROLLER
        at_house = PUBLISH if subject.startswith(OF_HOUSE) else SEE
        self._access.demand(conn, caller, at_house if controller == HOUSE else RECORD, controller)
        return PROCESSOR

    def _whose(self, conn: sa.Connection, controller: str, said: Said) -> str:
        """Return whose word a subject is, after looking that there is such a thing."""
        what, _, of = said.subject.partition(":")
        if controller == HOUSE and said.subject in FIELDS and said.subject.startswith(OF_HOUSE):
            return PROCESSOR
        if controller == HOUSE:
            if what + ":" != REVOKED or of not in {one.id for one in self._border.table.entry}:
                raise NotFound("adequacy.unknown", "There is no such decision on adequacy.")
            return PROCESSOR
        if said.subject == CCPA:
            self._check_certified(conn, controller, said)
            return PROCESSOR
        if what in OF_FLOW and of:
            self._flow(conn, controller, of)
            return OF_FLOW[what]
        if said.subject not in FIELDS:
            raise Invalid(
                "assertion.subject",
                "That is no subject of a statement.",
                do="See the blanks: `bailee transfers annexes`.",
            )
        return FIELDS[said.subject].who

    def _check_certified(self, conn: sa.Connection, controller: str, said: Said) -> None:
        if said.text_sha256 != self._certified(conn, controller):
            raise Conflict(
                "assertion.other_text",
                "That is not the digest of what is certified now.",
                do="Read it again: `bailee transfers certificate`.",
            )

    # Shared.

    def _flow(self, conn: sa.Connection, controller: str, item: str) -> Flow:
        found = store.flow(conn, controller, item)
        if found is None:
            raise NotFound("transfer.unknown", "There is no such flow.")
        return found

    def _move(self, conn: sa.Connection, caller: Caller, before: Flow, after: Flow) -> Done[Flow]:
        if not store.move_flow(conn, before, after):
            raise Conflict("lifecycle.event", "Somebody moved that flow just now.")
        return Done(after, self._note_flow(conn, caller, after))

    def _note_flow(self, conn: sa.Connection, caller: Caller, one: Flow) -> object:
        """Record what became of a flow: codes and digests in clear, names committed to."""
        detail: dict[str, str | int] = {
            "flow": one.flow_id,
            "receiver": one.receiver_kind,
            "country": one.country.lower(),
            "regime": one.regime,
            "mechanism": one.mechanism,
            "until": write_time(one.until).lower(),
        }
        if one.text_sha256:
            detail["text_sha256"] = one.text_sha256
        return self._access.note(
            conn,
            f"privacy:flow:{one.state}",
            caller.actor(),
            controller=one.controller,
            control=REGISTER,
            detail=detail,
            context={"receiver": one.receiver, "reference": one.reference},
            elements=one.elements,
        )

    def _filed(
        self, conn: sa.Connection, caller: Caller, made: Assertion, became: str
    ) -> Done[Assertion]:
        receipt: Any = self._note_said(conn, caller, made, became)
        entry = getattr(receipt, "entry_id", "")
        store.file_entry(conn, made, entry)
        return Done(replace(made, entry_id=entry), receipt)

    def _note_said(
        self, conn: sa.Connection, caller: Caller, one: Assertion, became: str
    ) -> object:
        what, _, of = one.subject.partition(":")
        detail: Mapping[str, str | int] = {
            "assertion": one.assertion_id,
            "subject": what,
            "side": one.side,
            "until": write_time(one.until).lower(),
        } | ({"of": of} if of else {})
        if one.text_sha256:
            detail = {**detail, "text_sha256": one.text_sha256}
        return self._access.note(
            conn,
            f"privacy:assertion:{became}",
            caller.actor(),
            controller=one.controller,
            control=CONTROL_OF.get(what, "transfer-annexes"),
            detail=detail,
            context={"text": one.text, "reference": one.reference},
        )
