"""Problems that a controller named, and changed texts that it sent (C5.3, C8)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import case_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit

HERE = "/console/at/{controller}/cases"
PROBLEM = Form(shapes.NewCorrection)
STEP = Form(shapes.Step)
EVIDENCE = Form(shapes.CarriedOut)
TEXT = Form(shapes.NewAmendment)
ANSWER = Form(shapes.AmendmentAnswer)
TEXT_BYTES = 4 * 1024 * 1024


def _page(house: House, visit: Visit, **more: Any) -> View:
    who, name = visit.known, visit.controller
    return show(
        "casework.html",
        corrections=house.list_corrections(who, name).corrections,
        amendments=house.list_amendments(who, name).amendments,
        **({"failed": None, "status": 200} | more),
    )


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    return attempt(
        act, partial(_page, house, visit, status=422), HERE.format(controller=visit.controller)
    )


def _time(visit: Visit, *names: str) -> dict[str, str]:
    """Return moments of fields without seconds; what was left out stays out."""
    return {name: f"{visit.text(name)}:00Z" for name in names if visit.text(name)}


@page(HERE)
def cases(house: House, visit: Visit) -> View:
    """Show what the controller named and sent, and how far it is."""
    return _page(house, visit)


@form(f"{HERE}/problems")
def notice_problem(house: House, visit: Visit) -> View:
    """Enter a security problem."""
    return _done(
        house,
        visit,
        lambda: house.notice_problem(
            visit.known, visit.controller, PROBLEM.read(visit.fields, **_time(visit, "cure_until"))
        ),
    )


@form(f"{HERE}/problems/{{id}}/move")
def move_correction(house: House, visit: Visit) -> View:
    """Say what happened to a correction."""
    return _done(
        house,
        visit,
        lambda: house.move_correction(
            visit.known, visit.controller, visit.item,
            STEP.read(visit.fields, **_time(visit, "until")),
        ),
    )  # fmt: skip


@form(f"{HERE}/orders/{{id}}/carry-out")
def carry_out(house: House, visit: Visit) -> View:
    """Say that an ordered measure is taken."""
    return _done(
        house,
        visit,
        lambda: house.carry_out_order(
            visit.known, visit.controller, visit.item, EVIDENCE.read(visit.fields)
        ),
    )


@form(f"{HERE}/texts", body_bytes=TEXT_BYTES)
def receive_amendment(house: House, visit: Visit) -> View:
    """Enter a changed text."""
    return _done(
        house,
        visit,
        lambda: house.receive_amendment(visit.known, visit.controller, TEXT.read(visit.fields)),
    )


@form(f"{HERE}/texts/{{id}}/answer")
def answer_amendment(house: House, visit: Visit) -> View:
    """Accept, refuse or withdraw a text."""
    return _done(
        house,
        visit,
        lambda: house.answer_amendment(
            visit.known, visit.controller, visit.item, ANSWER.read(visit.fields)
        ),
    )


@page(f"{HERE}/texts/{{id}}")
def rehearsal(house: House, visit: Visit) -> View:
    """Show what a text would change; nothing is changed."""
    found = house.rehearse_amendment(visit.known, visit.controller, visit.item)
    return show("rehearsal.html", found=found)


ROWS = (
    cases, notice_problem, move_correction, carry_out, receive_amendment, answer_amendment,
    rehearsal,
)  # fmt: skip
