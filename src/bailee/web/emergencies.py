"""Routes of emergencies: codes beforehand, the opening, alerts, reviews (MISSION A8)."""

from __future__ import annotations

from bailee.app import rights
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

G = "/v1/controllers/{controller}/break-glass"


@post(f"{G}/codes", rights.NewCode, rights.Code)
def issue_code(house: House, call: Call, body: rights.NewCode) -> rights.Code:
    """Make a code for somebody else's envelope; it is shown once."""
    return house.issue_code(call.caller, call.controller, body)


@act(f"{G}/codes/{{id}}/revoke", rights.Changed)
def revoke_code(house: House, call: Call) -> rights.Changed:
    """End a code that was not used."""
    return house.revoke_code(call.caller, call.controller, call.item)


@post(G, rights.NewEmergency, rights.Emergency)
def break_glass(house: House, call: Call, body: rights.NewEmergency) -> rights.Emergency:
    """Open access for oneself in an emergency, for an hour at most; others are told."""
    return house.break_glass(call.caller, call.controller, body)


@get(G, rights.Emergencies)
def list_emergencies(house: House, call: Call) -> rights.Emergencies:
    """List a controller's emergencies that one is told of, or one's own."""
    return house.emergencies(call.caller, call.controller)


@get("/v1/break-glass", rights.Emergencies)
def list_all_emergencies(house: House, call: Call) -> rights.Emergencies:
    """List the emergencies of every controller that one is told of, or one's own."""
    return house.all_emergencies(call.caller)


@act(f"{G}/{{id}}/acknowledge", rights.Emergency)
def acknowledge_emergency(house: House, call: Call) -> rights.Emergency:
    """Say, as a second person, that one has been told."""
    return house.acknowledge_emergency(call.caller, call.controller, call.item)


@post(f"{G}/{{id}}/review", rights.Review, rights.Emergency)
def review_emergency(house: House, call: Call, body: rights.Review) -> rights.Emergency:
    """Review, as a second person, what was done."""
    return house.review_emergency(call.caller, call.controller, call.item, body)


@post(f"{G}/{{id}}/settle", rights.Settlement, rights.Emergency)
def settle_emergency(house: House, call: Call, body: rights.Settlement) -> rights.Emergency:
    """Note the controller's writing that settles an unjustified opening."""
    return house.settle_emergency(call.caller, call.controller, call.item, body)


ROUTES = (
    issue_code,
    revoke_code,
    break_glass,
    list_emergencies,
    list_all_emergencies,
    acknowledge_emergency,
    review_emergency,
    settle_emergency,
)

__all__ = ["ROUTES"]
