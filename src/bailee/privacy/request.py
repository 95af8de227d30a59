"""Requests of people, in a processor's position (C7.2(6), C7.3(6)(b), C7.3(7); GDPR 12-20, CCPA).

Pure. A person asks for their data, or to have it corrected, sent, restricted or deleted. Whichever
way it came, the controller is told at once and the request is *held*: what is done with it says the
controller, in a documented instruction that names it. The person hears nothing from us but what a
law or the agreement itself lets a processor say.

People stand here by internal ids. What they were called by in the request is looked up when it is
entered and is not kept. Words of reasons name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.errors import Conflict, Invalid

ACCESS, PORTABILITY, CORRECTION = "access", "portability", "correction"
RESTRICTION, DELETION, OTHER = "restriction", "deletion", "other"
KINDS = (ACCESS, PORTABILITY, CORRECTION, RESTRICTION, DELETION, OTHER)
PACKED = frozenset((ACCESS, PORTABILITY))
"""Kinds that end in a package; the rest but ``other`` change what is held."""
EXECUTED = frozenset(KINDS) - {OTHER}
DENY, LIFT, SETTLE = "deny", "lift", "settle"
ACT_OF: Mapping[str, str] = {
    ACCESS: "access", PORTABILITY: "portability", CORRECTION: "correct", RESTRICTION: "restrict",
    DELETION: "delete", DENY: "deny", LIFT: "lift-restriction",
}  # fmt: skip
"""What an instruction calls what it tells us to do."""
CONTROLLER, OPENDSR, MISDIRECTED = "controller", "opendsr", "misdirected"
CHANNELS = (CONTROLLER, OPENDSR, MISDIRECTED)
REGIMES = ("gdpr", "uk-gdpr", "ccpa", "other")
DENIALS = (
    "unverified", "not-held", "not-covered", "unfounded", "excessive", "law", "legal-claims",
    "rights-of-others",
)  # fmt: skip
"""Why a person does not get it: the controller's decision, which the answer must name."""
GROUNDS = ("consent", "legal-claims", "protection", "public-interest")
"""What may go on while data is restricted (GDPR 18(2))."""
RECEIVED, INSTRUCTED = "consumer-request-received", "instruction-received"
"""Triggers of the terms."""
TELL, FALLBACK, EXECUTE = "request.notice", "request.fallback", "request.execute"
"""Parameters of the terms: telling the controller, telling the person, carrying out."""
KEPT = timedelta(days=2 * 366)
"""Rows stay at least so long (11 CCR 7101: 24 months); nothing deletes them earlier."""
EARLIEST = timedelta(days=366)
PACKAGE_LIFE = timedelta(days=30)
"""So long an encrypted package waits to be fetched."""

HELD, EXECUTING, STOPPED, DONE = "held", "executing", "stopped", "done"
LIFTING, LIFTED = "lifting", "lifted"
REQUEST: Mapping[tuple[str, str], str] = {
    (HELD, "identify"): HELD,
    (HELD, "tell-person"): HELD,
    (HELD, "extend"): HELD,
    (HELD, "begin"): EXECUTING,
    (HELD, DENY): "denied",
    (HELD, "withdraw"): "withdrawn",
    (HELD, SETTLE): "settled",
    (HELD, "stop"): STOPPED,
    (STOPPED, "begin"): EXECUTING,
    (STOPPED, "extend"): STOPPED,
    (STOPPED, DENY): "denied",
    (STOPPED, "withdraw"): "withdrawn",
    (EXECUTING, "begin"): EXECUTING,
    (EXECUTING, "stop"): STOPPED,
    (EXECUTING, "finish"): DONE,
    (DONE, "announce"): LIFTING,
    (LIFTING, LIFT): LIFTED,
}
"""``executing`` begins again where a process died in the middle: each step is safe to repeat.
*Settled* is what the controller answers by itself: then nothing is left for us to do."""
WAITING = frozenset((HELD, STOPPED, EXECUTING))

_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]{1,2000}")
_SUBJECTS = 1000


