"""Access where nobody gave any: opening, alert, review (MISSION A8)."""

from __future__ import annotations

from functools import partial
from typing import Any

from bailee.access.emergency import LONGEST
from bailee.app import rights
from bailee.app.house import House
from bailee.clock import write_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit

NEW_EMERGENCY = Form(rights.NewEmergency)
REVIEW = Form(rights.Review)


def _show(house: House, visit: Visit, **more: Any) -> View:
    found = house.emergencies(visit.known, visit.controller).emergencies
    agreed = house.agreement(visit.known, visit.controller)
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show(
        "emergencies.html",
        found=found[::-1],
        elements=agreed.permitted,
        purposes=agreed.purposes,
        **(shown | more),
    )


@page("/console/at/{controller}/emergencies")
def emergencies(house: House, visit: Visit) -> View:
    """Show emergencies: all to those who are told of them, else one's own."""
    return _show(house, visit)


@form("/console/at/{controller}/emergencies/open")
def break_glass(house: House, visit: Visit) -> View:
    """Open an emergency with a sealed code, for an hour; somebody is told at once."""
    until = write_time(house.parts.clock.now() + LONGEST)

    def act() -> object:
        body = NEW_EMERGENCY.read(visit.fields, until=until)
        return house.break_glass(visit.known, visit.controller, body)

    return attempt(act, partial(_show, house, visit), f"/console/at/{visit.controller}/emergencies")


@form("/console/at/{controller}/emergencies/{id}/acknowledge")
def acknowledge(house: House, visit: Visit) -> View:
    """Say that one has seen the alert."""
    return attempt(
        lambda: house.acknowledge_emergency(visit.known, visit.controller, visit.item),
        partial(_show, house, visit),
        f"/console/at/{visit.controller}/emergencies",
    )


@form("/console/at/{controller}/emergencies/{id}/review")
def review(house: House, visit: Visit) -> View:
    """Say, as a second person, whether it was justified."""

    def act() -> object:
        body = REVIEW.read(visit.fields)
        return house.review_emergency(visit.known, visit.controller, visit.item, body)

    return attempt(act, partial(_show, house, visit), f"/console/at/{visit.controller}/emergencies")


ROWS = (emergencies, break_glass, acknowledge, review)
