"""Which terms a contract defines, where, and within which clause they hold.

Recognised (patterns in ``bailee.agreement.forms``): quoted terms (any quotation marks, or bold)
followed by a word of meaning; terms in parentheses, quoted or not; terms given to a party or a
person; terms at the head of a paragraph in a list or table of definitions; lists of terms that take
their meaning from elsewhere; the labelled particulars of the opening.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from bailee.agreement import forms
from bailee.agreement.clause import Clause, Contract, Definition, Paragraph
from bailee.agreement.forms import Quoted
from bailee.agreement.lexicon import LEAD_WORDS, NO_LABEL, OPENERS
from bailee.agreement.place import Numbers
from bailee.agreement.scope import Scopes
from bailee.agreement.sentence import sentences
from bailee.agreement.words import plain

Form = Literal["means", "inline", "list", "role"]

_NO_TERM = re.compile(
    r"(?:interpretation|definitions?|construction|general|headings|scope|purpose|references)$",
    re.IGNORECASE,
)
_OPENS_MEANING = re.compile(
    r"(?:any|the|a|an|each|all|means|has|have|those|information|data|shall|will|is|are|refers?"
    r"|every|such|personal)\b",
    re.IGNORECASE,
)
_LEADING_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)", re.IGNORECASE)
_STARTS_MEANING = re.compile(r"\**\s*(?:\||$|[a-z\t])")
_TITLE_TERM = re.compile(r"\((?:the\s|an?\s)?\"([^\"()]{1,60})\"\)")
_IMPORTED = re.compile(
    r"\b[Tt]he\s+(?:capitali[sz]ed\s+)?(?:terms?|expressions?"
    r"|words?)\s+(?P<list>[^.\"\n]{3,400}?)\s+"
    r"(?:shall\s+|will\s+|each\s+){0,2}(?:have|has|bear)\s+(?:the\s+)?(?:same\s+"
    r"|respective\s+)*meanings?\b"
)
_LISTED_WORD = re.compile(r"(?:and\s|or\s)?(?P<term>[^,;/]+?)(?=,|;|/|\sand\s|\sor\s|$)")
_MENTIONED = re.compile(r"\*\*[^*]{1,80}\*\*|[\"'][^\"']{1,80}[\"']")
_WORDS = re.compile(r"[^\s,:;]+")
_MAX_WORDS = 8
_LIST_MAX = 40


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
    """A paragraph under reading: plain text, exact text, and where its sentences begin."""

    paragraph: Paragraph
    text: str
    source: str
    spans: list[int]

    @property
    def exact(self) -> str:
        """Return the source on one line."""
        return self.source.replace("\n", " ")

    def opens(self, at: int) -> bool:
        """Return whether nothing but signs stands before an offset on its line."""
        line = self.source.rfind("\n", max(0, at - 12), at) + 1
        near = line > 0 or at < 12
        return near and not self.source[line:at].strip(" \t|*\u2022\u2013-")


class _Finder:
    def __init__(self, contract: Contract, numbers: Numbers) -> None:
        self.contract = contract
        self.numbers = numbers
        self.scopes = Scopes(contract, numbers)
        self.found: list[Definition] = []
        self._seen: set[tuple[str, int]] = set()
        self._lists: dict[str, bool] = {}
        self._table = False
        self._titles = {clause.title.lower() for clause in contract.clauses}

    def read(self, paragraph: Paragraph) -> None:
        """Collect the definitions of a paragraph."""
        text = self.contract.view[paragraph.start : paragraph.end]
        source = self.contract.source[paragraph.start : paragraph.end]
        spans = [start for start, _ in sentences(text)]
        read = _Read(paragraph, text, source, spans)
        for group in forms.grouped(text, list(forms.quoted_in(read.exact))):
            form = self._form(read, group)
            if form is not None:
                shared = "list" if form == "means" and len(group) > 1 else form
                for _, _, start, end in group:
                    self._add(read, (start, end), shared)
        self._at_head(read)
        self._unquoted(read)
        self._borrowed(read)
        if paragraph.path == "0" or self._particular(paragraph.path):
            self._labelled(read)

    def _unquoted(self, read: _Read) -> None:
        for pattern in (forms.DESIGNATED, forms.AS_DEFINED, forms.HEREINAFTER, forms.MIDST):
            for found in pattern.finditer(read.text):
                self._add(read, found.span("term"), "role")
        for found in forms.SMALL.finditer(read.text):
            self._add(read, found.span("term"), "means")
        for found in forms.BRACKETED.finditer(read.text):
            before = read.text[max(0, found.start() - 80) : found.start()]
            word = found["lead"] or any(c.islower() for c in found["term"])
            initials = "".join(word[0] for word in found["term"].split() if word[0].isupper())
            if before.rstrip().endswith(initials):
                continue
            place = None if found["lead"] else forms.AFTER_PLACE.search(before)
            caption = place is not None and (
                " of " in place[0] or found["term"].lower() in self._titles
            )
            if word and not caption:
                self._add(read, found.span("term"), "role")

    def _borrowed(self, read: _Read) -> None:
        for found in _IMPORTED.finditer(read.text):
            for word in _LISTED_WORD.finditer(found["list"]):
                shift = found.start("list")
                start, end = word.span("term")
                self._add(read, (start + shift, end + shift), "list")
        for verb in forms.BORROWS.finditer(read.text):
            end = verb.start()
            for _ in range(_LIST_MAX):
                start = max(0, end - 120)
                term = forms.SUBJECT.search(read.text[start:end])
                if term is None or term["term"].lower() in OPENERS:
                    break
                self._add(read, (start + term.start("term"), start + term.end("term")), "list")
                end = start + term.start("term")

    def _labelled(self, read: _Read) -> None:
        """Take the labels and the roles of the opening as terms: ``Supplier: Acme Ltd``."""
        at = 0
        for line in read.source.split("\n"):
            found = forms.LABELLED.match(line)
            if found and plain(found["term"]) not in NO_LABEL:
                self._add(read, (at + found.start("term"), at + found.end("term")), "role")
            at += len(line) + 1
        if read.paragraph.path == "0":
            for found in forms.AS_ROLE.finditer(read.text):
                self._add(read, found.span("term" if found["term"] else "also"), "role")

    def _at_head(self, read: _Read) -> None:
        for start in read.spans:
            found = forms.AT_HEAD.match(read.text, start)
            if found is not None:
                self._add(read, found.span("term"), "means")
        self._rows(read)

    def _rows(self, read: _Read) -> None:
        """Take the first cells of a table of definitions, and the labels of a list of them."""
        listed = self._listed(read.paragraph) or self._table
        self._table = self._table and any(mark in read.source for mark in "|\t")
        at, before = 0, ""
        for line in read.source.split("\n"):
            if forms.ROW_HEAD.match(line):
                listed, self._table, before = True, True, "."
            elif listed and (found := forms.ROW.match(line)):
                if found["mark"] in "|\t" or not before or before.endswith((".", ";", ":", ")")):
                    self._add(read, (at + found.start("term"), at + found.end("term")), "means")
                before = line.rstrip()
            else:
                before = line.rstrip() or before
            at += len(line) + 1

    def _listed(self, paragraph: Paragraph) -> bool:
        """Return whether a paragraph stands in a list or a section of definitions."""
        path = paragraph.path
        if path not in self._lists:
            self._lists[path] = any(
                forms.DEFINITIONS.search(clause.title) or self._introduces(clause)
                for clause in self.numbers.around(path)
            )
        return self._lists[path]

    @staticmethod
    def _introduces(clause: Clause) -> bool:
        """Return whether a clause's own words announce definitions."""
        first = clause.text[:240].split("\n")[0].rstrip()
        return first.endswith(":") and forms.INTRODUCES.search(first) is not None

    def _particular(self, path: str) -> bool:
        around = self.numbers.around(path)
        return (
            bool(around)
            and self.numbers.annex(path) == ""
            and any(forms.PARTICULARS.match(clause.title) for clause in around)
        )

    def _form(self, read: _Read, group: list[Quoted]) -> Form | None:
        text = read.text
        opening, closing = group[0][0], group[-1][1]
        before = text[max(0, opening - 100) : opening]
        capital = any(not text[start:end].islower() for _, _, start, end in group)
        if self._means(read, (opening, closing), before, capital=capital):
            return "means"
        bracket = before.rfind("(")
        if bracket >= 0 and ")" not in before[bracket:] and capital:
            return "inline" if _leads(before[bracket + 1 :]) else None
        if forms.NAMED.search(before) and capital:
            return "role"
        if forms.ROLE.search(before) and capital:
            whole = _around(text, read.spans, opening)
            return "role" if forms.ROLE_SENTENCE.search(whole) else None
        return None

    def _means(self, read: _Read, span: tuple[int, int], before: str, *, capital: bool) -> bool:
        """Return whether the words around quoted terms give them a meaning."""
        text, (opening, closing) = read.text, span
        if forms.MEANING.match(text, closing) or forms.SAID.search(before):
            return True
        if capital and forms.BEING.match(text, closing) and forms.BEGINS.search(before):
            return True
        if not read.opens(opening):
            return False
        row = self._listed(read.paragraph) and _STARTS_MEANING.match(text, closing)
        return bool(row or forms.HEAD.match(text, closing))

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
                and any(
                    forms.DEFINITIONS.search(around.title)
                    for around in self.numbers.around(clause.parent)
                )
            ):
                self._title(clause, clause.title, "means")

    def _title(self, clause: Clause, term: str, form: Form) -> None:
        at = clause.start
        self._append(Definition(term, clause.path, clause.line, None, form, at, at + len(term)))

    def _add(self, read: _Read, span: tuple[int, int], form: Form) -> None:
        start, end = forms.trimmed(read.text, *span)
        if article := _LEADING_ARTICLE.match(read.text, start, end):
            start = article.end()
        term = read.text[start:end]
        if not term or len(term.split()) > _MAX_WORDS or not any(c.isalpha() for c in term):
            return
        at = read.paragraph.start + start
        owner = self.contract.place.owner(at)
        path = owner[0].path if owner else read.paragraph.path
        scope = self.scopes.of(_around(read.text, read.spans, start), path)
        line = self.contract.place.line(at)
        self._append(Definition(term, path, line, scope, form, at, at + len(term)))

    def _append(self, definition: Definition) -> None:
        key = (definition.term.lower(), definition.start)
        if key not in self._seen:
            self._seen.add(key)
            self.found.append(definition)


def _leads(text: str) -> bool:
    """Return whether words between a bracket and a term only lead up to it."""
    words = _WORDS.findall(_MENTIONED.sub(" ", text))
    return all(plain(word) in LEAD_WORDS or word[0].isdigit() for word in words)


def _around(text: str, spans: list[int], at: int) -> str:
    """Return the sentence around an offset, cut where it is very long."""
    index = bisect_right(spans, at) - 1
    start = spans[index] if index >= 0 else 0
    end = spans[index + 1] if index + 1 < len(spans) else len(text)
    return text[max(start, at - 400) : min(end, at + 300)]
