"""Incidents: what is suspected, since when, of what, and how it ended (C9.1-C9.3). Pure.

Three times are kept apart. *Suspected* is when it could have been known, and starts the clock
(strictest reading of C9.1); *aware* is when it was known to be one; *recorded* is when somebody
wrote it down. A suspicion that is dated back is allowed, and seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access.lifecycle import Table
from bailee.errors import Invalid
from bailee.incidents.facts import Facts
from bailee.incidents.scope import Scope

SUSPECTED, CONFIRMED, CLOSED = "suspected", "confirmed", "closed"
INCIDENT: Table = {
    SUSPECTED: {"confirm": CONFIRMED, "close": CLOSED},
    CONFIRMED: {"close": CLOSED},
    CLOSED: {},
}
OUTCOMES = ("breach", "no-breach")
SUSPICION = "breach-suspected"
"""The trigger by which agreement and laws name the beginning of their clocks."""
UPDATE = "breach.update"
"""Parameter: how soon after a version of the notice the next one comes, while it is open."""
BACKDATED = timedelta(minutes=1)
EVERYTHING = timedelta(days=1)
"""So far before a signal the first scope of its incident goes; whoever looks changes it."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, as stored."""

    incident_id: str
    controller: str
    state: str
    suspected: datetime
    recorded: datetime
    opened_by: str
    """Who opened it; ``house`` where a signal counted by itself."""
    contact: str
    """Who of us can be asked (C9.1(iv)); '' until somebody took it."""
    scope: Scope
    aware: datetime | None = None
    nature: str = field(default="", repr=False)
    facts: Facts | None = None
    counted: datetime | None = None
    """When the facts were computed."""
    closed: datetime | None = None
    closed_by: str = ""
    outcome: str = ""
    reason: str = field(default="", repr=False)

    @property
    def dated_back(self) -> bool:
        """Whether it was written down later than it was suspected."""
        return self.recorded - self.suspected > BACKDATED

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.state != CLOSED


def check_times(suspected: datetime, aware: datetime | None, now: datetime) -> None:
    """Refuse times that cannot be: in the future, or aware before suspected.

    Raises:
        Invalid: ``incident.times``.
    """
    if suspected > now or (aware is not None and not suspected <= aware <= now):
        raise Invalid(
            "incident.times",
            "It was suspected before or when it was known, and both are over.",
            do="Date the suspicion from the first sign, whenever that was understood.",
        )


def first_scope(raised: datetime, now: datetime, principal: str) -> Scope:
    """Return what an incident asks the log for before anybody looked into it."""
    people = (principal,) if principal else ()
    return Scope((raised - EVERYTHING).isoformat(), now.isoformat(), people)
