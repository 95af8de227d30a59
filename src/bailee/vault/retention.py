"""How long values live, and who may touch a subject meanwhile (C6, C7.3(6)(b)). Pure.

* A *hold* (litigation, an inquiry, an unanswered consumer request, C7.2(6)) forbids erasure,
  whoever asks; nothing else.
* A *restriction* (GDPR 18) allows storing and erasing, and refuses the rest, but for the purposes
  that the restriction itself names: those for which Article 18(2) lets processing go on. Whoever
  is restricted goes back to the controller with everybody else when the agreement ends (C6): it
  is the controller's data, and it stays as stored.
* *Retention* says from when a value should no longer be there. It is a default of the catalogue
  and destroys nothing by itself: an overdue value is a finding until somebody with the right to
  erase acts (C6: nothing is destroyed unasked).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from bailee.agreement import RETURN
from bailee.errors import Conflict, Refused

ACTIVE, RESTRICTED, ERASING = "active", "restricted", "erasing"

SUBJECT: Mapping[str, Mapping[str, str]] = {
    ACTIVE: {"restrict": RESTRICTED, "erase": ERASING},
    RESTRICTED: {"restrict": RESTRICTED, "lift": ACTIVE, "erase": ERASING},
    ERASING: {"erase": ERASING, "finish": "erased"},
    "erased": {},
}
"""The life of a subject: state, event, next state. An erased subject's row does not exist."""

STORING = frozenset({"protect", "encrypt", "erase", "set-password"})
"""What a restriction does not stop: storage, and the end of it (GDPR 18(2))."""


def step(state: str, event: str) -> str:
    """Return the next state of a subject.

    Raises:
        Conflict: ``subject.state`` where the table knows no such step.
    """
    after = SUBJECT[state].get(event)
    if after is None:
        raise Conflict("subject.state", f"A subject that is {state} cannot {event}.")
    return after


def check_restriction(state: str, allowing: Collection[str], verb: str, purpose: str) -> None:
    """Refuse what a subject's restriction forbids.

    Raises:
        Refused: ``subject.restricted``.
    """
    going_on = verb in STORING or purpose in allowing or purpose == RETURN
    if state == RESTRICTED and not going_on:
        raise Refused(
            "subject.restricted",
            "Processing of this subject's data is restricted.",
            do="Wait until the restriction is lifted, or name a purpose that it allows.",
        )


def check_hold(held: bool) -> None:  # noqa: FBT001 - a column's value, not a switch
    """Refuse to erase what is held.

    Raises:
        Conflict: ``subject.held``.
    """
    if held:
        raise Conflict(
            "subject.held",
            "A legal hold forbids the erasure.",
            do="Release the hold first, if its reason is gone.",
        )


def retain_until(created: datetime, retention_days: Iterable[int]) -> datetime | None:
    """Return when the first of a record's values should be gone; None if none ever.

    Args:
        created: when the record was made; a later correction does not lengthen its life.
        retention_days: of each element held; 0 is as long as the agreement.
    """
    finite = [days for days in retention_days if days > 0]
    return created + timedelta(days=min(finite)) if finite else None


def overdue(created: datetime, retention_days: int, now: datetime) -> bool:
    """Say whether a value's time is over. The last day belongs to it."""
    return retention_days > 0 and created + timedelta(days=retention_days) <= now
