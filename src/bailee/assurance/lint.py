"""The linter: reads a page, and says of every claim on it whether it still holds.

Rules, none about a particular page:

1. A sentence that denies, asks, or tells what was, claims nothing (``polarity``).
2. An edition or a standard that ended by that day is *stale*.
3. An edition that the table does not know, or that was not issued yet, is *wrong*; so is a
   certificate that nobody issues.
4. A report or certificate that the page itself dates too early is *stale* (``age``).
5. What is left lives: with evidence it is *supported*, *stale* or *unsupported*.

The page's last word counts: what is only told in the past, or only named, is history when the page
says elsewhere that it ended or what came after it.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bailee.assurance.age import Said, said, said_apart
from bailee.assurance.claim import Claim, Report
from bailee.assurance.evidence import read_evidence
from bailee.assurance.judge import Bench, Verdict, end_of, verdict
from bailee.assurance.lives import Life, load_lives
from bailee.assurance.page import Page, read_page
from bailee.assurance.polarity import LABEL_MAX, Standing, masked, negative_label, standing
from bailee.assurance.recognise import Mention, Vocabulary
from bailee.errors import Oversized

MENTIONS_MAX = 10_000
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

    def date(self, number: int, found: Said | None) -> None:
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
    row_id, edition = one.thing
    return row_id, edition if isinstance(
        one.mention.row, Life
    ) and one.mention.row.kind == "report" else ""


@functools.lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the spellings of the shipped table."""
    return Vocabulary(load_lives())


def lint(
    data: bytes, on: date, *, evidence: bytes | None = None, everything: bool = False
) -> Report:
    """Return what a page claims, as it stands on a day.

    Args:
        data: the page: plain text, Markdown or HTML.
        on: the day.
        evidence: a list of certifications; every living claim is then compared with it.
        everything: tell living claims without evidence too, as ``unsupported``.

    Raises:
        Oversized: ``page.too_large``, ``page.too_many_claims``, ``evidence.too_large``.
        Invalid: ``page.encoding``, ``evidence.*``.
    """
    lives, words = load_lives(), vocabulary()
    page = read_page(data)
    shown = read_evidence(evidence, words, lives.life) if evidence is not None else None
    bench = Bench(on, lives.verified, shown)
    whole = _read(page, words, on)
    told = [
        _claim(page, one, found)
        for number, one in enumerate(whole.named)
        if (found := _judge(one, whole, bench, whole.age(number))) is not None
        and (found.tell or everything or shown is not None)
    ]
    counts = Counter(claim.state for claim in told)
    return Report(
        page=page.sha256,
        on=on,
        table=lives.verified,
        claims=tuple(sorted(told, key=lambda claim: (claim.start, claim.end, claim.standard))),
        counts={state: counts[state] for state in ("supported", "stale", "unsupported", "wrong")},
    )


def _read(page: Page, words: Vocabulary, on: date) -> Whole:
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
        plain = text.strip(" \n-\u2022\u2013,")
        item = len(plain) < LABEL_MAX and not plain.endswith((".", "!"))
        if not item or plain.endswith(":") or not (found or text.lstrip().startswith("-")):
            refused = item and negative_label(plain)
        if not found and last and number - last[1] <= APART:
            whole.date(last[2], said_apart(text, last[0].lasts))
        if refused and not plain.endswith(":"):
            whole.named += [Named(one, start, ("", ""), _REFUSED) for one in found]
            whole.over |= {one.thing for one in whole.named[-len(found) :] if found}
            continue
        for life in _sentence(whole, found, (start, text), on):
            last = (life, number, len(whole.named) - 1)
    return whole


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
                whole.date(len(whole.named) - 1, said(text, span, stop, row.lasts))
                yield row
    for number in range(len(whole.named) - 2, first - 1, -1):  # ``SOC 1 and SOC 2 reports, period``
        here, after = whole.named[number], whole.named[number + 1]
        if here.mention.row is after.mention.row and number not in whole.ages:
            whole.date(number, whole.ages.get(number + 1))


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


def _judge(one: Named, whole: Whole, bench: Bench, age: Said | None) -> Verdict | None:
    stands, row = one.standing, one.mention.row
    if stands.denied:
        return None
    found = verdict(one.mention, one.around, age, bench)
    if found.state == "stale":
        told_over = one.thing in whole.over or (row.id, "") in whole.over
        if told_over and not stands.asserted:
            return None
        if stands.past and (told_over or row.id in whole.living):
            return None
    if not found.tell and (not stands.asserted or (isinstance(row, Life) and row.kind == "law")):
        return None
    return found


def _claim(page: Page, one: Named, found: Verdict) -> Claim:
    start, end = page.span(one.base + one.mention.start, one.base + one.mention.end)
    line, column = page.place(start)
    mention = one.mention
    return Claim(
        state=found.state,
        standard=mention.row.id,
        version=mention.edition.id if mention.edition else mention.version,
        start=start,
        end=end,
        line=line,
        column=column,
        excerpt=page.excerpt(start, end),
        since=found.since,
        successor=found.successor,
        reason=found.reason,
        source=found.source,
    )
