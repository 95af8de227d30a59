"""How each clause stood, day by day, from what controls saw and nothing else.

A day is drawn for a clause if controls of its duties looked on it. What is good is said only when
all of them looked; what is bad is said when one of them saw it. A day on which nobody looked has no
state: nothing is carried over from the day before. Duties that no control watches are left out;
they show as ``uncovered`` where states of today are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bailee.agreement import Agreement, Agreements
from bailee.app.state import LEFT_OPEN, NO_DUTY_KINDS, STATES, Watch
from bailee.clock import read_time
from bailee.errors import NotFound

SERIOUS = ("failed", "blind", "due", "passed")
"""Results of one day, the worst first."""
GOOD = frozenset(("enforced", "operating"))


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation as it stood for a while.

    Args:
        open: its text left the meaning open then.
    """

    clause: str
    kind: str
    control: str
    open: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was agreed from a day on; a day counts as it ended."""

    since: str
    duties: tuple[Duty, ...]


def worst_of(results: Iterable[str]) -> str:
    """Return the worst of some results; '' of none."""
    return min(results, key=SERIOUS.index, default="")


def by_day(
    stretches: Sequence[Stretch],
    looked: Mapping[tuple[str, str], str],
    watches: Mapping[str, Watch],
) -> list[tuple[str, str, str]]:
    """Return (clause, day, state), in that order.

    Args:
        stretches: what was agreed, oldest first.
        looked: (control, day) to the worst result of that day.
        watches: every control that exists.
    """
    found = []
    for day in sorted({day for _, day in looked}):
        stood = [one for one in stretches if one.since <= day]
        clauses: dict[str, list[str]] = {}
        for duty in stood[-1].duties if stood else ():
            if duty.control in watches and duty.kind not in NO_DUTY_KINDS:
                result = looked.get((duty.control, day), "")
                state = _state(duty, result, watches[duty.control])
                clauses.setdefault(duty.clause, []).append(state)
        for clause, states in clauses.items():
            seen = [one for one in states if one]
            worst = min(seen, key=STATES.index, default="")
            if worst and (worst not in GOOD or len(seen) == len(states)):
                found.append((clause, day, worst))
    return sorted(found)


def _state(duty: Duty, result: str, watch: Watch) -> str:
    if not result:
        return ""
    state = LEFT_OPEN[result] or watch.gives
    if duty.open and STATES.index(state) > STATES.index("unresolved"):
        return "unresolved"
    return state


def stretches(
    days: Sequence[str], changes: Iterable[str], stood: Callable[[str], tuple[Duty, ...] | None]
) -> list[Stretch]:
    """Return what was agreed over some days, asking once for each stretch without a change.

    Args:
        days: oldest first.
        changes: days on which something took effect or was agreed.
        stood: the duties as a day ended; None where nothing was agreed yet.
    """
    found, known = [], sorted(set(changes))
    for day in [*days[:1], *(one for one in known if days and days[0] < one <= days[-1])]:
        duties = stood(day)
        if duties is not None:
            found.append(Stretch(day, duties))
    return found


def agreed(
    conn: sa.Connection, agreements: Agreements, controller: str, span: tuple[datetime, datetime]
) -> list[Stretch]:
    """Return what was agreed with a controller from one moment to another, now at the latest."""
    since, now = span
    days = [f"{since + timedelta(days=n):%Y-%m-%d}" for n in range((now - since).days + 1)]
    moments = [one.effective_from for one in agreements.versions(conn, controller)]
    made = agreements.interpretations(conn, controller)
    moments += [one.agreed_at for one in made if one.agreed_at is not None]

    def stood(day: str) -> tuple[Duty, ...] | None:
        end = read_time(f"{day}T23:59:59Z")
        try:
            found = agreements.in_force(conn, controller, min(end, now))
        except NotFound:
            return None  # the first text had not begun
        why = unclear(found)
        return tuple(
            Duty(one.clause, one.kind, one.control, one.id in why) for one in found.obligations
        )

    return stretches(days, (f"{one:%Y-%m-%d}" for one in moments), stood)


def unclear(agreement: Agreement) -> dict[str, str]:
    """Return why each unresolved obligation is open."""
    why = dict.fromkeys(agreement.unresolved, "its text leaves the meaning open")
    for question in agreement.open_questions():
        for obligation in question.obligations:
            if obligation in why:
                why[obligation] = f"{question.id}: {question.says}"
    return why
