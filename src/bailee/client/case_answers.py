"""What is answered about cases: corrections, amendments, rehearsals."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about a case."""


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
