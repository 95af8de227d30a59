"""The end of an agreement as states: what may follow what, and who has to say so (C6). Pure.

::

    open ── choose ──▶ chosen ── pack ──▶ returned ── receive ──▶ received
     │ ▲                 │ (return)                                  │
     pack                └─ order (destroy) ─▶ destroying ◀── order ─┘
                                               └─ finish ─▶ destroyed ─ order ─▶ destroying …

Nothing leads to *destroying* but the controller's own choice to destroy, or its word that the
returned package arrived and reads. No clock is in the table: the days of C6 make somebody late,
they never destroy. Until the destruction is ordered the choice may be changed; afterwards there is
nothing left to choose. From *destroyed* the last arrow is for what a law kept and keeps no longer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.errors import Conflict, Invalid, Refused

RETURN, DESTROY = "return", "destroy"
CHOICES = (RETURN, DESTROY)
CONTROLLER, PROCESSOR = "controller", "processor"
OPEN, CHOSEN, RETURNED, RECEIVED = "open", "chosen", "returned", "received"
DESTROYING, DESTROYED = "destroying", "destroyed"
WHOLE, REST = "whole", "rest"
"""Everything, with the controller's own keys; or all but what a law or a hold keeps."""

TERMINATION: Mapping[tuple[str, str], str] = {
    **{(state, "choose"): CHOSEN for state in (OPEN, CHOSEN, RETURNED, RECEIVED)},
    (OPEN, "pack"): OPEN,
    (CHOSEN, "pack"): RETURNED,
    (RETURNED, "pack"): RETURNED,
    (RETURNED, "receive"): RECEIVED,
    (CHOSEN, "order"): DESTROYING,
    (RECEIVED, "order"): DESTROYING,
    (DESTROYED, "order"): DESTROYING,
    (DESTROYING, "finish"): DESTROYED,
}
BEFORE = frozenset((OPEN, CHOSEN, RETURNED, RECEIVED))
"""Nothing was destroyed yet."""
REMINDER = timedelta(days=3)
"""How often we ask again for a choice where the agreement names no time."""
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


@dataclass(frozen=True, slots=True)
class Writing:
    """The controller's own writing, where one of us enters what it says."""

    given_by: str = ""
    """Id of the representative who signed it."""
    reference: str = field(default="", repr=False)
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Termination:
    """How far the end of one controller's agreement came, as stored. Texts of JSON are counts."""

    controller: str
    termination_id: str
    """Random: what timers and notices belong to."""
    state: str
    ended: datetime
    """The effective date, from which the days count."""
    opened: datetime
    """When we noted it here."""
    choice: str = ""
    chosen: datetime | None = None
    chosen_by: str = ""
    side: str = ""
    given_by: str = ""
    reference: str = field(default="", repr=False)
    text_sha256: str = ""
    consent_id: str = ""
    """Under which the package leaves for the controller's keys."""
    asked: int = 0
    """How often the controller was asked for a choice."""
    asked_at: datetime | None = None
    disclosure_id: str = ""
    manifest_sha256: str = ""
    packed: datetime | None = None
    packed_by: str = ""
    packed_records: int = 0
    packed_values: str = ""
    received: datetime | None = None
    received_by: str = ""
    received_given_by: str = ""
    received_reference: str = field(default="", repr=False)
    received_sha256: str = ""
    ordered: datetime | None = None
    ordered_by: str = ""
    ordered_entry: str = ""
    ordered_leaf: str = ""
    scope: str = ""
    stock: str = ""
    """What was held when the destruction was ordered."""
    key_names: str = ""
    keys: int = 0
    rows: int = 0
    destroyed: datetime | None = None
    """When the keys died."""
    rows_gone: datetime | None = None
    done_entry: str = ""
    lapsed: datetime | None = None
    """When we last noted that a law keeps something no longer."""


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``termination.begun`` where the destruction was ordered, ``termination.state``.
    """
    after = TERMINATION.get((state, event))
    if after is None and state not in BEFORE:
        raise _begun()
    if after is None:
        raise Conflict(
            "termination.state",
            f"At the end of an agreement that is {state}, '{event}' is not next.",
            do="Look who has to act: `bailee termination show`.",
        )
    return after


def check_choice(choice: str, keys: tuple[str, ...]) -> None:
    """Refuse a choice that is none, and a return without keys to return to.

    Raises:
        Invalid: ``termination.choice``, ``termination.keys``.
    """
    if choice not in CHOICES:
        raise Invalid("termination.choice", "The choice is 'return' or 'destroy'.")
    if bool(keys) != (choice == RETURN):
        raise Invalid(
            "termination.keys",
            "A return names the keys that it is encrypted for; a destruction names none.",
            do="Make a key where it will be read: `age-keygen`, and give its age1….",
        )


def check_writing(writing: Writing) -> None:
    """Refuse our own entry of what the controller said, without the writing that says it.

    Raises:
        Invalid: ``termination.writing``.
    """
    known = writing.given_by and _SHA256.fullmatch(writing.text_sha256)
    if not known or not writing.reference.strip() or not _TEXT.fullmatch(writing.reference):
        raise Invalid(
            "termination.writing",
            "We enter the controller's word only with its writing.",
            do="Give its reference, its SHA-256 and the representative who signed it.",
        )


def check_order(found: Termination | None, *, by: frozenset[str], left: bool) -> Termination:
    """Refuse to destroy what the controller did not ask to be destroyed.

    Args:
        found: how far the end came; None where nothing was noted.
        by: who orders it.
        left: whether anything is there that neither a law nor a hold keeps.

    Raises:
        Refused: ``termination.no_choice``, ``self.destroy``;
        Conflict: ``termination.not_returned``, ``termination.begun``, ``termination.kept``.
    """
    if found is None or not found.choice:
        raise Refused(
            "termination.no_choice",
            "The controller did not choose in writing; nothing is destroyed unasked.",
            do="Its representative chooses: `bailee termination choose`, or on the console.",
        )
    if found.choice == RETURN and found.state in {CHOSEN, RETURNED}:
        raise Conflict(
            "termination.not_returned",
            "The controller chose the return, and did not say yet that it arrived.",
            do="Return it first: `bailee termination return`; then the controller confirms.",
        )
    if found.side == PROCESSOR and found.chosen_by in by:
        raise Refused(
            "self.destroy",
            "You entered the controller's choice, so somebody else carries it out.",
            do="Ask a second person who holds 'destroy'.",
        )
    step(found.state, "order")
    if found.state == DESTROYED and found.scope == WHOLE:
        raise _begun()
    if not left:
        raise Conflict("termination.kept", "All that is left is kept by a law or a legal hold.")
    return found


def _begun() -> Conflict:
    return Conflict(
        "termination.begun",
        "The destruction was ordered; nothing can be chosen or changed any more.",
        do="Look how far it came: `bailee termination show`.",
    )


def waits_for(found: Termination | None, *, certified: bool) -> str:
    """Return who has to act next: ``controller``, ``processor``, or nobody."""
    if found is None or found.state in {OPEN, RETURNED}:
        return CONTROLLER
    return "" if found.state == DESTROYED and certified else PROCESSOR
