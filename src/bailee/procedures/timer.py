"""Timers: from a trigger to the strictest deadline of agreement and law. Pure.

* A timer starts at the moment that the text means (a suspicion, a receipt), which somebody may
  enter later: both times are kept, and the difference is shown (``back_dated``).
* Of several duties with one parameter the earliest deadline binds, and every one of them stays
  beside it as a *basis*. A vague duty takes the operator's target, and says so.
* A duty to wait (thirty days' notice at least) gives a *floor*: done before it is too early.
* ``missed`` is read off the clock. An entry says it once, so that a log without the program shows
  it too; done late stays late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from bailee.agreement.deadline import deadline
from bailee.agreement.terms import TIME_UNITS, Obligation
from bailee.errors import Broken, Conflict, Invalid
from bailee.procedures.matter import Matter
from bailee.procedures.target import Targets

TIMER: Mapping[tuple[str, str], str] = {
    ("running", "meet"): "met",
    ("running", "stop"): "stopped",
    ("running", "extend"): "running",
}
TARGET = "target"
AHEAD = timedelta(minutes=5)
"""How far another machine's clock may be ahead of ours when it says when something began."""
APART = timedelta(hours=1)
"""What began longer before it was entered counts as back-dated."""
SOON = timedelta(days=2)


class Basis(msgspec.Struct, frozen=True):
    """One text's word on a time.

    Attributes:
        source: terms' id; ``target`` for the operator's own.
        obligation: id of the duty.
        due: when its time is up, UTC; '' where it gives none.
    """

    source: str
    obligation: str
    quantity: int
    unit: str
    direction: str
    counting: str = ""
    calendar: str = ""
    timezone: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A duty as one source has it."""

    source: str
    line: Obligation


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer, as stored. Times that are not there are None."""

    timer_id: str
    matter: Matter
    trigger: str
    parameter: str
    """The parameter of the terms, else the duty's id."""
    since: datetime
    aware: datetime | None
    """When we knew, where the clock began with a suspicion before."""
    opened: datetime
    due: datetime
    floor: bool
    """Whether ``due`` is the earliest and not the latest time."""
    target: bool
    """Whether ``due`` is the operator's own."""
    bases: tuple[Basis, ...]
    state: str = "running"
    done: datetime | None = None
    """When it was met or stopped, in effect."""
    recorded: datetime | None = None
    done_by: str = ""
    first_due: datetime | None = None
    """The deadline before it was extended."""
    reason: str = field(default="", repr=False)
    notified: str = ""
    """Id of the notice that told of an extension."""
    told_missed: bool = False

    @property
    def controller(self) -> str:
        """Return whose agreement it concerns."""
        return self.matter.controller

    @property
    def back_dated(self) -> bool:
        """Say whether it was entered long after it began, or met long before that was entered."""
        late = self.opened - self.since > APART
        return late or bool(self.done and self.recorded and self.recorded - self.done > APART)

    def state_at(self, now: datetime) -> str:
        """Return ``running``, ``met``, ``early``, ``late``, ``missed`` or ``stopped``."""
        if self.state == "met" and self.done is not None:
            if self.floor:
                return "met" if self.done >= self.due else "early"
            return "met" if self.done <= self.due else "late"
        if self.state == "running" and not self.floor and now > self.due:
            return "missed"
        return self.state

    def soon(self, now: datetime) -> bool:
        """Say whether its time is nearly up."""
        return self.state == "running" and now <= self.due <= now + SOON


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a trigger sets running."""

    parameter: str
    due: datetime
    floor: bool
    target: bool
    bases: tuple[Basis, ...]


def foresee(
    claims: Iterable[Claim], trigger: str, since: datetime, targets: Targets
) -> tuple[Foreseen, ...]:
    """Return what a trigger sets running: one timer a parameter and direction, strictest first."""
    groups: dict[tuple[str, bool], list[tuple[Claim, bool]]] = {}
    for claim in claims:
        line = claim.line
        if line.trigger != trigger or not line.counted:
            continue
        vague = line.quantity is None or line.unit not in TIME_UNITS
        if vague and not line.vague:
            continue
        said = Claim(TARGET, targets.line(line)) if vague else claim
        key = line.parameter or line.id, line.direction == "min"
        groups.setdefault(key, []).append((said, vague))
    return tuple(_strictest(key, group, since) for key, group in groups.items())


def _strictest(
    key: tuple[str, bool], group: Sequence[tuple[Claim, bool]], since: datetime
) -> Foreseen:
    """Return the earliest end of duties to act, or the latest of duties to wait.

    A target binds where it is earlier than any number: a text that says "promptly" beside a law's
    thirty days means less than thirty days.
    """
    parameter, floor = key
    ends = [(_end(claim.line, since), vague) for claim, vague in group]
    due, target = (max if floor else min)(ends, key=lambda one: (one[0], one[1]))
    return Foreseen(parameter, due, floor, target, tuple(_basis(one, since) for one, _ in group))


def _end(line: Obligation, since: datetime) -> datetime:
    found = deadline(msgspec.structs.replace(line, direction="max"), since)
    if found is None:
        raise Broken(
            "timer.basis", "A duty with a number has no end."
        )  # no unit of time is unknown
    return found


def _basis(claim: Claim, since: datetime) -> Basis:
    line = claim.line
    return Basis(
        source=claim.source,
        obligation=line.id,
        quantity=line.quantity or 0,
        unit=line.unit,
        direction=line.direction,
        counting=line.counting,
        calendar=line.calendar,
        timezone=line.timezone,
        due=_end(line, since).isoformat(timespec="milliseconds"),
    )


def check_since(since: datetime, aware: datetime | None, now: datetime) -> None:
    """Refuse a beginning that lies ahead, or a knowledge before the suspicion.

    Raises:
        Invalid: ``timer.since``.
    """
    if since > now + AHEAD or (aware is not None and not since <= aware <= now + AHEAD):
        raise Invalid(
            "timer.since",
            "A clock begins with what has happened, and knowledge follows suspicion.",
            do="Give times that are past, with their zone.",
        )


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``timer.state``.
    """
    after = TIMER.get((state, event))
    if after is None:
        raise Conflict(
            "timer.state",
            f"A timer that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_extension(one: Timer, until: datetime, reason: str, now: datetime) -> None:
    """Refuse an extension that comes late, says nothing, or stretches what it may not.

    A duty to wait is never shortened by moving its date, and a number of the text moves only where
    a reason is given in time (11 CCR 7021(b), GDPR 12(3): told inside the first period).

    Raises:
        Invalid: ``timer.extension``; Conflict: ``timer.late``.
    """
    if not reason.strip() or len(reason) > 1000 or until <= one.due:
        raise Invalid(
            "timer.extension",
            "An extension has a reason and a later time.",
            do="Say why, and until when.",
        )
    if not one.floor and now > one.due:
        raise Conflict(
            "timer.late",
            "Its time was up already: what is missed stays missed.",
            do="Do what is due, and record it.",
        )
