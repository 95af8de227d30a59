"""What this door asks for those who look: at what waits, at logs, at audits."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import (
    audit_shapes,
    overview_shapes,
    rights,
    root_shapes,
)

Caller: TypeAlias = Any


class Looks(Protocol):
    """What a person looks at first, and logs as people read them."""

    def me(self, caller: Caller) -> overview_shapes.Me:
        """Show who the caller is."""

    def today(self, caller: Caller) -> overview_shapes.Today:
        """Gather what waits."""

    def approvals(self, caller: Caller, controller: str) -> overview_shapes.Approvals:
        """List requests."""

    def request_access(
        self, caller: Caller, controller: str, body: overview_shapes.NewAccess
    ) -> rights.Approval:
        """Ask a second person for a right."""

    def entries(
        self, caller: Caller, controller: str, body: overview_shapes.Stretch
    ) -> overview_shapes.Entries:
        """Show a stretch of a log."""

    def entry_view(
        self, caller: Caller, controller: str, entry_id: str
    ) -> overview_shapes.EntryView:
        """Show one entry."""

    def seals(self, caller: Caller, controller: str) -> overview_shapes.Seals:
        """Show logs with their checkpoints."""

    def observations(self, caller: Caller, controller: str) -> overview_shapes.Watched:
        """Show what controls saw."""

    def custody(self, caller: Caller, controller: str) -> root_shapes.Custody:
        """Show who keeps the root, and versions of keys."""

    def own_entries(
        self, caller: Caller, controller: str, body: overview_shapes.LookBack
    ) -> overview_shapes.OwnEntries:
        """Show callers their own entries."""

    def activity(
        self, caller: Caller, controller: str, body: overview_shapes.LookBack
    ) -> overview_shapes.Activity:
        """Count accesses."""


class Audits(Protocol):
    """Engagements of controllers' auditors, and what these are shown."""

    def invite_auditor(
        self, caller: Caller, controller: str, body: audit_shapes.NewAuditor
    ) -> rights.Invitation:
        """Let a controller's auditor in."""

    def ask_engagement(
        self, caller: Caller, controller: str, body: audit_shapes.NewEngagement
    ) -> audit_shapes.Engagement:
        """Ask for an audit."""

    def list_engagements(self, caller: Caller, controller: str) -> audit_shapes.Engagements:
        """List engagements."""

    def answer_engagement(
        self, caller: Caller, controller: str, item: str, body: audit_shapes.NoticeAnswer
    ) -> audit_shapes.Engagement:
        """Answer a notice."""

    def close_engagement(
        self, caller: Caller, controller: str, item: str
    ) -> audit_shapes.Engagement:
        """End an engagement."""

    def audit_evidence(self, caller: Caller, controller: str, item: str) -> audit_shapes.Evidence:
        """Show obligations and what was seen of them."""

    def audit_entries(
        self, caller: Caller, controller: str, item: str, body: audit_shapes.EntryPage
    ) -> audit_shapes.LoggedEntries:
        """Show a page of a log."""

    def audit_rights(self, caller: Caller, controller: str, item: str) -> audit_shapes.RightsHeld:
        """Show who may do what."""

    def draw_sample(
        self, caller: Caller, controller: str, item: str, body: audit_shapes.NewSample
    ) -> audit_shapes.Sample:
        """Draw a sample."""

    def samples(self, caller: Caller, controller: str, item: str) -> audit_shapes.Samples:
        """List samples."""

    def packs(self, caller: Caller, controller: str, item: str) -> audit_shapes.Packs:
        """List packs."""


__all__ = [
    "Audits",
    "Looks",
]
