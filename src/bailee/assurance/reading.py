"""What a whole page says: every name on it, how each stands, and what one says of another.

The page's last word counts. What a sentence only tells in the past, or only names, is history when
the page says elsewhere that it ended or what came after it; a report's age is that of the latest
one named; a heading such as *Disabled protocols* takes back what is listed under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bailee.assurance.age import Said, said, said_apart
from bailee.assurance.judge import end_of
from bailee.assurance.lives import Life
from bailee.assurance.page import Page
from bailee.assurance.polarity import LABEL_MAX, Standing, masked, negative_label, standing
from bailee.assurance.recognise import Mention, Vocabulary
from bailee.errors import Oversized

MENTIONS_MAX = 10_000
"""More names than any page has; beyond it the work is refused."""
AROUND = 150
APART = 3
"""How many sentences behind a name may still speak of its report."""

_REFUSED = Standing(denied=True, past=False, asserted=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A mention, the sentence around it, and how it stands there."""

    mention: Mention
    base: int
    around: tuple[str, str]
    standing: Standing

    @property
    def thing(self) -> tuple[str, str]:
        """Return the row and edition."""
        return self.mention.row.id, self.mention.edition.id if self.mention.edition else ""


@dataclass(slots=True)
class Whole:
    """What the page says as a whole.

    ``over``: things that it says are no more, or not so. ``living``: standards of which it claims
    an edition that lives. ``ages``: the life that it gives to a report, by the number of its
    mention; ``latest``: the longest of each report.
    """

    named: list[Named] = field(default_factory=list)
    over: set[tuple[str, str]] = field(default_factory=set)
    living: set[str] = field(default_factory=set)
    ages: dict[int, Said] = field(default_factory=dict)
    latest: dict[tuple[str, str], Said] = field(default_factory=dict)

    def note_age(self, number: int, found: Said | None) -> None:
        """Note what is said about the age of a mention's report."""
        if found is not None:
            key = _report(self.named[number])
            self.ages[number] = found
            self.latest[key] = max(found, self.latest.get(key, found), key=_until)

    def age(self, number: int) -> Said | None:
        """Return what is said of a mention's age, if the page names no later report of its kind."""
        found = self.ages.get(number)
        return found and self.latest[_report(self.named[number])]


def _until(said: Said) -> date:
    return said.speaks_until


def _report(one: Named) -> tuple[str, str]:
    """SOC 1 and SOC 2 are two reports; two editions of a standard are one certificate's."""
    row, (row_id, edition) = one.mention.row, one.thing
    return row_id, edition if isinstance(row, Life) and row.kind == "report" else ""


def read_whole(page: Page, words: Vocabulary, on: date) -> Whole:
    """Return what a page says, as understood on a day.

    Raises:
        Oversized: ``page.too_many_claims``.
    """
    whole = Whole()
    last: tuple[Life, int, int] | None = None
    refused = False  # the heading or label above takes back what is listed under it
    for number, (start, end) in enumerate(page.sentences()):
        text = page.view[start:end]
        found = words.mentions(text)
        if len(whole.named) + len(found) > MENTIONS_MAX:
            raise Oversized(
                "page.too_many_claims",
                f"The page names standards more than {MENTIONS_MAX} times.",
                do="Lint the pages of a site one by one.",
            )
        label = _label(text, listed=bool(found))
        refused = refused if label is None else label
        if not found and last and number - last[1] <= APART:
            whole.note_age(last[2], said_apart(text, last[0].lasts))
        if refused and label is None:
            listed = [Named(one, start, ("", ""), _REFUSED) for one in found]
            whole.named += listed
            whole.over |= {one.thing for one in listed}
            continue
        for life in _sentence(whole, found, (start, text), on):
            last = (life, number, len(whole.named) - 1)
    return whole


def _label(text: str, *, listed: bool) -> bool | None:
    """Return whether a heading, label or sentence refuses what follows; none for a list's item."""
    plain = text.strip(" \n-\u2022\u2013,")
    short = len(plain) < LABEL_MAX and not plain.endswith((".", "!"))
    if short and not plain.endswith(":") and (listed or text.lstrip().startswith("-")):
        return None
    return short and negative_label(plain)


def _sentence(
    whole: Whole, found: Sequence[Mention], place: tuple[int, str], on: date
) -> Iterator[Life]:
    """Take down what one sentence names; yield the reports among it."""
    base, text = place
    first = len(whole.named)
    for mention in found:
        span = (mention.start, mention.end)
        others = [
            (o.start, o.end) for o in found if o.start >= mention.end or o.end <= mention.start
        ]
        one = Named(mention, base, _around(text, span, others), _stands(text, span, others, on))
        row = mention.row
        said_only = isinstance(row, Life) and row.kind == "algorithm" and not one.standing.asserted
        if said_only and len(text) > LABEL_MAX:
            continue  # a file's name or fingerprint, not what protects anything
        whole.named.append(one)
        if one.standing.denied:
            whole.over.add(one.thing)
        elif isinstance(row, Life):
            ends = end_of(row, mention.edition)
            if mention.edition and (ends is None or ends.ended is None or ends.ended > on):
                whole.living.add(row.id)
            if row.lasts:
                stop = min((s for s, _ in others if s >= mention.end), default=len(text))
                whole.note_age(len(whole.named) - 1, said(text, span, stop, row.lasts))
                yield row
    for number in range(len(whole.named) - 2, first - 1, -1):  # ``SOC 1 and SOC 2 reports, period``
        here, after = whole.named[number], whole.named[number + 1]
        if here.mention.row is after.mention.row and number not in whole.ages:
            whole.note_age(number, whole.ages.get(number + 1))


def _stands(
    text: str, span: tuple[int, int], others: Sequence[tuple[int, int]], on: date
) -> Standing:
    stands = standing(text, span, others, on)
    if text.rstrip().endswith("?"):
        return Standing(denied=not stands.asserted, past=True, asserted=False)
    return stands


def _around(text: str, span: tuple[int, int], others: Sequence[tuple[int, int]]) -> tuple[str, str]:
    before = masked(text, others, max(0, span[0] - AROUND), span[0])
    return before, masked(text, others, span[1], span[1] + AROUND)
