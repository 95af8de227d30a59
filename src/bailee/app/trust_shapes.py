"""Shapes of the trust page: papers, facts, statements, requests for reports (B10, A23, A24, A31).

A visitor's words are answered only to whoever holds ``publish``; a ``code`` once and never again.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from bailee.app.disclosure_shapes import Sha256
from bailee.app.shapes import Answer, Day, Line, Request
from bailee.vault.shapes import Entry, Id

DayOrNone = Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
LineOrNone = Annotated[str, Meta(max_length=200)]
Mail = Annotated[str, Meta(min_length=3, max_length=254)]
Recipient = Annotated[str, Meta(pattern="^(age1[a-z0-9]{58})?$")]
Code = Annotated[str, Meta(min_length=1, max_length=80)]


class NewAttestation(Request, frozen=True, kw_only=True):
    """Register a paper that somebody else issued about us; ``document`` is its file, in base64."""

    kind: Literal["report", "type-1", "type-2", "attestation", "certificate", "penetration-test"]
    standard: LineOrNone = ""
    """As one writes it: PCI DSS, SOC 2, ISO/IEC 27001; none for a penetration test."""
    version: Annotated[str, Meta(max_length=64)] = ""
    issuer: Line
    legal_name: Line
    scope: Annotated[str, Meta(min_length=1, max_length=1000)]
    issued: DayOrNone = ""
    period_start: DayOrNone = ""
    period_end: DayOrNone = ""
    until: Day
    document_sha256: Sha256
    document: str = ""
    """Given to those who signed the NDA; kept sealed."""
    supersedes: Annotated[str, Meta(max_length=64)] = ""


class Attestation(Answer, frozen=True, kw_only=True):
    """One paper of the register."""

    attestation: str
    title: str
    kind: str
    standard: str
    version: str
    issuer: str
    legal_name: str
    scope: str
    issued: str = ""
    period_start: str = ""
    period_end: str = ""
    until: str
    document_sha256: str
    held: bool = False
    """Whether copies are given under NDA."""
    status: str
    """``current``, ``superseded``, ``withdrawn``, ``expired``."""
    shown: bool = False
    """Whether the page says it now; not while the linter has something against it."""
    recorded: str
    recorded_by: str
    entry: Entry | None = None


class NewFact(Request, frozen=True, kw_only=True):
    """Publish a fact with the members of its kind; of a company or an NDA there is one at a time.

    ``sub-processor``: name, service, location, since. ``contact``: role, name, email, phone (C10).
    ``company``: name. ``nda``: text, which visitors sign.
    """

    kind: Literal["sub-processor", "contact", "company", "nda"]
    until: Day
    """Until when it may be said without looking again."""
    name: LineOrNone = ""
    service: LineOrNone = ""
    location: LineOrNone = ""
    since: DayOrNone = ""
    role: Literal["", "coordinator", "security"] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    text: Annotated[str, Meta(max_length=20_000)] = ""


class PublicFact(Answer, frozen=True, kw_only=True):
    """One fact of the register."""

    fact: str
    kind: str
    body: dict[str, str]
    until: str
    status: str
    recorded: str
    recorded_by: str
    entry: Entry | None = None


class NewPublicStatement(Request, frozen=True):
    """Draft a statement about an incident; each controller that it concerns must approve it."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    concerns: Annotated[list[Id], Meta(min_length=1, max_length=1000)]
    until: Day


class PublicStatement(Answer, frozen=True, kw_only=True):
    """One statement, as we know it."""

    statement: str
    text: str
    text_sha256: str
    concerns: list[str]
    missing: int
    """Approvals of exactly this text that are missing."""
    until: str
    status: str
    drafted: str
    published: str = ""
    entry: Entry | None = None


class ApprovedText(Request, frozen=True):
    """The SHA-256 of the text that is approved."""

    text_sha256: Sha256


class OwnStatement(Answer, frozen=True, kw_only=True):
    """One statement, as a controller that it concerns knows it: of the others, nothing."""

    statement: str
    text: str
    text_sha256: str
    until: str
    status: str
    approved: bool
    entry: Entry | None = None


class OwnStatements(Answer, frozen=True):
    """The statements that concern a controller, oldest first."""

    statements: list[OwnStatement]


class Trust(Answer, frozen=True, kw_only=True):
    """The whole register, and how the page stands."""

    page: str
    """``current``, ``stale`` (made again when next asked for), ``refused``, '' before the first."""
    findings: str = ""
    """Why there is no page."""
    until: str = ""
    attestations: list[Attestation]
    facts: list[PublicFact]
    statements: list[PublicStatement]


class LivingPapers(Answer, frozen=True):
    """The living papers, as ``bailee claims lint --evidence`` reads them."""

    certification: list[dict[str, str]]


class Nda(Answer, frozen=True):
    """The text to sign, and its digest."""

    text: str
    sha256: str


class ReportWish(Request, frozen=True, kw_only=True):
    """Sign the NDA and ask for a report, as somebody from outside."""

    attestation: Id
    name: Line
    firm: Line
    email: Mail
    nda_sha256: Sha256
    signed: Line
    """One's full name, typed again."""
    accept: bool
    recipient: Recipient = ""
    """An age public key for which the copy is encrypted; else it opens with the code."""


class OwnReportWish(Request, frozen=True, kw_only=True):
    """Sign the NDA and ask for a report, as a controller's representative."""

    attestation: Id
    nda_sha256: Sha256
    signed: Line
    accept: bool
    recipient: Recipient = ""


class Asked(Answer, frozen=True, kw_only=True):
    """A request as its maker knows it; ``code`` only where it was released at once."""

    request: str
    status: str
    keep_until: str
    code: str = ""
    code_until: str = ""


class ReportRequest(Answer, frozen=True, kw_only=True):
    """One request, to whoever decides on it."""

    request: str
    attestation: str
    status: str
    asked: str
    keep_until: str
    of: str = ""
    """The controller whose representative asked; nobody checked who a visitor is."""
    name: str = ""
    firm: str = ""
    email: str = ""
    decided_by: str = ""
    code: str = ""
    """To be sent to the e-mail address above: it opens one copy, once."""
    code_until: str = ""


class ReportRequests(Answer, frozen=True):
    """Requests, oldest first."""

    requests: list[ReportRequest]


class ReportDownload(Request, frozen=True):
    """Take the copy: the request and the code that was sent."""

    request: Id
    code: Code
