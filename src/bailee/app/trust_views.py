"""The register of the trust page as the API shows it."""

from __future__ import annotations

from collections.abc import Iterable

from bailee.app import trust_shapes as shapes
from bailee.app.office import entry_of
from bailee.assurance.attestation import Attestation, title
from bailee.assurance.fact import PublicFact
from bailee.assurance.report_request import ReportRequest, Visitor
from bailee.assurance.statement import Approval, Statement, missing
from bailee.ledger import Receipt


def attestation(
    one: Attestation, now: str, *, shown: bool, entry: Receipt | None = None
) -> shapes.Attestation:
    """Return a paper."""
    return shapes.Attestation(
        attestation=one.attestation_id,
        title=title(one),
        kind=one.kind,
        standard=one.standard,
        version=one.version,
        issuer=one.issuer,
        legal_name=one.legal_name,
        scope=one.scope,
        issued=one.issued,
        period_start=one.period_start,
        period_end=one.period_end,
        until=one.until,
        document_sha256=one.document_sha256,
        held=one.held,
        status=one.state_at(now),
        shown=shown,
        recorded=one.recorded,
        recorded_by=one.recorded_by,
        entry=entry_of(entry) if entry else None,
    )


def fact(one: PublicFact, now: str, entry: Receipt | None = None) -> shapes.PublicFact:
    """Return a fact."""
    return shapes.PublicFact(
        fact=one.fact_id,
        kind=one.kind,
        body=dict(one.body),
        until=one.until,
        status=one.state_at(now),
        recorded=one.recorded,
        recorded_by=one.recorded_by,
        entry=entry_of(entry) if entry else None,
    )


def statement(
    one: Statement, now: str, approvals: Iterable[Approval], entry: Receipt | None = None
) -> shapes.PublicStatement:
    """Return a statement as we know it."""
    return shapes.PublicStatement(
        statement=one.statement_id,
        text=one.text,
        text_sha256=one.text_sha256,
        concerns=list(one.concerns),
        missing=missing(one, approvals),
        until=one.until,
        status=one.state_at(now),
        drafted=one.drafted,
        published=one.published,
        entry=entry_of(entry) if entry else None,
    )


def own(
    one: Statement, now: str, *, approved: bool, entry: Receipt | None = None
) -> shapes.OwnStatement:
    """Return a statement as a controller knows it that it concerns."""
    return shapes.OwnStatement(
        statement=one.statement_id,
        text=one.text,
        text_sha256=one.text_sha256,
        until=one.until,
        status=one.state_at(now),
        approved=approved,
        entry=entry_of(entry) if entry else None,
    )


def asked(one: ReportRequest, code: str = "") -> shapes.Asked:
    """Return a request to whoever made it."""
    return shapes.Asked(
        request=one.request_id,
        status=one.state,
        keep_until=one.keep_until,
        code=code,
        code_until=one.code_until if code else "",
    )


def request(one: ReportRequest, visitor: Visitor | None, code: str = "") -> shapes.ReportRequest:
    """Return a request to whoever decides on it."""
    return shapes.ReportRequest(
        request=one.request_id,
        attestation=one.attestation_id,
        status=one.state,
        asked=one.asked,
        keep_until=one.keep_until,
        of=one.of,
        name=visitor.name if visitor else "",
        firm=visitor.firm if visitor else "",
        email=visitor.email if visitor else "",
        decided_by=one.decided_by,
        code=code,
        code_until=one.code_until if code else "",
    )
