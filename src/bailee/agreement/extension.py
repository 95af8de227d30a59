"""Purposes that the controller added by an accepted instruction (C2.4, C7.2(2), C7.3(2)). Pure.

The text's own list of purposes is closed. What the controller instructs beside it counts for the
elements and verbs that the instruction names, from its effective date to its end, and for nothing
else: two extensions never add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """One purpose beside the text's list, as stored.

    Attributes:
        extension_id: its own; what was ended and accepted anew is another one.
        instruction_id: of the instruction that it comes from.
        elements: names of the catalogue, each by itself.
        verbs: what may be done with them.
        until: does not belong to it.
        ended: when it was withdrawn.
    """

    extension_id: str
    instruction_id: str
    purpose: str
    elements: frozenset[str]
    verbs: frozenset[str]
    since: datetime
    until: datetime
    accepted: datetime
    ended: datetime | None = None

    def lives_at(self, moment: datetime) -> bool:
        """Say whether it counts at a moment."""
        return self.since <= moment < self.until

    def known_at(self, moment: datetime) -> bool:
        """Say whether it was accepted and not withdrawn by then."""
        return self.accepted <= moment and (self.ended is None or moment < self.ended)

    def covers(self, purpose: str, verb: str, elements: Iterable[str], moment: datetime) -> bool:
        """Say whether something may be done under it; without elements nothing may."""
        names = frozenset(elements)
        return (
            purpose == self.purpose
            and verb in self.verbs
            and bool(names)
            and names <= self.elements
            and self.lives_at(moment)
        )


def lasting(extensions: Iterable[Extension], now: datetime) -> frozenset[str]:
    """Return the purposes of extensions that have not ended, begun or not."""
    return frozenset(one.purpose for one in extensions if now < one.until)


def turns(extensions: Iterable[Extension], now: datetime) -> list[datetime]:
    """Return when answers change by the clock alone: beginnings and ends still to come."""
    return [at for one in extensions for at in (one.since, one.until) if at > now]
