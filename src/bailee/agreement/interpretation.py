"""Interpretations and other writings of two parties: who signs what, in which order (C11.1).

The text is defective in places. What a defective clause means is settled by two signatures: our
named person *proposes* a reading with a reason, the controller's named representative *agrees*.
Nothing that one side alone signed changes a state, and one person never signs for both.

The lifecycle is the table ``LIFE``; a pair that is not in it is refused and changes nothing. An
agreed reading is final; a later agreed reading of the same subject takes its place.

A reading belongs to the words it reads: it carries their hash and falls silent when they change.
Some defects no reading can lift: words that are missing, an instrument that is the wrong one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from bailee import canonical
from bailee.agreement.clause import Contract
from bailee.agreement.terms import TIME_UNITS, Counting, Obligation, Unit
from bailee.errors import Conflict, Invalid, Refused

State = Literal["proposed", "agreed", "withdrawn"]
Event = Literal["agree", "withdraw"]
Side = Literal["processor", "controller"]

LIFE: Mapping[tuple[State, Event], State] = {
    ("proposed", "agree"): "agreed",
    ("proposed", "withdraw"): "withdrawn",
}

MAX_REASON = 4000
"""Characters of a reason, and of what a reading says."""
MAX_PURPOSES = 64

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,63}")


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a clause is taken to mean. ``says`` is for people; the other fields are enforced.

    ``quantity`` with ``unit`` (and ``counting`` for a time, ``calendar`` for business days)
    gives the clause's duty its number. ``purposes``, if any, is the whole list of purposes.
    """

    says: str
    quantity: int | None = None
    unit: Unit = ""
    counting: Counting = ""
    calendar: str = ""
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signatory:
    """A named person who may sign for one side (``person`` is the principal's id)."""

    person: str
    side: Side
    name: str
    title: str


@dataclass(frozen=True)
class Interpretation:
    """A reading of one subject: a question's id, a clause path or an obligation's id."""

    interpretation_id: str
    subject: str
    text_sha256: str
    status: State
    reading: Reading
    reason: str
    proposed_by: str
    proposed_at: datetime
    agreed_by: str = ""
    agreed_at: datetime | None = None

    def counts_at(self, moment: datetime) -> bool:
        """Say whether both had signed by then."""
        return self.status == "agreed" and self.agreed_at is not None and self.agreed_at <= moment


def step(state: State, event: Event) -> State:
    """Return the state after an event.

    Raises:
        Conflict: ``writing.state`` for a pair that the table does not have.
    """
    after = LIFE.get((state, event))
    if after is None:
        raise Conflict(
            "writing.state", f"A writing that is {state} cannot {event}.", do="Propose a new one."
        )
    return after


def check_reading(reading: Reading, reason: str) -> None:
    """Refuse a reading that nobody could sign.

    Raises:
        Invalid: ``interpretation.reading``, ``interpretation.reason``.
    """
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise Invalid(
            "interpretation.reason",
            "An interpretation needs a reason.",
            do=f"Say why in at most {MAX_REASON} characters.",
        )
    timed = reading.unit in TIME_UNITS
    fine = (
        0 < len(reading.says.strip()) <= MAX_REASON
        and (reading.quantity is None) == (not reading.unit)
        and (reading.quantity is None or reading.quantity >= 0)
        and bool(reading.counting) == timed
        and (reading.counting == "business") == bool(reading.calendar)
        and len(reading.purposes) <= MAX_PURPOSES
        and all(_SLUG.fullmatch(purpose) for purpose in reading.purposes)
    )
    if not fine:
        raise Invalid(
            "interpretation.reading",
            "The reading is not complete.",
            do="Say what it means; a number needs its unit, a time its counting rule, business "
            "days their calendar, and purposes are lower-case words joined by hyphens.",
        )


def check_proposer(signatory: Signatory | None) -> Signatory:
    """Return the person of ours who may propose.

    Raises:
        Refused: ``signatory.unknown``, ``signatory.side``.
    """
    return _on_side(signatory, "processor")


def check_agreement(proposed_by: str, signatory: Signatory | None) -> Signatory:
    """Return the controller's representative who may agree to what ``proposed_by`` proposed.

    Raises:
        Refused: ``signatory.unknown``, ``signatory.side``, ``signatory.same_person``.
    """
    theirs = _on_side(signatory, "controller")
    if theirs.person == proposed_by:
        raise Refused(
            "signatory.same_person",
            "Nobody signs for both parties.",
            do="Let the controller's representative sign.",
        )
    return theirs


def _on_side(signatory: Signatory | None, side: Side) -> Signatory:
    if signatory is None:
        raise Refused(
            "signatory.unknown",
            "You are not named to sign for either party of this agreement.",
            do="Ask an administrator to name you as a signatory.",
        )
    if signatory.side != side:
        whose = "the processor" if side == "processor" else "the controller"
        raise Refused(
            "signatory.side",
            f"This signature belongs to {whose}.",
            do="Let a person who is named for that party sign.",
        )
    return signatory


def basis(contract: Contract, clauses: Iterable[str]) -> str:
    """Return the hash of the words that a reading of these clauses rests on ('' if one is gone)."""
    hashes = []
    for path in clauses:
        clause = contract.clause(path)
        if clause is None:
            return ""
        hashes.append(clause.text_sha256)
    if len(hashes) == 1:
        return hashes[0]
    framed = canonical.frame(*(text_sha256.encode() for text_sha256 in hashes))
    return hashlib.sha256(framed).hexdigest()


def apply(obligation: Obligation, reading: Reading) -> Obligation:
    """Return the duty with the number that both parties gave it."""
    if reading.quantity is None:
        return obligation
    return msgspec.structs.replace(
        obligation,
        quantity=reading.quantity,
        unit=reading.unit,
        direction=obligation.direction or "max",
        counting=reading.counting,
        calendar=reading.calendar,
        vague=False,
        by_both=False,
    )


def reading_sha256(reading: Reading) -> str:
    """Return the hash of a reading's canonical bytes: what a signature and its entry stand for."""
    return hashlib.sha256(canonical.encode(msgspec.to_builtins(reading))).hexdigest()
