# ruff: noqa: ARG002
"""Instructions of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import instruction_shapes as shapes
from bailee.vault.shapes import Entry


class SimulatedInstructions:
    """Instructions; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _instructed(self, **changed: Any) -> shapes.Instruction:
        fields: dict[str, Any] = {
            "instruction": "i1", "kind": "request", "text": "Delete it.", "text_sha256": "0" * 64,
            "asks": shapes.InstructionAsks(request="ab" * 16, act="delete"), "status": "checked",
            "signed_by": "p1", "received": "2026-11-20T21:07:00Z", "since": "2026-11-20T21:07:00Z",
            "entered": "2026-11-20T21:07:00Z", "entered_by": "p1", "due": "2026-11-24T05:00:00Z",
            "basis": "C4.3",
        }  # fmt: skip
        return shapes.Instruction(**(fields | changed))

    def give_instruction(
        self, caller: Any, controller: str, body: shapes.NewInstruction
    ) -> shapes.Instruction:
        """Take one in."""
        self.saw("give_instruction", controller, body)
        return self._instructed(text=body.text, entry=self.entry())

    def list_instructions(self, caller: Any, controller: str) -> shapes.Instructions:
        """List one."""
        self.saw("list_instructions", controller, None)
        return shapes.Instructions([self._instructed()])

    def show_instruction(self, caller: Any, controller: str, item: str) -> shapes.Instruction:
        """Show one."""
        self.saw("show_instruction", controller, None)
        return self._instructed(instruction=item)

    def move_instruction(
        self, caller: Any, controller: str, item: str, body: shapes.InstructionMove
    ) -> shapes.Instruction:
        """Move one."""
        self.saw("move_instruction", controller, body)
        return self._instructed(status="accepted", entry=self.entry())
