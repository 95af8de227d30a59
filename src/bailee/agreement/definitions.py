"""Which terms a contract defines, where, and within which clause they hold.

Recognised: quoted terms (any quotation marks, or bold) followed by a word of meaning; quoted terms
in parentheses; terms given to a party or a person; terms at the head of a paragraph in a list or
table of definitions; lists of terms that take their meaning from elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bailee.agreement.clause import Clause, Contract, Definition, Paragraph
from bailee.agreement.place import Numbers
from bailee.agreement.sentence import sentences

Form = Literal["means", "inline", "list", "role"]

_QUOTED = re.compile(
    '["\u201c\u201d\u201e\u00ab](?P<double>[^"\u201c\u201d\u201e\u00ab\u00bb\n]{1,80})["\u201c\u201d\u00bb]'
    "|\u2018(?P<single>[^\u2018\u2019\n]{1,60})\u2019(?![a-z])"
    r"|(?<![A-Za-z])'(?P<straight>[A-Z][^'\n]{1,60})'(?![A-Za-z])"
    r"|\*\*(?P<bold>[^*\n]{1,80})\*\*"
)
_BETWEEN = re.compile(
    r"[\s,;/&]{0,4}(?:and|or|and/or)?[\s,]{0,3}(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE
)
_MEANING = re.compile(
    r"\s*(?:\([^()]{0,80}\)\s*)?,?\s*(?:,[^,;.\"]{0,80},\s*)?"
    r"(?:as\s+used\s+(?:in|herein)[^,.;\"]{0,60},?\s*)?"
    r"(?:(?:shall|will|each|also|together|collectively|respectively|both|all)\s+){0,3}"
    r"(?:means?\b|includes?\b|refers?\s+to\b|(?:is|are)\s+(?:as\s+)?defined\b|denotes?\b"
    r"|(?:have|has|having|bears?|carry|takes?)\s+(?:the\s+)?(?:(?:same|respective"
    r"|following)\s+)*meanings?\b)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\s*(?::|\u2013|-\s|\|)")
_PAREN_LEAD = re.compile(
    r"(?:[\s,:;]|(?:the|an?|each|any|such|all|both|collectively|together|individually|hereinafter|hereafter"
    r"|herein|referred|to|as|and|or|in|this|with|its|their|affiliates|jointly|respectively|being"
    r"|agreement|addendum|contract|document|also|known|defined|called|below|part(?:y|ies)|for"
    r"|purposes|of|section|clause|short|only|[0-9.]+)(?![A-Za-z0-9]))*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:hereinafter|hereafter|referred\s+to|known|designated|abbreviated|called)"
    r"(?:\s+(?:to|as|referred|collectively|the|each|an?|called|individually|jointly)){0,5}\s*$",
    re.IGNORECASE,
)
_ROLE = re.compile(r"\b(?:is|are|as|be)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_ROLE_SENTENCE = re.compile(
    r"(?:as|within the meaning).{0,30}\b(?:defined|meaning)\b|\bhereinafter\b|\bpurposes? of\b",
    re.IGNORECASE,
)
_PHRASE = (
    r"(?<![\w/&'-])[A-Z][\w/&'-]{0,40}"
    r"(?:\s{1,40}(?:(?:and|of|for|the|to|or)\s{1,40})?[A-Z(][\w/&')(-]{0,40}){0,6}"
)
_DESIGNATED = re.compile(
    r"\b(?:designat|appoint|nominat|nam)(?:e|es|ed|s|ing)?\s+[^.;\n]{0,120}?\sas\s+(?:its|their"
    r"|the|an?)\s+"
    rf"(?P<term>{_PHRASE})"
)
_AS_DEFINED = re.compile(
    rf"(?P<term>{_PHRASE}),?\s+\(?as\s+(?:(?:that|such|those|these)\s+terms?\s+(?:is|are)\s+"
    rf"|is\s+)?defined\s+(?:in|by|under|at)\b"
)
_AT_HEAD = re.compile(
    rf"(?:[Tt]he\s+term\s+)?(?P<term>{_PHRASE})(?:\s+\((?:the\s+)?\"[^\"]{{1,40}}\"\))?"
    r"\s+(?:shall\s+|will\s+)?(?:means?|refers?\s+to|ha(?:s|ve)\s+the\s+meaning)\b"
)
_IN_LIST = re.compile(
    rf"\|?\s*(?:\*\*)?\"?(?P<term>{_PHRASE})\"?(?:\*\*)?\s?(?::|\u2013|\s+-\s+|\||\t|\s{{3,}})"
)
_IMPORTED = re.compile(
    r"\b[Tt]he\s+(?:capitali[sz]ed\s+)?(?:terms?|expressions?"
    r"|words?)\s+(?P<list>[^.\"\n]{3,400}?)\s+"
    r"(?:shall\s+|will\s+|each\s+){0,2}(?:have|has|bear)\s+(?:the\s+)?(?:same\s+"
    r"|respective\s+)*meanings?\b"
)
_DEFINITIONS = re.compile(
    r"\b(?:definitions?|defined terms|glossary|interpretation)\b", re.IGNORECASE
)
_NO_TERM = re.compile(
    r"(?:interpretation|definitions?|construction|general|headings|scope|purpose|references)$",
    re.IGNORECASE,
)
_OPENS_MEANING = re.compile(
    r"(?:any|the|a|an|each|all|means|has|those|information|data)\b", re.IGNORECASE
)
_SCOPED = re.compile(
    r"(?:(?:for|solely for|only for)\s+(?:the\s+)?purposes?\s+of|(?:as|when)\s+used\s+in"
    r"|(?:only|solely)\s+(?:in|within)"
    r"|^\W{0,3}(?:\([a-z0-9]{1,3}\)\s*)?in)\s+(?P<this>this\s+)?(?P<word>sub-?sections?"
    r"|sub-?clauses?|sections?|clauses?"
    r"|articles?|paragraphs?|schedules?|annex|appendix|exhibits?|part)\b"
    r"(?:\s+(?P<number>[0-9]{1,3}(?:\.[0-9]{1,3})*(?:\([a-z0-9]{1,4}\))*|[A-Z]\b|[IVX]{1,5}\b))?",
    re.IGNORECASE,
)
_LEADING_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)", re.IGNORECASE)
_ENDS_CELL = re.compile(r"\**\s*(?:\||$)")
_TITLE_TERM = re.compile(r"\((?:the\s|an?\s)?\"([^\"()]{1,60})\"\)")
_LISTED_WORD = re.compile(r"[^,;/]+?(?=,|;|/|\sand\s|\sor\s|$)")
_MAX_WORDS = 8


def definitions_of(contract: Contract) -> tuple[Definition, ...]:
    """Return the definitions of a contract, in order of the text."""
    numbers = Numbers(contract)
    finder = _Finder(contract, numbers)
    for paragraph in contract.paragraphs:
        finder.read(paragraph)
    finder.read_titles()
    return tuple(sorted(finder.found, key=lambda definition: definition.start))


@dataclass(frozen=True, slots=True)
class _Read:
    """A paragraph under reading: its plain text and where its sentences begin."""

    paragraph: Paragraph
    text: str
    spans: list[int]


class _Finder:
    def __init__(self, contract: Contract, numbers: Numbers) -> None:
        self.contract = contract
        self.numbers = numbers
        self.found: list[Definition] = []
        self._seen: set[tuple[str, int]] = set()

    def read(self, paragraph: Paragraph) -> None:
        """Collect the definitions of a paragraph."""
        text = self.contract.view[paragraph.start : paragraph.end]
        exact = self.contract.source[paragraph.start : paragraph.end].replace("\n", " ")
        read = _Read(paragraph, text, [start for start, _ in sentences(text)])
        for group in _groups(text, list(_terms(exact))):
            form = self._form(read, group)
            if form is not None:
                shared = "list" if form == "means" and len(group) > 1 else form
                for _, _, start, end in group:
                    self._add(read, (start, end), shared)
        for pattern in (_DESIGNATED, _AS_DEFINED):
            for found in pattern.finditer(text):
                self._add(read, found.span("term"), "role")
        for found in _IMPORTED.finditer(text):
            for word in _LISTED_WORD.finditer(found["list"]):
                start, end = _trim(found["list"], *word.span())
                shift = found.start("list")
                self._add(read, (start + shift, end + shift), "list")
        self._at_head(read)

    def _at_head(self, read: _Read) -> None:
        for start in read.spans[:1]:
            found = _AT_HEAD.match(read.text, start)
            if found is None and self._listed(read.paragraph.path):
                found = _IN_LIST.match(read.text, start)
            if found is not None:
                self._add(read, found.span("term"), "means")

    def _listed(self, path: str) -> bool:
        return any(_DEFINITIONS.search(clause.title) for clause in self.numbers.around(path))

    def _form(self, read: _Read, group: list[tuple[int, int, int, int]]) -> Form | None:
        text = read.text
        opening, closing = group[0][0], group[-1][1]
        if _MEANING.match(text, closing) or (_opens(text, opening) and _HEAD.match(text, closing)):
            return "means"
        before = text[max(0, opening - 100) : opening]
        bracket = before.rfind("(")
        capital = any(not text[start:end].islower() for _, _, start, end in group)
        if bracket >= 0 and ")" not in before[bracket:] and capital:
            return "inline" if _PAREN_LEAD.match(before, bracket + 1) else None
        if _NAMED.search(before) and capital:
            return "role"
        if _ROLE.search(before) and capital:
            whole = _around(text, read.spans, opening)
            return "role" if _ROLE_SENTENCE.search(whole) else None
        row = self._listed(read.paragraph.path) and _opens(text, opening)
        return "means" if row and _ENDS_CELL.match(text, closing) else None

    def read_titles(self) -> None:
        """Take headings in a section of definitions as terms: ``1.3 Personal Data. Any …``."""
        for clause in self.contract.clauses:
            for found in _TITLE_TERM.finditer(clause.title):
                self._title(clause, found[1], "inline")
            if not clause.title or not clause.pieces or clause.parent is None:
                continue
            capital = all(w[0].isupper() for w in clause.title.split() if len(w) > 3)
            if (
                capital
                and len(clause.title.split()) <= _MAX_WORDS
                and not _NO_TERM.match(clause.title)
                and _OPENS_MEANING.match(clause.text)
                and self._listed(clause.parent)
            ):
                self._title(clause, clause.title, "means")

    def _title(self, clause: Clause, term: str, form: Form) -> None:
        at = clause.start
        self._append(Definition(term, clause.path, clause.line, None, form, at, at + len(term)))

    def _add(self, read: _Read, span: tuple[int, int], form: Form) -> None:
        start, end = _trim(read.text, *span)
        if article := _LEADING_ARTICLE.match(read.text, start, end):
            start = article.end()
        term = read.text[start:end]
        if not term or len(term.split()) > _MAX_WORDS or not any(c.isalpha() for c in term):
            return
        at = read.paragraph.start + start
        owner = self.contract.place.owner(at)
        path = owner[0].path if owner else read.paragraph.path
        scope = self._scope(_around(read.text, read.spans, start), path)
        line = self.contract.place.line(at)
        self._append(Definition(term, path, line, scope, form, at, at + len(term)))

    def _append(self, definition: Definition) -> None:
        key = (definition.term.lower(), definition.start)
        if key not in self._seen:
            self._seen.add(key)
            self.found.append(definition)

    def _scope(self, sentence: str, path: str) -> str | None:
        """Return the clause that a definition is limited to, or None."""
        lower = sentence.lower()
        hinted = any(hint in lower for hint in ("purpose", "used in", "only", "solely"))
        found = _SCOPED.search(sentence) if hinted or "in" in lower[:12] else None
        if found is None:
            clause = self.contract.clause(path)
            parent = self.contract.clause(clause.parent) if clause and clause.parent else None
            if parent is None or not parent.text.endswith(":"):
                return None
            found = _SCOPED.search(parent.text[-200:])
            if found is None or not found["this"]:
                return None
        if not found["this"] and not found["number"]:
            return None
        word = found["word"].lower().replace("-", "").removesuffix("s")
        if word in {"schedule", "annex", "appendix", "exhibit"}:
            named = self.numbers.annexed(word, found["number"] or "")
            return named or self.numbers.annex(path) or None
        if found["number"]:
            target = self.numbers.find(word, found["number"], path)
            if target is not None:
                return target
        return self._enclosing(word, path)

    def _enclosing(self, word: str, path: str) -> str | None:
        around = self.numbers.around(path)
        if word in {"article", "part"}:
            return around[-1].path if around else None
        if word in {"paragraph", "subsection", "subclause"}:
            return path
        return next((clause.path for clause in around if clause.kind == "section"), path)


def _opens(text: str, at: int) -> bool:
    """Return whether nothing but signs stands before an offset of a paragraph."""
    return at < 8 and not text[:at].strip(" |*")


def _around(text: str, spans: list[int], at: int) -> str:
    """Return the sentence around an offset, cut where it is very long."""
    index = bisect_right(spans, at) - 1
    start = spans[index] if index >= 0 else 0
    end = spans[index + 1] if index + 1 < len(spans) else len(text)
    return text[max(start, at - 400) : min(end, at + 300)]


def _terms(exact: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield quoted terms: start and end with quotation marks, start and end without."""
    for found in _QUOTED.finditer(exact):
        group = found.lastgroup or "double"
        start, end = _trim(exact, *found.span(group))
        if start < end:
            yield found.start(), found.end(), start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\u00a0*_\"'":
        start += 1
    while end > start and text[end - 1] in " \t\u00a0*_\"',.;:":
        end -= 1
    return start, end


def _groups(
    text: str, quoted: list[tuple[int, int, int, int]]
) -> Iterator[list[tuple[int, int, int, int]]]:
    """Yield runs of quoted terms with nothing but joining words between them."""
    group: list[tuple[int, int, int, int]] = []
    for term in quoted:
        if group and (
            term[0] - group[-1][1] > 12 or not _BETWEEN.match(text[group[-1][1] : term[0]])
        ):
            yield group
            group = []
        group.append(term)
    if group:
        yield group
