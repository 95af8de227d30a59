"""Shapes of corrections, amendments and rehearsals (C5.3, C8)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.shapes import Day, Moment, Optional, Text
from bailee.vault.shapes import Entry, Name

Words = Annotated[str, Meta(min_length=1, max_length=4000)]
Note = Annotated[str, Meta(max_length=4000)]
Short = Annotated[str, Meta(max_length=200)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class NewCorrection(Request, frozen=True):
    """A security problem that the controller gives notice of.

    Attributes:
        noticed: when the notice reached us; now, where it is left out.
        cure_until: by when the controller wants it cured.
        given_by: with ``reference`` and ``text_sha256``, where one of us enters it.
    """

    problem: Words
    cure_until: Moment
    noticed: Annotated[str, Meta(max_length=32)] = ""
    given_by: Optional = ""
    reference: Short = ""
    text_sha256: Optional = ""


class Step(Request, frozen=True):
    """What happened to a correction.

    Attributes:
        note: what shows the cure (claim), or the measure that is ordered (order).
        until: the earlier day (shorten).
    """

    event: Literal["start", "claim", "accept", "reject", "shorten", "order"]
    note: Note = ""
    until: Annotated[str, Meta(max_length=32)] = ""


class CarriedOut(Request, frozen=True):
    """What shows that an ordered measure is taken."""

    evidence: Words


class Order(Answer, frozen=True):
    """One interim measure."""

    order: str
    correction: str
    measure: str
    status: str
    ordered: str
    carried_out: str = ""
    evidence: str = ""
    entry: Entry | None = None


class Correction(Answer, frozen=True):
    """One problem and how far its correction is.

    Attributes:
        late: the time for the cure is over.
    """

    correction: str
    problem: str
    status: str
    side: str
    noticed: str
    entered: str
    cure_until: str
    first_until: str
    late: bool = False
    given_by: str = ""
    started: str = ""
    claimed: str = ""
    evidence: str = ""
    settled: str = ""
    orders: list[Order] = []
    entry: Entry | None = None


class Corrections(Answer, frozen=True):
    """Problems, newest first."""

    corrections: list[Correction]


class ProposedText(Request, frozen=True):
    """A text, and the terms that it is read by."""

    text: Text
    terms: Name


class Turn(Answer, frozen=True):
    """One duty under the text in force and under the proposed one.

    Attributes:
        change: ``added``, ``removed``, ``changed`` or ``same``.
        state: as it is now; ``would_be`` as the same observations would give it.
    """

    obligation: str
    clause: str
    summary: str
    change: str
    state: str = ""
    would_be: str = ""
    number: str = ""
    would_be_number: str = ""


class Rehearsal(Answer, frozen=True):
    """What a proposed text would change; nothing was changed.

    Attributes:
        hindrance: why it could not be installed at all; '' if it could.
        turns: duties that come, go, change, or would have another state.
        grants_lost: living grants that name an element or a purpose which would not be permitted.
        broken: clauses of the text that the terms do not fit.
        findings: what lint says of the text, as codes with their clause.
    """

    agreement: str
    text_sha256: str
    hindrance: str = ""
    turns: list[Turn] = []
    unchanged: int = 0
    elements_lost: list[str] = []
    elements_gained: list[str] = []
    purposes_lost: list[str] = []
    purposes_gained: list[str] = []
    grants_lost: list[str] = []
    broken: list[str] = []
    findings: list[str] = []


class NewAmendment(Request, frozen=True):
    """A changed text that the controller sends.

    Attributes:
        received: when it reached us; now, where it is left out.
    """

    text: Text
    terms: Name
    effective: Day
    received: Annotated[str, Meta(max_length=32)] = ""
    given_by: Optional = ""
    reference: Short = ""
    text_sha256: Optional = ""


class AmendmentAnswer(Request, frozen=True):
    """Our answer, or the controller's withdrawal."""

    event: Literal["accept", "refuse", "withdraw"]
    reason: Note = ""


class Amendment(Answer, frozen=True):
    """One proposed text and what became of it."""

    amendment: str
    status: str
    side: str
    text_sha256: str
    terms: str
    effective: str
    received: str
    entered: str
    given_by: str = ""
    answered: str = ""
    reason: str = ""
    agreement: str = ""
    text: str = ""
    entry: Entry | None = None


class Amendments(Answer, frozen=True):
    """Proposed texts, newest first, without their words."""

    amendments: list[Amendment]