@dataclass(frozen=True, slots=True)
class Exception18:
    """Something that may go on while data is restricted (GDPR 18(2))."""

    ground: str
    purpose: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of a person there was, or was touched."""

    people: int = 0
    records: int = 0
    values: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, as stored; for 24 months at least."""

    request_id: str
    controller: str
    channel: str
    regime: str
    kind: str
    outside_id: str = ""
    """The controller's own id for it (OpenDSR)."""
    subjects: tuple[str, ...] = ()
    """Internal ids of the people whom it concerns."""
    identified: datetime
    received: datetime
    entered: datetime
    entered_by: str
    notice_id: str = ""
    """The notice by which the controller was told."""
    state: str = HELD
    due: datetime | None = None
    basis: str = ""
    """Whose time ``due`` is: the law's, for the controller."""
    extended: datetime | None = None
    extension: str = field(default="", repr=False)
    stopped: str = field(default="", repr=False)
    """Why a deletion was stopped."""
    instruction_id: str = ""
    instructed_by: str = ""
    instructed: datetime | None = None
    instruction_sha256: str = ""
    executed_by: str = ""
    begun: datetime | None = None
    purpose: str = ""
    disclosure_id: str = ""
    package_sha256: str = ""
    counts: Counts = Counts()
    exceptions: tuple[Exception18, ...] = ()
    denial: str = ""
    words: str = field(default="", repr=False)
    """Why it was denied or withdrawn, or how the controller settled it."""
    told: datetime | None = None
    told_basis: str = ""
    told_sha256: str = ""
    entries: tuple[str, ...] = ()
    """Ids of the ledger's entries that carried it out."""
    closed: datetime | None = None
    closed_by: str = ""
    lift_notice_id: str = ""


def check_request(one: Request, now: datetime) -> None:
    """Refuse a request without a kind, or from tomorrow.

    Raises:
        Invalid: ``request.kind``, ``request.channel``, ``request.regime``, ``request.time``,
            ``request.people``.
    """
    if one.kind not in KINDS:
        raise Invalid("request.kind", f"A request is one of: {', '.join(KINDS)}.")
    if one.channel not in CHANNELS:
        raise Invalid("request.channel", f"It came by one of: {', '.join(CHANNELS)}.")
    if one.regime not in REGIMES:
        raise Invalid("request.regime", f"It stands under one of: {', '.join(REGIMES)}.")
    if not now - EARLIEST <= one.received <= now:
        raise Invalid(
            "request.time",
            f"A request was received by now, and within the last {EARLIEST.days} days.",
        )
    if len(one.subjects) > _SUBJECTS:
        raise Invalid("request.people", "What was said fits too many people; say more of them.")


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``request.state``.
    """
    after = REQUEST.get((state, event))
    if after is None:
        raise Conflict(
            "request.state",
            f"A request that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_words(text: str) -> str:
    """Return a reason.

    Raises:
        Invalid: ``request.words``.
    """
    if not text.strip() or not _TEXT.fullmatch(text):
        raise Invalid(
            "request.words", "Say why, in 1 to 2,000 characters.", do="Name nobody in it."
        )
    return text


def check_denial(reason: str, words: str) -> None:
    """Refuse a denial that does not say why, by a word of the list and in words (CCPA, GDPR 12(4)).

    Raises:
        Invalid: ``request.denial``, ``request.words``.
    """
    if reason not in DENIALS:
        raise Invalid("request.denial", f"A denial is for one of: {', '.join(DENIALS)}.")
    check_words(words)


def check_exceptions(kind: str, wanted: Sequence[Exception18]) -> None:
    """Refuse an exception from a restriction without its ground and reason (GDPR 18(2)).

    Raises:
        Invalid: ``request.exception``, ``request.words``.
    """
    if wanted and kind != RESTRICTION:
        raise Invalid("request.exception", "Only a restriction has exceptions.")
    for one in wanted:
        if one.ground not in GROUNDS:
            raise Invalid(
                "request.exception", f"What goes on rests on one of: {', '.join(GROUNDS)}."
            )
        check_words(one.reason)


def check_people(found: int, expected: int) -> None:
    """Refuse to act for another number of people than whoever acts expects.

    Raises:
        Conflict: ``request.ambiguous``.
    """
    if found != expected:
        raise Conflict(
            "request.ambiguous",
            f"The request concerns {found} people here, not {expected}.",
            do="Identify the person again, or say how many references they have here.",
        )
