# ruff: noqa: ARG002
"""Demands of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import demand_shapes as shapes
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedDemands:
    """Demands; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _demand(self, **changed: Any) -> shapes.Demand:
        fields: dict[str, Any] = {
            "demand": "d1", "kind": "subpoena", "source": "A court", "asks": "A list",
            "reference": "4:26-cv-1", "elements": ["person.name"], "status": "open",
            "received": TIME, "entered": TIME, "entered_by": "p1", "frozen": True,
        }  # fmt: skip
        return shapes.Demand(**(fields | changed))

    def enter_demand(self, caller: Any, controller: str, body: shapes.NewDemand) -> shapes.Demand:
        """Enter."""
        self.saw("enter_demand", controller, body)
        return self._demand(entry=self.entry())

    def list_demands(self, caller: Any, controller: str) -> shapes.Demands:
        """List."""
        self.saw("list_demands", controller, None)
        return shapes.Demands([self._demand()], {"subpoena": {"open": 1}})

    def move_demand(
        self, caller: Any, controller: str, item: str, body: shapes.DemandMove
    ) -> shapes.Demand:
        """Move."""
        self.saw("move_demand", controller, body)
        return self._demand(status="closed", entry=self.entry())
