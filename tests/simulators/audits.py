# ruff: noqa: ARG002
"""The auditor's room of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import audit_shapes as shapes
from bailee.app import rights
from bailee.vault.shapes import Entry


class SimulatedAudits:
    """Engagements, views, samples and packs; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def invite_auditor(
        self, caller: Any, controller: str, body: shapes.NewAuditor
    ) -> rights.Invitation:
        """Invite."""
        self.saw("invite_auditor", controller, body)
        return rights.Invitation("i2", "p4", "s" * 32, "2026-12-04T00:00:00Z", self.entry())

    def _engagement(self, status: str) -> shapes.Engagement:
        return shapes.Engagement(
            engagement="g1", auditor="p4", firm="Feld & Partner", reason="yearly", status=status,
            noticed="2026-11-20T21:07:00Z", since="2026-12-01T00:00:00Z",
            until="2026-12-31T00:00:00Z", side="controller", asked_by="p3", entry=self.entry(),
        )  # fmt: skip

    def ask_engagement(
        self, caller: Any, controller: str, body: shapes.NewEngagement
    ) -> shapes.Engagement:
        """Ask."""
        self.saw("ask_engagement", controller, body)
        return self._engagement("requested")

    def list_engagements(self, caller: Any, controller: str) -> shapes.Engagements:
        """List."""
        self.saw("list_engagements", controller, None)
        return shapes.Engagements([self._engagement("open")])

    def answer_engagement(
        self, caller: Any, controller: str, item: str, body: shapes.NoticeAnswer
    ) -> shapes.Engagement:
        """Answer."""
        self.saw("answer_engagement", controller, body)
        return self._engagement("accepted")

    def close_engagement(self, caller: Any, controller: str, item: str) -> shapes.Engagement:
        """Close."""
        self.saw("close_engagement", controller, item)
        return self._engagement("closed")

    def audit_evidence(self, caller: Any, controller: str, item: str) -> shapes.Evidence:
        """Show obligations."""
        self.saw("audit_evidence", controller, item)
        looks = [shapes.Looks("record-keeping", "exports the logs", 0, [])]
        return shapes.Evidence(controller, "v1", "0" * 64, [], looks, [], [], self.entry())

    def audit_entries(
        self, caller: Any, controller: str, item: str, body: shapes.EntryPage
    ) -> shapes.LoggedEntries:
        """Show entries."""
        self.saw("audit_entries", controller, body)
        page = [shapes.LoggedEntry(0, "{}", "{}")]
        return shapes.LoggedEntries("x.example/1/2026/1", 1, page, [], [], self.entry())

    def audit_rights(self, caller: Any, controller: str, item: str) -> shapes.RightsHeld:
        """Show rights."""
        self.saw("audit_rights", controller, item)
        return shapes.RightsHeld([], [], [], [], [], [], self.entry())

    def _sample(self) -> shapes.Sample:
        return shapes.Sample(
            sample="s1", engagement="g1", drawn_by="p4", created="2026-12-02T00:00:00Z",
            population="all", size=25, seed="dice-4-2-6-1", members=1,
            bounds=[shapes.Bound("x.example/1/2026/1", 1)], chosen=["e1"], entry_id="e9",
        )  # fmt: skip

    def draw_sample(
        self, caller: Any, controller: str, item: str, body: shapes.NewSample
    ) -> shapes.Sample:
        """Draw."""
        self.saw("draw_sample", controller, body)
        return self._sample()

    def samples(self, caller: Any, controller: str, item: str) -> shapes.Samples:
        """List samples."""
        self.saw("samples", controller, item)
        return shapes.Samples([self._sample()])

    def packs(self, caller: Any, controller: str, item: str) -> shapes.Packs:
        """List packs."""
        self.saw("packs", controller, item)
        return shapes.Packs(
            [shapes.Pack("k1", "g1", "p1", "2026-12-03T00:00:00Z", "0" * 64, "1" * 64, 30, "e10")]
        )
