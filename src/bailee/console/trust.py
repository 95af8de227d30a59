"""The trust page's register for those who keep it, and the visitor's way to a report (B10, A23).

The pages under ``/trust`` are open: whoever comes there shows no session, signs the NDA by typing
a name, and gets a report's copy for a code. The code is sent in a form, never in an address (C3.2).
"""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import Any

from bailee.app import trust_shapes as shapes
from bailee.app.house import House
from bailee.assurance.report_copy import REPORT_BYTES, check_pdf
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, give, show
from bailee.console.visit import Visit
from bailee.errors import Failure, Invalid

TRUST = "/console/trust"
NEW_FACT = Form(shapes.NewFact)
NEW_PAPER = Form(shapes.NewAttestation)
NEW_STATEMENT = Form(shapes.NewPublicStatement)
WISH = Form(shapes.ReportWish)
DOWNLOAD = Form(shapes.ReportDownload)
APPROVED = Form(shapes.ApprovedText)
KINDS = ("type-2", "type-1", "report", "attestation", "certificate", "penetration-test")
ROLES = ("security", "coordinator")


def _trust(house: House, visit: Visit, **more: Any) -> View:
    found = house.trust(visit.known)
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show("trust.html", found=found, kinds=KINDS, roles=ROLES, **(shown | more))


@page(TRUST)
def trust(house: House, visit: Visit) -> View:
    """Show the register behind the public page, and how the page stands."""
    return _trust(house, visit)


@form("/console/trust/attest", body_bytes=REPORT_BYTES + 64 * 1024, files=True)
def attest_paper(house: House, visit: Visit) -> View:
    """Register a paper; its file may come along, for those who sign the NDA."""

    def act() -> object:
        more = {}
        if file := visit.files.get("file", b""):
            check_pdf(file)
            more["document_sha256"] = hashlib.sha256(file).hexdigest()
            if visit.text("keep"):
                more["document"] = base64.b64encode(file).decode("ascii")
        elif visit.text("keep"):
            raise Invalid("report.file", "No file was chosen that could be kept.")
        return house.attest(visit.known, NEW_PAPER.read(visit.fields, **more))

    return attempt(act, partial(_trust, house, visit), TRUST)


@form("/console/trust/fact")
def publish_fact(house: House, visit: Visit) -> View:
    """Publish a sub-processor, a contact, our name or the NDA."""
    return attempt(
        lambda: house.publish_fact(visit.known, NEW_FACT.read(visit.fields)),
        partial(_trust, house, visit),
        TRUST,
    )


@form("/console/trust/statement")
def draft_statement(house: House, visit: Visit) -> View:
    """Draft a statement; every controller concerned must approve it."""
    concerns = visit.text("concerns").replace(",", " ").split()
    return attempt(
        lambda: house.draft_statement(
            visit.known, NEW_STATEMENT.read(visit.fields, concerns=concerns)
        ),
        partial(_trust, house, visit),
        TRUST,
    )


@form("/console/trust/papers/{id}/withdraw")
def withdraw_paper(house: House, visit: Visit) -> View:
    """Take a paper back."""
    return attempt(
        lambda: house.withdraw_attestation(visit.known, visit.item),
        partial(_trust, house, visit),
        TRUST,
    )


@form("/console/trust/facts/{id}/end")
def end_fact(house: House, visit: Visit) -> View:
    """End a fact."""
    return attempt(
        lambda: house.end_fact(visit.known, visit.item),
        partial(_trust, house, visit),
        TRUST,
    )


@form("/console/trust/statements/{id}/publish")
def publish_statement(house: House, visit: Visit) -> View:
    """Publish a statement that everybody concerned approved."""
    return attempt(
        lambda: house.publish_statement(visit.known, visit.item),
        partial(_trust, house, visit),
        TRUST,
    )


