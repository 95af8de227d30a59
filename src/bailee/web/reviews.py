"""Routes of access reviews (C2.5(6), MISSION A10)."""

from __future__ import annotations

from bailee.app import review_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

R = "/v1/controllers/{controller}/reviews"


@act(R, shapes.AccessReview)
def open_review(house: House, call: Call) -> shapes.AccessReview:
    """Open a review of every living grant there."""
    return house.open_review(call.caller, call.controller)


@get(R, shapes.AccessReviews)
def list_reviews(house: House, call: Call) -> shapes.AccessReviews:
    """List a controller's reviews."""
    return house.reviews(call.caller, call.controller)


@get(f"{R}/{{id}}", shapes.AccessReview)
def show_review(house: House, call: Call) -> shapes.AccessReview:
    """Show a review: each grant, its use, and what was decided."""
    return house.review(call.caller, call.controller, call.item)


@post(f"{R}/{{id}}/decide", shapes.NewDecision, shapes.ReviewedGrant)
def decide_review(house: House, call: Call, body: shapes.NewDecision) -> shapes.ReviewedGrant:
    """Keep, shorten or end one grant of a review; it happens at once."""
    return house.decide_review(call.caller, call.controller, call.item, body)


@act(f"{R}/{{id}}/close", shapes.AccessReview)
def close_review(house: House, call: Call) -> shapes.AccessReview:
    """Close a review in which everything is decided; the summary's hash is on record."""
    return house.close_review(call.caller, call.controller, call.item)


ROUTES = (open_review, list_reviews, show_review, decide_review, close_review)

__all__ = ["ROUTES"]
