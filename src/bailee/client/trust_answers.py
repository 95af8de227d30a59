"""What is answered about the trust page."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry


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
