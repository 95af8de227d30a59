"""What this door asks of the house for the trust page."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from bailee.app import trust_shapes as shapes

Caller: TypeAlias = Any


class Trust(Protocol):
    """The public page, its register, statements, and reports behind an NDA."""

    def trust_page(self) -> str:
        """Return the page as people read it."""

    def trust_statement(self) -> str:
        """Return the page as programs read it."""

    def trust_proof(self) -> str:
        """Return its proof."""

    def trust_nda(self) -> shapes.Nda:
        """Return the text to sign."""

    def trust_evidence(self) -> shapes.LivingPapers:
        """Return the living papers."""

    def trust(self, caller: Caller) -> shapes.Trust:
        """Show the register."""

    def attest(self, caller: Caller, body: shapes.NewAttestation) -> shapes.Attestation:
        """Register a paper."""

    def withdraw_attestation(self, caller: Caller, item: str) -> shapes.Attestation:
        """Take a paper back."""

    def publish_fact(self, caller: Caller, body: shapes.NewFact) -> shapes.PublicFact:
        """Publish a fact."""

    def end_fact(self, caller: Caller, item: str) -> shapes.PublicFact:
        """End a fact."""

    def draft_statement(
        self, caller: Caller, body: shapes.NewPublicStatement
    ) -> shapes.PublicStatement:
        """Draft a statement."""

    def publish_statement(self, caller: Caller, item: str) -> shapes.PublicStatement:
        """Publish it."""

    def withdraw_statement(self, caller: Caller, item: str) -> shapes.PublicStatement:
        """Take it back."""

    def trust_statements(self, caller: Caller, controller: str) -> shapes.OwnStatements:
        """List what concerns a controller."""

    def approve_statement(
        self, caller: Caller, controller: str, item: str, body: shapes.ApprovedText
    ) -> shapes.OwnStatement:
        """Approve one text."""

    def disapprove_statement(
        self, caller: Caller, controller: str, item: str
    ) -> shapes.OwnStatement:
        """Take an approval back."""

    def ask_report(self, body: shapes.ReportWish, remote: str) -> shapes.Asked:
        """Sign and ask, as a visitor."""

    def ask_report_as(
        self, caller: Caller, controller: str, body: shapes.OwnReportWish
    ) -> shapes.Asked:
        """Sign and ask, as a representative."""

    def take_report(self, body: shapes.ReportDownload, remote: str) -> bytes:
        """Take the copy."""

    def report_requests(self, caller: Caller) -> shapes.ReportRequests:
        """List requests."""

    def release_report(self, caller: Caller, item: str) -> shapes.ReportRequest:
        """Release one."""

    def refuse_report(self, caller: Caller, item: str) -> shapes.ReportRequest:
        """Refuse one."""
