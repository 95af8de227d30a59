"""Access reviews: who holds what, how it was used, and whether it stays (C2.5(6))."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from bailee.app import review_shapes as shapes
from bailee.app.house import House
from bailee.app.register import read_day
from bailee.clock import write_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, show
from bailee.console.visit import Visit

DECISION = Form(shapes.NewDecision)


def _show(house: House, visit: Visit, **more: Any) -> View:
    found = house.reviews(visit.known, visit.controller).reviews[::-1]
    chosen = next((one for one in found if one.status == "open"), None)
    review = chosen and house.review(visit.known, visit.controller, chosen.review)
    return show(
        "reviews.html",
        found=found,
        review=review,
        use=_matrix(review) if review else {},
        **({"failed": None} | more),
    )


def _matrix(review: shapes.AccessReview) -> dict[str, dict[str, int]]:
    """Return calls by holder and verb; a verb that was granted and never used counts nothing."""
    found: dict[str, dict[str, int]] = {}
    for one in review.grants:
        row = found.setdefault(one.name or one.principal, {})
        for verb in one.verbs:
            row.setdefault(verb, 0)
        for use in one.used:
            row[use.verb] = row.get(use.verb, 0) + use.calls
    return found


@page("/console/at/{controller}/reviews")
def reviews(house: House, visit: Visit) -> View:
    """Show the review that is open, and those before."""
    return _show(house, visit)


@form("/console/at/{controller}/reviews/open")
def open_review(house: House, visit: Visit) -> View:
    """Open a review of every living grant."""
    return _done(house, visit, lambda: house.open_review(visit.known, visit.controller))


@form("/console/at/{controller}/reviews/{id}/decide")
def decide(house: House, visit: Visit) -> View:
    """Keep, shorten or end one grant; it happens at once."""

    def act() -> object:
        day = visit.text("day")
        more = {"until": write_time(_end(day))} if day else {}
        body = DECISION.read(visit.fields, **more)
        return house.decide_review(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act)


@form("/console/at/{controller}/reviews/{id}/close")
def close_review(house: House, visit: Visit) -> View:
    """Close a review in which everything is decided."""
    return _done(
        house, visit, lambda: house.close_review(visit.known, visit.controller, visit.item)
    )


def _done(house: House, visit: Visit, act: Any) -> View:
    return attempt(
        act,
        partial(_show, house, visit),
        f"/console/at/{visit.controller}/reviews",
    )


def _end(day: str) -> datetime:
    """Return the midnight with which a day begins, in UTC: no later than the day named."""
    return datetime.combine(read_day(day), time(), UTC)


ROWS = (reviews, open_review, decide, close_review)
