"""Statements about an incident: no public word without each controller's approval (C9, A31).

A statement's text never changes: another text is another statement. It may be published when the
named representative of every controller that it concerns approved exactly that text, by its
SHA-256, and it leaves as soon as one of them takes the approval back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bailee.access.lifecycle import Table
from bailee.assurance.wording import check_day, check_text
from bailee.errors import Invalid, Refused

LONGEST = timedelta(days=366)
MOST_CONTROLLERS = 1000

STATEMENT: Table = {
    "drafted": {"publish": "published", "withdraw": "withdrawn"},
    "published": {"withdraw": "withdrawn", "lose": "drafted", "expire": "expired"},
    "withdrawn": {},
    "expired": {},
}
"""``lose``: an approval was taken back. ``expire`` is read off ``until``, never written."""

APPROVAL: Table = {"given": {"withdraw": "withdrawn"}, "withdrawn": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; ``concerns`` are the controllers whose word it takes, known to us alone."""

    statement_id: str
    text: str
    text_sha256: str
    concerns: tuple[str, ...]
    until: str
    drafted: str
    drafted_by: str
    published: str = ""
    published_by: str = ""
    state: str = "drafted"
    entry_id: str = ""

    def state_at(self, now: str) -> str:
        """Return the state, with the clock's own event taken in."""
        if self.until < now[:10] and "expire" in STATEMENT[self.state]:
            return STATEMENT[self.state]["expire"]
        return self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a controller's representative said of one text; a row of that controller's."""

    controller: str
    approval_id: str
    statement_id: str
    text_sha256: str
    given: str
    given_by: str
    state: str = "given"


def digest(text: str) -> str:
    """Return a text's SHA-256 in hex, of its UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_statement(one: Statement, known: Iterable[str], today: date) -> None:
    """Refuse a statement that concerns nobody, or has no end.

    Raises:
        Invalid: ``statement.concerns``, ``statement.until``, ``trust.text``, ``trust.day``.
    """
    check_text("text", one.text)
    if not 0 < len(one.concerns) <= MOST_CONTROLLERS or not set(one.concerns) <= set(known):
        raise Invalid(
            "statement.concerns",
            "A statement names the controllers that the incident affects; all are known here.",
            do="Name every one of them: each must approve the text (C9).",
        )
    check_day("until", one.until)
    if not today.isoformat() <= one.until <= (today + LONGEST).isoformat():
        raise Invalid("statement.until", f"A statement stands until a day in {LONGEST.days} days.")


def missing(one: Statement, approvals: Iterable[Approval]) -> int:
    """Return how many of those concerned have not approved exactly this text."""
    fit = {
        approval.controller
        for approval in approvals
        if approval.state == "given"
        and approval.statement_id == one.statement_id
        and approval.text_sha256 == one.text_sha256
    }
    return len(set(one.concerns) - fit)


def check_approved(one: Statement, approvals: Iterable[Approval]) -> None:
    """Refuse to say in public what somebody concerned did not approve.

    Raises:
        Refused: ``statement.unapproved``, with how many are missing, never which.
    """
    if count := missing(one, approvals):
        raise Refused(
            "statement.unapproved",
            f"Approvals of exactly this text are missing: {count}.",
            do="Ask each controller's representative: `bailee trust approve`.",
        )
