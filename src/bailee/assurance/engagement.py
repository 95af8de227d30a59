"""Engagements: a controller's auditor, for one controller, from a moment to a moment (C5.2). Pure.

* An *ordinary* one comes once in the time that the agreement names (``audit.interval``), after
  notice. Material discrepancies, or an occurrence that must be notified (C9), allow a further one
  whenever the controller names them: which of them counts is not ours to judge (the strictest
  reading of C5.2).
* On a *threat* that the controller believes in, access is at once: nobody of ours is asked, and
  nobody of ours can refuse it or end it.
* We may answer an ordinary notice: accept it, or decline with a reason that the controller reads.
  Silence is a yes: when the time of the notice (``audit.notice``, else ``REASONABLE``) is up, the
  engagement opens as asked.

The rights of an engagement begin and end by the clock, at each call; nothing has to run for it.
What the clock alone decides (open, expired) is read off and never written.

Deliberately not judged: whether the belief in a threat is in good faith, and whether a discrepancy
is material. The controller says so and the ledger names who.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bailee.errors import Conflict, Invalid, Refused

YEARLY, DISCREPANCY, EVENT, THREAT = "yearly", "discrepancy", "event", "threat"
REASONS = (YEARLY, DISCREPANCY, EVENT, THREAT)
REASONABLE = timedelta(days=10)
"""Our reading of a notice without a number (C5.2): who is silent for so long has agreed."""
LONGEST = timedelta(days=90)
"""How long a window may be where the agreement gives an auditor's account no life."""
AHEAD = timedelta(days=366)
"""How far ahead a window may begin."""

CONTROLLER, PROCESSOR = "controller", "processor"
AT_ONCE = datetime.min.replace(tzinfo=UTC)

ENGAGEMENT: Mapping[tuple[str, str], str] = {
    ("requested", "accept"): "accepted",
    ("requested", "decline"): "declined",
    ("requested", "close"): "withdrawn",
    ("accepted", "close"): "closed",
}
LIVING = frozenset(("requested", "accepted"))
NEVER_HELD = frozenset(("declined", "withdrawn"))
OPEN = "open"

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{0,1000}")


@dataclass(frozen=True, slots=True)
class Writing:
    """The controller's recorded confirmation, where one of us enters the engagement for it."""

    given_by: str = ""
    """Id of the controller's representative who confirmed."""
    reference: str = field(default="", repr=False)
    """Where the writing is kept."""
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a controller wants of an engagement."""

    auditor: str
    reason: str
    since: datetime
    """When the window begins; ``AT_ONCE`` for the moment of the notice."""
    until: datetime
    basis: str = field(default="", repr=False)
    """What an exception or a threat rests on, in the controller's words or by reference."""
    writing: Writing = Writing()


