"""What this door asks of the house about laws beside the agreement."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import law_shapes as shapes

Caller: TypeAlias = Any


class LawRegister(Protocol):
    """The register of laws."""

    def laws(self, caller: Caller, controller: str) -> shapes.Laws:
        """Show it."""

    def register_law(
        self, caller: Caller, controller: str, body: shapes.NewLaw
    ) -> shapes.LawChanged:
        """Add a law."""

    def end_law(self, caller: Caller, controller: str, body: shapes.LawEnd) -> shapes.LawChanged:
        """End a law."""

    def compare_law(
        self, caller: Caller, controller: str, body: shapes.NewComparison
    ) -> shapes.LawChanged:
        """Note a comparison."""

    def law_clocks(self, caller: Caller, controller: str, body: shapes.Trigger) -> shapes.Clocks:
        """Compute what a trigger starts."""


__all__ = ["LawRegister"]
