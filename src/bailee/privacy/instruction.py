"""A controller's documented instruction (C2.4, C7.2(2), C7.3(2); GDPR 28(3)). Pure.

A named representative of the controller signed it; its text is bound by hash. It is *checked* by a
machine against agreement and law (``objection``) and judged by a named person of ours. What
infringes is *answered* to the controller with the reasons and never done. It may withdraw it, or
insist: then two of our people decide, and what the machine found still takes another text. An
*accepted* one is carried out, or, for a purpose, counts in the data path until its end.

Kinds: ``purpose`` extends what the data may be used for; ``request`` says what is done about a
person's request; ``processing`` is anything else, which a person carries out and proves.

Deliberately not checked: whether a paper that one of ours entered is genuine. A second person says
that its words are these before it is anything but received.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bailee.access import DATA_VERBS
from bailee.access.consent import MOST_KEYS
from bailee.errors import Conflict, Invalid, Refused

PURPOSE, REQUEST, PROCESSING = "purpose", "request", "processing"
KINDS = (PURPOSE, REQUEST, PROCESSING)
ACTS = ("access", "correct", "portability", "restrict", "lift-restriction", "delete", "deny")
"""What is done about a person's request (C7.3(6)(b), GDPR 15-20, CCPA)."""
USE, DISCLOSE, TRANSFER, SELL, REIDENTIFY, COMBINE = (
    "use", "disclose", "transfer", "sell", "reidentify", "combine",
)  # fmt: skip
DOES = (USE, DISCLOSE, TRANSFER, SELL, REIDENTIFY, COMBINE, "destroy", "keep", "secure")
"""What any other processing consists of."""
LAWFUL, INFRINGES = "lawful", "infringes"
RECEIVED = "instruction-received"
"""Trigger of the terms."""
LONGEST = timedelta(days=366)
"""A purpose that nobody instructs anew within a year is no longer what the controller thinks of."""
MOST_ELEMENTS = 100
OVER = ("executed", "withdrawn", "expired")
OPEN = ("received", "checked", "insisted")
"""States in which the controller waits for our word."""

INSTRUCTION: Mapping[str, Mapping[str, str]] = {
    "received": {"check": "checked", "answer": "answered", "withdraw": "withdrawn"},
    "checked": {
        "check": "checked", "opine": "checked", "support": "checked", "accept": "accepted",
        "answer": "answered", "withdraw": "withdrawn",
    },
    "answered": {"insist": "insisted", "withdraw": "withdrawn"},
    "insisted": {
        "check": "insisted", "opine": "insisted", "support": "insisted", "accept": "accepted",
        "answer": "answered", "withdraw": "withdrawn",
    },
    "accepted": {"execute": "executed", "answer": "answered", "withdraw": "withdrawn"},
    "executed": {},
    "withdrawn": {},
}  # fmt: skip
"""``expired`` comes from the clock: it is read off ``until``, never written. ``support`` is the
first of two acceptances. What turns out to infringe after all is answered, accepted or not."""

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,62}", re.ASCII)
_ELEMENT = re.compile(r"[a-z]+\.[a-z][a-z0-9_]{0,47}", re.ASCII)
_ITEM = re.compile(r"[0-9a-f]{32}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}|EPO", re.ASCII)
_TEXT = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f]{1,20000}")
_LINE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")
_NOTE = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f]{1,2000}")


