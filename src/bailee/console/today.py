"""What is failing, overdue or due, and what waits for the person who looks."""

from __future__ import annotations

from bailee.app.house import House
from bailee.app.state import STATES
from bailee.console.row import page
from bailee.console.view import View, show
from bailee.console.visit import Visit

PLACES = {
    "approval": "/console/at/{controller}/approvals",
    "undertaking": "/console/procedures",
    "procedure": "/console/procedures",
    "review": "/console/at/{controller}/reviews",
    "obligation": "/console/at/{controller}/agreement",
    "emergency-alert": "/console/at/{controller}/emergencies",
    "emergency-review": "/console/at/{controller}/emergencies",
    "signal": "/console/at/{controller}/incidents",
    "event": "/console/at/{controller}/incidents",
    "clock": "/console/at/{controller}/clocks",
    "notice": "/console/at/{controller}/clocks",
}
"""Where each kind of waiting thing is dealt with."""


@page("/console/today")
def today(house: House, visit: Visit) -> View:
    """Show what waits, worst first, and how the obligations stand."""
    found = house.today(visit.known)
    where = {one.what: PLACES.get(one.what, "/console/today") for one in found.waiting}
    return show("today.html", part="waiting", found=found, states=STATES, where=where)


ROWS = (today,)
