"""Suspensions: an authority's word that a person is not told yet of what it was given. Pure.

45 CFR 164.528(a)(2): while an oversight agency or law enforcement says that an accounting would
impede its work, what was disclosed to it is left out. The statement names a time; one that was only
spoken counts for thirty days and is written down with who spoke it. One person records it, a second
confirms; until then no accounting that it touches is made, so nothing is hidden by one person and
nothing is told too early. It ends by its own day, or when it is lifted; then everything is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bailee.errors import Conflict, Invalid

SPOKEN = timedelta(days=30)
"""45 CFR 164.528(a)(2)(ii)(C)."""
LONGEST = timedelta(days=6 * 366)
"""Behind that there is nothing left that an accounting would show."""
MOST = 100
SUSPENSION = MappingProxyType(
    {
        ("recorded", "confirm"): "confirmed",
        ("recorded", "lift"): "lifted",
        ("confirmed", "lift"): "lifted",
    }
)
"""State and event to state; ``expired`` comes from the clock."""
_LINE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Suspension:
    """One statement of an authority, as registered."""

    suspension_id: str
    controller: str
    agency: str = field(repr=False)
    official: str = field(repr=False)
    """Who made the statement, by name."""
    reference: str = field(repr=False)
    """Where it is kept."""
    text_sha256: str
    """Of the written statement; '' for one that was spoken."""
    consents: tuple[str, ...]
    """The writings under which data went to the authority."""
    subject_id: str
    """Whose accounting; '' for everybody's."""
    since: datetime
    until: datetime
    recorded: datetime
    recorded_by: str
    state: str = "recorded"
    confirmed: datetime | None = None
    confirmed_by: str = ""
    lifted: datetime | None = None
    lifted_by: str = ""

    def state_at(self, now: datetime) -> str:
        """Return the state, with the clock's own event taken in."""
        return "expired" if self.until <= now and self.state != "lifted" else self.state

    def touches(self, consent: str, subject_id: str) -> bool:
        """Say whether what went out under a consent about somebody is meant."""
        return consent in self.consents and self.subject_id in ("", subject_id)


def check_suspension(one: Suspension, now: datetime) -> None:
    """Refuse a statement without a bound, or by nobody.

    Raises:
        Invalid: ``suspension.text``, ``suspension.until``, ``suspension.consents``.
    """
    texts = (one.agency, one.official, one.reference)
    if not all(_LINE.fullmatch(text) for text in texts) or (
        one.text_sha256 and not _SHA256.fullmatch(one.text_sha256)
    ):
        raise Invalid(
            "suspension.text",
            "A suspension names the authority, who spoke for it, and where the statement is kept.",
            do="Give the SHA-256 of a written statement; leave it out for one that was spoken.",
        )
    longest = LONGEST if one.text_sha256 else SPOKEN
    if not one.since <= now < one.until <= one.since + longest:
        raise Invalid(
            "suspension.until",
            "A statement has been made and ends: a spoken one within 30 days.",
            do="Ask the authority for it in writing.",
        )
    if not 0 < len(one.consents) <= MOST:
        raise Invalid(
            "suspension.consents",
            f"A suspension names 1 to {MOST} consents of data that went to the authority.",
        )


def step(one: Suspension, event: str, now: datetime) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``suspension.state``.
    """
    after = SUSPENSION.get((one.state_at(now), event))
    if after is None:
        raise Conflict(
            "suspension.state",
            "A suspension that ended takes nothing more, and none is confirmed twice.",
            do="Look at its present state.",
        )
    return after
