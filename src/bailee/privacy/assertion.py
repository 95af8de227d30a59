"""Assertions: what a named person states, because no machine sees it (C7.2(4), C7.3(3)). Pure.

An assertion has a *subject*: a blank of an annex (``exporter.address``), something that a flow
rests on (``clause-14:FLOW``), a certificate, or a revocation of the house (``revoked:eu-us-dpf``).
The newest one that stands counts. Each ends, a year after it was signed at the latest, so that
nothing which somebody once said stays true by itself; a revocation alone ends by a person's act.

Whoever must fill a blank signs it. One of ours enters the controller's words only with a reference
to its writing and that writing's SHA-256.

Deliberately not checked: whether it is true. It is shown as *asserted*, with its signer and end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.lifecycle import Table
from bailee.errors import Invalid

CONTROLLER, PROCESSOR = "controller", "processor"
LONGEST = timedelta(days=366)
REVOKED = "revoked:"

ASSERTION: Table = {
    "standing": {"withdraw": "withdrawn", "expire": "expired"},
    "withdrawn": {},
    "expired": {},
}
"""``expire`` comes from the clock: it is read off ``until``, never written."""

_SUBJECT = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}(:[a-z0-9-]{1,64})?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f]{1,4000}")
_LINE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody wants to state."""

    subject: str
    text: str = field(repr=False)
    until: datetime
    reference: str = field(default="", repr=False)
    """Where it is written, or what it rests on."""
    text_sha256: str = ""
    """Of that writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion(Said):
    """An assertion as stored."""

    assertion_id: str
    controller: str
    side: str
    signed_by: str
    signed: datetime
    state: str = "standing"
    withdrawn_by: str = ""
    withdrawn: datetime | None = None
    entry_id: str = ""

    def state_at(self, now: datetime) -> str:
        """Return the state, with the clock's own event taken in."""
        lasting = self.subject.startswith(REVOKED)
        if self.until <= now and not lasting and "expire" in ASSERTION[self.state]:
            return ASSERTION[self.state]["expire"]
        return self.state


def check_said(said: Said, now: datetime) -> None:
    """Refuse a statement without words or without an end.

    Raises:
        Invalid: ``assertion.subject``, ``assertion.text``, ``assertion.until``.
    """
    if not _SUBJECT.fullmatch(said.subject):
        raise Invalid("assertion.subject", "That is no subject of a statement.")
    written = _SHA256.fullmatch(said.text_sha256) or not said.text_sha256
    if not _TEXT.fullmatch(said.text) or not said.text.strip() or not written:
        raise Invalid(
            "assertion.text",
            "A statement has words, at most 4,000 characters, and the SHA-256 of its writing.",
        )
    if not _LINE.fullmatch(said.reference):
        raise Invalid("assertion.text", "A reference is one line of at most 200 characters.")
    if not now < said.until <= now + LONGEST:
        raise Invalid(
            "assertion.until",
            f"A statement ends in the future, within {LONGEST.days} days.",
            do="Sign it again when it ends, if it is still so.",
        )


def check_side(side: str, whose: str, said: Said) -> None:
    """Refuse somebody who states what is the other side's to state.

    Raises:
        Invalid: ``assertion.writing``, ``assertion.not_yours``.
    """
    if side == whose or not whose:
        return
    if side == CONTROLLER:
        raise Invalid("assertion.not_yours", "That is the processor's to state.")
    if not said.reference.strip() or not said.text_sha256:
        raise Invalid(
            "assertion.writing",
            "That is the controller's to state; we enter it with its writing alone.",
            do="Give the reference and the SHA-256 of what it wrote, or let its representative "
            "sign.",
        )


def standing(known: Iterable[Assertion], now: datetime) -> Mapping[str, Assertion]:
    """Return, by subject, the newest statement that stands."""
    found: dict[str, Assertion] = {}
    for one in sorted(known, key=lambda one: (one.signed, one.assertion_id)):
        if one.state_at(now) == "standing":
            found[one.subject] = one
    return found
