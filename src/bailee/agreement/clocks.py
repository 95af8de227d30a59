"""Clocks: what one trigger starts, by the agreement and every law beside it (C7.1). Pure.

A trigger starts one clock for each parameter that a line with this trigger names (a line that names
none is a clock of its own). Every claim is kept, the other party's times too; only what binds us
and has a number gives a deadline, and the earliest wins. A source that is vague wants it soon
without saying when: the operator's target counts then, if it is earlier.

What is due is computed from the moment that the trigger is dated to, for a month is not the same
stretch from every day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bailee.agreement.deadline import deadline, last_moment
from bailee.agreement.in_force import Agreement
from bailee.agreement.source import Obligation, Terms
from bailee.agreement.strictest import Claim, claim_of


@dataclass(frozen=True)
class Basis:
    """One claim upon a clock, from a moment on.

    Attributes:
        due: when our time is up by it, early where the rule leaves room; None without a number.
        lasts: until when the law itself would wait: ``due`` or later.
        binds: whether it decides. Another party's time, or an unread source, does not.
    """

    claim: Claim
    due: datetime | None
    lasts: datetime | None
    binds: bool


@dataclass(frozen=True)
class Clock:
    """What runs for one parameter, by every source that says something of it.

    ``name`` is the parameter, or the id of a line that names none.
    """

    name: str
    trigger: str
    claims: tuple[Claim, ...]

    @property
    def vague(self) -> tuple[Claim, ...]:
        """Return the claims that bind and leave the time to the operator's target."""
        return tuple(claim for claim in self.claims if claim.state in {"vague", "by both"})

    @property
    def unresolved(self) -> tuple[Claim, ...]:
        """Return the claims that might be stricter, had anybody compared them with their source."""
        return tuple(claim for claim in self.claims if claim.state == "unresolved: source")

    def bases(self, since: datetime, holidays: Collection[date] = ()) -> tuple[Basis, ...]:
        """Return every claim with its times, in the order of the sources."""
        return tuple(
            Basis(
                claim,
                deadline(claim.obligation, since),
                last_moment(claim.obligation, since, holidays),
                claim.state == "counts",
            )
            for claim in self.claims
        )

    def strictest(self, since: datetime) -> Basis | None:
        """Return the claim whose time is up first, of those that bind; None without a number."""
        found = [
            (one.due, place, one)
            for place, one in enumerate(self.bases(since))
            if one.binds and one.due is not None
        ]
        return min(found)[2] if found else None

    def due(self, since: datetime) -> datetime | None:
        """Return when the time is up; None where only an operator's target can say."""
        found = self.strictest(since)
        return found.due if found else None


def clocks(
    agreement: Agreement, laws: Sequence[Terms], trigger: str, day: date
) -> tuple[Clock, ...]:
    """Return the clocks that a trigger starts on a day, by name.

    Args:
        agreement: in force for the controller; its numbers are those that both agreed.
        laws: what applies to the controller on that day (``Laws.sources``).
        trigger: what happened, in the word that terms have for it.
        day: on which it did; what is not in force then says nothing.
    """
    claims: dict[str, list[Claim]] = {}
    for terms in (agreement.as_read, *laws):
        for line in terms.obligations:
            if line.trigger == trigger and _is_time(line):
                name = line.parameter or line.id
                claims.setdefault(name, []).append(claim_of(terms, line, day))
    return tuple(Clock(name, trigger, tuple(claims[name])) for name in sorted(claims))


def triggers(sources: Iterable[Terms]) -> Mapping[str, int]:
    """Return every trigger that starts a clock, with how many lines it does."""
    found: dict[str, int] = {}
    for terms in sources:
        for line in terms.obligations:
            if line.trigger and _is_time(line):
                found[line.trigger] = found.get(line.trigger, 0) + 1
    return found


def _is_time(line: Obligation) -> bool:
    """Say whether a line says by when: in numbers of time, vaguely, or as both will set."""
    return line.kind in {"clock", "cadence"} or (bool(line.counting) and line.direction == "max")
