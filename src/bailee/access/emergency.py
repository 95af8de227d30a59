"""Emergencies: access where nobody gave any, told at once and reviewed (MISSION A8; C2.5(4)).

An emergency is a grant for at most an hour that a person took for themselves with a code handed
out beforehand (``code``). It stands under the same agreement, purpose and elements as any grant,
and leaves two duties behind: a second person acknowledges the alert, and a second person reviews
what was done. Both have an end in time, set when the glass was broken.

Why so few people a day (``DAILY``): an emergency is about a case, not about a file. Fifty is a
quarter of what a grant usually shows and a tenth of where the model addendum asks a second person
beforehand (5.4); whoever needs more has the time to ask for an approval.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.grant import Rules
from bailee.access.lifecycle import Table
from bailee.agreement import workdays
from bailee.agreement.deadline import end_of_business_day
from bailee.errors import Invalid

LONGEST = timedelta(hours=1)
VERBS = frozenset({"reveal", "reveal-masked", "search"})
DAILY = 50
REASON_LIMIT = 1000
COUNTED_AS = "*break-glass"
"""In the place of the purpose: subjects of all emergencies of a person count together; no purpose
of an agreement is written so."""
ALERT_WITHIN = timedelta(minutes=15)
ZONE = "America/New_York"

VERDICTS = ("justified", "unjustified")

ALERT: Table = {"due": {"acknowledge": "acknowledged"}, "acknowledged": {}}
REVIEW: Table = {
    "due": {"justified": "justified", "unjustified": "unjustified"},
    "justified": {},
    "unjustified": {"settle": "settled"},
    "settled": {},
}
"""An unjustified opening stays a finding until the controller's writing settles it: what we alone
accept of our own breach clears nothing (DESIGN 8)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to open."""

    verbs: tuple[str, ...]
    elements: tuple[str, ...]
    purpose: str
    until: datetime
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency, as stored."""

    emergency_id: str
    controller: str
    opener: str
    code_id: str
    issued_by: str
    """Who made the code: the giver of the grant, and no reviewer of its use."""
    grant_id: str
    verbs: tuple[str, ...]
    elements: tuple[str, ...]
    purpose: str
    opened: datetime
    until: datetime
    alert_due: datetime
    review_due: datetime
    alert: str = "due"
    acknowledged_by: str = ""
    acknowledged: datetime | None = None
    review: str = "due"
    reviewer: str = ""
    reviewed: datetime | None = None
    writing: str = ""
    """Where the controller's writing is kept that settled an unjustified opening."""
    reason: str = field(default="", repr=False)
    verdict_reason: str = field(default="", repr=False)
    """Free texts may name people: they are stored for the second person and go nowhere else."""


def check_wanted(wanted: Wanted, now: datetime) -> None:
    """Refuse an emergency that is too wide, too long, or for no reason.

    Raises:
        Invalid: ``break_glass.verbs``, ``break_glass.elements``, ``break_glass.until``,
            ``break_glass.reason``.
    """
    if not wanted.verbs or not frozenset(wanted.verbs) <= VERBS:
        raise Invalid("break_glass.verbs", f"An emergency is for: {', '.join(sorted(VERBS))}.")
    if any(name.startswith("class:") or name.endswith("*") for name in wanted.elements):
        raise Invalid(
            "break_glass.elements",
            "An emergency names each element; families and classes are for grants.",
        )
    if not now < wanted.until <= now + LONGEST:
        raise Invalid("break_glass.until", "An emergency ends in the future, within an hour.")
    check_reason(wanted.reason)


def check_reason(reason: str) -> None:
    """Refuse a reason that says nothing, or too much.

    Raises:
        Invalid: ``break_glass.reason``.
    """
    if not reason.strip() or len(reason) > REASON_LIMIT:
        raise Invalid(
            "break_glass.reason", f"A reason has 1 to {REASON_LIMIT} characters, not all blank."
        )


def check_verdict(verdict: str) -> None:
    """Refuse what is no verdict.

    Raises:
        Invalid: ``break_glass.verdict``.
    """
    if verdict not in VERDICTS:
        raise Invalid("break_glass.verdict", f"A verdict is: {' or '.join(VERDICTS)}.")


def alert_due(rules: Rules, now: datetime) -> datetime:
    """Return until when somebody must have acknowledged the alert (the addendum's 5.4)."""
    return rules.due("emergency.alert", now) or now + ALERT_WITHIN


def review_due(rules: Rules, now: datetime) -> datetime:
    """Return until when it must be reviewed: as the agreement says, else the next business day."""
    named = rules.due("emergency.review", now)
    return named or end_of_business_day(now, 1, workdays.FEDERAL_RESERVE, ZONE)


def overdue(one: Emergency, now: datetime) -> tuple[str, ...]:
    """Return codes of what is wrong with an emergency by now; nothing when all is in time.

    A review also answers the alert: whoever reviewed it has been told.
    """
    found = []
    if one.alert == "due" and now > one.alert_due:
        found.append("break_glass.alert_unacknowledged")
    if one.review == "due" and now > one.review_due:
        found.append("break_glass.review_overdue")
    if one.review == "unjustified":
        found.append("break_glass.unjustified")
    return tuple(found)
