"""Demands: what they froze, who was told, how they ended (C7.2(7), C7.3(7))."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import demand_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit

HERE = "/console/at/{controller}/demands"
DEMAND = Form(shapes.NewDemand)
MOVE = Form(shapes.DemandMove)


def _page(house: House, visit: Visit, **more: Any) -> View:
    found = house.list_demands(visit.known, visit.controller)
    return show("demands.html", found=found, **({"failed": None, "status": 200} | more))


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    return attempt(
        act, partial(_page, house, visit, status=422), HERE.format(controller=visit.controller)
    )


@page(HERE)
def demands(house: House, visit: Visit) -> View:
    """Show demands, newest first."""
    return _page(house, visit)


@form(HERE)
def enter_demand(house: House, visit: Visit) -> View:
    """Enter a demand."""

    def act() -> object:
        names = ("answer_by", "ban_until")
        times = {name: f"{visit.text(name)}:00Z" for name in names if visit.text(name)}
        elements = visit.text("element_names").split()
        body = DEMAND.read(visit.fields, elements=elements, **times)
        return house.enter_demand(visit.known, visit.controller, body)

    return _done(house, visit, act)


@form(f"{HERE}/{{id}}/move")
def move_demand(house: House, visit: Visit) -> View:
    """Challenge, release or close a demand, or say that a ban ended."""

    def act() -> object:
        body = MOVE.read(visit.fields, keys=visit.text("key_list").split())
        return house.move_demand(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act)


ROWS = (demands, enter_demand, move_demand)
