"""What becomes of one claim, by the table, the day and the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bailee.assurance.age import Said
from bailee.assurance.claim import State
from bailee.assurance.evidence import Shown
from bailee.assurance.lives import Edition, Life, Phrase
from bailee.assurance.polarity import MASK
from bailee.assurance.recognise import Mention

TRUSTED = timedelta(days=366)
"""So long after it was verified, the table says that an edition unknown to it does not exist."""

_CERTIFIED = (
    r"certif(?:ied|ications?|icates?)\b"
    r"(?!\s(?:public|auditor|professional|assessor|staff|internal|analyst|engineer|expert|team|specialist|partner))"
)
_SO = r"(?:[\s-]*(?:compliance|compliant|type\s[12i]{1,2}|fully|level\s[0-9]))?[\s-]*"
_FOR = r"as|under|for|to|in|the|being|against|fully|both|an?|aicpa"
# One level of repetition, and each way begins differently: no backtracking to speak of.
_BEHIND = re.compile(rf"^(?:[\s,/&()-]|and\b|or\b|{MASK})*{_SO}{_CERTIFIED}")
_BEHIND_CLOSE = re.compile(rf"^{_SO}{_CERTIFIED}")
_AHEAD = re.compile(
    rf"\b{_CERTIFIED}(?=[\s-])(?!\s(?:and|or)\b)(?:(?:{_FOR}|and|or)\b|[\s,/&()-]|{MASK})*$"
)
_AHEAD_COMPLIANT = re.compile(
    rf"\b{_CERTIFIED}\s(?:as\s|fully\s)*compliant\s(?:with|under|to)\s(?:the\s)?$"
)
_LIST_GOES_ON = re.compile(r"\s*(?:$|[.,;)!&/\n]|and\b|or\b|complian|certif)")
_AHEAD_CLOSE = re.compile(rf"\b{_CERTIFIED}(?=[\s-])(?:(?:{_FOR})\b|[\s-])*$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state and why; ``tell`` unless it is only of interest beside evidence."""

    state: State
    since: date | None
    successor: str
    reason: str
    source: str
    tell: bool = True


@dataclass(frozen=True, slots=True)
class Bench:
    """By what claims are judged.

    ``evidence`` is none when nobody gave any; an empty list is evidence that there is none.
    """

    on: date
    verified: date
    evidence: Sequence[Shown] | None


def verdict(mention: Mention, around: tuple[str, str], age: Said | None, bench: Bench) -> Verdict:
    """Judge a claim that its sentence neither denies nor tells as history.

    Args:
        mention: what is claimed.
        around: the words of the clause before and behind it, other names masked.
        age: the latest life that the page gives to its report.
        bench: the day, the table's day, the evidence.
    """
    row = mention.row
    if isinstance(row, Phrase):
        return Verdict(row.state, None, "", row.reason, row.source)
    found = (
        _ended(mention, row, bench)
        or _unknown(mention, row, bench)
        or _certified(row, around)
        or _aged(row, mention, age, bench.on)
    )
    return found or _living(mention, row, bench)


def name_of(life: Life, mention: Mention) -> str:
    """Return what is claimed, as one writes it."""
    if not mention.version:
        return life.name
    shown = mention.edition.id if mention.edition else mention.version
    if life.shape == "year" and life.name.startswith("ISO"):
        return f"{life.name}:{shown}"
    if life.id.startswith("fips"):
        return f"{life.name}-{shown}"
    if life.id.startswith("nist-8"):
        return f"{life.name} Rev. {shown}"
    return f"{life.name} ({shown})" if life.shape == "year" else f"{life.name} {shown}"


def end_of(life: Life, edition: Edition | None) -> Life | Edition | None:
    """Return the row whose end counts: the edition's, else the standard's."""
    return edition if edition is not None and edition.ended else life if life.ended else None


