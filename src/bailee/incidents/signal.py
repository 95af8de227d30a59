"""Signals: something looks like a breach, and a named person says whether it is one (C9.1). Pure.

A signal is raised by what watches: a touch of honey, a burst of refusals, a limit that was hit, a
control that failed. Whoever is told of alarms promotes it to an incident or dismisses it, with a
reason, within the operator's time. If nobody did by then, it counts as a suspicion by itself,
*dated from the signal*: silence never makes a breach go away.

A signal's id is made of what it is about, so that no two watchers raise it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from bailee.access import Rules
from bailee.access.lifecycle import Table
from bailee.agreement.deadline import deadline
from bailee.canonical import frame
from bailee.procedures import Targets

PARAMETER = "signal.assess"
TARGET = "signal.decided"
"""The operator's own time for the same."""
HONEY, REFUSALS, LIMIT, CREDENTIALS, CONTROL = (
    "honey",
    "refusals",
    "limit",
    "credentials",
    "control",
)
SOURCES = (HONEY, REFUSALS, LIMIT, CREDENTIALS, CONTROL)
OPEN = "open"
VERDICTS = {"promote": "promoted", "dismiss": "dismissed"}
SIGNAL: Table = {
    OPEN: {**VERDICTS, "count": "counted"},
    "promoted": {},
    "dismissed": {},
    "counted": {},
}
"""``count``: nobody decided in time."""

SPAN = timedelta(minutes=10)
REFUSED_MANY = 20
"""Refusals of one caller within ten minutes that are no slips any more."""
SHOWN_MANY = 100
"""The same for credentials that nobody has, from one source."""
LIMIT_CODE = "reveal.limit"


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal, as stored."""

    signal_id: str
    controller: str
    source: str
    about: str
    """What raised it, as a code: an alarm's id, a control's name, a code of refusals."""
    principal: str
    """Whose doing it was, if it was anybody's: they are not told of it and decide nothing."""
    raised: datetime
    """When it happened; ``recorded`` is when we wrote it down."""
    recorded: datetime
    due: datetime
    state: str = OPEN
    incident_id: str = ""
    decided_by: str = ""
    decided: datetime | None = None
    reason: str = field(default="", repr=False)

    @property
    def group(self) -> str:
        """What signals have in common that belong to one incident."""
        return self.principal or self.source


@dataclass(frozen=True, slots=True)
class Tried:
    """One refusal as the log has it: who (or from where), when, how often, and with which code."""

    who: str
    at: datetime
    count: int = 1
    code: str = ""


def name_signal(source: str, *words: str) -> str:
    """Return the id of a signal: the same words give the same one."""
    framed = frame(b"bailee signal 1", source.encode(), *(word.encode() for word in words))
    return sha256(framed).hexdigest()[:32]


def due(rules: Rules, targets: Targets, raised: datetime) -> datetime:
    """Return until when a signal must be decided on: as both agreed, else by our own target."""
    own = deadline(targets.plain(TARGET), raised)
    return min(filter(None, (rules.due(PARAMETER, raised), own)), default=raised)


def overdue(signals: Iterable[Signal], now: datetime) -> list[Signal]:
    """Return the signals on which nobody decided in time."""
    return [one for one in signals if one.state == OPEN and now > one.due]


def bursts(tried: Sequence[Tried], many: int) -> list[Tried]:
    """Return, for each caller, the refusal with which so many fell within ten minutes.

    One a day for each: a burst that goes on is one thing, and its signal names the first.
    """
    found: dict[tuple[str, str], Tried] = {}
    recent: dict[str, list[Tried]] = {}
    for one in sorted(tried, key=lambda one: one.at):
        kept = [before for before in recent.get(one.who, ()) if one.at - before.at <= SPAN]
        recent[one.who] = [*kept, one]
        day = one.who, one.at.date().isoformat()
        if day not in found and sum(each.count for each in recent[one.who]) >= many:
            found[day] = one
    return list(found.values())
