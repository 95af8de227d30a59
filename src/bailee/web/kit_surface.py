"""What this door asks for those who offer the processor's own addendum (B8)."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import kit_shapes as shapes

Caller: TypeAlias = Any


class Kits(Protocol):
    """The addendum, filled from what is so."""

    def make_kit(self, caller: Caller, controller: str, body: shapes.NewKit) -> shapes.Kit:
        """Fill the addendum."""


__all__ = ["Kits"]
