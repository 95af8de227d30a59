"""Particulars: lines with a label and a value, and which of the wanted things a label names.

An annex that describes processing is known by such lines, whatever its title and whatever shape
they have: ``Purpose: …``, a row of a table, dot leaders, a heading over a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bailee.agreement.clause import Clause, Contract

_ANNEX = (
    r"(?:annex(?:ure)?|appendix|schedule|exhibit|attachment|sheet|part|section|table|enclosure"
    r"|addendum|module)"
)
_HEADING = re.compile(
    rf"[\W_]{{0,6}}(?:in\s+)?{_ANNEX}\s+(?-i:[A-Z]{{1,4}}|[0-9]{{1,2}})\b", re.IGNORECASE
)
_MARK = re.compile(
    r"[\s|*#>_\u2022\u25cf\u25aa\u2013\u2014-]*"
    r"(?:(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,2}|[A-Za-z]|[ivx]{1,4})[.)]|\([A-Za-z0-9]{1,4}\)"
    r"|No\.?\s?[0-9]{1,2}|[0-9]{1,2}(?=\s))?[\s|*_]*"
)
_PAIR = re.compile(
    r"(?P<label>[^:|\t\n.;]{2,110}?)[\s*_]*(?::|\t|\s?\||\s?\.{3,}|\s{4,}|\s[\u2013\u2014-]\s)[\s*_|.:]*"
)
_SENTENCE = re.compile(r"(?P<label>[A-Z][^.:;|\t\n]{1,60})\.\s+(?=\S)")
_ALONE = re.compile(r"(?P<label>[A-Z][^.:;|\t\n]{2,130})[\s*_:]*$")
_INNER = re.compile(r"[.;]\s+(?P<label>[A-Z][\w ,/'-]{1,60}):\s")

_SENSITIVE = r"sensitive|special\s+categor|criminal|article\s+9|art\.?\s+9"
_THINGS = r"(?:data|information|records?|(?:personal|contact)\s+(?:details|particulars))"
_PEOPLE = (
    r"(?:people|persons?|individuals?|consumers?|customers?|employees?|patients?|members?|users?"
    r"|pupils?|students?|clients?|staff|workers?|visitors?|residents?|households?|subscribers?"
    r"|passengers?|tenants?|donors?|applicants?|candidates?|guests?|drivers?|children|citizens?"
    r"|taxpayers?|policyholders?|beneficiar(?:y|ies)|participants?|contacts|account\s+holders?)"
)
_KINDS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "subject matter": r"subject[\s-]*matter|^(?:the\s+)?(?:subject|object|matter|topic|job"
        r"|project|engagement|assignment|scope|services?|contract|mandate|task|background"
        r"|context)$|subject\s+of\b|object\s+of\b|scope\s+of\b|\babout$"
        r"|services?\s+(?:provided|concerned)|description\s+of\s+(?:the\s+)?services?",
        "duration": r"duration|\bterm\b|how\s+long(?!.*\b(?:keep|kept|stor|retain|hold|held))"
        r"|(?:processing|contract)\s+period|^period$|period\s+of\s+(?:the\s+)?(?:processing|service"
        r"|contract|transfer)|validity|lifetime|start\s+(?:and|to|date)|time\s?(?:frame|span)"
        r"|^from\b|^when\b",
        "nature": r"\bnature\b|\boperations?\b|activit(?:y|ies)|what\s+(?:\w+\s+){1,3}(?:do|does"
        r"|happens)|\bhow\s+(?!long|often)|(?:kind|type|manner|method|means|form|mode)s?\s+of\s+(?:the"
        r"\s+)?(?:data\s+)?processing|processing\s+(?:steps|methods?)|^processing$|what\s+happens"
        r"|what\s+is\s+done",
        "purposes": r"purpose|^why\b|\baims?\b|\bobjectives?\b|\breasons?\b|\bgoals?\b|what\s+for"
        r"|^(?:permitted\s+|allowed\s+)?uses?$",
        "categories of personal data": r"^(?:the\s+)?"
        rf"(?:(?!{_SENSITIVE})[\w'-]+\s+){{0,3}}{_THINGS}"
        r"(?:\s+(?:elements?|fields?|items?|types?|categor\w+|concerned|processed|transferred|sets?"
        r"|collected|involved|held|used|in\s+scope|points?|covered|affected))*$"
        rf"|(?:categor\w+|types?|kinds?|class\w*|sorts?|elements?|fields?|items?|list)\s+of\s+"
        rf"(?:(?!{_SENSITIVE})[\w'-]+\s+){{0,3}}{_THINGS}\b(?!\s+subject)|\b(?:which|what)\s+(?:\w+\s+)"
        rf"{{0,2}}{_THINGS}\b|data\s+(?:elements?|types?|fields?|categor\w+)\b"
        rf"|(?:and|/|,)\s+(?:(?!{_SENSITIVE})\w+\s+){{0,2}}{_THINGS}"
        r"(?:\s+(?:processed|concerned))?$",
        "categories of data subjects": r"data\s+subjects?|\bwhose\b|\bwho\s+is\b"
        rf"|\bwho(?:m)?\s+(?:it\s+)?(?:concern|affect|about)|^who$|\b{_PEOPLE}\b(?!\s+(?:with\s+access|in\s+charge|responsible"
        r"|data|information|records))|\b(?:concerned|affected)$",
        "sensitive data": _SENSITIVE + r"|health\b",
        "frequency of the transfer": r"frequen|how\s+often|regularity|\binterval|continuous"
        r"|\btiming\b",
        "retention period": r"retention|\bretain"
        r"|how\s+long\b.*\b(?:keep|kept|stor|retain|hold|held)"
        r"|storage\s+(?:period|time|limit|duration)|deletion|erasure|\bkept\b|period\s+for\s+which"
        r"|^storage$|keeping",
        "sub-processing": r"sub-?\s?process|sub-?\s?contract|\bhelp(?:s|ers?)\b|helper|partners?\b"
        r"|other\s+(?:compan|processors)|further\s+processors?|third\s+part|recipients?|vendors?\b"
        r"|suppliers?\b|providers\b|\(sub-?\)\s?-?process",
    }.items()
}
_NO_PEOPLE = re.compile(
    r"contact\s+person|responsible|authori[sz]ed|\baccess\b|exporter|importer|controller|officer"
    r"|representative|sub-?\s?process|sub-?\s?contract|number\s+of",
    re.IGNORECASE,
)
PEOPLE, DATA_KINDS, SUB = (
    "categories of data subjects",
    "categories of personal data",
    "sub-processing",
)


@dataclass(frozen=True, slots=True)
class Particular:
    """One label with its value: source offsets of the line, what the label names."""

    start: int
    end: int
    label: str
    value: str
    kinds: frozenset[str]


@dataclass(slots=True)
class Sheet:
    """A stretch of the text under one heading, with its particulars."""

    start: int
    end: int
    heading: str
    annexed: bool
    clause: Clause | None
    lines: list[Particular] = field(default_factory=list)

    @property
    def kinds(self) -> frozenset[str]:
        """Everything that the labels name."""
        return frozenset(kind for line in self.lines for kind in line.kinds)


def kinds_of(label: str) -> frozenset[str]:
    """Return which of the wanted things a label names; several when it joins them."""
    plain = " ".join(label.replace("(s)", "s").split()).strip(" *_'\"")
    plain = re.sub(r"\s*\([^()]*\)$", "", plain)
    found = {name for name, pattern in _KINDS.items() if pattern.search(plain)}
    if PEOPLE in found and _NO_PEOPLE.search(plain):
        found.discard(PEOPLE)
    if SUB in found and re.search(r"data\s+subject|person(?:al|s)|categor", plain, re.IGNORECASE):
        found.discard(SUB)
    return frozenset(found)


def sheets(contract: Contract) -> list[Sheet]:
    """Return the stretches between headings of annexes, parts and top sections, in order."""
    cuts = _cuts(contract)
    out: list[Sheet] = []
    for at, (start, heading, annexed, clause) in enumerate(cuts):
        end = cuts[at + 1][0] if at + 1 < len(cuts) else len(contract.view)
        sheet = Sheet(start, end, heading, annexed, clause)
        sheet.lines.extend(_particulars(contract.source, sheet))
        out.append(sheet)
    return out


_Cut = tuple[int, str, bool, Clause | None]


def _cuts(contract: Contract) -> list[_Cut]:
    found: dict[int, _Cut] = {0: (0, "", False, None)}
    annexes = sorted(c.start for c in contract.clauses if c.kind == "annex")
    last = annexes[0] if annexes else len(contract.view)
    for clause in contract.clauses:
        if clause.kind in {"annex", "block"}:
            heading = f"{clause.label} {clause.title}"
            found[clause.start] = (clause.start, heading, True, clause)
        elif clause.parent is None and clause.kind == "section" and clause.start < last:
            found[clause.start] = (clause.start, clause.title, False, clause)
    blank, at = True, 0
    for line in contract.source.splitlines(keepends=True):
        bare = line.strip()
        if (
            blank
            and len(bare) <= 110
            and not bare.endswith((".", ";", ","))
            and _HEADING.match(bare)
        ):
            start = at + len(line) - len(line.lstrip())
            close = next((s for s in (start, at) if s in found), None)
            if close is None:
                inside = _HEADING.match(bare) is not None
                found[start] = (start, bare, inside, None)
        blank = not bare
        at += len(line)
    return [found[start] for start in sorted(found)]


# In running text, labels further apart than this belong to different things.
_GAP = 3


def _particulars(source: str, sheet: Sheet) -> list[Particular]:
    """Return the particulars of a sheet; in running text, only the longest run of them."""
    at, row, last = sheet.start, 0, -_GAP
    runs: list[list[Particular]] = [[]]
    for line in source[sheet.start : sheet.end].splitlines(keepends=True):
        row += bool(line.strip())
        found = list(_read(line.replace("\u00a0", " "), at, annexed=sheet.annexed))
        at += len(line)
        if found:
            if row - last > _GAP and not sheet.annexed:
                runs.append([])
            runs[-1].extend(found)
            last = row
    return max(runs, key=lambda run: len({kind for one in run for kind in one.kinds}))


def _read(line: str, at: int, *, annexed: bool) -> Iterator[Particular]:
    bare = line.rstrip()
    mark = _MARK.match(bare)
    begin = mark.end() if mark is not None else 0
    pair = _PAIR.match(bare, begin)
    if pair is None and annexed:
        pair = _SENTENCE.match(bare, begin) or _ALONE.match(bare, begin)
    if pair is None:
        return
    kinds = kinds_of(pair["label"])
    value = bare[pair.end() :].strip(" |*_")
    if kinds:
        yield Particular(at + begin, at + len(bare), pair["label"].strip(), value, kinds)
    for inner in _INNER.finditer(bare, pair.end() - 1 if pair.end() > begin else begin):
        start = inner.start("label")
        yield Particular(
            at + start,
            at + len(bare),
            inner["label"],
            bare[inner.end() :],
            kinds_of(inner["label"]),
        )
