"""Versions: each signed text with its own interval, and which one stands at a time (C8, C11.1).

A new text takes over on its effective date; the one before ends there. The last one never lapses
by itself: after the agreement ends its duties survive for as long as anything is held (C11.1), so
it still answers, marked as *surviving*. Only the destruction of everything ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bailee.agreement.terms import TIME_UNITS, Obligation, Terms
from bailee.errors import Conflict, Refused

ControllerState = Literal["active", "ending", "ended", "destroyed"]
ControllerEvent = Literal["end", "expire", "destroy"]

CONTROLLER_LIFE: Mapping[tuple[ControllerState, ControllerEvent], ControllerState] = {
    ("active", "end"): "ending",
    ("ending", "expire"): "ended",
    ("ended", "destroy"): "destroyed",
}
"""``expire`` is written when the end has come: from then on no clock that is set back undoes it."""

RETURN, RETENTION = "agreement-return", "legal-retention"
AFTER_THE_END = frozenset((RETURN, RETENTION))
"""Purposes that an agreement has once it ended, and never before: giving back, and what a law keeps
(C6, C6(i)). They come beside its own, for which nothing is done any more (``vault.isolation``)."""

DESTRUCTION = "destruction.within"
"""The parameter of every clock within which data must be destroyed."""

_PER_DAY = {"minutes": 1440, "hours": 24}
_DAYS = {"days": 1, "weeks": 7, "months": 28, "years": 365}  # the shortest that each can be


@dataclass(frozen=True)
class Version:
    """One signed text. ``effective_until`` is when the next took over, None for the last."""

    version_id: str
    terms_id: str
    text_sha256: str
    effective_from: datetime
    effective_until: datetime | None
    created: datetime


def controller_step(state: ControllerState, event: ControllerEvent) -> ControllerState:
    """Return the controller's state after an event.

    Raises:
        Conflict: ``controller.state`` for a pair that the table does not have.
    """
    after = CONTROLLER_LIFE.get((state, event))
    if after is None:
        raise Conflict(
            "controller.state",
            f"A controller that is {state} cannot {event}.",
            do="An agreement ends first; only then is everything destroyed.",
        )
    return after


def standing(versions: Sequence[Version], at: datetime) -> Version | None:
    """Return the version whose interval holds ``at``; None before the first."""
    for version in versions:
        begun = version.effective_from <= at
        if begun and (version.effective_until is None or at < version.effective_until):
            return version
    return None


def intervals(starts: Sequence[tuple[str, datetime]]) -> dict[str, datetime | None]:
    """Return, by version id, when each version ends: where the next one begins."""
    ordered = sorted(starts, key=lambda start: start[1])
    ends: dict[str, datetime | None] = {}
    for position, (version_id, _) in enumerate(ordered):
        following = ordered[position + 1 : position + 2]
        ends[version_id] = following[0][1] if following else None
    return ends


def shortest_destruction_days(terms: Terms) -> int | None:
    """Return the days of the shortest destruction clock, None when no clock has a number."""
    clocks = [_whole_days(line) for line in terms.obligations if _destroys(line)]
    return min(clocks, default=None)


def _destroys(line: Obligation) -> bool:
    return line.parameter == DESTRUCTION and line.quantity is not None and line.unit in TIME_UNITS


def _whole_days(line: Obligation) -> int:
    quantity = line.quantity or 0
    if line.unit in _PER_DAY:
        return quantity // _PER_DAY[line.unit]
    return quantity * _DAYS[line.unit]


def check_horizon(terms: Terms, horizon_days: int) -> None:
    """Refuse an agreement that promises destruction sooner than the last copy can die (C6).

    Destroyed means that no copy of a key is left that opens, or lets somebody guess. Copies kept
    longer than the shortest destruction clock would make the certificate false when it is signed.

    Raises:
        Refused: ``agreement.horizon``.
    """
    shortest = shortest_destruction_days(terms)
    if shortest is not None and horizon_days > shortest:
        raise Refused(
            "agreement.horizon",
            f"What is erased can be recovered or guessed for {horizon_days} days, "
            f"this agreement destroys within {shortest}.",
            do="Shorten BAILEE_KEY_BACKUP_DAYS, and BAILEE_REKEY_DAYS or BAILEE_DATA_BACKUP_DAYS.",
        )
