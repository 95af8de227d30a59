"""Clocks, what a controller was told, and whom it wants to be told (C9.1, C10)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import procedure_shapes as shapes
from bailee.app.house import House
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit
from bailee.errors import Failure, NotFound

CONTACT = Form(shapes.NewContact)
EXTENSION = Form(shapes.Extension)
CODE = Form(shapes.Acknowledgement)
HERE = "/console/at/{controller}/clocks"
ICS = "text/calendar; charset=utf-8"


def _page(house: House, visit: Visit, **more: Any) -> View:
    who, name = visit.known, visit.controller
    return show(
        "clocks.html",
        timers=house.list_timers(who, name).timers,
        notices=house.list_notices(who, name).notices,
        contacts=house.list_contacts(who, name),
        **({"failed": None, "status": 200} | more),
    )


def _done(house: House, visit: Visit, act: Callable[[], object]) -> View:
    return attempt(
        act, partial(_page, house, visit, status=422), HERE.format(controller=visit.controller)
    )


@page(HERE)
def clocks(house: House, visit: Visit) -> View:
    """Show what is due when, what the controller was told, and its contacts."""
    return _page(house, visit)


@page(f"{HERE}/calendar")
def clock_calendar(house: House, visit: Visit) -> View:
    """Give the clocks that run as a calendar."""
    text = house.timer_calendar(visit.known, visit.controller)
    return give(f"{visit.controller}-clocks.ics", text.encode("utf-8"), ICS)


@form(f"{HERE}/{{id}}/extend")
def extend_clock(house: House, visit: Visit) -> View:
    """Move a deadline before it is up."""

    def act() -> object:
        body = EXTENSION.read(visit.fields, until=f"{visit.text('until')}:00Z")
        return house.extend_timer(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act)


def _notice(house: House, visit: Visit, **more: Any) -> View:
    found = house.show_notice(visit.known, visit.controller, visit.item)
    return show("notice.html", one=found, **({"failed": None, "status": 200} | more))


@page("/console/at/{controller}/notices/{id}")
def notice(house: House, visit: Visit) -> View:
    """Show a notice with its text and every try to hand it over."""
    return _notice(house, visit)


@form("/console/at/{controller}/notices/{id}/acknowledge")
def acknowledge_notice(house: House, visit: Visit) -> View:
    """Acknowledge a notice as the controller's representative."""
    return attempt(
        lambda: house.acknowledge_notice(visit.known, visit.controller, visit.item),
        partial(_notice, house, visit, status=422),
        f"/console/at/{visit.controller}/notices/{visit.item}",
    )


@form("/console/at/{controller}/contacts")
def add_contact(house: House, visit: Visit) -> View:
    """Enter a contact."""
    return _done(
        house,
        visit,
        lambda: house.add_contact(visit.known, visit.controller, CONTACT.read(visit.fields)),
    )


@form("/console/at/{controller}/contacts/{id}/end")
def end_contact(house: House, visit: Visit) -> View:
    """End a contact."""
    return _done(house, visit, lambda: house.end_contact(visit.known, visit.controller, visit.item))


@page("/console/acknowledge", open=True)
def acknowledge_page(_house: House, _visit: Visit) -> View:
    """Ask for what the message carried."""
    return show("acknowledge.html", failed=None, done=None)


@form("/console/acknowledge", open=True)
def acknowledge(house: House, visit: Visit) -> View:
    """Acknowledge a notice by the code of its message; takes no sign-in.

    One refusal for all: whoever guesses learns nothing.
    """
    try:
        done = house.confirm_notice(CODE.read(visit.fields), visit.remote)
    except Failure:
        failed = NotFound(
            "notice.code",
            "That code acknowledges no notice.",
            do="Copy the three lines from the end of the message.",
        )
        return show("acknowledge.html", failed=failed, done=None, status=422)
    return show("acknowledge.html", failed=None, done=done)


ROWS = (
    clocks, clock_calendar, extend_clock, notice, acknowledge_notice, add_contact, end_contact,
    acknowledge_page, acknowledge,
)  # fmt: skip
