"""The strictest of several sources, parameter by parameter, with every source kept (C7.1).

The agreement is not alone: laws and standards set the same quantities. The smallest ceiling and
the largest floor win; every claim stays visible beside the number.

* Two sources may pull one quantity in opposite *directions* (a password changed at least every
  ninety days, a standard that forbids forced change: a prohibition without a number). No
  arithmetic settles that: both ends are shown, and ``prevails`` names the source that stands first
  in the order of precedence given.
* A line that nobody compared with its source's current text gives ``unresolved: source``, never a
  number.
* What a law demands of somebody else is ``not ours``; what does not hold on the day that is asked
  about is ``not in force``. Both are shown and decide nothing.
* A vague clock gives no number either: it takes the operator's target, which is not a claim.
* Times of different make (a month, thirty days, twenty business days) are compared by the shortest
  and longest stretch that each can be. Where these overlap the text alone does not say which is
  stricter: ``unresolved: units``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bailee.agreement.terms import TIME_UNITS, Obligation, Terms

ClaimState = Literal[
    "counts", "forbids", "vague", "by both", "unresolved: source", "not ours", "not in force"
]
ASIDE = frozenset({"not ours", "not in force"})

_MINUTES = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}
_DAY = 1440
_MONTHS = {"months": 1, "years": 12}


@dataclass(frozen=True)
class Claim:
    """What one line of one source says of a parameter."""

    source: str
    obligation: Obligation
    state: ClaimState

    @property
    def span(self) -> tuple[int, int]:
        """Return the least and the most that the quantity can be (times in minutes)."""
        line = self.obligation
        quantity = line.quantity or 0
        if line.counting == "business":
            # Five business days a week, and seven days of slack for holidays.
            return quantity * _DAY, (quantity * 2 + 7) * _DAY
        if line.unit in _MONTHS:
            years, months = divmod(quantity * _MONTHS[line.unit], 12)
            return (years * 365 + months * 28) * _DAY, (years * 366 + months * 31) * _DAY
        exact = quantity * _MINUTES.get(line.unit, 1)
        return exact, exact


@dataclass(frozen=True)
class Strictest:
    """A parameter's outcome. ``state`` is ``decided`` or says why there is no one number.

    ``at_least`` is the claim with the strictest floor, ``at_most`` with the strictest ceiling;
    ``claims`` are all of them, in the order of the sources given.
    """

    parameter: str
    claims: tuple[Claim, ...]
    at_least: Claim | None = None
    at_most: Claim | None = None
    state: str = "decided"

    @property
    def prevails(self) -> Claim | None:
        """Return the claim to enforce: of two ends, the one whose source stands first."""
        ends = [claim for claim in (self.at_least, self.at_most) if claim is not None]
        if ends or self.state == "forbidden":
            ends += [claim for claim in self.claims if claim.state == "forbids"]
        return min(ends, key=self.claims.index, default=None)

    @property
    def vague(self) -> tuple[str, ...]:
        """Return the sources that want it soon and say no number: the operator's target counts."""
        return tuple(claim.source for claim in self.claims if claim.state == "vague")

    @property
    def unverified(self) -> tuple[str, ...]:
        """Return the sources that might be stricter, had anybody verified them."""
        return tuple(claim.source for claim in self.claims if claim.state == "unresolved: source")


def strictest(sources: Sequence[Terms], day: date | None = None) -> Mapping[str, Strictest]:
    """Join sources, the one that prevails first, and return the outcome of every parameter.

    Without a day nothing is asked about when a source holds.
    """
    claims: dict[str, list[Claim]] = {}
    for terms in sources:
        for line in terms.obligations:
            if line.parameter:
                claims.setdefault(line.parameter, []).append(claim_of(terms, line, day))
    return {name: _join(name, tuple(found)) for name, found in sorted(claims.items())}


def claim_of(terms: Terms, line: Obligation, day: date | None = None) -> Claim:
    """Return what a line of a source comes to on a day."""
    return Claim(terms.id, line, _state(terms, line, day))


def _state(terms: Terms, line: Obligation, day: date | None) -> ClaimState:
    if day is not None and not (terms.begun_on(day) and line.holds_on(day)):
        return "not in force"
    if line.actor != "processor":
        return "not ours"
    if not terms.proves(line, day):
        return "unresolved: source"
    if line.vague:
        return "vague"
    if line.quantity is None:
        return "forbids" if line.kind == "prohibition" else "by both"
    return "counts"


def _join(name: str, claims: tuple[Claim, ...]) -> Strictest:
    counting = [claim for claim in claims if claim.state == "counts"]
    forbidden = any(claim.state == "forbids" for claim in claims)
    if not counting:
        ours = (claim.state for claim in claims if claim.state not in ASIDE)
        return Strictest(
            name, claims, state="forbidden" if forbidden else next(ours, claims[0].state)
        )
    kinds = {_make(claim) for claim in counting}
    if len(kinds) > 1:
        return Strictest(name, claims, state="unresolved: units")
    floors = [claim for claim in counting if claim.obligation.direction == "min"]
    ceilings = [claim for claim in counting if claim.obligation.direction == "max"]
    at_least = max(floors, key=_least, default=None)
    at_most = min(ceilings, key=_least, default=None)
    if _blurred(at_least, floors) or _blurred(at_most, ceilings):
        return Strictest(name, claims, state="unresolved: units")
    clash = forbidden or (at_least is not None and at_most is not None)
    state = "conflict of direction" if clash else "decided"
    return Strictest(name, claims, at_least, at_most, state)


def _make(claim: Claim) -> str:
    return "time" if claim.obligation.unit in TIME_UNITS else claim.obligation.unit


def _least(claim: Claim) -> int:
    return claim.span[0]


def _blurred(winner: Claim | None, rivals: Iterable[Claim]) -> bool:
    """Say whether a rival of another make can turn out stricter than the winner."""
    if winner is None:
        return False
    least, most = winner.span
    return any(
        rival.span != winner.span and most > rival.span[0] and least < rival.span[1]
        for rival in rivals
    )
