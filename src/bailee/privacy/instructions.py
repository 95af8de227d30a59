"""Acts upon instructions of controllers (C2.4, C7.2(2), C7.3(2), GDPR 28(3)).

1. A named representative signs one here, or one of ours enters what it signed on paper (``give``).
   The clock of our word runs from its receipt. What was signed here is checked at once.
2. A machine checks it (``check``); what infringes is answered with the reasons in the same
   transaction. For a paper, it takes a second person, who compares the words.
3. A named person of ours gives a legal opinion (``opine``); an adverse one answers too.
4. ``accept``: one person, or two for a purpose and for what the controller insists on. A purpose
   counts in the data path from that commit on, in every process; ``withdraw`` ends it the same way.
5. ``execute`` says that it was done, with the proof.

The machine checks again at each acceptance: what was lawful last month need not be.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller, Done, bump
from bailee.access.principal import REPRESENTATIVE
from bailee.agreement import Extension
from bailee.agreement.extensions import extend, retract
from bailee.errors import Conflict, Invalid, NotFound, Refused
from bailee.privacy import instruction_store as store
from bailee.privacy.instruction import (
    INFRINGES,
    LAWFUL,
    PURPOSE,
    RECEIVED,
    Given,
    Instruction,
    Opinion,
    check_accepts,
    check_confirms,
    check_executes,
    check_given,
    check_note,
    step,
)
from bailee.privacy.instruction_clock import AnswerClock
from bailee.privacy.instruction_fact import fact_of
from bailee.privacy.instruction_ground import Sources
from bailee.privacy.instruction_words import acceptance, answer
from bailee.privacy.objection import objections
from bailee.procedures import Matter, Message, Notices, Targets, Timers
from bailee.procedures.contacts import check_sees

ENTER, SECOND = "interpret", "approve"
MATTER = "instruction"


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to an instruction: an event, with its words and the verdict of an opinion."""

    event: str
    note: str = ""
    verdict: str = ""


