"""Routes of transfers, statements, generated papers and requests for help (C7.3)."""

from __future__ import annotations

from bailee.app import transfer_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@get(f"{C}/transfers", shapes.Transfers)
def list_transfers(house: House, call: Call) -> shapes.Transfers:
    """Show flows over borders, what they rest on, and decisions on adequacy."""
    return house.transfers(call.caller, call.controller)


@post(f"{C}/transfers", shapes.NewFlow, shapes.Flow)
def record_flow(house: House, call: Call, body: shapes.NewFlow) -> shapes.Flow:
    """Record a flow over a border; a second person confirms it."""
    return house.record_flow(call.caller, call.controller, body)


@act(f"{C}/transfers/{{id}}/confirm", shapes.Flow)
def confirm_flow(house: House, call: Call) -> shapes.Flow:
    """Confirm a flow as a second person; from then on it counts."""
    return house.confirm_flow(call.caller, call.controller, call.item)


@act(f"{C}/transfers/{{id}}/end", shapes.Flow)
def end_flow(house: House, call: Call) -> shapes.Flow:
    """End a flow at once; nothing more leaves on it."""
    return house.end_flow(call.caller, call.controller, call.item)


@post(f"{C}/assertions", shapes.NewAssertion, shapes.Assertion)
def sign_assertion(house: House, call: Call, body: shapes.NewAssertion) -> shapes.Assertion:
    """State by name what no machine sees; at the house, revoke a decision on adequacy."""
    return house.sign_assertion(call.caller, call.controller, body)


@act(f"{C}/assertions/{{id}}/withdraw", shapes.Assertion)
def withdraw_assertion(house: House, call: Call) -> shapes.Assertion:
    """Take a statement of one's own side back."""
    return house.withdraw_assertion(call.caller, call.controller, call.item)


@get(f"{C}/papers/{{id}}", shapes.Paper)
def show_paper(house: House, call: Call) -> shapes.Paper:
    """Generate annexes, a record or a certification from what runs now."""
    return house.paper(call.caller, call.controller, call.item)


@get(f"{C}/assistance", shapes.Assistances)
def list_assistance(house: House, call: Call) -> shapes.Assistances:
    """List requests of authorities for records, and of the controller for an assessment."""
    return house.assistances(call.caller, call.controller)


@post(f"{C}/assistance", shapes.NewAssistance, shapes.Assistance)
def enter_assistance(house: House, call: Call, body: shapes.NewAssistance) -> shapes.Assistance:
    """Enter a request for help; its time runs from when it was received."""
    return house.enter_assistance(call.caller, call.controller, body)


@act(f"{C}/assistance/{{id}}/answer", shapes.Paper)
def answer_assistance(house: House, call: Call) -> shapes.Paper:
    """Answer a request with its paper, and record which."""
    return house.answer_assistance(call.caller, call.controller, call.item)


ROUTES = (
    list_transfers,
    record_flow,
    confirm_flow,
    end_flow,
    sign_assertion,
    withdraw_assertion,
    show_paper,
    list_assistance,
    enter_assistance,
    answer_assistance,
)

__all__ = ["ROUTES"]
