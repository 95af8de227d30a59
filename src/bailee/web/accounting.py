"""Routes of the accounting of disclosures, and of exports in which nobody is named (A29, B3)."""

from __future__ import annotations

from bailee.app import accounting_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@post(f"{C}/accounting", shapes.NewAccounting, shapes.Accounting)
def account(house: House, call: Call, body: shapes.NewAccounting) -> shapes.Accounting:
    """Account for what was disclosed of one person; the question is recorded."""
    return house.account(call.caller, call.controller, body)


@post(f"{C}/suspensions", shapes.NewSuspension, shapes.Suspension)
def record_suspension(house: House, call: Call, body: shapes.NewSuspension) -> shapes.Suspension:
    """Register an authority's statement that keeps disclosures to it out of accountings."""
    return house.record_suspension(call.caller, call.controller, body)


@get(f"{C}/suspensions", shapes.Suspensions)
def list_suspensions(house: House, call: Call) -> shapes.Suspensions:
    """List an authority's statements, newest first."""
    return house.suspensions(call.caller, call.controller)


@act(f"{C}/suspensions/{{id}}/confirm", shapes.Suspension)
def confirm_suspension(house: House, call: Call) -> shapes.Suspension:
    """Confirm a statement, as the second person; from then on it counts."""
    return house.confirm_suspension(call.caller, call.controller, call.item)


@act(f"{C}/suspensions/{{id}}/lift", shapes.Suspension)
def lift_suspension(house: House, call: Call) -> shapes.Suspension:
    """End a suspension: from then on everything is told."""
    return house.lift_suspension(call.caller, call.controller, call.item)


@post(f"{C}/deidentified", shapes.NewDeidentified, shapes.DeidentifiedRows)
def deidentify(house: House, call: Call, body: shapes.NewDeidentified) -> shapes.DeidentifiedRows:
    """Let rows leave in which nobody is named, for recipients who undertook to keep it so."""
    return house.deidentify(call.caller, call.controller, body)


@get(f"{C}/deidentified", shapes.DeidentifiedExports)
def list_deidentified(house: House, call: Call) -> shapes.DeidentifiedExports:
    """List such exports: all to whoever holds audit, else one's own."""
    return house.deidentified(call.caller, call.controller)


ROUTES = (
    account,
    record_suspension,
    list_suspensions,
    confirm_suspension,
    lift_suspension,
    deidentify,
    list_deidentified,
)

__all__ = ["ROUTES"]
