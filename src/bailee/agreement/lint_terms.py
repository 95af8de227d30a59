"""Rules about defined terms: used without definition, outside their scope, never."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from bailee.agreement.clause import Definition, Finding
from bailee.agreement.reading import Reading, Span, quote
from bailee.agreement.vocabulary import Key, Vocabulary, Word
from bailee.agreement.words import (
    HEADS,
    NAME_HEADS,
    NAMES,
    OPENERS,
    SURE_HEADS,
    USUAL_TERMS,
    WORD,
    key_of,
    plain,
)

_VERBS = re.compile(
    r"\b(?:shall|must|will|may|can|should|is|are|was|were|has|have|means?|agrees?|includes?"
    r"|provides?|remains?|applies"
    r"|do|does|undertakes?|certifies)\b"
)
_INCORPORATED = re.compile(
    r"(?:capitali[sz]ed\s+(?:terms?|words?)"
    r"|terms?\s+(?:used\s+(?:but\s+)?)?not\s+(?:otherwise\s+)?defined"
    r"|(?:words|expressions"
    r"|terms)\s+(?:and\s+\w+\s+)?defined\s+in\s+the)\b[^.]{0,200}\bmeanings?\b",
    re.IGNORECASE,
)


def unused_definition(reading: Reading) -> Iterator[Finding]:
    """A term is defined and never used."""
    words = reading.vocabulary
    for key, definitions in words.keys.items():
        definition = definitions[0]
        if definition.form in {"list", "role"} or _is_alias(reading, definition, words):
            continue
        uses = words.uses[key]
        if not any(_counts(reading, definition, use) for use in uses):
            yield _about_term(
                reading, "unused-definition", definition, "This term is defined and never used"
            )


def _counts(reading: Reading, definition: Definition, use: tuple[int, int, bool]) -> bool:
    start, _, capital = use
    lower = definition.term.islower() or definition.path == "0"
    if not capital and not lower:
        return False
    if definition.form == "means":
        return reading.sentence_at(definition.start) != reading.sentence_at(start)
    return True


def _is_alias(reading: Reading, definition: Definition, words: Vocabulary) -> bool:
    """Return whether a term shares its parentheses with another that is used."""
    at = bisect_left([d.start for d in words.definitions], definition.start)
    for other in words.definitions[max(0, at - 4) : at + 5]:
        near = abs(other.start - definition.start) < 120 and other.start != definition.start
        if near and other.form == definition.form == "inline":
            low, high = sorted((other.start, definition.start))
            between = reading.contract.view[low:high]
            if ")" not in between and "(" not in between and words.uses[key_of(other.term)]:
                return True
    return False


def _about_term(reading: Reading, rule: str, definition: Definition, says: str) -> Finding:
    clause = reading.contract.clause(definition.path)
    message = f"{says}: {quote(definition.term)}."
    if reading.place.owner(definition.start) is None and clause is not None:
        return reading.about(rule, clause, message)
    return reading.finding(rule, (definition.start, definition.end), message)


def definition_out_of_scope(reading: Reading) -> Iterator[Finding]:
    """A term defined for one clause is used as a term in another."""
    words = reading.vocabulary
    for key, definitions in words.keys.items():
        scopes = [definition.scope for definition in definitions]
        if None in scopes or definitions[0].term.islower():
            continue
        told: set[str] = set()
        for start, end, capital in words.uses[key]:
            owner = reading.place.owner(start)
            if not capital or owner is None or owner[0].path in {"0", *told}:
                continue
            path = owner[0].path
            if any(scope and reading.contract.within(path, scope) for scope in scopes):
                continue
            if words.covered.get(start, 0) > len(key):
                continue
            told.add(path)
            yield reading.finding(
                "definition-out-of-scope",
                (start, end),
                f"Defined for another clause only: {quote(definitions[0].term)}.",
            )


# Terms without definition --------------------------------------------------------------------


@dataclass(slots=True)
class Candidate:
    """A run of capitals in the middle of a sentence that nothing defines."""

    first: tuple[int, int]
    printed: str
    uses: int = 0
    determined: int = 0
    counted: int = 0


_RUN = re.compile(
    r"[A-Z][A-Za-z\u00c0-\u024f]*(?:-[A-Za-z]+)*"
    r"(?:(?:\s{1,40}|\s{1,40}(?:of|and|for"
    r"|&)\s{1,40}(?:the\s{1,40})?)[A-Z][A-Za-z\u00c0-\u024f]*(?:-[A-Za-z]+)*){0,7}"
)
_DETERMINER = re.compile(
    r"(?:\b(?:the|an?|any|each|every|all|such|its|their|this|these|those|no|other|of|to|by|with"
    r"|for|or|and|from|said)"
    r"|['s]s|s')\s+$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:an?|any|each|every|all|such|its|their|no|other|another|both|these|those)\s+$",
    re.IGNORECASE,
)
_SENTENCE_HEAD = re.compile(r"[\s\"'(\[*_\u2022\u2013:-]*(?:\([a-z0-9]{1,4}\)\s*)?$")
_NOT_TERM_AFTER = re.compile(
    r"\s*(?:\(\"|\(the\s\"|,?\s(?:Inc|LLC|Ltd|L\.P|Corp|GmbH|PLC|Pty|B\.V|S\.A)\b|\s?[0-9]"
    r"|[.][a-z]|@|/[A-Z0-9]|\s\([A-Z]{2,}\))"
)
_FIELD_NAME = re.compile(r"^[A-Z][^.:;]{0,80}:(?=\s)")
_ORDINARY = re.compile(
    r"(?:tion|ment|ance|ence|ing|ness|ity|ure|sal|ser|tor|ter|ier|ant|ent|age|ees?|date|able)s?$"
)


def undefined_term(reading: Reading) -> Iterator[Finding]:
    """A capitalised term is used as if it were defined, and is not."""
    if _INCORPORATED.search(reading.contract.view):
        return
    gathering = _Gathering(reading)
    for span in reading.whole_sentences:
        gathering.read(span)
    for key, candidate in gathering.found.items():
        if gathering.is_term(key, candidate):
            yield reading.finding(
                "undefined-term",
                candidate.first,
                f"Used as a defined term and not defined: {quote(candidate.printed)}.",
                "error",
            )


def _no_word(printed: str) -> bool:
    """Return whether a run's member is an abbreviation, a brand or a single letter."""
    return len(printed) < 3 or sum(letter.isupper() for letter in printed.replace("-", "")) > 1 + (
        "-" in printed
    )


