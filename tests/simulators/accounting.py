# ruff: noqa: ARG002
"""Accountings and exports of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import accounting_shapes as shapes
from bailee.app.transfer_shapes import Paper
from bailee.vault.shapes import Entry

TIME = "2026-11-20T21:07:00Z"


class SimulatedAccounting:
    """Nobody was told anything; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def account(
        self, caller: Any, controller: str, body: shapes.NewAccounting
    ) -> shapes.Accounting:
        """Say that nothing left."""
        self.saw("account", controller, body)
        return shapes.Accounting(
            found=True, since=TIME, until=TIME, made=TIME, disclosures=[], suspended=0, behind=0,
            read_until=TIME, erased_people=0, cannot_say=["What was never recorded."],
            paper=Paper("accounting-of-disclosures", "Accounting", "", TIME, "0" * 64, [], []),
            entry=self.entry(),
        )  # fmt: skip

    def _suspension(self, status: str) -> shapes.Suspension:
        return shapes.Suspension(
            suspension="s1", status=status, agency="An agency", official="An officer",
            reference="letter 3", text_sha256="", consents=["c1"], one_person=False, since=TIME,
            until=TIME, recorded_by="p1",
        )  # fmt: skip

    def record_suspension(
        self, caller: Any, controller: str, body: shapes.NewSuspension
    ) -> shapes.Suspension:
        """Record."""
        self.saw("record_suspension", controller, body)
        return self._suspension("recorded")

    def suspensions(self, caller: Any, controller: str) -> shapes.Suspensions:
        """List."""
        self.saw("suspensions", controller, None)
        return shapes.Suspensions([self._suspension("recorded")])

    def confirm_suspension(self, caller: Any, controller: str, item: str) -> shapes.Suspension:
        """Confirm."""
        self.saw("confirm_suspension", controller, item)
        return self._suspension("confirmed")

    def lift_suspension(self, caller: Any, controller: str, item: str) -> shapes.Suspension:
        """Lift."""
        self.saw("lift_suspension", controller, item)
        return self._suspension("lifted")

    def _export(self) -> shapes.Deidentified:
        return shapes.Deidentified(
            disclosure="d1", made=TIME, made_by="Bram", purpose="support", k=5,
            k_from="operator's target", small="suppress", kept=["person.birth_date:year"],
            quasi=["person.birth_date"], dropped=[], rows=5, people=5, classes=1, smallest=5,
            suppressed=0, small_classes=0, withheld=0, recipients=["Larkspur"], entry_id="e1",
        )  # fmt: skip

    def deidentify(
        self, caller: Any, controller: str, body: shapes.NewDeidentified
    ) -> shapes.DeidentifiedRows:
        """Let five rows leave."""
        self.saw("deidentify", controller, body)
        return shapes.DeidentifiedRows(
            export=self._export(), columns=["row", "person.birth_date"],
            rows=[[f"{n:016x}", "1980"] for n in range(5)],
            parts=[shapes.RowsPart(self.entry(), 5)], opened_entry="e0", kind="third-party",
            consents=["c1"], keys=list(body.keys), opened=TIME,
        )  # fmt: skip

    def deidentified(self, caller: Any, controller: str) -> shapes.DeidentifiedExports:
        """List."""
        self.saw("deidentified", controller, None)
        return shapes.DeidentifiedExports([self._export()], 5, "operator's target")
