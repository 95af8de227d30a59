# ruff: noqa: ARG002
"""The register of laws of the simulated house."""

from __future__ import annotations

from typing import Any

from bailee.app import law_shapes as shapes
from bailee.vault.shapes import Entry

LINE = shapes.LawLine(
    source="hipaa", line="hipaa:164.410", clause="164.410", kind="clock", actor="processor",
    summary="The covered entity is told.", state="counts", proof="text", quantity=60, unit="days",
    direction="max", counting="plain", trigger="breach-suspected", contents=["persons"],
    control="breach-notice", stands="uncovered", strictest=True,
)  # fmt: skip


class SimulatedLaws:
    """One law that applies; what was asked is kept by ``saw``."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Keep what was asked."""
        raise NotImplementedError

    def entry(self) -> Entry:
        """Return a receipt."""
        raise NotImplementedError

    def laws(self, caller: Any, controller: str) -> shapes.Laws:
        """Show."""
        self.saw("laws", controller, None)
        law = shapes.Law(
            law="hipaa", title="HIPAA, 45 CFR 164", kind="law", source="Federal Regulations",
            freshness="unread", edition="164.410", verified="2026-06-30", verified_by="the text",
            leaves_out="the rest", editions=[shapes.LawEdition("before", "2013-01-25", "report")],
            unread=["hipaa:164.530(j)"], lines=[LINE],
        )  # fmt: skip
        registration = shapes.LawRegistration(
            law="hipaa", since="2026-01-01", reason="Health plans.", applies=True, dated_back=True,
            recorded="2026-11-20T21:07:00Z", recorded_by="p1",
        )  # fmt: skip
        comparison = shapes.LawComparison(
            comparison="c1", law="hipaa", edition="164.410", place="folder 7", lines=[LINE.line],
            compared="2026-11-20", recorded="2026-11-20T21:07:00Z", recorded_by="p1",
        )  # fmt: skip
        return shapes.Laws(
            controller=controller, terms="small", day="2026-11-20", fresh_days=180, laws=[law],
            parameters=[shapes.LawParameter("breach.notice", "Time.", "decided", [LINE], ["gdpr"])],
            registrations=[registration], comparisons=[comparison],
            known=[shapes.KnownLaw("hipaa", "HIPAA, 45 CFR 164")], triggers=["breach-suspected"],
            names={"p1": "Ada Example"},
        )  # fmt: skip

    def register_law(self, caller: Any, controller: str, body: shapes.NewLaw) -> shapes.LawChanged:
        """Register."""
        self.saw("register_law", controller, body)
        return shapes.LawChanged(body.law, body.begins, entry=self.entry())

    def end_law(self, caller: Any, controller: str, body: shapes.LawEnd) -> shapes.LawChanged:
        """End."""
        self.saw("end_law", controller, body)
        return shapes.LawChanged(body.law, "2026-01-01", body.ends, entry=self.entry())

    def compare_law(
        self, caller: Any, controller: str, body: shapes.NewComparison
    ) -> shapes.LawChanged:
        """Compare."""
        self.saw("compare_law", controller, body)
        lines = body.lines or [LINE.line]
        return shapes.LawChanged(body.law, comparison="c1", lines=lines, entry=self.entry())

    def law_clocks(self, caller: Any, controller: str, body: shapes.Trigger) -> shapes.Clocks:
        """Compute."""
        self.saw("law_clocks", controller, body)
        due = "2027-01-20T00:00:00Z"
        claim = shapes.ClockClaim(LINE, binds=True, due=due, lasts=due)
        clock = shapes.Clock("breach.notice", [claim], due, LINE.line, ["gdpr"], ["uk-gdpr"])
        return shapes.Clocks(body.trigger, body.since, [clock])