def _ended(mention: Mention, life: Life, bench: Bench) -> Verdict | None:
    name = name_of(life, mention)
    if life.yearly and mention.version:
        end = date(int(mention.version) + 1, 1, 1)
        if end > bench.on:
            return None
        reason = f"{name} gave way to the edition of the next year on {end}."
        return Verdict("stale", end, f"{life.name} of {bench.on.year}", reason, life.source)
    row = end_of(life, mention.edition)
    if row is None or row.ended is None or row.ended > bench.on:
        return None
    if life.outlives and (paper := _alive(mention, life, bench)) is not None:
        reason = (
            f"{name} {row.how} on {row.ended}; the result reached before runs until {paper.until}."
        )
        return Verdict("supported", paper.paper.issued, row.successor, reason, row.source)
    after = f"; now {row.successor}" if row.successor else ""
    return Verdict(
        "stale",
        row.ended,
        row.successor,
        f"{_cap(name)} {row.how} on {row.ended}{after}.",
        row.source,
    )


def _unknown(mention: Mention, life: Life, bench: Bench) -> Verdict | None:
    name, edition = name_of(life, mention), mention.edition
    issued = edition.issued if edition else None if mention.version else life.issued
    if issued and issued > bench.on:
        reason = f"{_cap(name)} did not exist before {issued}."
        return Verdict("wrong", None, "", reason, life.source)
    if not mention.version or edition is not None or life.yearly:
        return None
    fresh = bench.on <= bench.verified + TRUSTED
    reason = f"{_cap(name)} is no edition that the table of {bench.verified} knows."
    return Verdict("wrong" if fresh else "unsupported", None, _latest(life), reason, life.source)


def _latest(life: Life) -> str:
    living = [edition for edition in life.edition if edition.ended is None]
    return f"{life.name} {living[-1].id}" if living else ""


def _certified(life: Life, around: tuple[str, str]) -> Verdict | None:
    """Find a certificate that nobody issues, or only under a scheme that is to be named."""
    if not life.certificate:
        return None
    before, after = around
    close = life.certificate == "report"
    behind, ahead = (_BEHIND_CLOSE, _AHEAD_CLOSE) if close else (_BEHIND, _AHEAD)
    said = behind.search(after[:120]) or _AHEAD_COMPLIANT.search(before[-120:])
    if said is None:
        said = ahead.search(before[-120:])
        # ``certified under X, and HIPAA binds us`` is another sentence, no list.
        if said is None or (MASK in said[0] and not _LIST_GOES_ON.match(after)):
            return None
    state: State = "unsupported" if life.certificate == "scheme" else "wrong"
    return Verdict(state, None, "", life.certificate_says, life.certificate_source)


def _aged(life: Life, mention: Mention, age: Said | None, on: date) -> Verdict | None:
    if age is None or age.speaks_until >= on:
        return None
    name = name_of(life, mention)
    reason = f"The page's latest {name} paper {age.how}; it speaks until {age.speaks_until}."
    return Verdict(
        "stale", age.speaks_until + timedelta(days=1), "a newer one", reason, life.source
    )


def _alive(mention: Mention, life: Life, bench: Bench) -> Shown | None:
    for one in bench.evidence or ():
        fits = one.life is life and (mention.edition is None or one.edition is mention.edition)
        if fits and one.paper.issuer and one.until is not None and one.until >= bench.on:
            return one
    return None


def _living(mention: Mention, life: Life, bench: Bench) -> Verdict:
    name = _cap(name_of(life, mention))
    if found := _alive(mention, life, bench):
        begun = found.paper.period_end or found.paper.issued
        reason = f"{name} lives, and the evidence of {found.paper.issuer} runs until {found.until}."
        return Verdict("supported", begun, "", reason, life.source)
    of_it = [one for one in bench.evidence or () if one.life is life]
    fitting = [one for one in of_it if mention.edition is None or one.edition is mention.edition]
    over = [one.until for one in fitting if one.until is not None and one.until < bench.on]
    if over:
        last = max(over)
        reason = f"The evidence for {name_of(life, mention)} ran until {last}."
        return Verdict("stale", last + timedelta(days=1), "a newer one", reason, life.source)
    if fitting:
        reason = f"{name} lives, but its evidence lacks issuer or dates."
    elif of_it:
        reason = f"{name} lives, but the evidence is of another edition."
    else:
        reason = (
            f"{name} lives, but no evidence of it was given: who, when, for what period and scope."
        )
    return Verdict("unsupported", None, "", reason, life.source, tell=False)


def _cap(name: str) -> str:
    return name[:1].upper() + name[1:]
