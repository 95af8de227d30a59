"""A sub-processor's engagement for one controller: proposed, noticed, consented, engaged. Pure.

The text says two things (L1 of its defects): a general leave with a right to object, and consent in
writing upon thirty days' notice. Both are kept: nothing is engaged before the days are over **and**
the controller has consented in writing; silence is no consent; an objection, or a consent taken
back, counts at once whatever came before (C7.3(5), C7.3(3)[annex-i-part-b], C7.3(3)(2)).

``noticed`` and ``silent`` are read off the notice and the clock, never written: *noticed* is a
notice that a mail server took, or that somebody of the controller acknowledged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from bailee.agreement import Obligation
from bailee.agreement.deadline import deadline
from bailee.errors import Conflict, Invalid, Refused

PROPOSED, NOTICED, SILENT, CONSENTED = "proposed", "noticed", "silent", "consented"
ENGAGED, OBJECTED, ENDED = "engaged", "objected", "ended"

ENGAGEMENT: Mapping[str, Mapping[str, str]] = {
    PROPOSED: {"hand": NOTICED, "object": OBJECTED, "end": ENDED},
    NOTICED: {"consent": CONSENTED, "object": OBJECTED, "lapse": SILENT, "end": ENDED},
    SILENT: {"consent": CONSENTED, "object": OBJECTED, "end": ENDED},
    CONSENTED: {"engage": ENGAGED, "object": OBJECTED, "end": ENDED},
    ENGAGED: {"object": OBJECTED, "end": ENDED},
    OBJECTED: {"consent": CONSENTED, "end": ENDED},
    ENDED: {},
}
"""``hand`` and ``lapse`` come from the notice and the clock."""
OVER = frozenset((OBJECTED, ENDED))

WAITS = ("subprocessor.notice", "subprocessor.objection")
"""What terms call the days between the notice and the first access."""
USUAL = Obligation(
    id="", clause="", kind="clock", summary="", quantity=30, unit="days", counting="plain"
)
"""Where an agreement names none: the days of C7.3(5) all the same."""
TEXT_LIMIT = 1000
LINE_LIMIT = 200
AHEAD = timedelta(minutes=5)
"""How far a signature's own clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The controller's consent in writing."""

    given_by: str
    """The named representative who signed."""
    reference: str = field(repr=False)
    """Where the writing is kept; '' where the representative consented here, in person."""
    text_sha256: str
    signed: datetime


@dataclass(frozen=True, slots=True)
class Engagement:
    """One proposal to one controller, and what became of it; as stored."""

    controller: str
    engagement_id: str
    subprocessor_id: str
    edition: int
    facts_sha256: str
    """Digest of the particulars that were proposed."""
    state: str
    proposed: datetime
    proposed_by: str
    notice_id: str
    recorded_by: str = ""
    """Who of us entered the controller's writing first; a second person enters it again."""
    given_by: str = ""
    reference: str = field(default="", repr=False)
    text_sha256: str = ""
    signed: datetime | None = None
    consented: datetime | None = None
    consented_by: str = ""
    engaged: datetime | None = None
    """When it was engaged: data may be there, whatever became of it since."""
    engaged_by: str = ""
    objected: datetime | None = None
    objected_by: str = ""
    objection: str = field(default="", repr=False)
    offered: datetime | None = None
    offered_by: str = ""
    offer: str = field(default="", repr=False)
    """The other way that we sought after an objection."""
    ended: datetime | None = None
    ended_by: str = ""

    def state_at(self, handed: datetime | None, due: datetime | None, now: datetime) -> str:
        """Return the state, with what the notice and the clock say.

        Args:
            handed: when its notice was handed over, None if it was not.
            due: when the days are over, if they have begun.
            now: the time.
        """
        if self.state != PROPOSED or handed is None:
            return self.state
        return SILENT if due is not None and due <= now else NOTICED


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``subprocessor.state``; Refused: ``subprocessor.not_noticed``,
            ``subprocessor.no_consent``.
    """
    after = ENGAGEMENT[state].get(event)
    if after is not None:
        return after
    if event == "consent" and state == PROPOSED:
        raise Refused(
            "subprocessor.not_noticed",
            "Nobody consents before the notice was handed over.",
            do="Wait until it was, or look why it does not leave.",
        )
    if event == "engage" and state in {PROPOSED, NOTICED, SILENT}:
        raise Refused(
            "subprocessor.no_consent",
            "The controller has not consented in writing; silence is no consent.",
            do="Its representative consents here, or signs a writing that two of us enter.",
        )
    raise Conflict(
        "subprocessor.state",
        f"An engagement that is {state} takes no '{event}'.",
        do="Look at its present state.",
    )


def earliest(obligations: Iterable[Obligation], handed: datetime) -> datetime:
    """Return the first moment at which the days after a notice are over.

    A duty to wait: of several the latest end. The day of the notice is not counted.
    """
    lines = [one for one in obligations if one.parameter in WAITS and one.quantity is not None]
    ends = [
        deadline(msgspec.structs.replace(line, direction="max"), handed)
        for line in lines or [USUAL]
    ]
    return max(end for end in ends if end is not None)


def check_days(due: datetime | None, now: datetime) -> None:
    """Refuse to engage before the days are over.

    Raises:
        Refused: ``subprocessor.not_noticed``, ``subprocessor.too_early``.
    """
    if due is None:
        raise Refused(
            "subprocessor.not_noticed",
            "No notice of it was handed over.",
            do="Look why it does not leave.",
        )
    if now < due:
        raise Refused(
            "subprocessor.too_early",
            f"The days after the notice end on {due:%Y-%m-%d}.",  # C7.3(5)
            do="Wait until then; consent does not shorten them.",
        )


def check_writing(state: str, one: Signature, handed: datetime | None, now: datetime) -> None:
    """Refuse a writing that was signed before the notice, or will be, or would undo an objection.

    Raises:
        Refused: ``subprocessor.not_noticed``, ``subprocessor.consent_too_old``,
            ``subprocessor.objected``; Conflict: ``subprocessor.state``;
            Invalid: ``subprocessor.signed``, ``subprocessor.reference``.
    """
    step(state, "consent")
    if state == OBJECTED:
        raise Refused(
            "subprocessor.objected",
            "The controller has objected; no writing that we enter undoes that.",
            do="Its representative consents here, in person.",
        )
    if one.signed > now + AHEAD:
        raise Invalid("subprocessor.signed", "A writing is signed now or before, not later.")
    if handed is not None and one.signed < handed:
        raise Refused(
            "subprocessor.consent_too_old",
            "That writing is older than the notice that it would answer.",
            do="The controller consents to what the notice says, after it.",
        )
    if not one.reference.strip() or len(one.reference) > LINE_LIMIT:
        raise Invalid("subprocessor.reference", "A writing is kept somewhere; say where.")


def same_writing(one: Engagement, writing: Signature) -> bool:
    """Say whether the second person enters the writing that the first one entered."""
    return (one.given_by, one.text_sha256, one.signed) == (
        writing.given_by,
        writing.text_sha256,
        writing.signed,
    )


def check_apart(recorded_by: str, principals: Iterable[str]) -> None:
    """Refuse the second entry of one person's.

    Raises:
        Refused: ``self.approve``.
    """
    if recorded_by in principals:
        raise Refused(
            "self.approve",
            "The same writing is entered by a second person.",
            do="Ask one who holds 'approve' to read it and enter it.",
        )


def check_words(text: str, *, needed: bool) -> str:
    """Return free text within its bounds.

    Raises:
        Invalid: ``subprocessor.words``.
    """
    if len(text) > TEXT_LIMIT or (needed and not text.strip()):
        raise Invalid("subprocessor.words", f"Say it in 1 to {TEXT_LIMIT} characters.")
    return text


def blank(one: Engagement) -> Engagement:
    """Return an engagement without the consent that was begun or given."""
    return replace(
        one,
        recorded_by="",
        given_by="",
        reference="",
        text_sha256="",
        signed=None,
        consented=None,
        consented_by="",
    )


__all__ = [
    "CONSENTED", "ENDED", "ENGAGED", "ENGAGEMENT", "NOTICED", "OBJECTED", "OVER", "PROPOSED",
    "SILENT", "Engagement", "Signature", "blank", "check_apart", "check_days",
    "check_words", "check_writing", "earliest", "same_writing", "step",
]  # fmt: skip
