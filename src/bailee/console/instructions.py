"""Instructions: what the controller asks, what stands against it, who decided (C2.4, C7.3(2))."""

from __future__ import annotations

from functools import partial
from typing import Any

from bailee.access import DATA_VERBS
from bailee.app import instruction_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, go, show
from bailee.console.visit import Visit
from bailee.privacy.instruction import ACTS, DOES, OPEN

HERE = "/console/at/{controller}/instructions"
INSTRUCTION = Form(shapes.NewInstruction)
ASKS = Form(shapes.InstructionAsks)
MOVE = Form(shapes.InstructionMove)
TIMES = ("received", "since", "until")


def _page(house: House, visit: Visit, **more: Any) -> View:
    found = house.list_instructions(visit.known, visit.controller).instructions
    given = {
        "found": found,
        "waiting": [one for one in found if one.status in OPEN],
        "acts": ACTS,
        "does": DOES,
        "verbs": sorted(DATA_VERBS),
        "failed": None,
        "status": 200,
    }
    return show("instructions.html", **(given | more))


def _one(house: House, visit: Visit, **more: Any) -> View:
    found = house.show_instruction(visit.known, visit.controller, visit.item)
    return show("instruction.html", one=found, **({"failed": None, "status": 200} | more))


@page(HERE)
def instructions(house: House, visit: Visit) -> View:
    """Show instructions, newest first."""
    return _page(house, visit)


@page(f"{HERE}/{{id}}")
def instruction(house: House, visit: Visit) -> View:
    """Show one, its words, and what may be done with it."""
    return _one(house, visit)


@form(HERE)
def give_instruction(house: House, visit: Visit) -> View:
    """Sign an instruction, or enter its paper."""

    def act() -> shapes.Instruction:
        lists = {name: visit.text(f"{name}_list").split() for name in ("elements", "keys")}
        asks = ASKS.read(visit.fields, **{name: many for name, many in lists.items() if many})
        times = {name: f"{visit.text(name)}:00Z" for name in TIMES if visit.text(name)}
        body = INSTRUCTION.read(visit.fields, asks=asks, **times)
        return house.give_instruction(visit.known, visit.controller, body)

    return attempt(act, partial(_page, house, visit, status=422), lambda one: _made(visit, one))


@form(f"{HERE}/{{id}}/move")
def move_instruction(house: House, visit: Visit) -> View:
    """Check, judge, accept, insist on, withdraw, or carry out an instruction."""

    def act() -> shapes.Instruction:
        body = MOVE.read(visit.fields)
        return house.move_instruction(visit.known, visit.controller, visit.item, body)

    return attempt(act, partial(_one, house, visit, status=422), lambda one: _made(visit, one))


def _made(visit: Visit, one: shapes.Instruction) -> View:
    return go(f"{HERE.format(controller=visit.controller)}/{one.instruction}")


ROWS = (instructions, instruction, give_instruction, move_instruction)
