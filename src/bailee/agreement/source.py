"""A source of duties as values: an agreement, a law, a standard (C1-C11, C7.1, Appendix A).

What a file of terms holds once it was read (``terms``). A line of an agreement is proven by the
hash of its words (``binding``). A line of a law or a standard says how far it was compared with
the law's own text (``proof``); what nobody compared gives no number, however well known it is.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

import msgspec

Day: TypeAlias = date
Kind = Literal[
    "prohibition", "control", "cadence", "clock", "procedure", "right", "evidence", "no-duty"
]
Unit = Literal[
    "",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "characters",
    "bits",
    "times",
    "people",
]
Direction = Literal["", "min", "max"]
Counting = Literal["", "plain", "eu-1182-71", "business"]
Party = Literal["processor", "controller", "authority"]
Proof = Literal["", "text", "compared", "report", "none"]
"""How a law's line is known: from the law's own text before it was shipped, compared with it by a
person of this deployment, told by somebody else, or from general knowledge alone."""

TIME_UNITS = frozenset({"minutes", "hours", "days", "weeks", "months", "years"})
NOT_COUNTED = frozenset({"right", "no-duty"})
"""Definitions and the other party's rights: listed with a reason, never given a state."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys refused, never changed once read."""


class Obligation(Line, frozen=True, kw_only=True):
    """One duty (or one right, or one clause without a duty), bound to its clause's exact text.

    ``id`` is ``C`` + clause path, with ``.word`` when the clause holds several (a law's or a
    standard's: its terms' id, a colon, the article). ``quantity`` is a
    number of ``unit``; ``direction`` says whether it is a floor (``min``) or a ceiling (``max``).
    ``counting`` names the rule by which a deadline is computed: ``plain`` (the day of the trigger
    excluded, calendar days), ``eu-1182-71`` or ``business`` (with ``calendar``). ``vague`` marks a
    clock to which the text gives no number; ``by_both`` a value that the text leaves to both
    parties. ``control`` is the slug of what serves the duty, ``reason`` why there is none.

    ``actor`` is whose time or duty it is: another's is shown beside ours and never counted as ours.
    ``filled`` marks a line on an annex that the parties fill in: it stands on the place, whatever
    they wrote there, and so has no hash, and no number.

    ``proof``, and the days on which a line begins and ends to hold (its last day is
    ``valid_to``; '' where it has none), belong to laws and standards.
    """

    id: str
    clause: str
    text_sha256: str = ""
    row: str = ""
    kind: Kind
    summary: str
    control: str = ""
    reason: str = ""
    parameter: str = ""
    quantity: int | None = None
    unit: Unit = ""
    direction: Direction = ""
    counting: Counting = ""
    calendar: str = ""
    timezone: str = ""
    trigger: str = ""
    contents: tuple[str, ...] = ()
    vague: bool = False
    by_both: bool = False
    filled: bool = False
    actor: Party = "processor"
    proof: Proof = ""
    valid_from: str = ""
    valid_to: str = ""

    @property
    def counted(self) -> bool:
        """Say whether this line ever has a state of its own."""
        return self.kind not in NOT_COUNTED and self.actor == "processor"

    def holds_on(self, day: date) -> bool:
        """Say whether the line is in force on a day."""
        return _within(day, self.valid_from, self.valid_to)


class Purpose(Line, frozen=True, kw_only=True):
    """An enumerated purpose for which the controller's data may be handled (C2.4)."""

    id: str
    says: str
    clause: str
    text_sha256: str = ""
    status: Literal["agreed", "proposed"]


class Permission(Line, frozen=True, kw_only=True):
    """The catalogue elements that one line of the annex permits to be held (C2.10, App. A)."""

    clause: str
    text_sha256: str = ""
    holds: tuple[str, ...]
    says: str


class Parameter(Line, frozen=True, kw_only=True):
    """A quantity that several sources may set; ``strictest`` joins their numbers by this name."""

    name: str
    says: str


class Defect(Line, frozen=True, kw_only=True):
    """What is wrong in the text, and the strictest reading that holds until both parties agree.

    ``rules`` are the lint rules that show it; empty when no machine can see it. ``leaves_open``
    is true when the duties on these clauses cannot be called met before it is settled;
    ``obligations`` narrows that to some of them.
    """

    id: str
    clauses: tuple[str, ...]
    kind: str
    says: str
    strictest_reading: str
    our_reading: str = ""
    rules: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    leaves_open: bool = True
    lifted_by: Literal["interpretation", "new-text"] = "interpretation"


class Edition(Line, frozen=True, kw_only=True):
    """An earlier edition of a standard: until when it could be worked by, and how that is known."""

    name: str
    until: str
    proof: Proof


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one source obliges to.

    ``date`` and ``verified`` are ISO dates; ``verified`` is when a person last compared a law or a
    standard with its current text, empty when nobody did. ``precedence`` lists the documents of the
    contract, the one that prevails first (C11.2).

    Of a law or a standard: ``edition`` is the one that was read, ``verified_by`` how;
    ``valid_to`` the last day of that edition where a later one is known, against which nobody
    compared these lines; ``leaves_out`` what the law has that these lines do not.
    """

    id: str
    title: str
    date: str
    version: int
    kind: Literal["agreement", "law", "standard"]
    text_sha256: str
    governing: str
    precedence: tuple[str, ...]
    processor_terms: tuple[str, ...]
    controller_terms: tuple[str, ...]
    source: str
    verified: str
    purposes: tuple[Purpose, ...]
    permissions: tuple[Permission, ...]
    parameters: tuple[Parameter, ...]
    obligations: tuple[Obligation, ...]
    defects: tuple[Defect, ...]
    edition: str = ""
    verified_by: str = ""
    leaves_out: str = ""
    valid_from: str = ""
    valid_to: str = ""
    editions: tuple[Edition, ...] = ()

    @property
    def trusted(self) -> bool:
        """Say whether its numbers may be used: an agreement by its hashes, a law by a reader."""
        return self.kind == "agreement" or bool(self.verified)

    def begun_on(self, day: Day) -> bool:
        """Say whether the source is in force by a day; its lines may begin later."""
        return _within(day, self.valid_from, "")

    def proves(self, line: Obligation, day: Day | None = None) -> bool:
        """Say whether a line's number may be used, on a day or at all.

        A comparison made here stands by itself: whoever made it read the text of that day.
        """
        if self.kind == "agreement" or line.proof == "compared":
            return True
        current = day is None or _within(day, self.valid_from, self.valid_to)
        return self.trusted and line.proof == "text" and current


def _within(day: date, first: str, last: str) -> bool:
    """Say whether a day lies between two ISO days, both included; '' is no bound."""
    return (not first or first <= day.isoformat()) and (not last or day.isoformat() <= last)