class Instructions:
    """The instructions of every controller.

    Args:
        access: who is calling.
        sources: what they are measured by.
        timers: the clock of our word.
        notices: our word.
        targets: the operator's time where no text names one.
    """

    def __init__(
        self,
        access: Access,
        sources: Sources,
        *,
        timers: Timers,
        notices: Notices,
        targets: Targets,
    ) -> None:
        self._access = access
        self._sources = sources
        self._timers = timers
        self._notices = notices
        self._clock = AnswerClock(sources, timers, targets)

    def give(
        self, conn: sa.Connection, caller: Caller, controller: str, given: Given
    ) -> Done[Instruction]:
        """Take an instruction in: signed here by a representative, or entered from paper.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``, ``agreement.none``,
            ``outsider.unknown``; Invalid: ``instruction.*``; Gone: ``controller.destroyed``.
        """
        bump(conn)
        theirs = self._access.speaks_for(conn, caller, controller)
        if not theirs:
            self._access.demand(conn, caller, ENTER, controller)
        now = self._timers.now(conn, controller)
        check_given(given, now)
        signed_by = self._signer(conn, caller, controller, given=given, theirs=theirs)
        item = secrets.token_hex(16)
        matter = Matter(controller, MATTER, item)
        due, basis = self._clock.start(conn, caller.actor(), matter, given.received)
        made = Instruction(
            controller=controller,
            instruction_id=item,
            kind=given.kind,
            text=given.text,
            text_sha256=hashlib.sha256(given.text.encode("utf-8")).hexdigest(),
            asks=given.asks,
            signed_by=signed_by,
            reference=given.reference,
            writing_sha256=given.writing_sha256,
            received=given.received,
            since=given.since,
            until=given.until,
            entered=now,
            entered_by=caller.accountable,
            due=due,
            basis=basis,
        )
        store.add(conn, made)
        entry = self._tell(conn, caller, made, "received")
        return self._examine(conn, caller, made, by="") if theirs else Done(made, entry)

    def _signer(
        self, conn: sa.Connection, caller: Caller, controller: str, *, given: Given, theirs: bool
    ) -> str:
        """Return who signed: the caller, or a representative whose paper is entered."""
        if theirs:
            if given.writing_sha256 or given.signed_by not in ("", caller.principal_id):
                raise Invalid("instruction.signer", "You sign here for yourself alone.")
            return caller.principal_id
        if not given.writing_sha256:
            raise Invalid(
                "instruction.writing",
                "We enter an instruction only from a signed writing.",
                do="Give its reference and SHA-256, or let the representative sign here.",
            )
        who = self._access.outsider(conn, controller, given.signed_by, REPRESENTATIVE)
        return who.principal_id

    def move(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, move: Move
    ) -> Done[Instruction]:
        """Check, judge, accept, insist on, withdraw or carry out an instruction.

        Raises:
            Refused: ``grant.missing``, ``instruction.*``; NotFound: ``controller.unknown``,
            ``instruction.unknown``; Conflict: ``instruction.state``; Invalid: ``instruction.*``.
        """
        bump(conn)
        acts = {
            "check": self._check, "opine": self._opine, "accept": self._accept,
            "insist": self._insist, "withdraw": self._withdraw, "execute": self._execute,
        }  # fmt: skip
        if move.event not in acts:
            raise Invalid("instruction.event", f"It takes one of: {', '.join(acts)}.")
        if move.event not in ("insist", "withdraw"):
            self._ours(conn, caller, controller, SECOND if move.event == "accept" else ENTER)
        elif not self._access.speaks_for(conn, caller, controller):
            self._access.demand(conn, caller, ENTER, controller)
            check_note(move.note)  # where the controller's writing is kept
        return acts[move.event](conn, caller, self.found(conn, controller, item), move)

    def carried_out(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, proof: str
    ) -> Done[Instruction]:
        """Say that it was done, as part of an act that asked already who may.

        Raises:
            NotFound: ``instruction.unknown``; Refused: ``instruction.not_living``,
            ``instruction.by_path``; Invalid: ``instruction.note``.
        """
        found = self.found(conn, controller, item)
        return self._execute(conn, caller, found, Move("execute", proof))

    def found(self, conn: sa.Connection, controller: str, item: str) -> Instruction:
        """Return one instruction; who may see it, the caller of this decides.

        Raises:
            NotFound: ``instruction.unknown``.
        """
        found = store.one(conn, controller, item)
        if found is None:
            raise NotFound("instruction.unknown", "There is no such instruction.")
        return found

    def listed(self, conn: sa.Connection, caller: Caller, controller: str) -> list[Instruction]:
        """Return a controller's instructions to both sides, oldest first.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        self.check_sees(conn, caller, controller)
        return store.instructions(conn, controller)

    def check_sees(self, conn: sa.Connection, caller: Caller, controller: str) -> None:
        """Refuse whoever may not read instructions: both sides, who audits, and who decides.

        Raises:
            Refused: ``grant.missing``; NotFound: ``controller.unknown``.
        """
        try:
            check_sees(conn, self._access, caller, controller)
        except Refused:
            self._access.demand(conn, caller, SECOND, controller)

    # What each event does.

    def _check(
        self, conn: sa.Connection, caller: Caller, one: Instruction, _move: Move
    ) -> Done[Instruction]:
        check_confirms(one, caller.accountable)
        return self._examine(conn, caller, one, by=caller.accountable)

    def _examine(
        self, conn: sa.Connection, caller: Caller, one: Instruction, *, by: str
    ) -> Done[Instruction]:
        """Let the machine look; what it finds is told to the controller at once (C7.3(2)).

        ``by`` is who asked it to: nobody, where it came in signed.
        """
        now = self._timers.now(conn, one.controller)
        ground = self._sources.ground(conn, one.controller, now)
        seen = replace(
            one,
            objections=objections(one, ground),
            checked=now,
            checked_by=by,
            agreement=ground.agreement.version_id,
        )
        if seen.objections:
            return self._answer(conn, caller, one, seen)
        after = replace(seen, state=step(one.state_at(now), "check"))
        return self._save(conn, caller, one, after, became="checked")

    def _opine(
        self, conn: sa.Connection, caller: Caller, one: Instruction, move: Move
    ) -> Done[Instruction]:
        now = self._timers.now(conn, one.controller)
        if move.verdict not in (LAWFUL, INFRINGES):
            raise Invalid("instruction.verdict", f"It is {LAWFUL}, or it {INFRINGES}.")
        said = Opinion(move.verdict, check_note(move.note), caller.accountable, now)
        judged = replace(one, opinion=said)
        if move.verdict == INFRINGES:
            return self._answer(conn, caller, one, judged)
        after = replace(judged, state=step(one.state_at(now), "opine"))
        return self._save(conn, caller, one, after, became="judged")

    def _answer(
        self, conn: sa.Connection, caller: Caller, before: Instruction, after: Instruction
    ) -> Done[Instruction]:
        """Answer with the reasons; what it allowed, if it was accepted, ends with it."""
        now = self._timers.now(conn, before.controller)
        state = step(before.state_at(now), "answer")
        self._retract(conn, before, now)
        notice = self._announce(conn, caller, after, answer(after))
        answered = replace(
            after,
            state=state,
            answered=now,
            notice_id=notice,
            accepted=None,
            accepted_by=(),
        )
        return self._save(conn, caller, before, answered, became="answered")

    def _accept(
        self, conn: sa.Connection, caller: Caller, one: Instruction, _move: Move
    ) -> Done[Instruction]:
        now = self._timers.now(conn, one.controller)
        step(one.state_at(now), "support")
        ground = self._sources.ground(conn, one.controller, now)
        event = check_accepts(one, caller.accountable, objections(one, ground))
        after = replace(
            one,
            state=step(one.state_at(now), event),
            accepted_by=(*one.accepted_by, caller.accountable),
            objections=(),
        )
        if event == "support":
            return self._save(conn, caller, one, after, became="supported")
        after = replace(after, accepted=now, agreement=ground.agreement.version_id)
        self._extend(conn, after, now)
        notice = self._announce(conn, caller, after, acceptance(after))
        after = replace(after, notice_id=notice)
        return self._save(conn, caller, one, after, became="accepted")

    def _insist(
        self, conn: sa.Connection, caller: Caller, one: Instruction, move: Move
    ) -> Done[Instruction]:
        now = self._timers.now(conn, one.controller)
        after = replace(
            one,
            state=step(one.state_at(now), "insist"),
            insisted=now,
            insisted_by=caller.accountable,
            word=check_note(move.note) if move.note else "",
            due=now + (one.due - one.received),  # as long as our first word took
        )
        return self._save(conn, caller, one, after, became="insisted")

    def _withdraw(
        self, conn: sa.Connection, caller: Caller, one: Instruction, move: Move
    ) -> Done[Instruction]:
        now = self._timers.now(conn, one.controller)
        state = step(one.state_at(now), "withdraw")
        self._retract(conn, one, now)
        self._timers.stop(conn, caller.actor(), matter_of(one), reason="withdrawn")
        after = replace(
            one,
            state=state,
            withdrawn=now,
            withdrawn_by=caller.accountable,
            word=check_note(move.note) if move.note else one.word,
        )
        return self._save(conn, caller, one, after, became="withdrawn")

    def _execute(
        self, conn: sa.Connection, caller: Caller, one: Instruction, move: Move
    ) -> Done[Instruction]:
        now = self._timers.now(conn, one.controller)
        check_executes(one, now)
        after = replace(
            one,
            state=step(one.state_at(now), "execute"),
            executed=now,
            executed_by=caller.accountable,
            proof=check_note(move.note),
        )
        return self._save(conn, caller, one, after, became="executed")

    # Shared.

    def _ours(self, conn: sa.Connection, caller: Caller, controller: str, verb: str) -> None:
        self._access.demand(conn, caller, verb, controller)
        if self._access.speaks_for(conn, caller, controller):
            raise Refused("instruction.not_yours", "That is for the processor's people to do.")

    def _extend(self, conn: sa.Connection, one: Instruction, now: datetime) -> None:
        """Let the data path know an accepted purpose, from its effective date to its end."""
        if one.kind != PURPOSE or one.until is None:
            return
        added = Extension(
            extension_id=secrets.token_hex(16),
            instruction_id=one.instruction_id,
            purpose=one.asks.purpose,
            elements=frozenset(one.asks.elements),
            verbs=frozenset(one.asks.verbs),
            since=one.since,
            until=one.until,
            accepted=now,
        )
        extend(conn, one.controller, added)

    def _retract(self, conn: sa.Connection, one: Instruction, now: datetime) -> None:
        if one.kind == PURPOSE and one.state == "accepted":
            retract(conn, one.controller, one.instruction_id, now)

    def _announce(
        self, conn: sa.Connection, caller: Caller, one: Instruction, message: Message
    ) -> str:
        """Write our word; handing it over meets the clock that runs from the receipt."""
        actor = caller.actor()
        return self._notices.write(conn, actor, matter_of(one), message, meets=RECEIVED).notice_id

    def _save(
        self,
        conn: sa.Connection,
        caller: Caller,
        before: Instruction,
        after: Instruction,
        *,
        became: str,
    ) -> Done[Instruction]:
        if not store.move(conn, before, after):
            raise Conflict("instruction.state", "Somebody else moved that instruction just now.")
        return Done(after, self._tell(conn, caller, after, became))

    def _tell(self, conn: sa.Connection, caller: Caller, one: Instruction, became: str) -> object:
        fact = fact_of(one, became)
        return self._access.note(conn, f"privacy:instruction:{became}", caller.actor(), **fact)


def matter_of(one: Instruction) -> Matter:
    """Return what an instruction's clock and notices belong to."""
    return Matter(one.controller, MATTER, one.instruction_id)
