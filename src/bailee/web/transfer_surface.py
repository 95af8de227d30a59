"""What this door asks for those who answer for transfers and for papers (C7.3)."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import transfer_shapes as shapes

Caller: TypeAlias = Any


class Transfers(Protocol):
    """Flows over borders, statements, generated papers, requests for help."""

    def transfers(self, caller: Caller, controller: str) -> shapes.Transfers:
        """Show flows and statements."""

    def record_flow(self, caller: Caller, controller: str, body: shapes.NewFlow) -> shapes.Flow:
        """Record a flow."""

    def confirm_flow(self, caller: Caller, controller: str, item: str) -> shapes.Flow:
        """Confirm a flow."""

    def end_flow(self, caller: Caller, controller: str, item: str) -> shapes.Flow:
        """End a flow."""

    def sign_assertion(
        self, caller: Caller, controller: str, body: shapes.NewAssertion
    ) -> shapes.Assertion:
        """State something."""

    def withdraw_assertion(self, caller: Caller, controller: str, item: str) -> shapes.Assertion:
        """Take a statement back."""

    def paper(self, caller: Caller, controller: str, item: str) -> shapes.Paper:
        """Generate a paper."""

    def assistances(self, caller: Caller, controller: str) -> shapes.Assistances:
        """List requests for help."""

    def enter_assistance(
        self, caller: Caller, controller: str, body: shapes.NewAssistance
    ) -> shapes.Assistance:
        """Enter a request."""

    def answer_assistance(self, caller: Caller, controller: str, item: str) -> shapes.Paper:
        """Answer a request."""


__all__ = ["Transfers"]
