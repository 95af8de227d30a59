"""Methods of cases: corrections, amendments, rehearsals."""

from __future__ import annotations

from typing import Literal

import msgspec

from bailee.client.audits import Confirmation
from bailee.client.case_answers import (
    Amendment,
    Amendments,
    Correction,
    Corrections,
    Order,
    Rehearsal,
)
from bailee.client.line import Line, filled, segment, within

Event = Literal["start", "claim", "accept", "reject", "shorten", "order"]


class Casework(Line):
    """Correct what the controller gave notice of; answer the texts that it sends."""

    def notice_problem(
        self,
        controller: str,
        problem: str,
        *,
        cure_until: str,
        noticed: str = "",
        confirmed: Confirmation | None = None,
    ) -> Correction:
        """Enter a security problem: the controller's representative, or we upon its writing."""
        body = {"problem": problem, "cure_until": cure_until} | filled(noticed=noticed)
        return self._post(within(controller, "corrections"), Correction, body | _said(confirmed))

    def list_corrections(self, controller: str) -> Corrections:
        """List security problems and how far their correction is."""
        return self._get(within(controller, "corrections"), Corrections)

    def move_correction(
        self, controller: str, correction: str, event: Event, *, note: str = "", until: str = ""
    ) -> Correction:
        """Say what happened to a correction, or order an interim measure."""
        path = within(controller, f"corrections/{segment(correction)}/move")
        return self._post(path, Correction, {"event": event} | filled(note=note, until=until))

    def carry_out_order(self, controller: str, order: str, *, evidence: str) -> Order:
        """Say that an ordered interim measure is taken."""
        path = within(controller, f"orders/{segment(order)}/carry-out")
        return self._post(path, Order, {"evidence": evidence})

    def receive_amendment(
        self,
        controller: str,
        text: str,
        *,
        terms: str,
        effective: str,
        received: str = "",
        confirmed: Confirmation | None = None,
    ) -> Amendment:
        """Enter a changed text: the controller's representative, or we upon its writing."""
        body = {"text": text, "terms": terms, "effective": effective} | filled(received=received)
        return self._post(within(controller, "amendments"), Amendment, body | _said(confirmed))

    def list_amendments(self, controller: str) -> Amendments:
        """List proposed texts and what became of them."""
        return self._get(within(controller, "amendments"), Amendments)

    def answer_amendment(
        self,
        controller: str,
        amendment: str,
        event: Literal["accept", "refuse", "withdraw"],
        *,
        reason: str = "",
    ) -> Amendment:
        """Accept or refuse a text for us, or withdraw it for the controller."""
        path = within(controller, f"amendments/{segment(amendment)}/answer")
        return self._post(path, Amendment, {"event": event} | filled(reason=reason))

    def rehearse_amendment(self, controller: str, amendment: str) -> Rehearsal:
        """Show what an entered text would change; nothing is changed."""
        path = within(controller, f"amendments/{segment(amendment)}/rehearsal")
        return self._get(path, Rehearsal)

    def rehearse_agreement(self, controller: str, text: str, *, terms: str) -> Rehearsal:
        """Show what any text would change; nothing is changed."""
        body = {"text": text, "terms": terms}
        return self._post(within(controller, "agreement/rehearse"), Rehearsal, body)


def _said(confirmed: Confirmation | None) -> dict[str, str]:
    return msgspec.to_builtins(confirmed) if confirmed is not None else {}
