"""What this door asks for cases: corrections, amendments, rehearsals."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import case_shapes

Caller: TypeAlias = Any


class Casework(Protocol):
    """Corrections and amendments."""

    def notice_problem(
        self, caller: Caller, controller: str, body: case_shapes.NewCorrection
    ) -> case_shapes.Correction:
        """Enter a problem."""

    def list_corrections(self, caller: Caller, controller: str) -> case_shapes.Corrections:
        """List corrections."""

    def move_correction(
        self, caller: Caller, controller: str, item: str, body: case_shapes.Step
    ) -> case_shapes.Correction:
        """Move a correction."""

    def carry_out_order(
        self, caller: Caller, controller: str, item: str, body: case_shapes.CarriedOut
    ) -> case_shapes.Order:
        """Carry an order out."""

    def receive_amendment(
        self, caller: Caller, controller: str, body: case_shapes.NewAmendment
    ) -> case_shapes.Amendment:
        """Enter a changed text."""

    def list_amendments(self, caller: Caller, controller: str) -> case_shapes.Amendments:
        """List changed texts."""

    def answer_amendment(
        self, caller: Caller, controller: str, item: str, body: case_shapes.AmendmentAnswer
    ) -> case_shapes.Amendment:
        """Answer a changed text."""

    def rehearse_amendment(
        self, caller: Caller, controller: str, item: str
    ) -> case_shapes.Rehearsal:
        """Show what an entered text would change."""

    def rehearse_agreement(
        self, caller: Caller, controller: str, body: case_shapes.ProposedText
    ) -> case_shapes.Rehearsal:
        """Show what any text would change."""
