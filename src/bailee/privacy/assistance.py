"""Requests for help: an authority wants the records, the controller an assessment (C7.3(6)). Pure.

A request is entered with the moment at which it was received, which may lie before the moment at
which it is recorded: both stay, so that back-dating shows. It is answered with a paper made from
what stands then, whose digest stays. When it is due says the agreement; where that names no time
(the contract's own words are vague), our target does, and is shown as ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.lifecycle import Table
from bailee.errors import Invalid

DPIA, AUTHORITY = "dpia", "authority-records"
PAPER_OF: Mapping[str, str] = {DPIA: "pia", AUTHORITY: "processing-record"}
"""What a request is answered with."""
CONTROL_OF: Mapping[str, str] = {DPIA: "dpia-assistance", AUTHORITY: "authority-records"}
PARAMETER_OF: Mapping[str, str] = {DPIA: "dpia.answer", AUTHORITY: "authority.answer"}
TRIGGER_OF: Mapping[str, str] = {DPIA: "request-received", AUTHORITY: "authority-request"}
VAGUE = "target"
"""Basis of a time that no text names: the operator's own aim, shown as such."""
EARLIEST = timedelta(days=366)
"""Nobody records what came longer ago than this."""

ASSISTANCE: Table = {"open": {"answer": "answered"}, "answered": {}}

_LINE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asked of us."""

    kind: str
    asked_by: str = field(repr=False)
    """The authority, or the controller's person, by name."""
    reference: str = field(repr=False)
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance(Asked):
    """A request as stored."""

    assistance_id: str
    controller: str
    recorded: datetime
    recorded_by: str
    due: datetime
    basis: str
    """The obligation that names the time; ``our-target`` where none does."""
    state: str = "open"
    answered: datetime | None = None
    answered_by: str = ""
    paper_sha256: str = ""
    entry_id: str = ""

    def late(self, now: datetime) -> bool:
        """Say whether it was due before it was answered."""
        return (self.answered or now) > self.due


def check_asked(asked: Asked, now: datetime) -> None:
    """Refuse a request that does not say who asked for what, and when it came.

    Raises:
        Invalid: ``assistance.kind``, ``assistance.words``, ``assistance.received``.
    """
    if asked.kind not in PAPER_OF:
        raise Invalid("assistance.kind", f"A request is one of: {', '.join(PAPER_OF)}.")
    texts = (asked.asked_by, asked.reference)
    if not all(_LINE.fullmatch(one) and one.strip() for one in texts):
        raise Invalid("assistance.words", "A request says who asked, and where that is kept.")
    if not now - EARLIEST <= asked.received <= now:
        raise Invalid(
            "assistance.received",
            f"A request was received by now, and within the last {EARLIEST.days} days.",
        )
