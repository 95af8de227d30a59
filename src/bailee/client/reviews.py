"""Methods of training, dormant accounts and access reviews."""

from __future__ import annotations

from typing import Literal

from bailee.client.line import Line, filled, segment, within
from bailee.client.review_answers import (
    AccessReview,
    AccessReviews,
    Dormant,
    Duty,
    ReviewedGrant,
    Text,
    Training,
)
from bailee.client.rights import Changed


class Looking(Line):
    """Read and sign before any access; look after who has it."""

    def list_training(self) -> Training:
        """List what one has to read before reaching data, and how it stands."""
        return self._get("/v1/training", Training)

    def list_training_of(self, principal: str) -> Training:
        """List what somebody has to read, and how it stands."""
        return self._get(f"/v1/people/{segment(principal)}/training", Training)

    def show_undertaking(self) -> Text:
        """Show the confidentiality undertaking in force."""
        return self._get("/v1/undertaking", Text)

    def sign_undertaking(self, text_sha256: str) -> Duty:
        """Sign the undertaking in force by its hash, for oneself alone."""
        return self._post("/v1/undertaking/acknowledge", Duty, {"text_sha256": text_sha256})

    def show_procedure(self, controller: str) -> Text:
        """Show a controller's handling procedure in force."""
        return self._get(within(controller, "procedure"), Text)

    def acknowledge_procedure(self, controller: str, text_sha256: str) -> Duty:
        """Acknowledge the handling procedure in force by its hash, for oneself alone."""
        path = within(controller, "procedure/acknowledge")
        return self._post(path, Duty, {"text_sha256": text_sha256})

    def list_dormant(self) -> Dormant:
        """List accounts that were not used for too long."""
        return self._get("/v1/dormant", Dormant)

    def reactivate(self, principal: str) -> Changed:
        """Let a dormant person back in."""
        return self._post(f"/v1/people/{segment(principal)}/reactivate", Changed)

    def open_review(self, controller: str) -> AccessReview:
        """Open a review of every living grant at a controller."""
        return self._post(within(controller, "reviews"), AccessReview)

    def list_reviews(self, controller: str) -> AccessReviews:
        """List a controller's reviews, without their grants."""
        return self._get(within(controller, "reviews"), AccessReviews)

    def show_review(self, controller: str, review: str) -> AccessReview:
        """Show a review: each grant, its use, and what was decided."""
        return self._get(within(controller, f"reviews/{segment(review)}"), AccessReview)

    def decide_review(
        self,
        controller: str,
        review: str,
        grant: str,
        decision: Literal["keep", "end", "shorten"],
        *,
        reason: str,
        until: str = "",
    ) -> ReviewedGrant:
        """Keep, shorten (with ``until``) or end one grant; it happens at once."""
        body = {"grant": grant, "decision": decision, "reason": reason} | filled(until=until)
        path = within(controller, f"reviews/{segment(review)}/decide")
        return self._post(path, ReviewedGrant, body)

    def close_review(self, controller: str, review: str) -> AccessReview:
        """Close a review in which everything is decided."""
        return self._post(within(controller, f"reviews/{segment(review)}/close"), AccessReview)


__all__ = ["Looking"]
