"""Methods of transfers, statements, generated papers and requests for help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from bailee.client.line import Line, filled, segment, within
from bailee.client.transfer_answers import (
    Assertion,
    Assistance,
    Assistances,
    Flow,
    GeneratedPaper,
    Transfers,
)

PaperName = Literal["annexes", "uk-addendum", "processing-record", "pia", "ccpa-certification"]


class NewFlow(msgspec.Struct, frozen=True, kw_only=True):
    """Data that crosses a border: to whom, where, what, on what it rests, until when."""

    receiver_kind: Literal["ourselves", "remote-access", "keys", "subprocessor", "recipient"]
    receiver: str
    country: str
    mechanism: str
    elements: Sequence[str]
    since: str
    until: str
    regime: Literal["eu", "uk", "ch"] = "eu"
    sender: Literal["controller", "ourselves"] = "controller"
    reference: str = ""
    text_sha256: str = ""


class Borders(Line):
    """Answer for what crosses borders, and take papers of what runs."""

    def list_transfers(self, controller: str) -> Transfers:
        """Show flows, what they rest on, statements, and decisions on adequacy."""
        return self._get(within(controller, "transfers"), Transfers)

    def record_flow(self, controller: str, flow: NewFlow) -> Flow:
        """Record a flow; a second person confirms it."""
        return self._post(within(controller, "transfers"), Flow, msgspec.to_builtins(flow))

    def confirm_flow(self, controller: str, flow: str) -> Flow:
        """Confirm a flow as a second person."""
        return self._post(within(controller, f"transfers/{segment(flow)}/confirm"), Flow)

    def end_flow(self, controller: str, flow: str) -> Flow:
        """End a flow at once."""
        return self._post(within(controller, f"transfers/{segment(flow)}/end"), Flow)

    def sign_assertion(
        self,
        controller: str,
        subject: str,
        *,
        text: str,
        until: str,
        reference: str = "",
        text_sha256: str = "",
    ) -> Assertion:
        """State by name what no machine sees."""
        body = {"subject": subject, "text": text, "until": until}
        body |= filled(reference=reference, text_sha256=text_sha256)
        return self._post(within(controller, "assertions"), Assertion, body)

    def withdraw_assertion(self, controller: str, assertion: str) -> Assertion:
        """Take a statement of one's own side back."""
        path = within(controller, f"assertions/{segment(assertion)}/withdraw")
        return self._post(path, Assertion)

    def show_paper(self, controller: str, paper: PaperName) -> GeneratedPaper:
        """Generate a paper from what runs now."""
        return self._get(within(controller, f"papers/{segment(paper)}"), GeneratedPaper)

    def list_assistance(self, controller: str) -> Assistances:
        """List requests for help."""
        return self._get(within(controller, "assistance"), Assistances)

    def enter_assistance(
        self,
        controller: str,
        kind: Literal["dpia", "authority-records"],
        *,
        asked_by: str,
        reference: str,
        received: str,
    ) -> Assistance:
        """Enter a request, with the moment at which it was received."""
        body = {"kind": kind, "asked_by": asked_by, "reference": reference, "received": received}
        return self._post(within(controller, "assistance"), Assistance, body)

    def answer_assistance(self, controller: str, assistance: str) -> GeneratedPaper:
        """Answer a request with its paper, which is recorded."""
        path = within(controller, f"assistance/{segment(assistance)}/answer")
        return self._post(path, GeneratedPaper)


__all__ = ["Borders", "NewFlow", "PaperName"]
