"""Methods of the auditor's room: engagements, what an auditor is shown, samples, packs."""

from __future__ import annotations

from typing import Literal

import msgspec

from bailee.client.audit_answers import (
    Engagement,
    Engagements,
    Evidence,
    LoggedEntries,
    Packs,
    RightsHeld,
    Sample,
    Samples,
)
from bailee.client.line import Line, filled, segment, within
from bailee.client.rights import Invitation

Reason = Literal["yearly", "discrepancy", "event", "threat"]


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What a controller confirmed in writing, where the processor's own person enters an audit."""

    given_by: str
    reference: str
    text_sha256: str


class Audits(Line):
    """Ask for audits, answer them, and see what an auditor is shown."""

    def invite_auditor(
        self,
        controller: str,
        *,
        name: str,
        firm: str,
        email: str,
        undertaking: str,
        undertaken: str,
    ) -> Invitation:
        """Let a controller's auditor in; the secret is for them alone."""
        body = {
            "name": name,
            "firm": firm,
            "email": email,
            "undertaking": undertaking,
            "undertaken": undertaken,
        }
        return self._post(within(controller, "auditors"), Invitation, body)

    def ask_engagement(
        self,
        controller: str,
        auditor: str,
        *,
        until: str,
        since: str = "",
        reason: Reason = "yearly",
        basis: str = "",
        confirmed: Confirmation | None = None,
    ) -> Engagement:
        """Ask for an audit: the controller's representative, or we upon its confirmation."""
        body = {"auditor": auditor, "until": until, "reason": reason}
        body |= filled(since=since, basis=basis)
        if confirmed is not None:
            body |= msgspec.to_builtins(confirmed)
        return self._post(within(controller, "engagements"), Engagement, body)

    def list_engagements(self, controller: str) -> Engagements:
        """List a controller's engagements; an auditor's own to an auditor."""
        return self._get(within(controller, "engagements"), Engagements)

    def answer_engagement(
        self,
        controller: str,
        engagement: str,
        answer: Literal["accept", "decline"],
        *,
        reason: str = "",
    ) -> Engagement:
        """Accept or decline a notice, for the processor."""
        body = {"answer": answer, **filled(reason=reason)}
        return self._post(_one(controller, engagement, "answer"), Engagement, body)

    def close_engagement(self, controller: str, engagement: str) -> Engagement:
        """End an engagement before its time, for the controller."""
        return self._post(_one(controller, engagement, "close"), Engagement)

    def audit_evidence(self, controller: str, engagement: str) -> Evidence:
        """Show every obligation with its state and evidence over time."""
        return self._get(_one(controller, engagement, "obligations"), Evidence)

    def audit_entries(
        self, controller: str, engagement: str, *, start: int = 0, count: int = 256, log: str = ""
    ) -> LoggedEntries:
        """Show a page of a log with the openings of its entries."""
        body = {"start": start, "count": count, **filled(log=log)}
        return self._post(_one(controller, engagement, "entries"), LoggedEntries, body)

    def audit_rights(self, controller: str, engagement: str) -> RightsHeld:
        """Show who holds or held rights, and what left."""
        return self._get(_one(controller, engagement, "rights"), RightsHeld)

    def draw_sample(
        self, controller: str, engagement: str, *, population: str, size: int, seed: str
    ) -> Sample:
        """Draw entries by the published rule; the draw is recorded."""
        body = {"population": population, "size": size, "seed": seed}
        return self._post(_one(controller, engagement, "samples"), Sample, body)

    def list_samples(self, controller: str, engagement: str) -> Samples:
        """List the samples of an engagement."""
        return self._get(_one(controller, engagement, "samples"), Samples)

    def list_packs(self, controller: str, engagement: str) -> Packs:
        """List the evidence packs that were made for an engagement."""
        return self._get(_one(controller, engagement, "packs"), Packs)


def _one(controller: str, engagement: str, what: str) -> str:
    return within(controller, f"engagements/{segment(engagement)}/{what}")


__all__ = ["Audits", "Confirmation"]
