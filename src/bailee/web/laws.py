"""Routes of the register of laws: what applies, who read it, what a trigger starts (C7.1)."""

from __future__ import annotations

from bailee.app import law_shapes as shapes
from bailee.web.call import Call, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@get(f"{C}/laws", shapes.Laws)
def list_laws(house: House, call: Call) -> shapes.Laws:
    """Show the laws that apply, every number beside the contract's, and who is strictest."""
    return house.laws(call.caller, call.controller)


@post(f"{C}/laws", shapes.NewLaw, shapes.LawChanged)
def register_law(house: House, call: Call, body: shapes.NewLaw) -> shapes.LawChanged:
    """Write that a law or standard applies from a day on."""
    return house.register_law(call.caller, call.controller, body)


@post(f"{C}/laws/end", shapes.LawEnd, shapes.LawChanged)
def end_law(house: House, call: Call, body: shapes.LawEnd) -> shapes.LawChanged:
    """Write, as the controller's representative, that a law ceases to apply."""
    return house.end_law(call.caller, call.controller, body)


@post(f"{C}/laws/compare", shapes.NewComparison, shapes.LawChanged)
def compare_law(house: House, call: Call, body: shapes.NewComparison) -> shapes.LawChanged:
    """Write that lines of a law were compared with its current text, and hold."""
    return house.compare_law(call.caller, call.controller, body)


@post(f"{C}/laws/clocks", shapes.Trigger, shapes.Clocks)
def law_clocks(house: House, call: Call, body: shapes.Trigger) -> shapes.Clocks:
    """Compute what a trigger starts, by agreement and laws; nothing is started."""
    return house.law_clocks(call.caller, call.controller, body)


ROUTES = (list_laws, register_law, end_law, compare_law, law_clocks)

__all__ = ["ROUTES"]
