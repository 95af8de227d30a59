"""Accounts that nobody uses: suspended people, flagged services (C2.5(6))."""

from __future__ import annotations

from bailee.app.house import House
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure

DORMANT = "/console/dormant"


@page(DORMANT)
def dormant(house: House, visit: Visit) -> View:
    """Show who was not seen for too long."""
    return show("dormant.html", found=house.dormant(visit.known), failed=None)


@form("/console/dormant/{id}/reactivate")
def reactivate(house: House, visit: Visit) -> View:
    """Let a dormant person back in."""
    try:
        house.reactivate(visit.known, visit.item)
    except Failure as failure:
        found = house.dormant(visit.known)
        return show("dormant.html", found=found, failed=failure, status=422)
    return go(DORMANT)


ROWS = (dormant, reactivate)
