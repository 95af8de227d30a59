"""Acts on the controller's last instruction to its sub-processors (C6(ii), C6).

1. One of us relays the controller's choice (``relay``): an instruction for each sub-processor that
   was ever engaged for it, and a notice with the same words to the controller, in one transaction.
2. Each is handed over, which a person answers for (``step`` with ``relay``): no mail server of
   ours speaks for a company that is not our customer.
3. Its certificate is collected (``step`` with ``certify``). What is missing when its time is up is
   a finding of the control.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bailee.access import Access, Caller, Done
from bailee.agreement import Agreement
from bailee.errors import Conflict
from bailee.privacy import subprocessor_store as store
from bailee.privacy.engagement import Engagement, check_words
from bailee.privacy.last_instruction import (
    TERMS,
    USUAL,
    LastInstruction,
    check_certificate,
    check_choice,
    step,
    words,
)
from bailee.privacy.standings import begin_ours
from bailee.privacy.subprocessor import check_sha256
from bailee.privacy.subprocessors import Subprocessors, unknown
from bailee.procedures import Matter, Message, Notices, Timers

INSTRUCTION = "subprocessor-instruction"
CHOICE = "choice-received"
"""The trigger of what is due once the controller has chosen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an instruction: handed over with a proof, or certified."""

    event: str
    """``relay`` or ``certify``."""
    proof: str = ""
    text_sha256: str = ""
    day: str = ""
    signed_by: str = ""


class LastInstructions:
    """The instructions of every controller; its arguments are those of ``Engagements``."""

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

    def relay(
        self, conn: sa.Connection, caller: Caller, controller: str, choice: str
    ) -> list[LastInstruction]:
        """Write the controller's choice to everybody who may hold its data; none twice.

        Raises:
            Refused: ``grant.missing``; Invalid: ``subprocessor.choice``;
            NotFound: ``controller.unknown``.
        """
        begin_ours(conn, self._access, caller, controller)
        check_choice(choice)
        return self.tell_rest(conn, caller, controller, choice)

    def tell_rest(
        self, conn: sa.Connection, caller: Caller, controller: str, choice: str
    ) -> list[LastInstruction]:
        """Do what ``relay`` does, as part of an act that asked already who may (C6)."""
        now = self._timers.now(conn, controller)
        due = due_at(self._rules(conn, controller), now)
        waiting = uninstructed(
            store.engagements(conn, controller), store.last_instructions(conn, controller)
        )
        return [
            self._write(conn, caller, controller, asked=(subprocessor_id, choice, due))
            for subprocessor_id in waiting
        ]

    def _write(
        self,
        conn: sa.Connection,
        caller: Caller,
        controller: str,
        *,
        asked: tuple[str, str, datetime],
    ) -> LastInstruction:
        subprocessor_id, choice, due = asked
        known, item = self._register.newest(conn, subprocessor_id), secrets.token_hex(16)
        lines, now = (
            words(known.name, controller, choice, due=due),
            self._timers.now(conn, controller),
        )
        matter, text = Matter(controller, INSTRUCTION, item), "\n".join(lines) + "\n"
        copy = Message(INSTRUCTION, "privacy", "Copy of an instruction to a sub-processor", lines)
        notice = self._notices.write(conn, caller.actor(), matter, copy)
        self._timers.start(conn, caller.actor(), matter, trigger=CHOICE, since=now)
        made = LastInstruction(
            controller=controller,
            instruction_id=item,
            subprocessor_id=subprocessor_id,
            choice=choice,
            text=text,
            text_sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
            written=now,
            written_by=caller.accountable,
            due=due,
            notice_id=notice.notice_id,
        )
        store.add_last_instruction(conn, made)
        self._tell(conn, caller, made)
        return made

    def step(
        self, conn: sa.Connection, caller: Caller, controller: str, item: str, *, answer: Answer
    ) -> Done[LastInstruction]:
        """Say that an instruction was handed over, or enter the certificate that came back.

        Raises:
            Refused: ``grant.missing``; NotFound: ``subprocessor.unknown``;
            Conflict: ``subprocessor.instruction_state``; Invalid: ``subprocessor.*``.
        """
        begin_ours(conn, self._access, caller, controller)
        known = store.last_instructions(conn, controller)
        found = next((one for one in known if one.instruction_id == item), None)
        if found is None:
            raise unknown()
        now, state = self._timers.now(conn, controller), step(found.state, answer.event)
        if answer.event == "relay":
            proof = check_words(answer.proof, needed=True)
            after = replace(
                found, state=state, relayed=now, relayed_by=caller.accountable, proof=proof
            )
            matter = Matter(controller, INSTRUCTION, item)
            self._timers.meet(conn, caller.actor(), matter, trigger=CHOICE)
        else:
            check_sha256(answer.text_sha256)
            check_certificate(answer.day, answer.signed_by, found, now)
            after = replace(
                found,
                state=state,
                certificate_sha256=answer.text_sha256,
                certificate_day=answer.day,
                certificate_by=answer.signed_by,
                collected=now,
                collected_by=caller.accountable,
            )
        if not store.move_last_instruction(conn, found, after):
            raise Conflict("subprocessor.instruction_state", "Somebody else moved it just now.")
        return Done(after, self._tell(conn, caller, after))

    def _tell(self, conn: sa.Connection, caller: Caller, one: LastInstruction) -> object:
        """Record it; who signed for the sub-processor stays in the table."""
        detail: dict[str, str | int] = {
            "instruction": one.instruction_id,
            "subprocessor": one.subprocessor_id,
            "choice": one.choice,
            "text_sha256": one.text_sha256,
        }
        if one.certificate_sha256:
            detail |= {
                "certificate_sha256": one.certificate_sha256,
                "certificate_day": one.certificate_day,
            }
        return self._access.note(
            conn,
            f"privacy:last-instruction:{one.state}",
            caller.actor(),
            controller=one.controller,
            control=INSTRUCTION,
            detail=detail,
        )


def due_at(rules: Agreement, now: datetime) -> datetime:
    """Return when certificates are due: by the first time that the agreement names."""
    named = (rules.due(parameter, now) for parameter in TERMS)
    return next((end for end in named if end is not None), now + USUAL)


def uninstructed(engagements: list[Engagement], known: list[LastInstruction]) -> list[str]:
    """Return sub-processors that may hold data and were not instructed since they last might."""
    last: dict[str, datetime] = {}
    for one in engagements:
        if one.engaged is not None:
            last[one.subprocessor_id] = max(one.engaged, last.get(one.subprocessor_id, one.engaged))
    return [
        subprocessor_id
        for subprocessor_id, engaged in last.items()
        if not any(
            one.subprocessor_id == subprocessor_id and one.written >= engaged for one in known
        )
    ]


__all__ = ["Answer", "LastInstructions", "due_at", "uninstructed"]
