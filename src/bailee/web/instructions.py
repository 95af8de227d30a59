"""Routes of a controller's instructions (C2.4, C7.2(2), C7.3(2))."""

from __future__ import annotations

from bailee.app import instruction_shapes as shapes
from bailee.web.call import Call, get, post
from bailee.web.house import House

D = "/v1/controllers/{controller}/instructions"


@post(D, shapes.NewInstruction, shapes.Instruction)
def give_instruction(house: House, call: Call, body: shapes.NewInstruction) -> shapes.Instruction:
    """Sign an instruction as the controller's representative, or enter its signed paper."""
    return house.give_instruction(call.caller, call.controller, body)


@get(D, shapes.Instructions)
def list_instructions(house: House, call: Call) -> shapes.Instructions:
    """List instructions and how they stand."""
    return house.list_instructions(call.caller, call.controller)


@get(f"{D}/{{id}}", shapes.Instruction)
def show_instruction(house: House, call: Call) -> shapes.Instruction:
    """Show one instruction."""
    return house.show_instruction(call.caller, call.controller, call.item)


@post(f"{D}/{{id}}/move", shapes.InstructionMove, shapes.Instruction)
def move_instruction(house: House, call: Call, body: shapes.InstructionMove) -> shapes.Instruction:
    """Check, judge, accept, insist on, withdraw, or carry out an instruction."""
    return house.move_instruction(call.caller, call.controller, call.item, body)


ROUTES = (give_instruction, list_instructions, show_instruction, move_instruction)
