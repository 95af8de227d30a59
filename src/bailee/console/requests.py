"""Requests of people: held, told, instructed, carried out (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import request_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit
from bailee.errors import Invalid
from bailee.privacy.request import DENIALS, GROUNDS, KINDS, PACKED, REGIMES

HERE = "/console/at/{controller}/requests"
ONE = f"{HERE}/{{id}}"
REQUEST = Form(shapes.NewPersonRequest)
IDENTITY = Form(shapes.Identification)
MOVE = Form(shapes.RequestMove)
EXECUTION = Form(shapes.Execution)
REFERENCE = "reference"


def _list(house: House, visit: Visit, **more: Any) -> View:
    found = house.list_requests(visit.known, visit.controller)
    known: dict[str, Any] = {
        "found": found,
        "kinds": KINDS,
        "regimes": REGIMES,
        "failed": None,
        "status": 200,
    }
    return show("requests.html", **(known | more))


def _one(house: House, visit: Visit, **more: Any) -> View:
    found = house.show_request(visit.known, visit.controller, visit.item)
    known: dict[str, Any] = {
        "one": found, "denials": DENIALS, "grounds": GROUNDS, "packed": found.kind in PACKED,
        "letter": None, "failed": None, "status": 200,
    }  # fmt: skip
    return show("request.html", **(known | more))


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    again = partial(_one, house, visit, status=422)
    return attempt(act, again, ONE.format(controller=visit.controller, id=visit.item))


def _people(visit: Visit) -> dict[str, Any]:
    """Return whom a request is about: one line each, ``reference: …`` or an element's name."""
    subjects, said = list[str](), list[dict[str, str]]()
    for line in filter(None, map(str.strip, visit.text("people").splitlines())):
        name, colon, text = (part.strip() for part in line.partition(":"))
        if not colon or not text:
            raise Invalid("people.form", "Each line is NAME: VALUE.", do="Write reference: 17.")
        if name == REFERENCE:
            subjects.append(text)
        else:
            said.append({"element": name, "equals": text})
    return {"subjects": subjects, "said": said}


@page(HERE)
def requests(house: House, visit: Visit) -> View:
    """Show requests with their clocks, newest first."""
    return _list(house, visit)


@form(HERE)
def enter_request(house: House, visit: Visit) -> View:
    """Enter a request."""

    def act() -> object:
        when = {"received": f"{visit.text('came')}:00Z"} if visit.text("came") else {}
        body = REQUEST.read(visit.fields, **_people(visit), **when)
        return house.enter_request(visit.known, visit.controller, body)

    again = partial(_list, house, visit, status=422)
    return attempt(act, again, HERE.format(controller=visit.controller))


@page(ONE)
def request(house: House, visit: Visit) -> View:
    """Show one request and what can be done with it."""
    return _one(house, visit)


@form(f"{ONE}/identify")
def identify_request(house: House, visit: Visit) -> View:
    """Say anew whom it is about."""

    def act() -> object:
        body = IDENTITY.read(visit.fields, **_people(visit))
        return house.identify_request(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act)


@form(f"{ONE}/move")
def move_request(house: House, visit: Visit) -> View:
    """Write down what happened, or lift a restriction."""

    def act() -> object:
        when = {"until": f"{visit.text('day')}:00Z"} if visit.text("day") else {}
        body = MOVE.read(visit.fields, **when)
        return house.move_request(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act)


@form(f"{ONE}/execute")
def execute_request(house: House, visit: Visit) -> View:
    """Carry it out."""

    def act() -> object:
        body = EXECUTION.read(visit.fields, **_corrections(visit), **_exceptions(visit))
        return house.execute_request(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act)


def _corrections(visit: Visit) -> dict[str, Any]:
    if not visit.text("record"):
        return {}
    fields = {visit.text("element"): visit.text("value") or None}
    return {"corrections": [{"record": visit.text("record"), "fields": fields}]}


def _exceptions(visit: Visit) -> dict[str, Any]:
    if not visit.text("ground"):
        return {}
    named = {"ground": visit.text("ground"), "purpose": visit.text("goes_on")}
    return {"exceptions": [named | {"reason": visit.text("because")}]}


@form(f"{ONE}/letter")
def request_letter(house: House, visit: Visit) -> View:
    """Show all that the person may be told."""
    letter = house.request_letter(visit.known, visit.controller, visit.item)
    return _one(house, visit, letter=letter)


@form(f"{ONE}/package")
def request_package(house: House, visit: Visit) -> View:
    """Give the encrypted package; each time is recorded."""
    sealed = house.request_package(visit.known, visit.controller, visit.item)
    return give(f"request-{visit.item}.json.age", sealed, "application/octet-stream")


ROWS = (
    requests, enter_request, request, identify_request, move_request, execute_request,
    request_letter, request_package,
)  # fmt: skip
