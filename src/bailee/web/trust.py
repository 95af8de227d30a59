"""Routes of the trust page: public ones, the register's, and those of controllers (B10, A23, A31).

The public ones take no credential. The page has a policy of its own, which allows its style by
its digest and nothing else; a code travels in a body, never in an address (C3.2).
"""

from __future__ import annotations

from bailee.app import trust_shapes as shapes
from bailee.assurance.trust_page import policy
from bailee.web.call import Call, act, get, post, post_raw, raw
from bailee.web.house import House

C = "/v1/controllers/{controller}"
HTML = "text/html; charset=utf-8"
PAGE = ((b"content-security-policy", policy().encode("ascii")),)
SHORT = {"body_bytes": 16 * 1024}
"""A visitor's words with every character escaped."""
LARGE = {"text_bytes": 7 * 1024 * 1024}
"""A report's file in base64 (``report_copy.REPORT_BYTES``)."""
SAVED = ((b"content-disposition", b'attachment; filename="report.age"'),)


@raw("/trust", HTML, auth=False, headers=PAGE)
def trust_page(house: House, _call: Call) -> str:
    """Read the trust page: what can be shown now, each claim with its proof and its life."""
    return house.trust_page()


@raw("/trust/statement.json", "application/json", auth=False)
def trust_statement(house: House, _call: Call) -> str:
    """Read the same for programs; its SHA-256 is in the house's log."""
    return house.trust_statement()


@raw("/trust/statement.proof", "text/plain; charset=utf-8", auth=False)
def trust_proof(house: House, _call: Call) -> str:
    """Get the proof that it is (C2SP tlog-proof), signed by the log's key."""
    return house.trust_proof()


@get("/v1/trust/nda", shapes.Nda, auth=False)
def trust_nda(house: House, _call: Call) -> shapes.Nda:
    """Read the NDA that is signed before a report is given."""
    return house.trust_nda()


@get("/v1/trust/evidence", shapes.LivingPapers, auth=False)
def trust_evidence(house: House, _call: Call) -> shapes.LivingPapers:
    """Get the living papers as the linter of claims reads them."""
    return house.trust_evidence()


@post("/v1/trust/requests", shapes.ReportWish, shapes.Asked, auth=False, **SHORT)
def ask_report(house: House, call: Call, body: shapes.ReportWish) -> shapes.Asked:
    """Sign the NDA and ask for a report."""
    return house.ask_report(body, call.remote)


@post_raw(
    "/v1/trust/downloads",
    shapes.ReportDownload,
    "application/octet-stream",
    auth=False,
    headers=SAVED,
    **SHORT,
)
def take_report(house: House, call: Call, body: shapes.ReportDownload) -> bytes:
    """Take the one copy that a code opens, encrypted for its visitor (age)."""
    return house.take_report(body, call.remote)


@get("/v1/trust", shapes.Trust)
def show_trust(house: House, call: Call) -> shapes.Trust:
    """Show the register behind the page."""
    return house.trust(call.caller)


@post("/v1/trust/attestations", shapes.NewAttestation, shapes.Attestation, **LARGE)
def attest(house: House, call: Call, body: shapes.NewAttestation) -> shapes.Attestation:
    """Register a certificate or report that somebody issued about us."""
    return house.attest(call.caller, body)


@act("/v1/trust/attestations/{id}/withdraw", shapes.Attestation)
def withdraw_attestation(house: House, call: Call) -> shapes.Attestation:
    """Take a paper back; it leaves the page."""
    return house.withdraw_attestation(call.caller, call.item)


@post("/v1/trust/facts", shapes.NewFact, shapes.PublicFact)
def publish_fact(house: House, call: Call, body: shapes.NewFact) -> shapes.PublicFact:
    """Publish a sub-processor, a contact, our name, or the NDA's text."""
    return house.publish_fact(call.caller, body)


@act("/v1/trust/facts/{id}/end", shapes.PublicFact)
def end_fact(house: House, call: Call) -> shapes.PublicFact:
    """End a published fact."""
    return house.end_fact(call.caller, call.item)


@post("/v1/trust/statements", shapes.NewPublicStatement, shapes.PublicStatement)
def draft_statement(
    house: House, call: Call, body: shapes.NewPublicStatement
) -> shapes.PublicStatement:
    """Draft a statement about an incident; every controller concerned must approve it."""
    return house.draft_statement(call.caller, body)


@act("/v1/trust/statements/{id}/publish", shapes.PublicStatement)
def publish_statement(house: House, call: Call) -> shapes.PublicStatement:
    """Publish a statement; refused while an approval of exactly its text is missing."""
    return house.publish_statement(call.caller, call.item)


@act("/v1/trust/statements/{id}/withdraw", shapes.PublicStatement)
def withdraw_statement(house: House, call: Call) -> shapes.PublicStatement:
    """Take a statement back for good."""
    return house.withdraw_statement(call.caller, call.item)


@get("/v1/trust/requests", shapes.ReportRequests)
def list_report_requests(house: House, call: Call) -> shapes.ReportRequests:
    """List who asked for reports; that it was read is recorded."""
    return house.report_requests(call.caller)


@act("/v1/trust/requests/{id}/release", shapes.ReportRequest)
def release_report(house: House, call: Call) -> shapes.ReportRequest:
    """Release a request; its code is answered once, to be sent to the visitor's address."""
    return house.release_report(call.caller, call.item)


@act("/v1/trust/requests/{id}/refuse", shapes.ReportRequest)
def refuse_report(house: House, call: Call) -> shapes.ReportRequest:
    """Refuse a request, or take a release back before its copy was taken."""
    return house.refuse_report(call.caller, call.item)


@get(f"{C}/statements", shapes.OwnStatements)
def list_statements(house: House, call: Call) -> shapes.OwnStatements:
    """List the statements that concern a controller."""
    return house.trust_statements(call.caller, call.controller)


@post(f"{C}/statements/{{id}}/approve", shapes.ApprovedText, shapes.OwnStatement)
def approve_statement(house: House, call: Call, body: shapes.ApprovedText) -> shapes.OwnStatement:
    """Approve exactly one text, as the controller's named representative."""
    return house.approve_statement(call.caller, call.controller, call.item, body)


@act(f"{C}/statements/{{id}}/disapprove", shapes.OwnStatement)
def disapprove_statement(house: House, call: Call) -> shapes.OwnStatement:
    """Take an approval back; the statement leaves the page at once."""
    return house.disapprove_statement(call.caller, call.controller, call.item)


@post(f"{C}/report-requests", shapes.OwnReportWish, shapes.Asked, **SHORT)
def ask_report_as(house: House, call: Call, body: shapes.OwnReportWish) -> shapes.Asked:
    """Sign the NDA and ask for a report, as a controller's representative."""
    return house.ask_report_as(call.caller, call.controller, body)


ROUTES = (
    trust_page,
    trust_statement,
    trust_proof,
    trust_nda,
    trust_evidence,
    ask_report,
    take_report,
    show_trust,
    attest,
    withdraw_attestation,
    publish_fact,
    end_fact,
    draft_statement,
    publish_statement,
    withdraw_statement,
    list_report_requests,
    release_report,
    refuse_report,
    list_statements,
    approve_statement,
    disapprove_statement,
    ask_report_as,
)

__all__ = ["ROUTES"]
