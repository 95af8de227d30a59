"""Instructions of controllers, as the doors ask for them (C2.4, C7.2(2), C7.3(2))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import msgspec
import sqlalchemy as sa

from bailee.access import Caller, Done
from bailee.app import instruction_shapes as shapes
from bailee.app.law_claims import law_claims
from bailee.app.office import entry_of
from bailee.app.procedure_rows import moment
from bailee.app.procedures import Procedures
from bailee.clock import read_time
from bailee.privacy import request_store
from bailee.privacy.instruction import INFRINGES, Asks, Given, Instruction
from bailee.privacy.instruction_ground import Sources
from bailee.privacy.instructions import ENTER, Instructions, Move
from bailee.procedures.contacts import SEE
from bailee.vault import schema


class Instructing(Procedures):
    """Acts upon instructions."""

    @property
    def instructing(self) -> Instructions:
        """Return the acts upon instructions."""
        parts = self.parts
        sources = Sources(
            rules=parts.agreements.in_force,
            schema=schema(),
            laws=partial(law_claims, parts),
            mechanism=parts.border.mechanism,
            known=request_store.known,
        )
        return Instructions(
            parts.access, sources, timers=self.timers, notices=self.notices, targets=self.targets
        )

    def give_instruction(
        self, caller: Caller, controller: str, body: shapes.NewInstruction
    ) -> shapes.Instruction:
        """Take in an instruction: signed here, or entered from paper."""
        received = _time(body.received) or self.parts.clock.now()
        given = Given(
            kind=body.kind,
            text=body.text,
            asks=_asks(body.asks),
            signed_by=body.signed_by,
            received=received,
            since=_time(body.since) or received,
            until=_time(body.until),
            reference=body.reference,
            writing_sha256=body.writing_sha256,
        )
        return self.act(
            caller,
            controller,
            ENTER,
            lambda conn: self._instructed(
                conn, caller, self.instructing.give(conn, caller, controller, given)
            ),
        )

    def move_instruction(
        self, caller: Caller, controller: str, item: str, body: shapes.InstructionMove
    ) -> shapes.Instruction:
        """Say what happens to an instruction."""
        move = Move(body.event, body.note, body.verdict)
        return self.act(
            caller,
            controller,
            ENTER,
            lambda conn: self._instructed(
                conn, caller, self.instructing.move(conn, caller, controller, item, move=move)
            ),
        )

    def list_instructions(self, caller: Caller, controller: str) -> shapes.Instructions:
        """List instructions without their words, to both sides."""

        def work(conn: sa.Connection) -> shapes.Instructions:
            found = self.instructing.listed(conn, caller, controller)
            shown = self._told_of(conn, caller, found[::-1])
            return shapes.Instructions([msgspec.structs.replace(one, text="") for one in shown])

        return self.read(caller, controller, SEE, work)

    def show_instruction(self, caller: Caller, controller: str, item: str) -> shapes.Instruction:
        """Show one instruction, to both sides."""

        def work(conn: sa.Connection) -> shapes.Instruction:
            self.instructing.check_sees(conn, caller, controller)
            found = self.instructing.found(conn, controller, item)
            return self._told_of(conn, caller, [found])[0]

        return self.read(caller, controller, SEE, work)

    def _instructed(
        self, conn: sa.Connection, caller: Caller, done: Done[Instruction]
    ) -> shapes.Instruction:
        shown = self._told_of(conn, caller, [done.result])[0]
        return msgspec.structs.replace(shown, entry=entry_of(done.entry))

    def _told_of(
        self, conn: sa.Connection, caller: Caller, found: Sequence[Instruction]
    ) -> list[shapes.Instruction]:
        """Return instructions as a side sees them: what we think of one is ours, until we answer.

        Names are those of people who stand in an instruction, and nobody's else.
        """
        now, names = self.parts.clock.now(), self.parts.access.names(conn)
        theirs = bool(self.parts.access.principal(conn, caller.accountable).represents)
        shown = []
        for one in found:
            made = instruction_shape(one, now)
            hidden = theirs and made.verdict != INFRINGES
            mentioned = {who: names[who] for who in _mentioned(one) if who in names}
            reasons = "" if hidden else made.reasons
            shown.append(msgspec.structs.replace(made, names=mentioned, reasons=reasons))
        return shown


def instruction_shape(one: Instruction, now: datetime) -> shapes.Instruction:
    """Return an instruction as it stands now."""
    said = one.opinion
    return shapes.Instruction(
        instruction=one.instruction_id,
        kind=one.kind,
        text=one.text,
        text_sha256=one.text_sha256,
        asks=_asks_shape(one.asks),
        status=one.state_at(now),
        signed_by=one.signed_by,
        received=moment(one.received),
        since=moment(one.since),
        entered=moment(one.entered),
        entered_by=one.entered_by,
        due=moment(one.due),
        basis=one.basis,
        until=moment(one.until),
        reference=one.reference,
        writing_sha256=one.writing_sha256,
        living=one.living(now),
        overdue=one.overdue(now),
        needs=one.needs,
        objections=[
            shapes.InstructionObjection(against.code, against.rule, against.says)
            for against in one.objections
        ],
        checked=moment(one.checked),
        checked_by=one.checked_by,
        agreement=one.agreement,
        verdict=said.verdict if said else "",
        reasons=said.reasons if said else "",
        judged=moment(said.at) if said else "",
        judged_by=said.by if said else "",
        accepted=moment(one.accepted),
        accepted_by=list(one.accepted_by),
        answered=moment(one.answered),
        notice=one.notice_id,
        insisted=moment(one.insisted),
        word=one.word,
        executed=moment(one.executed),
        executed_by=one.executed_by,
        proof=one.proof,
        withdrawn=moment(one.withdrawn),
    )


def _mentioned(one: Instruction) -> set[str]:
    judge = one.opinion.by if one.opinion else ""
    return {
        one.signed_by, one.entered_by, one.checked_by, judge, *one.accepted_by, one.executed_by,
        one.insisted_by, one.withdrawn_by,
    } - {""}  # fmt: skip


def _asks(body: shapes.InstructionAsks) -> Asks:
    return Asks(
        purpose=body.purpose,
        elements=tuple(sorted(set(body.elements))),
        verbs=tuple(sorted(set(body.verbs))),
        request=body.request,
        act=body.act,
        does=body.does,
        recipient=body.recipient,
        keys=tuple(sorted(set(body.keys))),
        country=body.country,
    )


def _asks_shape(asks: Asks) -> shapes.InstructionAsks:
    return shapes.InstructionAsks(
        purpose=asks.purpose,
        elements=list(asks.elements),
        verbs=list(asks.verbs),
        request=asks.request,
        act=asks.act,
        does=asks.does,
        recipient=asks.recipient,
        keys=list(asks.keys),
        country=asks.country,
    )


def _time(text: str) -> datetime | None:
    return read_time(text) if text else None
