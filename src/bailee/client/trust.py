"""Methods of the trust page: read it, keep its register, ask for reports, approve statements."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Literal

import msgspec

from bailee.client.line import Again, Line, filled, segment, within
from bailee.client.trust_answers import (
    Asked,
    Attestation,
    LivingPapers,
    Nda,
    OwnStatement,
    OwnStatements,
    PublicFact,
    PublicStatement,
    ReportRequest,
    ReportRequests,
    Trust,
)


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate or report: who issued what, for whom, until when. Days are 2026-11-20."""

    kind: Literal["report", "type-1", "type-2", "attestation", "certificate", "penetration-test"]
    issuer: str
    legal_name: str
    scope: str
    until: str
    document_sha256: str
    standard: str = ""
    version: str = ""
    issued: str = ""
    period_start: str = ""
    period_end: str = ""
    supersedes: str = ""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """An NDA signed: its text by its SHA-256, one's full name typed, and what is asked for.

    ``recipient`` is an age public key for which the copy is encrypted; without one it opens with
    the code.
    """

    attestation: str
    nda_sha256: str
    signed: str
    accept: bool
    recipient: str = ""


class TrustPage(Line):
    """The public page, its register, statements, and reports behind an NDA."""

    def trust_page(self) -> bytes:
        """Read the page (HTML); needs no key."""
        return self._raw("/trust")

    def trust_statement(self) -> bytes:
        """Read the page for programs (JSON, the bytes that are proven); needs no key."""
        return self._raw("/trust/statement.json")

    def trust_proof(self) -> bytes:
        """Get the proof of those bytes (C2SP tlog-proof); needs no key."""
        return self._raw("/trust/statement.proof")

    def trust_nda(self) -> Nda:
        """Read the NDA; needs no key."""
        return self._get("/v1/trust/nda", Nda)

    def trust_evidence(self) -> LivingPapers:
        """Get the living papers as the linter of claims reads them; needs no key."""
        return self._get("/v1/trust/evidence", LivingPapers)

    def ask_report(self, signature: Signature, *, name: str, firm: str, email: str) -> Asked:
        """Sign the NDA and ask for a report, as a visitor; needs no key."""
        who = {"name": name, "firm": firm, "email": email}
        return self._post("/v1/trust/requests", Asked, _signed(signature) | who)

    def ask_report_as(self, controller: str, signature: Signature) -> Asked:
        """Sign the NDA and ask for a report, as a controller's representative."""
        return self._post(within(controller, "report-requests"), Asked, _signed(signature))

    def take_report(self, request: str, code: str) -> bytes:
        """Take the one copy that a code opens: an age file; needs no key."""
        body = {"request": request, "code": code}
        return self._send("POST", "/v1/trust/downloads", Again.ONCE, body).content

    def show_trust(self) -> Trust:
        """Show the register behind the page."""
        return self._get("/v1/trust", Trust)

    def attest(self, paper: Paper, document: bytes = b"") -> Attestation:
        """Register a paper; ``document`` is its file, given to those who signed the NDA."""
        body = filled(**msgspec.to_builtins(paper), document=base64.b64encode(document).decode())
        return self._post("/v1/trust/attestations", Attestation, body)

    def withdraw_attestation(self, attestation: str) -> Attestation:
        """Take a paper back."""
        path = f"/v1/trust/attestations/{segment(attestation)}/withdraw"
        return self._post(path, Attestation)

    def publish_fact(self, kind: str, *, until: str, **members: str) -> PublicFact:
        """Publish a fact with the members of its kind; see the API's description."""
        body = {"kind": kind, "until": until, **members}
        return self._post("/v1/trust/facts", PublicFact, body)

    def end_fact(self, fact: str) -> PublicFact:
        """End a fact."""
        return self._post(f"/v1/trust/facts/{segment(fact)}/end", PublicFact)

    def draft_statement(self, text: str, *, concerns: Sequence[str], until: str) -> PublicStatement:
        """Draft a statement; each controller that it concerns must approve it."""
        body = {"text": text, "concerns": concerns, "until": until}
        return self._post("/v1/trust/statements", PublicStatement, body)

    def publish_statement(self, statement: str) -> PublicStatement:
        """Publish a statement; refused while an approval is missing."""
        return self._post(f"/v1/trust/statements/{segment(statement)}/publish", PublicStatement)

    def withdraw_statement(self, statement: str) -> PublicStatement:
        """Take a statement back for good."""
        return self._post(f"/v1/trust/statements/{segment(statement)}/withdraw", PublicStatement)

    def list_statements(self, controller: str) -> OwnStatements:
        """List the statements that concern a controller."""
        return self._get(within(controller, "statements"), OwnStatements)

    def approve_statement(self, controller: str, statement: str, text_sha256: str) -> OwnStatement:
        """Approve exactly one text, as the controller's named representative."""
        path = within(controller, f"statements/{segment(statement)}/approve")
        return self._post(path, OwnStatement, {"text_sha256": text_sha256})

    def disapprove_statement(self, controller: str, statement: str) -> OwnStatement:
        """Take an approval back."""
        path = within(controller, f"statements/{segment(statement)}/disapprove")
        return self._post(path, OwnStatement)

    def list_report_requests(self) -> ReportRequests:
        """List who asked for reports."""
        return self._get("/v1/trust/requests", ReportRequests)

    def release_report(self, request: str) -> ReportRequest:
        """Release a request; its code is answered once."""
        return self._post(f"/v1/trust/requests/{segment(request)}/release", ReportRequest)

    def refuse_report(self, request: str) -> ReportRequest:
        """Refuse a request."""
        return self._post(f"/v1/trust/requests/{segment(request)}/refuse", ReportRequest)


def _signed(signature: Signature) -> dict[str, object]:
    return filled(**msgspec.to_builtins(signature))


__all__ = ["Paper", "Signature", "TrustPage"]
