"""What this door asks for instructions."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import instruction_shapes as shapes

Caller: TypeAlias = Any


class Instructions(Protocol):
    """Instructions of a controller."""

    def give_instruction(
        self, caller: Caller, controller: str, body: shapes.NewInstruction
    ) -> shapes.Instruction:
        """Take one in."""

    def list_instructions(self, caller: Caller, controller: str) -> shapes.Instructions:
        """List them."""

    def show_instruction(self, caller: Caller, controller: str, item: str) -> shapes.Instruction:
        """Show one."""

    def move_instruction(
        self, caller: Caller, controller: str, item: str, body: shapes.InstructionMove
    ) -> shapes.Instruction:
        """Move one."""
