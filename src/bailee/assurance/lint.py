"""The linter: reads a page, and says of every claim on it whether it still holds.

Rules, none about a particular page:

1. A sentence that denies, asks, or tells what was, claims nothing (``polarity``).
2. An edition or a standard that ended by that day is *stale*.
3. An edition that the table does not know, or that was not issued yet, is *wrong*; so is a
   certificate that nobody issues.
4. A report or certificate that the page itself dates too early is *stale* (``age``).
5. What is left lives: with evidence it is *supported*, *stale* or *unsupported*.

The page's last word counts (``reading``).
"""

from __future__ import annotations

import functools
from collections import Counter
from datetime import date

from bailee.assurance.age import Said
from bailee.assurance.claim import Claim, Report
from bailee.assurance.evidence import read_evidence
from bailee.assurance.judge import Bench, Verdict, verdict
from bailee.assurance.lives import Life, load_lives
from bailee.assurance.page import Page, read_page
from bailee.assurance.reading import Named, Whole, read_whole
from bailee.assurance.recognise import Vocabulary


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
    whole = read_whole(page, words, on)
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
