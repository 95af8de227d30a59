"""What this door asks for at the end of an agreement."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import end_shapes, shapes

Caller: TypeAlias = Any


class Ends(Protocol):
    """The end of an agreement."""

    def termination(self, caller: Caller, controller: str) -> end_shapes.Termination:
        """Show how far it came."""

    def choose_end(
        self, caller: Caller, controller: str, body: end_shapes.EndChoice
    ) -> end_shapes.Termination:
        """Write down the controller's choice."""

    def keep_by_law(
        self, caller: Caller, controller: str, body: end_shapes.NewKept
    ) -> end_shapes.Termination:
        """Write down what a law keeps."""

    def note_return(
        self, caller: Caller, controller: str, body: end_shapes.ReturnedPackage
    ) -> end_shapes.Termination:
        """Write down that everything left."""

    def confirm_receipt(
        self, caller: Caller, controller: str, body: end_shapes.EndReceipt
    ) -> end_shapes.Termination:
        """Write down that it arrived."""

    def destroy_controller(
        self, caller: Caller, controller: str, body: shapes.Destruction
    ) -> shapes.Destroyed:
        """Destroy what was chosen to be destroyed."""

    def certify_end(self, caller: Caller, controller: str) -> end_shapes.EndCertificate:
        """Certify it."""


__all__ = ["Ends"]
