"""Access where nobody gave any: opening, alert, review (MISSION A8)."""

from __future__ import annotations

from typing import Any

from bailee.access.emergency import LONGEST
from bailee.app import rights
from bailee.app.house import House
from bailee.clock import write_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure

NEW_EMERGENCY = Form(rights.NewEmergency)
REVIEW = Form(rights.Review)


def _show(house: House, visit: Visit, **more: Any) -> View:
    found = house.emergencies(visit.known, visit.controller).emergencies
    agreed = house.agreement(visit.known, visit.controller)
    shown: dict[str, Any] = {"failed": None, "made": None, "status": 200}
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
    try:
        body = NEW_EMERGENCY.read(visit.fields, until=until)
        house.break_glass(visit.known, visit.controller, body)
    except Failure as failure:
        return _show(house, visit, failed=failure, status=403)
    return go(f"/console/at/{visit.controller}/emergencies")


@form("/console/at/{controller}/emergencies/{id}/acknowledge")
def acknowledge(house: House, visit: Visit) -> View:
    """Say that one has seen the alert."""
    try:
        house.acknowledge_emergency(visit.known, visit.controller, visit.item)
    except Failure as failure:
        return _show(house, visit, failed=failure, status=403)
    return go(f"/console/at/{visit.controller}/emergencies")


@form("/console/at/{controller}/emergencies/{id}/review")
def review(house: House, visit: Visit) -> View:
    """Say, as a second person, whether it was justified."""
    try:
        body = REVIEW.read(visit.fields)
        house.review_emergency(visit.known, visit.controller, visit.item, body)
    except Failure as failure:
        return _show(house, visit, failed=failure, status=403)
    return go(f"/console/at/{visit.controller}/emergencies")


ROWS = (emergencies, break_glass, acknowledge, review)