class _Gathering:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.defined = {
            _family(key_of(definition.term)) for definition in reading.contract.definitions
        }
        self.covered = reading.vocabulary.capital_spans()
        self.longest = max((len(key) for key in self.defined), default=1)
        self.found: dict[Key, Candidate] = {}
        view = reading.contract.view
        self.lower = set(re.findall(r"\b[a-z]{4,}\b", view))
        self.title = set(key_of(reading.contract.title))
        self.names = self._opening_names()

    def _opening_names(self) -> set[str]:
        """Return capitalised words of the opening: names of the parties and of documents."""
        opening = next((c for c in self.reading.contract.clauses if c.path == "0"), None)
        text = opening.text if opening else ""
        return {plain(word) for word in WORD.findall(text) if word[0].isupper()} - HEADS

    def read(self, span: Span) -> None:
        clause = span.clause
        if clause.kind == "preamble":
            return
        if not (_VERBS.search(span.text) or _VERBS.search(self.reading.lead_in(clause))):
            return
        text = _FIELD_NAME.sub(lambda m: "~" * len(m[0]), self._without_quotes(span.text))
        at = bisect_left(self.covered, (span.start, 0))
        while at < len(self.covered) and self.covered[at][0] < span.end:
            start, end = (offset - span.start for offset in self.covered[at])
            text = text[:start] + "~" * (min(end, len(text)) - start) + text[end:]
            at += 1
        for run in _RUN.finditer(text):
            self._run(span, text, run)

    @staticmethod
    def _without_quotes(text: str) -> str:
        """Return a sentence with quoted words blanked: they are mentioned, not used."""
        return re.sub(r"\"[^\"\n]{0,400}\"|\[[^\]\n]{0,100}\]", lambda m: "~" * len(m[0]), text)

    def _run(self, span: Span, text: str, run: re.Match[str]) -> None:
        if _NOT_TERM_AFTER.match(text, run.end()) or (
            text[run.start() - 1 : run.start()] in {"@", ".", "/", "~"} and run.start()
        ):
            return
        if self._expands(text, run) or self._branded(run[0]):
            return
        words = [
            Word(m.start() + run.start(), m.end() + run.start(), plain(m[0]), m[0])
            for m in re.finditer(r"[A-Za-z\u00c0-\u024f-]+", run[0])
        ]
        at_head = _SENTENCE_HEAD.search(
            text[max(0, run.start() - 12) : run.start()]
        ) is not None and self._begins(text, run.start())
        for part in self._undefined(words):
            head = at_head and part[0].start == run.start()
            self._candidate(span, text, part, head=head)

    def _branded(self, run: str) -> bool:
        """Return whether an abbreviation that is no term stands in a run: it is a name then."""
        return any(
            len(word) > 1 and word.isupper() and (plain(word),) not in self.defined
            for word in run.split()
        )

    @staticmethod
    def _begins(text: str, at: int) -> bool:
        before = text[max(0, at - 24) : at].rstrip(" \"'([*_")
        return (
            not before
            or before[-1] in ".:;!?\u2022\u2013)"
            or re.search(r"\([a-z0-9]{1,4}\)$", before) is not None
        )

    @staticmethod
    def _expands(text: str, run: re.Match[str]) -> bool:
        """Return whether the words spell out an abbreviation beside them."""
        initials = "".join(word[0] for word in re.findall(r"[A-Z][a-z]+", run[0]))
        around = (
            text[max(0, run.start() - 14) : run.start()] + " " + text[run.end() : run.end() + 14]
        )
        return len(initials) > 1 and initials in re.sub(r"[^A-Z]", "", around)

    def _undefined(self, words: list[Word]) -> Iterator[list[Word]]:
        """Yield what defined terms, names and joining words leave of a run."""
        if (
            any(word.plain in NAMES for word in words)
            and len(words) > 1
            and not self._has_term(words)
        ):
            return
        rest: list[Word] = []
        at = 0
        while at < len(words):
            size = self._defined_at(words, at)
            usual = 0 if size else self._usual_at(words, at)
            if usual:
                if rest:
                    yield rest
                rest = []
                yield words[at : at + usual]
                at += usual
                continue
            joint = words[at].printed[0].islower() and words[at].plain in {
                "and",
                "or",
                "for",
                "of",
                "the",
            }
            if size or (joint and words[at].plain in {"and", "or"}):
                if rest:
                    yield rest
                rest = []
                at += max(size, 1)
                continue
            rest.append(words[at])
            at += 1
        if rest:
            yield rest

    def _has_term(self, words: list[Word]) -> bool:
        return any(self._defined_at(words, at) for at in range(len(words)))

    def _defined_at(self, words: list[Word], at: int) -> int:
        for size in range(min(self.longest, len(words) - at), 0, -1):
            if _family(tuple(word.plain for word in words[at : at + size])) in self.defined:
                return size
        return 0

    @staticmethod
    def _usual_at(words: list[Word], at: int) -> int:
        for size in range(min(4, len(words) - at), 0, -1):
            if tuple(word.plain for word in words[at : at + size]) in USUAL_TERMS:
                return size
        return 0

    def _candidate(self, span: Span, text: str, part: list[Word], *, head: bool) -> None:
        while part and (part[0].plain in OPENERS or part[0].printed[0].islower()):
            part, head = part[1:], False
        while part and part[-1].printed[0].islower():
            part = part[:-1]
        if not part or any(_no_word(word.printed) for word in part):
            return
        if head and len(part) == 1:
            return
        if head and not any(word.plain in HEADS for word in part[1:]):
            return
        key = tuple(word.plain for word in part)
        place = (span.start + part[0].start, span.start + part[-1].end)
        printed = text[part[0].start : part[-1].end]
        candidate = self.found.setdefault(_family(key), Candidate(place, printed))
        candidate.uses += 1
        before = text[max(0, part[0].start - 12) : part[0].start]
        candidate.counted += _COUNTED.search(before) is not None
        candidate.determined += (
            _DETERMINER.search(text[max(0, part[0].start - 12) : part[0].start]) is not None
        )

    def is_term(self, key: Key, candidate: Candidate) -> bool:  # noqa: PLR0911 - one kind of evidence a line
        """Return whether a candidate is a term and no name."""
        if key in USUAL_TERMS:
            return not self._is_own_name(key)
        last = key[-1]
        if last in NAME_HEADS or any(word in NAMES for word in key) or self._is_own_name(key):
            return False
        if any(
            word
            in NAME_HEADS - {"security", "operation", "operations", "general", "standard", "terms"}
            for word in key
        ):
            return False
        ordinary = last in HEADS or last in self.lower or last + "s" in self.lower
        if candidate.counted and candidate.uses > 1:
            return True
        if len(key) > 1 and last in SURE_HEADS:
            return True
        if len(key) > 1:
            return (last in HEADS or (candidate.uses > 1 and ordinary)) and candidate.determined > 0
        known = last in HEADS or (
            (last in self.lower or last + "s" in self.lower) and _ORDINARY.search(last) is not None
        )
        return candidate.uses > 1 and candidate.determined > 1 and known

    def _is_own_name(self, key: Key) -> bool:
        if all(word in self.title for word in key):
            return True
        return key not in USUAL_TERMS and all(word in self.names for word in key)


_FAMILIES = {"processing": "process", "processed": "process"}


def _family(key: Key) -> Key:
    return tuple(_FAMILIES.get(word, word) for word in key) if len(key) == 1 else key
