"""Accounts that nobody uses: suspended people, flagged services (C2.5(6))."""

from __future__ import annotations

from functools import partial

from bailee.app.house import House
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit
from bailee.errors import Failure

DORMANT = "/console/dormant"


def _show(house: House, visit: Visit, failed: Failure | None = None) -> View:
    return show("dormant.html", found=house.dormant(visit.known), failed=failed)


@page(DORMANT)
def dormant(house: House, visit: Visit) -> View:
    """Show who was not seen for too long."""
    return _show(house, visit)


@form("/console/dormant/{id}/reactivate")
def reactivate(house: House, visit: Visit) -> View:
    """Let a dormant person back in."""
    return attempt(
        lambda: house.reactivate(visit.known, visit.item),
        partial(_show, house, visit),
        DORMANT,
    )


ROWS = (dormant, reactivate)
