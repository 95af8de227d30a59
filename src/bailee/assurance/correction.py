"""Security problems that a controller gave notice of, until it says they are cured (C5.3). Pure.

Correction starts in time, ends by the day that the controller sets, and may have that day cut. If
it takes too long and data is in danger, the controller orders interim measures: each has a clock of
its own. We say that it is cured; the controller says whether it is.

Deliberately not judged: whether the problem is proven and whether data is in danger. The controller
says so, and the ledger names who.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bailee.assurance.writing import Origin
from bailee.errors import Conflict, Invalid

CORRECTION: Mapping[tuple[str, str], str] = {
    ("open", "start"): "started",
    ("started", "claim"): "claimed",
    ("claimed", "accept"): "cured",
    ("claimed", "reject"): "started",
    ("open", "shorten"): "open",
    ("started", "shorten"): "started",
    ("open", "order"): "open",
    ("started", "order"): "started",
    ("claimed", "order"): "claimed",
}
OURS = frozenset(("start", "claim"))
"""What we do; the rest is the controller's."""
ORDER: Mapping[tuple[str, str], str] = {("ordered", "carry-out"): "carried-out"}
PROBLEM, INTERIM = "problem-notice", "interim-order"
"""Triggers of the terms."""
LATE = "correction.late"
_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]{1,4000}")


@dataclass(frozen=True, slots=True)
class Correction:
    """One problem, as stored."""

    correction_id: str
    controller: str
    problem: str = field(repr=False)
    origin: Origin
    noticed: datetime
    """When the notice reached us, in effect."""
    entered: datetime
    cure_until: datetime
    first_until: datetime
    state: str = "open"
    started: datetime | None = None
    claimed: datetime | None = None
    claimed_by: str = ""
    evidence: str = field(default="", repr=False)
    """What we say shows the cure: a reference or a hash."""
    settled: datetime | None = None
    settled_by: str = ""

    def late(self, now: datetime) -> bool:
        """Say whether the time for the cure is over and nothing is cured or claimed."""
        if self.state == "cured":
            return False
        return now > self.cure_until and not (
            self.state == "claimed" and self.claimed is not None and self.claimed <= self.cure_until
        )


@dataclass(frozen=True, slots=True)
class Order:
    """One interim measure that the controller ordered, as stored."""

    order_id: str
    controller: str
    correction_id: str
    measure: str = field(repr=False)
    ordered: datetime
    ordered_by: str
    state: str = "ordered"
    carried_out: datetime | None = None
    carried_out_by: str = ""
    evidence: str = field(default="", repr=False)


def check_correction(one: Correction, now: datetime) -> None:
    """Refuse a notice that says nothing, or sets a time that has passed.

    Raises:
        Invalid: ``correction.problem``, ``correction.until``.
    """
    check_text(one.problem, "correction.problem")
    if one.noticed > now or one.cure_until <= one.noticed:
        raise Invalid(
            "correction.until",
            "A cure is due after its notice, and the notice has come.",
            do="Give both times with their zone.",
        )


def check_text(text: str, code: str) -> None:
    """Refuse an empty or unprintable text.

    Raises:
        Invalid: with the code given.
    """
    if not _TEXT.fullmatch(text) or not text.strip():
        raise Invalid(code, "Say it in words, 4,000 characters at most.")


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``correction.state``.
    """
    after = CORRECTION.get((state, event))
    if after is None:
        raise Conflict(
            "correction.state",
            f"A correction that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_shorter(one: Correction, until: datetime) -> None:
    """Refuse a new day that is no earlier: what the controller gave it may cut, not we stretch.

    Raises:
        Invalid: ``correction.until``.
    """
    if not one.noticed < until < one.cure_until:
        raise Invalid("correction.until", "A shortened time ends earlier, after the notice.")
