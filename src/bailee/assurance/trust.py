"""What the page says now: every claim with its proof and its life, and nothing that lapsed. Pure.

1. A paper is said while it is current, has not run out, and the linter, which knows the lives of
   standards, finds nothing against its own words.
2. A control in words is said while ``commitment`` says so; a fact until its day; a statement while
   it is published and every approval of exactly its text stands.
3. The page as a whole is linted with the register's papers for evidence. A finding refuses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bailee.assurance.attestation import KINDS, Attestation, title
from bailee.assurance.commitment import Commitment
from bailee.assurance.evidence import write_evidence
from bailee.assurance.fact import COMPANY, CONTACT, NDA_TEXT, ROLES, SUB_PROCESSOR, PublicFact
from bailee.assurance.lint import lint
from bailee.assurance.statement import Approval, Statement, digest, missing
from bailee.canonical import encode
from bailee.errors import Invalid

FORM = 1
END_OF_DAY = "T23:59:59.999Z"


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that may be said, before it is asked whether it still may."""

    attestations: Sequence[Attestation]
    facts: Sequence[PublicFact]
    statements: Sequence[Statement]
    approvals: Sequence[Approval]
    commitments: Sequence[Commitment]
    origin: str
    ask: str = ""
    """Where visitors ask for reports, a full address of our own; '' where none is set."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says: its content, until when all of it may be said, and the papers behind."""

    content: Mapping[str, Any]
    until: str
    evidence: bytes

    @property
    def sha256(self) -> str:
        """Return the content's digest, by which two pages are told to say the same."""
        return hashlib.sha256(encode(dict(self.content))).hexdigest()


def compose(register: Register, now: str) -> Said:
    """Return what may be said at a time.

    The page ends with its first claim that ends; without any, with the day.
    """
    papers = [one for one in register.attestations if one.state_at(now) == "current"]
    evidence = evidence_of(papers)
    living = {one.attestation_id: _paper(one) for one in papers}
    certifications = [
        shown for shown in living.values() if not findings(sentence(shown).encode(), now, evidence)
    ]
    facts = [one for one in register.facts if one.state_at(now) == "current"]
    statements = [
        _statement(one)
        for one in register.statements
        if one.state_at(now) == "published" and missing(one, register.approvals) == 0
    ]
    content: dict[str, Any] = {
        "bailee_trust": FORM,
        "origin": register.origin,
        "ask": register.ask,
        "company": _bodies(facts, COMPANY)[-1:],
        "certifications": certifications,
        "commitments": [_commitment(one) for one in register.commitments],
        "sub_processors": _bodies(facts, SUB_PROCESSOR),
        "contacts": _bodies(facts, CONTACT),
        "statements": statements,
        "nda": [
            {"sha256": digest(one.body["text"]), "until": one.until, "entry": one.entry_id}
            for one in facts
            if one.kind == NDA_TEXT
        ][-1:],
    }
    ends = [_end(claim["until"]) for part in content.values() for claim in _claims(part)]
    return Said(content, min(ends, default=now[:10] + END_OF_DAY), evidence)


def evidence_of(papers: Iterable[Attestation]) -> bytes:
    """Return the papers that name a standard, as evidence for the linter."""
    return write_evidence(one.paper for one in papers if one.standard)


def findings(page: bytes, now: str, evidence: bytes) -> tuple[str, ...]:
    """Return what the linter finds on a page: ``standard state``, each once."""
    report = lint(page, date.fromisoformat(now[:10]), evidence=evidence)
    found = (f"{one.standard} {one.state}" for one in report.claims if one.state != "supported")
    return tuple(dict.fromkeys(found))


def check_page(page: bytes, now: str, evidence: bytes) -> None:
    """Refuse to publish a page on which the linter finds something.

    Raises:
        Invalid: ``trust.claim``, with the names of standards in our own table.
    """
    if found := findings(page, now, evidence):
        raise Invalid(
            "trust.claim",
            f"The page would claim what does not hold: {', '.join(found[:5])}.",
            do="Record the paper that supports it, or write it otherwise.",
        )


def sentence(paper: Mapping[str, Any]) -> str:
    """Return a paper's own words, as the page and the linter read them."""
    dates = f"period {paper['period_start']} to {paper['period_end']}" * bool(paper["period_end"])
    dates = dates or f"issued {paper['issued']}"
    return (
        f"{paper['title']}, by {paper['issuer']} for {paper['legal_name']}; {dates}; "
        f"valid until {paper['until']}. Scope: {paper['scope']}"
    )


def _paper(one: Attestation) -> dict[str, Any]:
    return {
        "id": one.attestation_id,
        "title": title(one),
        "kind": KINDS[one.kind],
        "standard": one.standard,
        "version": one.version,
        "issuer": one.issuer,
        "legal_name": one.legal_name,
        "issued": one.issued,
        "period_start": one.period_start,
        "period_end": one.period_end,
        "scope": one.scope,
        "until": one.until,
        "document_sha256": one.document_sha256,
        "under_nda": one.held,
        "recorded": one.recorded[:10],
        "entry": one.entry_id,
    }


def _bodies(facts: Iterable[PublicFact], kind: str) -> list[dict[str, Any]]:
    return [
        {
            **one.body,
            **({"called": ROLES[one.body["role"]]} if kind == CONTACT else {}),
            "until": one.until,
            "recorded": one.recorded[:10],
            "entry": one.entry_id,
        }
        for one in facts
        if one.kind == kind
    ]


def _commitment(one: Commitment) -> dict[str, Any]:
    return {
        "control": one.control,
        "says": one.says,
        "tries": one.tries,
        "state": one.state,
        "seen": one.seen,
        "until": one.until,
        "observations_sha256": one.observations_sha256,
    }


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "text": one.text,
        "text_sha256": one.text_sha256,
        "published": one.published[:10],
        "until": one.until,
        "entry": one.entry_id,
    }


def _claims(part: Any) -> Iterable[Mapping[str, Any]]:
    return part if isinstance(part, list) else ()


def _end(until: str) -> str:
    """Return a day's last moment, and a time as it is."""
    return until + END_OF_DAY if len(until) == 10 else until