@dataclass(frozen=True, slots=True)
class Asks:
    """What an instruction asks, apart from its words; what its kind does not know is empty."""

    purpose: str = ""
    """A word of its own for ``purpose``; for ``processing`` what it serves."""
    elements: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    request: str = ""
    """The id of a person's request."""
    act: str = ""
    does: str = ""
    recipient: str = field(default="", repr=False)
    keys: tuple[str, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An instruction as it comes in.

    Attributes:
        signed_by: the principal id of the representative who signed.
        reference: where the signed paper is kept, ``writing_sha256`` its digest; both empty when
            the representative signs here.
        received: when it reached us; ``since`` when it takes effect, ``until`` when it ends.
    """

    kind: str
    text: str = field(repr=False)
    asks: Asks
    signed_by: str
    received: datetime
    since: datetime
    until: datetime | None = None
    reference: str = field(default="", repr=False)
    writing_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """What stands against an instruction: a code, the duty that it would break, a sentence."""

    code: str
    rule: str
    says: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """The legal opinion of a named person of ours (C7.3(2))."""

    verdict: str
    reasons: str = field(repr=False)
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction, as stored."""

    controller: str
    instruction_id: str
    kind: str
    text: str = field(repr=False)
    text_sha256: str
    asks: Asks
    signed_by: str
    reference: str = field(repr=False)
    writing_sha256: str
    received: datetime
    since: datetime
    until: datetime | None
    entered: datetime
    entered_by: str
    due: datetime
    """When our word on it is due."""
    basis: str
    """The duty that says so; ``target`` where no text gives a number."""
    state: str = "received"
    objections: tuple[Objection, ...] = ()
    checked: datetime | None = None
    checked_by: str = ""
    agreement: str = ""
    """The agreement's version that it was checked against."""
    opinion: Opinion | None = None
    accepted_by: tuple[str, ...] = ()
    accepted: datetime | None = None
    answered: datetime | None = None
    notice_id: str = ""
    """Of the last answer."""
    insisted: datetime | None = None
    insisted_by: str = ""
    word: str = field(default="", repr=False)
    """What the controller says to our answer, or where we have it in writing."""
    executed: datetime | None = None
    executed_by: str = ""
    proof: str = field(default="", repr=False)
    withdrawn: datetime | None = None
    withdrawn_by: str = ""

    @property
    def on_paper(self) -> bool:
        """Say whether one of ours entered it, from what the controller signed elsewhere."""
        return bool(self.writing_sha256)

    @property
    def needs(self) -> int:
        """Return how many people of ours accept it (C2.4: a purpose; C7.3(2): an insisted one)."""
        return 2 if self.kind == PURPOSE or self.insisted is not None else 1

    def state_at(self, now: datetime) -> str:
        """Return the state, with the clock's own event taken in."""
        over = self.state in OVER or self.until is None or now < self.until
        return self.state if over else "expired"

    def living(self, now: datetime) -> bool:
        """Say whether it is accepted and in effect."""
        return self.state_at(now) == "accepted" and self.since <= now

    def overdue(self, now: datetime) -> bool:
        """Say whether the controller waits for our word for too long."""
        return self.state in OPEN and now > self.due


def step(state: str, event: str) -> str:
    """Return the state after an event.

    Raises:
        Conflict: ``instruction.state``.
    """
    after = INSTRUCTION.get(state, {}).get(event)
    if after is None:
        raise Conflict(
            "instruction.state",
            f"An instruction that is {state} takes no '{event}'.",
            do="Look at its present state.",
        )
    return after


def check_given(given: Given, now: datetime) -> None:
    """Refuse an instruction that says too little, or of times that cannot be.

    Raises:
        Invalid: ``instruction.*``.
    """
    if given.kind not in KINDS:
        raise Invalid("instruction.kind", f"An instruction is one of: {', '.join(KINDS)}.")
    if not _TEXT.fullmatch(given.text) or not given.text.strip():
        raise Invalid(
            "instruction.text",
            "An instruction has words, 20,000 characters at most.",
            do="Name nobody whose data it is; a person's request has an id.",
        )
    paper = _SHA256.fullmatch(given.writing_sha256) and given.reference.strip()
    if not _LINE.fullmatch(given.reference) or (given.writing_sha256 and not paper):
        raise Invalid(
            "instruction.writing",
            "A paper has a reference of 200 characters at most and the SHA-256 of the signed file.",
        )
    if given.received > now or (given.until is not None and given.until <= max(given.since, now)):
        raise Invalid(
            "instruction.time",
            "An instruction was received before now, and ends after it begins, in the future.",
        )
    {PURPOSE: _check_purpose, REQUEST: _check_request, PROCESSING: _check_processing}[given.kind](
        given
    )


def _check_purpose(given: Given) -> None:
    asks, verbs = given.asks, frozenset(given.asks.verbs)
    alone = Asks(purpose=asks.purpose, elements=asks.elements, verbs=asks.verbs)
    if asks != alone or not _SLUG.fullmatch(asks.purpose) or not verbs or not verbs <= DATA_VERBS:
        raise Invalid(
            "instruction.asks",
            "A purpose is a word of small letters and hyphens, with the verbs that it allows.",
            do=f"Verbs: {', '.join(sorted(DATA_VERBS))}.",
        )
    _check_elements(asks.elements, needed=True)
    if given.until is None or given.until - given.since > LONGEST:
        raise Invalid(
            "instruction.until", f"A purpose ends, within {LONGEST.days} days of its beginning."
        )


def _check_request(given: Given) -> None:
    asks = given.asks
    alone = Asks(request=asks.request, act=asks.act)
    if asks != alone or not _ITEM.fullmatch(asks.request) or asks.act not in ACTS:
        raise Invalid(
            "instruction.asks",
            "It names a request by its id, and what is to be done about it.",
            do=f"One of: {', '.join(ACTS)}.",
        )


def _check_processing(given: Given) -> None:
    asks = given.asks
    away = asks.does in (DISCLOSE, TRANSFER)
    filled = bool(asks.recipient.strip()) == away == bool(asks.keys)
    fits = asks.does in DOES and filled and not asks.request and not asks.act and not asks.verbs
    named = not asks.purpose or _SLUG.fullmatch(asks.purpose)
    lines = _LINE.fullmatch(asks.recipient) and len(asks.keys) <= MOST_KEYS
    placed = (
        (_COUNTRY.fullmatch(asks.country) is not None) if asks.country else asks.does != TRANSFER
    )
    if not (fits and named and lines and placed) or bool(asks.elements) != bool(asks.purpose):
        raise Invalid(
            "instruction.asks",
            "It says what is done, with which elements for which purpose; what leaves names its "
            "recipient and their keys, a transfer its country.",
            do=f"One of: {', '.join(DOES)}.",
        )
    _check_elements(asks.elements, needed=away)


def _check_elements(elements: Collection[str], *, needed: bool) -> None:
    fine = all(_ELEMENT.fullmatch(name) for name in elements)
    if not fine or len(elements) > MOST_ELEMENTS or (needed and not elements):
        raise Invalid(
            "instruction.elements",
            f"Name at most {MOST_ELEMENTS} elements of the catalogue, each by itself.",
        )


def check_note(text: str) -> str:
    """Return reasons, a proof or a reference that somebody wrote.

    Raises:
        Invalid: ``instruction.note``.
    """
    if not _NOTE.fullmatch(text) or not text.strip():
        raise Invalid(
            "instruction.note",
            "That takes words: reasons, or where the proof is kept; 2,000 characters at most.",
        )
    return text


def check_confirms(one: Instruction, by: str) -> None:
    """Refuse that who entered a paper also says what it says.

    Raises:
        Refused: ``instruction.one_person``.
    """
    if one.state == "received" and one.on_paper and by == one.entered_by:
        raise Refused(
            "instruction.one_person",
            "A second person compares the words with the paper.",
            do="Ask somebody else of ours.",
        )


def check_accepts(one: Instruction, by: str, found: Collection[Objection]) -> str:
    """Refuse to accept what infringes, unjudged, or twice; return ``support`` or ``accept``.

    Raises:
        Refused: ``instruction.infringes``, ``instruction.no_opinion``,
            ``instruction.one_person``.
    """
    if found:
        raise Refused(
            "instruction.infringes",
            "It would break the agreement or a law; nobody here can accept it.",
            do="Check it again, so that the controller is told. Only another text changes this.",
        )
    overruled = one.state == "insisted" and one.opinion is not None
    if not overruled and (one.opinion is None or one.opinion.verdict != LAWFUL):
        raise Refused(
            "instruction.no_opinion",
            "Nobody of ours has said with reasons that it is lawful.",  # C7.3(2)
            do="Let a named person give an opinion first.",
        )
    alone = one.needs == 1 and one.on_paper and by == one.entered_by
    if by in one.accepted_by or alone:
        raise Refused(
            "instruction.one_person",
            "It takes somebody else of ours.",
            do="Ask a second person who holds 'approve'.",
        )
    return "accept" if len(one.accepted_by) + 1 >= one.needs else "support"


def check_executes(one: Instruction, now: datetime) -> None:
    """Refuse to carry out what is not in effect, or never is.

    Raises:
        Refused: ``instruction.not_living``, ``instruction.by_path``.
    """
    if one.kind == PURPOSE:
        raise Refused("instruction.by_path", "A purpose counts in the data path by itself.")
    if not one.living(now):
        raise Refused(
            "instruction.not_living",
            "Nothing is done on an instruction that is not accepted, or not in effect.",
            do="Look at its state and its times.",
        )
