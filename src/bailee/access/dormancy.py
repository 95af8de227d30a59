"""Dormant accounts: people who used nothing for too long (C2.5(6), PCI DSS 8.2.6). Pure.

A person who showed no credential for ninety days (the operator's setting) becomes ``dormant``:
keys, sessions, tokens and grants open nothing until a colleague who holds ``people`` lets them back
in. Ninety days is the card standard's figure as we believe it to be; nobody compared it with the
standard's current text, so it is a default of ours and no claim.

A service is shown and never suspended: a program that runs once a year is not forgotten, and
stopping it unasked breaks somebody's promise. The person who answers for it decides.

Nobody is made dormant without whom nobody could let people in or give rights: they are shown too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bailee.access.principal import Principal

SUSPENDED, FLAGGED = "suspended", "flagged"


@dataclass(frozen=True, slots=True)
class Idle:
    """Somebody who was not seen for too long: ``suspended`` by the house, or only ``flagged``."""

    principal: Principal
    last: datetime | None
    """When they were last seen, to the day; None where nobody counted yet."""
    outcome: str


def idle(one: Principal, last: datetime | None, *, now: datetime, after: timedelta) -> Idle | None:
    """Return how a principal stands who is idle, None for everybody else.

    Args:
        one: a person or service.
        last: when they were last seen.
        now: the time.
        after: so long without use is too long.
    """
    if one.state == "dormant":
        return Idle(one, last, SUSPENDED)
    if one.state != "active" or last is None or now - last < after:
        return None
    return Idle(one, last, FLAGGED)


def may_lapse(one: Principal, last: datetime | None, *, now: datetime, after: timedelta) -> bool:
    """Tell whether the house suspends somebody: a person who is active, and idle for too long."""
    found = idle(one, last, now=now, after=after)
    return found is not None and one.kind == "person" and one.state == "active"
