"""Routes of requests of people (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

from bailee.app import request_shapes as shapes
from bailee.web.call import Call, act, get, post, raw
from bailee.web.house import House

R = "/v1/controllers/{controller}/requests"
K = "/v1/controllers/{controller}/request-keys"
AGE = "application/octet-stream"


@post(R, shapes.NewPersonRequest, shapes.PersonRequest)
def enter_request(house: House, call: Call, body: shapes.NewPersonRequest) -> shapes.PersonRequest:
    """Enter a request of a person: it is held, and the controller is told."""
    return house.enter_request(call.caller, call.controller, body)


@get(R, shapes.PersonRequests)
def list_requests(house: House, call: Call) -> shapes.PersonRequests:
    """List requests of people, and how they stand."""
    return house.list_requests(call.caller, call.controller)


@get(f"{R}/{{id}}", shapes.PersonRequest)
def show_request(house: House, call: Call) -> shapes.PersonRequest:
    """Show one request of a person."""
    return house.show_request(call.caller, call.controller, call.item)


@post(f"{R}/{{id}}/identify", shapes.Identification, shapes.PersonRequest)
def identify_request(house: House, call: Call, body: shapes.Identification) -> shapes.PersonRequest:
    """Say anew whom a request is about."""
    return house.identify_request(call.caller, call.controller, call.item, body)


@post(f"{R}/{{id}}/move", shapes.RequestMove, shapes.PersonRequest)
def move_request(house: House, call: Call, body: shapes.RequestMove) -> shapes.PersonRequest:
    """Extend, deny, settle, withdraw or stop a request; tell the person; lift a restriction."""
    return house.move_request(call.caller, call.controller, call.item, body)


@post(f"{R}/{{id}}/execute", shapes.Execution, shapes.PersonRequest)
def execute_request(house: House, call: Call, body: shapes.Execution) -> shapes.PersonRequest:
    """Carry out what the controller instructed about a request."""
    return house.execute_request(call.caller, call.controller, call.item, body)


@get(f"{R}/{{id}}/letter", shapes.PersonLetter)
def request_letter(house: House, call: Call) -> shapes.PersonLetter:
    """Get all that the person may be told by us."""
    return house.request_letter(call.caller, call.controller, call.item)


@raw(f"{R}/{{id}}/package", AGE)
def request_package(house: House, call: Call) -> bytes:
    """Get the package of a request, encrypted for its recipient (age)."""
    return house.request_package(call.caller, call.controller, call.item)


@post(K, shapes.NewRequestKey, shapes.RequestKey)
def add_request_key(house: House, call: Call, body: shapes.NewRequestKey) -> shapes.RequestKey:
    """Register a key by which the controller's own system signs requests (OpenDSR)."""
    return house.add_request_key(call.caller, call.controller, body)


@get(K, shapes.RequestKeys)
def list_request_keys(house: House, call: Call) -> shapes.RequestKeys:
    """List the keys that sign requests."""
    return house.list_request_keys(call.caller, call.controller)


@act(f"{K}/{{id}}/end", shapes.RequestKey)
def end_request_key(house: House, call: Call) -> shapes.RequestKey:
    """End a key: nothing that it signs counts any more."""
    return house.end_request_key(call.caller, call.controller, call.item)


ROUTES = (
    enter_request, list_requests, show_request, identify_request, move_request, execute_request,
    request_letter, request_package, add_request_key, list_request_keys, end_request_key,
)  # fmt: skip
