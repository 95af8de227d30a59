"""What this door asks for demands."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import demand_shapes

Caller: TypeAlias = Any


class Demands(Protocol):
    """Demands for a controller's data."""

    def enter_demand(
        self, caller: Caller, controller: str, body: demand_shapes.NewDemand
    ) -> demand_shapes.Demand:
        """Enter one."""

    def list_demands(self, caller: Caller, controller: str) -> demand_shapes.Demands:
        """List them."""

    def move_demand(
        self, caller: Caller, controller: str, item: str, body: demand_shapes.DemandMove
    ) -> demand_shapes.Demand:
        """Move one."""
