"""The trust page of the simulated house: always the same words."""

# ruff: noqa: ARG002 - a simulator has the whole surface and needs not all of it

from __future__ import annotations

from typing import Any, Protocol

from bailee.app import trust_shapes as shapes
from bailee.vault.shapes import Entry

DAY, TIME = "2027-05-31", "2026-11-20T21:07:00.000Z"


class Watched(Protocol):
    """What the simulated house does for its parts."""

    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Write a call down."""

    def entry(self) -> Entry:
        """Return an entry."""


class SimulatedTrust:
    """A page with one paper, one fact, one statement, one request."""

    def trust_page(self: Watched) -> str:
        """Return a page."""
        self.saw("trust_page", "", None)
        return "<!doctype html><title>What we can show</title>"

    def trust_statement(self: Watched) -> str:
        """Return a statement."""
        self.saw("trust_statement", "", None)
        return '{"bailee_trust":1}'

    def trust_proof(self: Watched) -> str:
        """Return a proof."""
        self.saw("trust_proof", "", None)
        return "c2sp.org/tlog-proof@v1\n"

    def trust_nda(self: Watched) -> shapes.Nda:
        """Return the text."""
        self.saw("trust_nda", "", None)
        return shapes.Nda("Keep it to yourself.", "0" * 64)

    def trust_evidence(self: Watched) -> shapes.LivingPapers:
        """Return one paper."""
        self.saw("trust_evidence", "", None)
        return shapes.LivingPapers([{"standard": "soc", "version": "2", "until": DAY}])

    def trust(self: Watched, caller: Any) -> shapes.Trust:
        """Show all."""
        self.saw("trust", "", None)
        return shapes.Trust(
            page="refused", findings="sas-70 stale", until=TIME, attestations=[_paper()],
            facts=[_fact()], statements=[_statement()],
        )  # fmt: skip

    def attest(self: Watched, caller: Any, body: shapes.NewAttestation) -> shapes.Attestation:
        """Register."""
        self.saw("attest", "", body)
        return _paper(entry=self.entry())

    def withdraw_attestation(self: Watched, caller: Any, item: str) -> shapes.Attestation:
        """Take back."""
        self.saw("withdraw_attestation", "", item)
        return _paper(status="withdrawn", entry=self.entry())

    def publish_fact(self: Watched, caller: Any, body: shapes.NewFact) -> shapes.PublicFact:
        """Publish."""
        self.saw("publish_fact", "", body)
        return _fact(entry=self.entry())

    def end_fact(self: Watched, caller: Any, item: str) -> shapes.PublicFact:
        """End."""
        self.saw("end_fact", "", item)
        return _fact(status="ended", entry=self.entry())

    def draft_statement(
        self: Watched, caller: Any, body: shapes.NewPublicStatement
    ) -> shapes.PublicStatement:
        """Draft."""
        self.saw("draft_statement", "", body)
        return _statement(entry=self.entry())

    def publish_statement(self: Watched, caller: Any, item: str) -> shapes.PublicStatement:
        """Publish."""
        self.saw("publish_statement", "", item)
        return _statement(status="published", published=TIME, missing=0, entry=self.entry())

    def withdraw_statement(self: Watched, caller: Any, item: str) -> shapes.PublicStatement:
        """Take back."""
        self.saw("withdraw_statement", "", item)
        return _statement(status="withdrawn", entry=self.entry())

    def trust_statements(self: Watched, caller: Any, controller: str) -> shapes.OwnStatements:
        """List."""
        self.saw("trust_statements", controller, None)
        return shapes.OwnStatements([_own(approved=False)])

    def approve_statement(
        self: Watched, caller: Any, controller: str, item: str, body: shapes.ApprovedText
    ) -> shapes.OwnStatement:
        """Approve."""
        self.saw("approve_statement", controller, body)
        return _own(approved=True, entry=self.entry())

    def disapprove_statement(
        self: Watched, caller: Any, controller: str, item: str
    ) -> shapes.OwnStatement:
        """Take back."""
        self.saw("disapprove_statement", controller, item)
        return _own(approved=False, entry=self.entry())

    def ask_report(self: Watched, body: shapes.ReportWish, remote: str) -> shapes.Asked:
        """Sign."""
        self.saw("ask_report", "", body)
        return shapes.Asked(request="r1", status="asked", keep_until=TIME)

    def ask_report_as(
        self: Watched, caller: Any, controller: str, body: shapes.OwnReportWish
    ) -> shapes.Asked:
        """Sign, with a key."""
        self.saw("ask_report_as", controller, body)
        return shapes.Asked(
            request="r1", status="released", keep_until=TIME, code="nd_1", code_until=TIME
        )

    def take_report(self: Watched, body: shapes.ReportDownload, remote: str) -> bytes:
        """Hand a copy out."""
        self.saw("take_report", "", body)
        return b"age-encryption.org/v1\n"

    def report_requests(self: Watched, caller: Any) -> shapes.ReportRequests:
        """List."""
        self.saw("report_requests", "", None)
        return shapes.ReportRequests([_request(of="acme")])

    def release_report(self: Watched, caller: Any, item: str) -> shapes.ReportRequest:
        """Release."""
        self.saw("release_report", "", item)
        return _request(status="released", decided_by="p1", code="nd_1", code_until=TIME)

    def refuse_report(self: Watched, caller: Any, item: str) -> shapes.ReportRequest:
        """Refuse."""
        self.saw("refuse_report", "", item)
        return _request(status="refused", decided_by="p1")


def _paper(**changed: Any) -> shapes.Attestation:
    fields: dict[str, Any] = {
        "attestation": "a1", "title": "SOC 2, Type II report", "kind": "type-2",
        "standard": "soc", "version": "2", "issuer": "Auditors LLP", "legal_name": "Harborline",
        "scope": "Security", "issued": "2026-11-01", "period_start": "2026-01-01",
        "period_end": "2026-10-31", "until": DAY, "document_sha256": "0" * 64, "held": True,
        "status": "current", "shown": True, "recorded": TIME, "recorded_by": "p1",
    }  # fmt: skip
    return shapes.Attestation(**(fields | changed))


def _fact(**changed: Any) -> shapes.PublicFact:
    fields: dict[str, Any] = {
        "fact": "f1", "kind": "company", "body": {"name": "Harborline"}, "until": DAY,
        "status": "current", "recorded": TIME, "recorded_by": "p1",
    }  # fmt: skip
    return shapes.PublicFact(**(fields | changed))


def _statement(**changed: Any) -> shapes.PublicStatement:
    fields: dict[str, Any] = {
        "statement": "s1", "text": "It is over.", "text_sha256": "0" * 64, "concerns": ["acme"],
        "missing": 1, "until": DAY, "status": "drafted", "drafted": TIME,
    }  # fmt: skip
    return shapes.PublicStatement(**(fields | changed))


def _own(**changed: Any) -> shapes.OwnStatement:
    fields: dict[str, Any] = {
        "statement": "s1", "text": "It is over.", "text_sha256": "0" * 64, "until": DAY,
        "status": "drafted",
    }  # fmt: skip
    return shapes.OwnStatement(**(fields | changed))


def _request(**changed: Any) -> shapes.ReportRequest:
    fields: dict[str, Any] = {
        "request": "r1", "attestation": "a1", "status": "asked", "asked": TIME,
        "keep_until": TIME, "name": "Perpetua Ashgrove", "firm": "Quillfeather",
        "email": "p@quillfeather.example",
    }  # fmt: skip
    return shapes.ReportRequest(**(fields | changed))