@dataclass(frozen=True, slots=True)
class Limits:
    """What the agreement in force says of audits, as times from a notice given now.

    Args:
        interval: between two ordinary ones, (quantity, unit); None where the text sets no limit.
        silence: when our answer is overdue and counts as a yes.
        longest: how long a window may be.
    """

    interval: tuple[int, str] | None
    silence: datetime
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Engagement:
    """One engagement, as stored."""

    engagement_id: str
    controller: str
    auditor: str
    reason: str
    since: datetime
    until: datetime
    noticed: datetime
    silence: datetime
    state: str
    side: str
    """Whose person entered it: ``controller`` or ``processor``."""
    asked_by: str
    basis: str = field(default="", repr=False)
    given_by: str = ""
    reference: str = field(default="", repr=False)
    text_sha256: str = ""
    answered_by: str = ""
    answered: datetime | None = None
    answer: str = field(default="", repr=False)
    closed_by: str = ""
    closed: datetime | None = None
    views: int = 0
    """Answers that the auditor got."""
    refused: int = 0
    """Requests of the auditor that were refused."""

    @property
    def begins(self) -> datetime:
        """When it opens, unless it is declined before."""
        if self.state == "requested":
            return max(self.since, self.silence)
        return self.since

    def state_at(self, now: datetime) -> str:
        """Return the state, read off the clock where that decides: ``open``, ``expired``."""
        if self.state not in LIVING:
            return self.state
        if now >= self.until:
            return "expired"
        return OPEN if now >= self.begins else self.state


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``audit.state`` for a pair that the table does not have.
    """
    after = ENGAGEMENT.get((state, event))
    if after is None:
        raise Conflict(
            "audit.state",
            f"An engagement that is {state} takes no '{event}'.",
            do="List the engagements and look at its present state.",
        )
    return after


def check_wanted(wanted: Wanted, limits: Limits, now: datetime) -> None:
    """Refuse an engagement that says too little or lasts too long.

    Raises:
        Invalid: ``audit.reason``, ``audit.basis``, ``audit.window``.
    """
    if wanted.reason not in REASONS:
        raise Invalid("audit.reason", f"The reason is one of: {', '.join(REASONS)}.")
    if not _TEXT.fullmatch(wanted.basis) or bool(wanted.basis.strip()) == (wanted.reason == YEARLY):
        raise Invalid(
            "audit.basis",
            "An exception or a threat says what it rests on; the yearly audit does not.",
            do="Name the discrepancy, the occurrence or the threat, or where it is written.",
        )
    if not now <= wanted.since < wanted.until or wanted.since > now + AHEAD:
        raise Invalid(
            "audit.window",
            "The window begins now or later, within a year, and ends after it began.",
        )
    if wanted.until > wanted.since + limits.longest:
        raise Invalid(
            "audit.window",
            f"The auditor's access lasts at most {limits.longest.days} days.",
            do="Ask for a shorter window; a further one can follow for a new reason.",
        )


def check_writing(writing: Writing) -> None:
    """Refuse our own entry of an engagement without the controller's recorded confirmation.

    Raises:
        Invalid: ``audit.writing``.
    """
    fits = _SHA256.fullmatch(writing.text_sha256) and writing.given_by
    if not fits or not writing.reference.strip() or not _TEXT.fullmatch(writing.reference):
        raise Invalid(
            "audit.writing",
            "We enter an engagement only with the controller's confirmation in writing.",
            do="Give its reference, its SHA-256 and the representative who signed it.",
        )


def answered(found: Engagement, answer: tuple[str, str], by: str, now: datetime) -> Engagement:
    """Return an engagement with our answer: ``accept`` or ``decline``, and why.

    Raises:
        Conflict: ``audit.state``; Invalid: ``audit.answer`` for a decline that does not say why.
    """
    event, reason = answer
    state = step(found.state_at(now), event)
    if state == "declined" and not reason.strip():
        raise Invalid(
            "audit.answer", "A decline says why.", do="Give the reason; the controller reads it."
        )
    return replace(found, state=state, answered_by=by, answered=now, answer=reason)


def check_interval(wanted: Wanted, before: Iterable[Engagement], limits: Limits) -> None:
    """Refuse a second ordinary audit within the interval; exceptions pass (C5.2).

    One that was declined or withdrawn was none.

    Raises:
        Refused: ``audit.interval``.
    """
    if wanted.reason != YEARLY or limits.interval is None:
        return
    for one in before:
        if one.reason != YEARLY or one.state in NEVER_HELD:
            continue
        early, late = sorted((one.since, wanted.since))
        if late < later(early, *limits.interval):
            raise Refused(
                "audit.interval",
                "An ordinary audit of this controller already falls within that time.",
                do="Name an exception (discrepancy, event) or a threat, or choose a later day.",
            )


def later(start: datetime, quantity: int, unit: str) -> datetime:
    """Return the same time of day so many days, weeks, months or years later."""
    if unit in ("months", "years"):
        months = start.month - 1 + quantity * (12 if unit == "years" else 1)
        year, month = start.year + months // 12, months % 12 + 1
        day = min(start.day, monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day)
    return start + timedelta(**{unit: quantity})


def refusal(state: str) -> Refused:
    """Return why an auditor is refused whose engagement is not open."""
    says, do = {
        "requested": ("The engagement was asked for and is not open yet.", "Wait for its window."),
        "accepted": ("The engagement's window has not begun.", "Wait for its window."),
        "expired": ("The engagement has expired.", "The controller may ask for another one."),
    }.get(state, (f"The engagement is {state}.", "The controller may ask for another one."))
    return Refused(f"audit.{state}", says, do=do)
