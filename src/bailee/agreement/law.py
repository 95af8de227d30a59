"""Laws and standards beside an agreement: which apply, and who compared them with their text. Pure.

A controller's register holds one *registration* for each stretch of days over which a law applies
to it. A *comparison* is a named person's word that lines of a law, as they stand here, say what its
current text says: from then on these lines count, and the law is fresh again. A comparison adds
claims and takes none away, so it can make a duty stricter and never laxer (C7.1).

Not checked here: whether the law does apply, and whether whoever compared did so. Both are people's
statements, and are shown with their names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec

from bailee.agreement.source import Obligation, Terms
from bailee.errors import Conflict, Invalid

OLDEST = timedelta(days=3653)
"""No comparison older than that is taken; whatever it was compared with is not current."""


@dataclass(frozen=True)
class Registration:
    """A law applies to a controller from a day on; ``until`` is the first day on which it does not.

    ``recorded`` is when it was written down: a day before that was dated back, and is shown so.
    """

    law: str
    number: int
    since: date
    reason: str
    recorded: datetime
    recorded_by: str
    until: date | None = None
    ended_reason: str = ""
    ended: datetime | None = None
    ended_by: str = ""

    def applies_on(self, day: date) -> bool:
        """Say whether the law applies on a day."""
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def dated_back(self) -> bool:
        """Say whether it was written down after the day on which it begins."""
        return self.since < self.recorded.date()


@dataclass(frozen=True)
class Comparison:
    """Who compared which lines of a law with which text, and when.

    ``edition`` names that text, ``place`` where what was written about it is kept. ``lines`` are
    ids with the digest of what each said: a line that a later release says otherwise was not
    compared.
    """

    comparison_id: str
    law: str
    edition: str
    place: str
    lines: Mapping[str, str]
    compared: date
    recorded: datetime
    recorded_by: str


def check_new(known: Sequence[Registration], law: str, since: date) -> None:
    """Refuse a registration that another one covers.

    Raises:
        Conflict: ``law.registered``.
    """
    for one in known:
        if one.law == law and (one.until is None or since < one.until):
            raise Conflict(
                "law.registered",
                "This law stands in the register on that day.",
                do="Let it begin after the other registration has ended.",
            )


def living(known: Sequence[Registration], law: str) -> Registration:
    """Return the registration of a law that has no end.

    Raises:
        Conflict: ``law.not_registered``.
    """
    found = [one for one in known if one.law == law and one.until is None]
    if not found:
        raise Conflict("law.not_registered", "This law is not registered, or has an end already.")
    return found[0]


def check_end(one: Registration, until: date, today: date) -> None:
    """Refuse an end in the past: a clock that ran under the law would never have run.

    Raises:
        Invalid: ``law.ended_back``.
    """
    if until < today or until <= one.since:
        raise Invalid(
            "law.ended_back",
            "A law ceases to apply today at the earliest, and after the day on which it began.",
            do="Give the first day on which it does not apply.",
        )


def check_comparison(terms: Terms, lines: Collection[str], compared: date, today: date) -> None:
    """Refuse a comparison of nothing, of another law's lines, to come, or of long ago.

    Raises:
        Invalid: ``law.lines``, ``law.compared_day``.
    """
    if not lines or not {line.id for line in terms.obligations}.issuperset(lines):
        raise Invalid(
            "law.lines",
            "A comparison names lines of this law, one at least.",
            do="Name lines by the ids that the register shows.",
        )
    if not today - OLDEST <= compared <= today:
        raise Invalid(
            "law.compared_day",
            "A comparison was made by today, and with a text that may still be the current one.",
            do="Give the day on which it was made, of the last ten years.",
        )


def as_compared(terms: Terms, comparisons: Sequence[Comparison]) -> Terms:
    """Return a law with the lines that people compared counting from then on."""
    named = _last_days(comparisons, terms)
    lines = tuple(
        msgspec.structs.replace(line, proof="compared") if line.id in named else line
        for line in terms.obligations
    )
    return msgspec.structs.replace(terms, obligations=lines)


@dataclass(frozen=True)
class Freshness:
    """How fresh what is known of a law's duties of ours is on a day.

    ``oldest`` is the day on which the line was compared that nobody compared since; None where one
    never was in its current text: ``unread`` names those.
    """

    oldest: date | None
    unread: tuple[str, ...]


def freshness(terms: Terms, comparisons: Sequence[Comparison], day: date) -> Freshness:
    """Say how fresh a law is: of our own lines in force on a day, those that nobody reread.

    A law of which no line binds us is as fresh as its last reading.
    """
    shipped = date.fromisoformat(terms.verified) if terms.verified else None
    last = _last_days(comparisons, terms)
    days: dict[str, date | None] = {}
    for line in (one for one in terms.obligations if one.counted and one.holds_on(day)):
        own = shipped if line.proof == "text" and terms.proves(line, day) else None
        days[line.id] = max(filter(None, (own, last.get(line.id))), default=None)
    unread = tuple(name for name, found in days.items() if found is None)
    known = [found for found in (days.values() if days else (shipped, *last.values())) if found]
    if unread or not known:
        return Freshness(None, unread)
    return Freshness(min(known) if days else max(known), ())


def _last_days(comparisons: Sequence[Comparison], terms: Terms) -> Mapping[str, date]:
    """Return the last day on which each line was compared, as it says now."""
    now = {line.id: digest(line) for line in terms.obligations}
    last: dict[str, date] = {}
    for one in comparisons:
        for line, said in one.lines.items():
            if one.law == terms.id and now.get(line) == said:
                last[line] = max(one.compared, last.get(line, date.min))
    return last


def digest(line: Obligation) -> str:
    """Return the SHA-256 of what a line says: whose it is, what, how much, from what on, when."""
    said = msgspec.json.encode([getattr(line, name) for name in _SAID])
    return hashlib.sha256(said).hexdigest()


_SAID = (
    "id", "clause", "kind", "actor", "summary", "quantity", "unit", "direction", "counting",
    "calendar", "timezone", "trigger", "contents", "vague", "by_both", "valid_from", "valid_to",
)  # fmt: skip


def ours(terms: Terms) -> tuple[Obligation, ...]:
    """Return the lines of a law that bind a processor."""
    return tuple(line for line in terms.obligations if line.counted)
