"""Demands of courts, authorities and third parties, and laws that compel (C2.4, C7.2(7), C7.3(7)).

Pure. While a demand is open nothing of what it names leaves. The controller is told at once, unless
that is forbidden too: then the basis of the ban stands here, and the notice goes when the ban ends.
A release names recipients and the least that is asked for; it takes a second person, and it comes
after the notice was handed over or while a ban is in force.

Deliberately not judged: whether a demand is lawful. Who challenges it, and how it ended, is on
record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bailee.errors import Conflict, Invalid, Refused

KINDS = ("subpoena", "warrant", "order", "authority", "third-party", "law")
LAW = "law"
OUTCOMES = ("complied", "refused", "withdrawn")
RECEIVED, COMPELLED, BAN_ENDED = "legal-demand-received", "legal-compulsion", "notice-ban-ended"
"""Triggers of the terms."""
DEMAND: Mapping[tuple[str, str], str] = {
    ("open", "challenge"): "challenged",
    ("open", "release"): "released",
    ("challenged", "release"): "released",
    ("open", "close"): "closed",
    ("challenged", "close"): "closed",
    ("released", "close"): "closed",
    ("open", "end-ban"): "open",
    ("challenged", "end-ban"): "challenged",
    ("released", "end-ban"): "released",
    ("closed", "end-ban"): "closed",
}
FREEZES = frozenset(("open", "challenged", "released"))
_ELEMENT = re.compile(r"\*|[a-z]+\.[a-z][a-z0-9_]*", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]{1,2000}")


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand, as stored."""

    demand_id: str
    controller: str
    kind: str
    source: str = field(repr=False)
    """Who demands, or which law."""
    asks: str = field(repr=False)
    """What is asked for, in words that name nobody."""
    reference: str = field(repr=False)
    """Docket, file or article."""
    elements: tuple[str, ...]
    received: datetime
    entered: datetime
    entered_by: str
    answer_by: datetime | None = None
    """The time that the demand sets."""
    ban_basis: str = field(default="", repr=False)
    """Why the controller may not be told; '' where it may."""
    ban_until: datetime | None = None
    ban_ended: datetime | None = None
    state: str = "open"
    challenge: str = field(default="", repr=False)
    keys: tuple[str, ...] = ()
    released_by: str = ""
    least: str = field(default="", repr=False)
    """Why no less than this is handed out."""
    outcome: str = ""
    records: int = 0
    """Records that were handed out."""
    closed: datetime | None = None
    closed_by: str = ""

    def banned(self, now: datetime) -> bool:
        """Say whether the controller may not be told now."""
        if not self.ban_basis or self.ban_ended is not None:
            return False
        return self.ban_until is None or now < self.ban_until

    @property
    def trigger(self) -> str:
        """Return the terms' trigger of its clock."""
        return COMPELLED if self.kind == LAW else RECEIVED


def check_demand(one: Demand, now: datetime) -> None:
    """Refuse a demand that says too little, or comes from tomorrow.

    Raises:
        Invalid: ``demand.kind``, ``demand.text``, ``demand.elements``, ``demand.time``.
    """
    if one.kind not in KINDS:
        raise Invalid("demand.kind", f"A demand is one of: {', '.join(KINDS)}.")
    if not all(_TEXT.fullmatch(text) for text in (one.source, one.asks, one.reference)):
        raise Invalid(
            "demand.text",
            "Say who demands what, under which number.",
            do="Name nobody whose data it is; 2,000 characters at most.",
        )
    if not one.elements or not all(_ELEMENT.fullmatch(name) for name in one.elements):
        raise Invalid("demand.elements", "Name elements of the catalogue, or * for everything.")
    if one.received > now or (one.ban_until is not None and one.ban_until <= one.received):
        raise Invalid("demand.time", "A demand has come, and a ban ends after that.")


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``demand.state``.
    """
    after = DEMAND.get((state, event))
    if after is None:
        raise Conflict(
            "demand.state",
            f"A demand that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_release(one: Demand, by: str, *, told: bool, now: datetime) -> None:
    """Refuse a release by one person, or before the controller knows where it may know.

    Raises:
        Refused: ``demand.one_person``, ``demand.untold``.
    """
    if by == one.entered_by:
        raise Refused("demand.one_person", "A second person releases what a demand asks for.")
    if not told and not one.banned(now):
        raise Refused(
            "demand.untold",
            "The controller has not been told yet.",  # C7.2(7), C7.3(7)
            do="Wait until the notice is handed over.",
        )
