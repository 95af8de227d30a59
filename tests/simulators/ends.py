# ruff: noqa: ARG002
"""The end of an agreement, in the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import end_shapes as shapes
from bailee.app import shapes as common
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedEnds:
    """How far an end came; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def _end(self, what: str, controller: str, body: Any, **changed: Any) -> shapes.Termination:
        self.saw(what, controller, body)
        fields: dict[str, Any] = {
            "controller": controller, "status": "chosen", "isolated": True, "ended": TIME,
            "due": "2026-11-30T21:07:00Z", "choice": "return", "keys": ["age1x"],
            "entry": self.entry(),
        }  # fmt: skip
        return shapes.Termination(**(fields | changed))

    def termination(self, caller: Any, controller: str) -> shapes.Termination:
        """Show."""
        line = shapes.KeptByLaw(
            "k1", "31 CFR 1010.430", ["person.ssn"], TIME, [], TIME, "p2", living=True
        )
        return self._end("show_termination", controller, None, kept=[line])

    def choose_end(
        self, caller: Any, controller: str, body: shapes.EndChoice
    ) -> shapes.Termination:
        """Choose."""
        return self._end("choose_end", controller, body)

    def keep_by_law(self, caller: Any, controller: str, body: shapes.NewKept) -> shapes.Termination:
        """Keep."""
        return self._end("keep_by_law", controller, body)

    def note_return(
        self, caller: Any, controller: str, body: shapes.ReturnedPackage
    ) -> shapes.Termination:
        """Note."""
        values = {"person.name": 2}
        return self._end("note_return", controller, body, status="returned", packed_values=values)

    def confirm_receipt(
        self, caller: Any, controller: str, body: shapes.EndReceipt
    ) -> shapes.Termination:
        """Confirm."""
        return self._end("confirm_receipt", controller, body, status="received", received=TIME)

    def destroy_controller(
        self, caller: Any, controller: str, body: common.Destruction
    ) -> common.Destroyed:
        """Destroy."""
        self.saw("destroy_controller", controller, body)
        return common.Destroyed(
            controller=controller,
            status="destroyed",
            entry=self.entry(),
            keys=4,
            rows=10,
            recoverable_until="2026-12-20T21:07:00Z",
        )

    def certify_end(self, caller: Any, controller: str) -> shapes.EndCertificate:
        """Certify."""
        self.saw("certify_end", controller, None)
        return shapes.EndCertificate("{}", "0" * 64, {"certified": "proof"}, ["log+1+a"])
