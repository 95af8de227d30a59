"""Routes of demands for a controller's data (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

from bailee.app import demand_shapes as shapes
from bailee.web.call import Call, get, post
from bailee.web.house import House

D = "/v1/controllers/{controller}/demands"


@post(D, shapes.NewDemand, shapes.Demand)
def enter_demand(house: House, call: Call, body: shapes.NewDemand) -> shapes.Demand:
    """Enter a demand: what it names stops leaving, and the controller is told."""
    return house.enter_demand(call.caller, call.controller, body)


@get(D, shapes.Demands)
def list_demands(house: House, call: Call) -> shapes.Demands:
    """List demands, and how they ended."""
    return house.list_demands(call.caller, call.controller)


@post(f"{D}/{{id}}/move", shapes.DemandMove, shapes.Demand)
def move_demand(house: House, call: Call, body: shapes.DemandMove) -> shapes.Demand:
    """Challenge, release, or close a demand; or say that a ban ended."""
    return house.move_demand(call.caller, call.controller, call.item, body)


ROUTES = (enter_demand, list_demands, move_demand)
