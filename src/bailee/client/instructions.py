"""Methods of a controller's instructions."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from bailee.client.instruction_answers import Instruction, InstructionAsks, Instructions
from bailee.client.line import Line, filled, segment, within

InstructionKind = Literal["purpose", "request", "processing"]
InstructionEvent = Literal["check", "opine", "accept", "insist", "withdraw", "execute"]
Verdict = Literal["", "lawful", "infringes"]


class Instructed(Line):
    """Sign, enter and decide on instructions."""

    def give_instruction(  # noqa: PLR0913 - the fields of an instruction
        self,
        controller: str,
        kind: InstructionKind,
        text: str,
        *,
        asks: InstructionAsks,
        signed_by: str = "",
        reference: str = "",
        writing_sha256: str = "",
        received: str = "",
        since: str = "",
        until: str = "",
    ) -> Instruction:
        """Sign an instruction as the controller's representative, or enter its signed paper."""
        body: dict[str, Any] = {"kind": kind, "text": text, "asks": msgspec.to_builtins(asks)}
        body |= filled(
            signed_by=signed_by,
            reference=reference,
            writing_sha256=writing_sha256,
            received=received,
            since=since,
            until=until,
        )
        return self._post(within(controller, "instructions"), Instruction, body)

    def list_instructions(self, controller: str) -> Instructions:
        """List instructions, newest first."""
        return self._get(within(controller, "instructions"), Instructions)

    def show_instruction(self, controller: str, instruction: str) -> Instruction:
        """Show one instruction."""
        return self._get(within(controller, f"instructions/{segment(instruction)}"), Instruction)

    def move_instruction(
        self,
        controller: str,
        instruction: str,
        event: InstructionEvent,
        *,
        note: str = "",
        verdict: Verdict = "",
    ) -> Instruction:
        """Check, judge, accept, insist on, withdraw, or carry out an instruction."""
        body: dict[str, Any] = {"event": event} | filled(note=note, verdict=verdict)
        path = within(controller, f"instructions/{segment(instruction)}/move")
        return self._post(path, Instruction, body)
