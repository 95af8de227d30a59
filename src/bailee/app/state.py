"""From observations to one state per obligation. Pure.

Nothing is green by default: an obligation that no control watches is ``uncovered``, one whose
control has not looked in time is ``overdue``, and text that leaves its meaning open is
``unresolved`` whatever the controls say. A clause shows its worst.

``due``: what is not done yet keeps nobody's promise and breaks none, because the data path refuses
meanwhile. ``asserted``: a named person signed it, and no machine sees whether it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

STATES = (
    "failing",
    "overdue",
    "unresolved",
    "uncovered",
    "due",
    "asserted",
    "operating",
    "enforced",
    "no-duty",
)
"""Worst first; ``no-duty`` is listed with its reason and not counted."""

NO_DUTY_KINDS = frozenset({"no-duty", "right"})

LEFT_OPEN = {
    "passed": "",
    "failed": "failing",
    "due": "due",
    "blind": "uncovered",
}
"""Result of a look → the state it forces; a passed look forces none."""


@dataclass(frozen=True)
class Observation:
    """What a control saw, once.

    Attributes:
        result: ``passed``, ``failed``, ``due`` or ``blind`` (it could not look).
        findings: codes that say what was wrong; never values.
        entry_id: the ledger entry that recorded it.
    """

    control: str
    time: datetime
    result: str
    findings: tuple[str, ...] = ()
    entry_id: str = ""


@dataclass(frozen=True)
class Watch:
    """What a control's success is worth, and for how long.

    Attributes:
        gives: ``enforced`` when the data path refuses otherwise, ``operating`` when it is looked
            after in time.
        every: how old the last look may be.
    """

    gives: str
    every: timedelta


@dataclass(frozen=True)
class State:
    """The state of one obligation, with why, and the entries that prove it."""

    name: str
    why: str
    entries: tuple[str, ...] = ()


def derive(
    *,
    kind: str,
    reason: str,
    unresolved: str,
    control: str,
    watches: Mapping[str, Watch],
    last: Mapping[str, Observation],
    now: datetime,
) -> State:
    """Return the state of an obligation.

    Args:
        kind: the obligation's kind; rights and definitions give ``no-duty``.
        reason: why it is no duty, from the terms.
        unresolved: why its text leaves the meaning open; empty when it does not.
        control: the slug of the control that serves it.
        watches: every control that exists.
        last: the last observation of each control for this controller.
        now: the time.
    """
    if kind in NO_DUTY_KINDS:
        return State("no-duty", reason)
    watch, seen = watches.get(control), last.get(control)
    if watch is None:
        state = State("uncovered", "no control watches this yet")
    elif seen is None:
        state = State("uncovered", f"{control} has not looked yet")
    else:
        state = _judge(watch, seen, now)
    if unresolved and STATES.index(state.name) > STATES.index("unresolved"):
        return State("unresolved", unresolved, state.entries)
    return state


def _judge(watch: Watch, seen: Observation, now: datetime) -> State:
    proof = (seen.entry_id,) if seen.entry_id else ()
    forced = LEFT_OPEN[seen.result]
    if forced:
        said = ", ".join(seen.findings) or "no reason given"
        return State(forced, f"{seen.control}: {said}", proof)
    if now - seen.time > watch.every:
        return State("overdue", f"{seen.control} last looked too long ago", proof)
    return State(watch.gives, f"{seen.control} looked and found it so", proof)


def worst(states: Iterable[State]) -> str:
    """Return the name of the worst state; ``no-duty`` when nothing else stands there."""
    return min((state.name for state in states), key=STATES.index, default="no-duty")
