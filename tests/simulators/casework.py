# ruff: noqa: ARG002
"""Corrections and amendments of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import case_shapes as shapes
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedCasework:
    """Cases; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _order(self, **changed: Any) -> shapes.Order:
        fields: dict[str, Any] = {
            "order": "o1", "correction": "c1", "measure": "Close the port.", "status": "ordered",
            "ordered": TIME,
        }  # fmt: skip
        return shapes.Order(**(fields | changed))

    def _correction(self, **changed: Any) -> shapes.Correction:
        fields: dict[str, Any] = {
            "correction": "c1", "problem": "A port is open.", "status": "open",
            "side": "controller", "noticed": TIME, "entered": TIME, "cure_until": TIME,
            "first_until": TIME, "orders": [self._order()],
        }  # fmt: skip
        return shapes.Correction(**(fields | changed))

    def notice_problem(
        self, caller: Any, controller: str, body: shapes.NewCorrection
    ) -> shapes.Correction:
        """Enter."""
        self.saw("notice_problem", controller, body)
        return self._correction(entry=self.entry())

    def list_corrections(self, caller: Any, controller: str) -> shapes.Corrections:
        """List."""
        self.saw("list_corrections", controller, None)
        return shapes.Corrections([self._correction()])

    def move_correction(
        self, caller: Any, controller: str, item: str, body: shapes.Step
    ) -> shapes.Correction:
        """Move."""
        self.saw("move_correction", controller, body)
        return self._correction(status="started", entry=self.entry())

    def carry_out_order(
        self, caller: Any, controller: str, item: str, body: shapes.CarriedOut
    ) -> shapes.Order:
        """Carry out."""
        self.saw("carry_out_order", controller, body)
        return self._order(status="carried-out", entry=self.entry())

    def _amendment(self, **changed: Any) -> shapes.Amendment:
        fields: dict[str, Any] = {
            "amendment": "a1", "status": "received", "side": "controller",
            "text_sha256": "0" * 64, "terms": "model-addendum", "effective": TIME,
            "received": TIME, "entered": TIME,
        }  # fmt: skip
        return shapes.Amendment(**(fields | changed))

    def receive_amendment(
        self, caller: Any, controller: str, body: shapes.NewAmendment
    ) -> shapes.Amendment:
        """Enter."""
        self.saw("receive_amendment", controller, body)
        return self._amendment(entry=self.entry())

    def list_amendments(self, caller: Any, controller: str) -> shapes.Amendments:
        """List."""
        self.saw("list_amendments", controller, None)
        return shapes.Amendments([self._amendment()])

    def answer_amendment(
        self, caller: Any, controller: str, item: str, body: shapes.AmendmentAnswer
    ) -> shapes.Amendment:
        """Answer."""
        self.saw("answer_amendment", controller, body)
        return self._amendment(status="refused", entry=self.entry())

    def _rehearsal(self) -> shapes.Rehearsal:
        turn = shapes.Turn("C1", "1", "Tell.", "changed", "operating", "overdue", "", "1 days")
        return shapes.Rehearsal("v1", "0" * 64, turns=[turn], unchanged=7)

    def rehearse_amendment(self, caller: Any, controller: str, item: str) -> shapes.Rehearsal:
        """Rehearse."""
        self.saw("rehearse_amendment", controller, item)
        return self._rehearsal()

    def rehearse_agreement(
        self, caller: Any, controller: str, body: shapes.ProposedText
    ) -> shapes.Rehearsal:
        """Rehearse."""
        self.saw("rehearse_agreement", controller, body)
        return self._rehearsal()
