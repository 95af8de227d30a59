"""Requests for a second person, and their yes or no (C2.5(4))."""

from __future__ import annotations

from bailee.app.house import House
from bailee.console.row import form, page
from bailee.console.view import View, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure

OPEN = ("requested", "approved")


def _show(house: House, visit: Visit, failed: Failure | None = None) -> View:
    answer = house.approvals(visit.known, visit.controller)
    found = answer.approvals
    return show(
        "approvals.html",
        status=200 if failed is None else 403,
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
    try:
        house.approve(visit.known, visit.controller, visit.item)
    except Failure as failure:
        return _show(house, visit, failure)
    return go(f"/console/at/{visit.controller}/approvals")


@form("/console/at/{controller}/approvals/{id}/refuse")
def refuse(house: House, visit: Visit) -> View:
    """Say no."""
    try:
        house.refuse(visit.known, visit.controller, visit.item)
    except Failure as failure:
        return _show(house, visit, failure)
    return go(f"/console/at/{visit.controller}/approvals")


ROWS = (approvals, approve, refuse)
