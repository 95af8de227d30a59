"""Sub-processors: the house's register, and where each controller stands (C7.3(5), C7.2(5)).

The controller's representative sees who is proposed or engaged for it, consents and objects there;
ours propose, engage, and enter what the controller wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bailee.app import subprocessor_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure

REGISTER = "/console/subprocessors"
HERE = "/console/at/{controller}/subprocessors"
NEW = Form(shapes.NewSubprocessor)
CONTRACT = Form(shapes.NewContractReading)
WORKER = Form(shapes.NewWorker)
PROPOSAL = Form(shapes.NewProposal)
ANSWER = Form(shapes.ProposalAnswer)
INSTRUCTION = Form(shapes.NewLastInstruction)
LAST = Form(shapes.LastInstructionAnswer)
_SEVERAL = re.compile(r"[\s,]+")
OVER = frozenset(("objected", "ended"))


# The register.


def _register(house: House, visit: Visit, failed: Failure | None = None) -> View:
    found = house.subprocessors(visit.known)
    keeps = visit.person.may("people", "house")
    return show(
        "subprocessor_register.html",
        status=403 if failed else 200,
        failed=failed,
        found=found.subprocessors,
        duties=found.duties,
        keeps=keeps,
    )


def _kept(house: House, visit: Visit, act: Callable[[], object]) -> View:
    """Do something to the register, and show it again with what went wrong."""
    try:
        act()
    except Failure as failure:
        return _register(house, visit, failure)
    return go(REGISTER)


@page(REGISTER)
def register(house: House, visit: Visit) -> View:
    """Show the register of sub-processors."""
    return _register(house, visit)


@form(f"{REGISTER}/record")
def record_subprocessor(house: House, visit: Visit) -> View:
    """Write one, or what is different about one."""
    day = visit.text("day")
    lists: dict[str, Any] = {
        "services": [line.strip() for line in visit.text("services").split("\n") if line.strip()],
        **{name: _several(visit.text(name)) for name in ("elements", "countries", "keys")},
    }
    since = {"since": f"{day}T00:00:00Z"} if day else {}
    return _kept(
        house,
        visit,
        lambda: house.record_subprocessor(visit.known, NEW.read(visit.fields, **lists, **since)),
    )


@form(f"{REGISTER}/{{id}}/contract")
def compare_contract(house: House, visit: Visit) -> View:
    """Say what the contract covers, duty by duty."""
    duties = {
        name.removeprefix("duty-"): visit.text(name)
        for name in visit.fields
        if name.startswith("duty-")
    }
    return _kept(
        house,
        visit,
        lambda: house.compare_contract(
            visit.known, visit.item, CONTRACT.read(visit.fields, duties=duties)
        ),
    )


@form(f"{REGISTER}/{{id}}/workers")
def mark_worker(house: House, visit: Visit) -> View:
    """Say that a person or service is a sub-processor's."""
    return _kept(
        house,
        visit,
        lambda: house.mark_worker(visit.known, visit.item, WORKER.read(visit.fields)),
    )


# At a controller.


def _list(house: House, visit: Visit, failed: Failure | None = None) -> View:
    found = house.engagements(visit.known, visit.controller)
    theirs = visit.person.represents == visit.controller
    known = [] if theirs else _choices(house, visit, found)
    living = [one for one in found.engagements if one.status not in OVER]
    return show(
        "subprocessors.html",
        status=403 if failed else 200,
        failed=failed,
        living=living[::-1],
        over=[one for one in found.engagements if one.status in OVER][::-1],
        instructions=found.instructions[::-1],
        lists=found.lists[::-1],
        theirs=theirs,
        acts=theirs or visit.person.may("interpret", visit.controller),
        second=visit.person.may("approve", visit.controller),
        known=known,
    )


def _choices(house: House, visit: Visit, found: shapes.Proposals) -> list[shapes.Subprocessor]:
    """Return what could be proposed to a controller, for whoever may see the register."""
    try:
        known = house.subprocessors(visit.known).subprocessors
    except Failure:
        return []
    open_ones = {
        (one.subprocessor, one.edition) for one in found.engagements if one.status not in OVER
    }
    return [one for one in known if (one.subprocessor, one.edition) not in open_ones]


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    def again(failed: Failure) -> View:
        return _list(house, visit, failed)

    return attempt(act, again, HERE.format(controller=visit.controller))


@page(HERE)
def subprocessors(house: House, visit: Visit) -> View:
    """Show where a controller stands with sub-processors."""
    return _list(house, visit)


@form(f"{HERE}/propose")
def propose_subprocessor(house: House, visit: Visit) -> View:
    """Propose one; its notice leaves."""
    return _done(
        house,
        visit,
        lambda: house.propose_subprocessor(
            visit.known, visit.controller, PROPOSAL.read(visit.fields)
        ),
    )


@form(f"{HERE}/{{id}}/answer")
def answer_subprocessor(house: House, visit: Visit) -> View:
    """Consent, object, or offer another way."""
    day = visit.text("day")
    signed = {"signed": f"{day}T{visit.text('hour') or '12:00'}:00Z"} if day else {}
    return _done(
        house,
        visit,
        lambda: house.answer_subprocessor(
            visit.known, visit.controller, visit.item, ANSWER.read(visit.fields, **signed)
        ),
    )


@form(f"{HERE}/{{id}}/engage")
def engage_subprocessor(house: House, visit: Visit) -> View:
    """Let one reach data."""
    return _done(
        house,
        visit,
        lambda: house.engage_subprocessor(visit.known, visit.controller, visit.item),
    )


@form(f"{HERE}/{{id}}/end")
def end_subprocessor(house: House, visit: Visit) -> View:
    """End an engagement, or take a proposal back."""
    return _done(
        house,
        visit,
        lambda: house.end_subprocessor(visit.known, visit.controller, visit.item),
    )


@form(f"{HERE}/instruct")
def instruct_subprocessors(house: House, visit: Visit) -> View:
    """Relay the controller's choice at the end."""
    return _done(
        house,
        visit,
        lambda: house.instruct_subprocessors(
            visit.known, visit.controller, INSTRUCTION.read(visit.fields)
        ),
    )


@form(f"{HERE}/instructions/{{id}}")
def answer_instruction(house: House, visit: Visit) -> View:
    """Enter what became of an instruction."""
    return _done(
        house,
        visit,
        lambda: house.answer_instruction(
            visit.known, visit.controller, visit.item, LAST.read(visit.fields)
        ),
    )


@page(f"{HERE}/lists/{{id}}")
def subprocessor_list(house: House, visit: Visit) -> View:
    """Give a version of the list to keep."""
    found = house.subprocessor_list(visit.known, visit.controller, visit.item)
    name = f"subprocessors-{visit.controller}-{found.version}.json"
    return give(name, found.text.encode("ascii"), "application/json")


def _several(text: str) -> list[str]:
    return [one for one in _SEVERAL.split(text) if one]


ROWS = (
    register,
    record_subprocessor,
    compare_contract,
    mark_worker,
    subprocessors,
    propose_subprocessor,
    answer_subprocessor,
    engage_subprocessor,
    end_subprocessor,
    instruct_subprocessors,
    answer_instruction,
    subprocessor_list,
)
