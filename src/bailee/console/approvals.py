"""Requests for a second person, and their yes or no (C2.5(4))."""

from __future__ import annotations

from functools import partial

from bailee.app.house import House
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit
from bailee.errors import Failure

OPEN = ("requested", "approved")


def _show(house: House, visit: Visit, failed: Failure | None = None) -> View:
    answer = house.approvals(visit.known, visit.controller)
    found = answer.approvals
    return show(
        "approvals.html",
        failed=failed,
        open=[one for one in found if one.status in OPEN],
        past=[one for one in found if one.status not in OPEN][:50],
        names=answer.names,
    )


@page("/console/at/{controller}/approvals")
def approvals(house: House, visit: Visit) -> View:
    """Show requests: all to whoever approves, else one's own."""
    return _show(house, visit)


@form("/console/at/{controller}/approvals/{id}/approve")
def approve(house: House, visit: Visit) -> View:
    """Say yes; nobody says it to themselves."""
    return attempt(
        lambda: house.approve(visit.known, visit.controller, visit.item),
        partial(_show, house, visit),
        f"/console/at/{visit.controller}/approvals",
    )


@form("/console/at/{controller}/approvals/{id}/refuse")
def refuse(house: House, visit: Visit) -> View:
    """Say no."""
    return attempt(
        lambda: house.refuse(visit.known, visit.controller, visit.item),
        partial(_show, house, visit),
        f"/console/at/{visit.controller}/approvals",
    )


ROWS = (approvals, approve, refuse)