@form("/console/trust/statements/{id}/withdraw")
def withdraw_statement(house: House, visit: Visit) -> View:
    """Take a statement back for good."""
    return attempt(
        lambda: house.withdraw_statement(visit.known, visit.item),
        partial(_trust, house, visit),
        TRUST,
    )


def _requests(house: House, visit: Visit, **more: Any) -> View:
    found = house.report_requests(visit.known).requests
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show("trust_requests.html", found=found[::-1], **(shown | more))


@page("/console/trust/requests")
def report_requests(house: House, visit: Visit) -> View:
    """Show who asked for reports; that it was read is recorded."""
    return _requests(house, visit)


@form("/console/trust/requests/{id}/release")
def release_report(house: House, visit: Visit) -> View:
    """Release a request; its code is shown once, to be sent to the visitor's address."""
    return attempt(
        lambda: house.release_report(visit.known, visit.item),
        partial(_requests, house, visit),
        lambda made: _requests(house, visit, made=made),
    )


@form("/console/trust/requests/{id}/refuse")
def refuse_report(house: House, visit: Visit) -> View:
    """Refuse a request."""
    return attempt(
        lambda: house.refuse_report(visit.known, visit.item),
        partial(_requests, house, visit),
        "/console/trust/requests",
    )


def _statements(house: House, visit: Visit, failed: Failure | None = None) -> View:
    found = house.trust_statements(visit.known, visit.controller).statements
    return show("trust_statements.html", found=found[::-1], failed=failed)


@page("/console/at/{controller}/statements")
def statements(house: House, visit: Visit) -> View:
    """Show a controller the statements that concern it."""
    return _statements(house, visit)


@form("/console/at/{controller}/statements/{id}/approve")
def approve_statement(house: House, visit: Visit) -> View:
    """Approve exactly the text that the page showed."""

    def act() -> object:
        body = APPROVED.read(visit.fields)
        return house.approve_statement(visit.known, visit.controller, visit.item, body)

    return attempt(
        act, partial(_statements, house, visit), f"/console/at/{visit.controller}/statements"
    )


@form("/console/at/{controller}/statements/{id}/disapprove")
def disapprove_statement(house: House, visit: Visit) -> View:
    """Take an approval back."""
    return attempt(
        lambda: house.disapprove_statement(visit.known, visit.controller, visit.item),
        partial(_statements, house, visit),
        f"/console/at/{visit.controller}/statements",
    )


def _ask(house: House, **more: Any) -> View:
    shown: dict[str, Any] = {"failed": None, "made": None}
    return show("trust_ask.html", nda=house.trust_nda(), **(shown | more))


@page("/trust/ask", open=True)
def ask_page(house: House, _visit: Visit) -> View:
    """Show the NDA and the form for a report."""
    return _ask(house)


@form("/trust/ask", open=True)
def ask_report(house: House, visit: Visit) -> View:
    """Sign the NDA and ask for a report."""
    return attempt(
        lambda: house.ask_report(
            WISH.read(visit.fields, accept=bool(visit.text("accept"))), visit.remote
        ),
        partial(_ask, house),
        lambda made: _ask(house, made=made),
    )


@page("/trust/take", open=True)
def take_page(_house: House, _visit: Visit) -> View:
    """Ask for a request's number and code."""
    return show("trust_take.html", failed=None)


@form("/trust/take", open=True)
def take_report(house: House, visit: Visit) -> View:
    """Hand the one copy out that a code opens."""
    return attempt(
        lambda: house.take_report(DOWNLOAD.read(visit.fields), visit.remote),
        partial(show, "trust_take.html"),
        lambda file: give("report.age", file, "application/octet-stream"),
    )


ROWS = (
    trust,
    attest_paper,
    publish_fact,
    draft_statement,
    withdraw_paper,
    end_fact,
    publish_statement,
    withdraw_statement,
    report_requests,
    release_report,
    refuse_report,
    statements,
    approve_statement,
    disapprove_statement,
    ask_page,
    ask_report,
    take_page,
    take_report,
)
