"""Runs of capitals in the middle of sentences, and which of them claim to be defined terms.

A term is made of everyday words ("Deletion Protocol", "Approved Site") and used as a thing: after a
determiner, as an object, before a verb. A name holds a word of no list, a place, an office, a
statute or a document; a heading or a caption stands apart from the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bailee.agreement.forms import quoted_in
from bailee.agreement.lexicon import (
    BODIES,
    HEADS,
    JOBS,
    MASS_NOUNS,
    MODIFIERS,
    NAME_HEADS,
    NAMED_CONCEPTS,
    NAMES,
    OPENERS,
    ORDINARY_BEFORE,
    OWN_THINGS,
    USUAL_TERMS,
)
from bailee.agreement.reading import Reading, Span
from bailee.agreement.vocabulary import Word
from bailee.agreement.words import Key, family, key_of, plain

_VERBS = re.compile(
    r"\b(?:shall|must|will|may|can|should|is|are|was|were|has|have|means?|agrees?|includes?"
    r"|provides?|remains?|applies|do|does|undertakes?|certifies|keeps?|ends?|begins?|covers?)\b"
)
_RUN = re.compile(
    r"[A-Z][A-Za-z\u00c0-\u024f]*(?:-[A-Za-z]+)*"
    r"(?:(?:\s{1,40}|\s{1,40}(?:of|and|or|for"
    r"|&)\s{1,40}(?:the\s{1,40})?)[A-Z][A-Za-z\u00c0-\u024f]*(?:-[A-Za-z]+)*){0,7}"
)
_LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f-]+")
_COUNTER = r"\b(?:an?|any|each|every|all|such|no|other|another|both|these|those|either|which|what)"
_COUNTED = re.compile(rf"{_COUNTER}\s+$", re.IGNORECASE)
_OWNED = re.compile(r"(?:\b(?:its|their|his|her|our|your)|['s]s|s')\s+$", re.IGNORECASE)
_DETERMINED = re.compile(
    r"(?:\b(?:the|this|of|to|by|with|for|or|and|from|said|that|in|under|on|into|per|via|as|at|than)"
    r"|['s]s|s')\s+$",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(r"[a-z]{2,}\s+$")
_THE = re.compile(
    r"\b(?:the|this|that|said)\s+$|\b(?:the|an?|any|each|every|its|their|such)\s+[a-z-]{3,}\s+$",
    re.IGNORECASE,
)
# "every Kiosk and Spare Unit": what comes before the first counts for the second.
_JOINED = re.compile(r"(?:(?:~+|[A-Z][\w'-]{0,30})\s){1,4}(?:and|or)\s$")
_LISTED_BEFORE = re.compile(r"[A-Z][\w-]*,\s+(?:and\s+|or\s+)?$")
_LISTED_AFTER = re.compile(r",\s+(?:and\s+|or\s+)?[A-Z]")
_BEFORE_VERB = re.compile(r"\s+(?:shall|must|will|may|is|are|has|have|means?)\b")
_CAPTION = re.compile(
    r"(?:\b(?:headed|entitled|titled|heading|called|named|caption|captioned|marked|section"
    r"|clause|article|paragraph|schedule|annex|exhibit|appendix|part)\s|[0-9][.)]?\s?[(,:\u2013-]?\s?"
    r"|\bversion\s)$",
    re.IGNORECASE,
)
_BEFORE_NOUN = re.compile(
    r"\s(?!(?:of|in|to|for|and|or|by|with|that|which|who|shall|must|will|may|can|at|on|under|from|as"
    r"|before|after|if|unless|when|where|not|than|it|they|upon|until|except|should|do|without"
    r"|between|against|through|per|so|but|while|whose|because|then|there|the|an?|no|any|each"
    r"|into|over|have|are|were|be|either|both|nor|more|less|once|twice)\b)"
    r"[a-z]{3,}(?<!s)(?<!ed)(?<!ing)(?<!ly)\b"
)
_PERSON = re.compile(r"(?:ant|ent|er|or|ist|ian|eer|ee|man|ary|ian|ate|nurse)$")
_NOT_TERM_AFTER = re.compile(
    r"\s*(?:\(\"|\(the\s\"|,?\s(?:Inc|LLC|Ltd|L\.P|Corp|GmbH|PLC|Pty|B\.V|S\.A)\b|\s?[0-9]"
    r"|[.][a-z]|@|/[A-Z0-9]|\s\([A-Z]{2,}\)|\s+\u2013\s)"
)
_FIELD_NAME = re.compile(r"^[A-Z][^.:;]{0,80}:(?=\s)")
_LINE_LABEL = re.compile(
    r"(?m)^[ \t*\u2022-]*[A-Z][\w/'-]{0,30}(?:[ ][\w/'&()-]{1,30}){0,5}\s?(?::(?=\s)|\.{4,})"
)
_PLACE_NAME = re.compile(r"\([^()]{0,60}$")
_ORDINARY = re.compile(
    r"(?:tion|sion|ment|ance|ence|ing|ness|ity|ure|sal|ser|tor|ter|ier|ant|ent|age|ees?|date|able"
    r"|ency|ancy|ive|ial|ory|ary|ated|ized|ised|fied|ded|ted|ned|ible|ical|ics|ism|ist|ous|ful|ery|acy|ogy|phy|ony)$"
)
_SHORTEST_BY_ENDING = 6
_AGENT = re.compile(r"(?:ian|er|or|rist|list)$")
_SMALL = re.compile(r"\b[a-z]{2,}\b")
_SENTENCE_WORDS = 6


@dataclass(slots=True)
class Candidate:
    """A run of capitals in the middle of a sentence that nothing defines.

    Counts of its uses: all; after a word of number ("each", "any", "a"); after a determiner or a
    preposition; where it stands as a thing within the sentence and belongs to nobody; in the
    plural; after a word of number with no further noun ("each Vault Alarm", not "a Blue
    Badge scheme").
    """

    key: Key
    first: tuple[int, int]
    printed: str
    uses: int = 0
    counted: int = 0
    determined: int = 0
    placed: int = 0
    plural: int = 0
    single: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of a run under judgement; ``tail`` counts the last ones that no definition covers."""

    words: list[Word]
    tail: int
    head: bool


class Capitals:
    """Gathers the runs of capitals of a contract that nothing defines."""

    def __init__(self, reading: Reading, borrowed: Iterable[Key]) -> None:
        contract = reading.contract
        self._source = contract.source
        self._lead_in = reading.lead_in
        self.defined = {family(key_of(d.term)) for d in contract.definitions}
        self.defined |= self._mentioned(contract.view)
        self.defined.update(family(key) for key in borrowed)
        self.covered = reading.vocabulary.capital_spans()
        self.longest = max((len(key) for key in self.defined), default=1)
        self.found: dict[Key, Candidate] = {}
        self.lower = {plain(word) for word in re.findall(r"\b[a-z]{4,}\b", contract.view)}

    @staticmethod
    def _mentioned(view: str) -> set[Key]:
        """Return the keys of capitalised words that stand in quotation marks anywhere."""
        return {
            family(key_of(view[start:end]))
            for _, _, start, end in quoted_in(view)
            if view[start].isupper()
        }

    def read(self, span: Span) -> None:
        """Gather the runs of one sentence."""
        if span.clause.kind == "preamble":
            return
        if not (_says(span.text) or _VERBS.search(self._lead_in(span.clause))):
            return
        text = re.sub(r"\"[^\"\n]{0,400}\"", _blank, span.text)
        text = _FIELD_NAME.sub(_blank, text)
        for label in _LINE_LABEL.finditer(self._source[span.start : span.end]):
            text = text[: label.start()] + _blank(label) + text[label.end() :]
        at = bisect_left(self.covered, (span.start, 0))
        while at < len(self.covered) and self.covered[at][0] < span.end:
            start, end = (offset - span.start for offset in self.covered[at])
            text = text[:start] + "~" * (min(end, len(text)) - start) + text[end:]
            at += 1
        source = self._source
        for run in _RUN.finditer(text):
            if source[span.start + run.end() : span.start + run.end() + 1] in {"\t", "|"}:
                continue
            self._run(span, text, run)

    def _run(self, span: Span, text: str, run: re.Match[str]) -> None:
        before = text[max(0, run.start() - 24) : run.start()]
        if _NOT_TERM_AFTER.match(text, run.end()) or before[-1:] in {"@", ".", "/", "~"}:
            return
        if _expands(text, run) or _CAPTION.search(before):
            return
        words = [
            Word(m.start() + run.start(), m.end() + run.start(), plain(m[0]), m[0])
            for m in _LETTERS.finditer(run[0])
        ]
        if words[-1].plain in NAME_HEADS and len(_segments(words)) > 1 and not self._terms(words):
            return
        head = _begins(before)
        for segment in _segments(_without_bodies(words)):
            # "PCI Card Production and Provisioning Security Requirements" is one name.
            strange = [w for w in segment if _no_word(w.printed) and w.plain not in OPENERS]
            if any(not self._defined_at([word], 0) for word in strange):
                return
            at_head = head and segment[0].start == run.start()
            for part in self._parts(segment, head=at_head):
                self._candidate(span, text, part)

    def _terms(self, words: list[Word]) -> bool:
        """Return whether a run holds a defined or a usual term."""
        return any(self._defined_at(words, at) or _usual_at(words, at) for at in range(len(words)))

    def _parts(self, words: list[Word], *, head: bool) -> Iterator[_Part]:
        """Yield what is to be judged of one segment of a run."""
        while words and (words[0].plain in OPENERS or words[0].printed[0].islower()):
            words, head = words[1:], False
        key = tuple(word.plain for word in words)
        if not words or key in NAMED_CONCEPTS or any(word in NAMES for word in key):
            return
        at = 0
        while at < len(words) and (size := self._defined_at(words, at)):
            at += size
        rest = words[at:]
        if not rest or any(_no_word(word.printed) for word in rest):
            return
        if any(self._defined_at(rest, index) for index in range(1, len(rest))):
            return
        usual = next((i for i in range(len(rest)) if _usual_at(rest, i) == len(rest) - i), None)
        named = rest[-1].plain in NAME_HEADS
        if (
            usual is not None
            and (usual == 0 or len(rest) - usual > 1)
            and not (named and at + usual)
        ):
            if usual and _usual_at(rest, 0) == usual:
                yield _Part(rest[:usual], usual, head and at == 0)
            kept = rest[usual:]
            yield _Part(kept, len(kept), head and at + usual == 0)
        elif not named:
            yield _Part(words, len(rest), head)

    def _defined_at(self, words: list[Word], at: int) -> int:
        for size in range(min(self.longest, len(words) - at), 0, -1):
            if family(tuple(word.plain for word in words[at : at + size])) in self.defined:
                return size
        return 0

    def _candidate(self, span: Span, text: str, part: _Part) -> None:
        words = part.words
        if part.head and (len(words) == 1 or words[-1].plain not in HEADS):
            return
        key = tuple(word.plain for word in words)
        place = (span.start + words[0].start, span.start + words[-1].end)
        candidate = self.found.setdefault(
            family(key), Candidate(key, place, text[words[0].start : words[-1].end])
        )
        before = text[max(0, words[0].start - 80) : words[0].start]
        if joined := _JOINED.search(before):
            before = before[: joined.start()]
        owned = _OWNED.search(before) is not None or part.tail < len(words)
        counted = _COUNTED.search(before) is not None
        determined = _DETERMINED.search(before) is not None
        candidate.uses += 1
        candidate.counted += counted
        candidate.determined += determined or counted or owned
        plural = words[-1].printed.endswith("s")
        follows = _THE.search(before) is not None or (
            (plural or key[-1] in MASS_NOUNS)
            and _AFTER_WORD.search(before) is not None
            and not _LISTED_AFTER.match(text, words[-1].end)
            and not _LISTED_BEFORE.search(before)
        )
        verb = _BEFORE_VERB.match(text, words[-1].end) is not None
        own = owned and key[-1] in OWN_THINGS
        aside = _PLACE_NAME.search(before) is not None
        candidate.placed += (counted or follows or verb or owned) and not own and not aside
        candidate.plural += plural
        candidate.single += counted and _BEFORE_NOUN.match(text, words[-1].end) is None

    def is_term(self, candidate: Candidate) -> bool:
        """Return whether a candidate is a term and no name."""
        key = candidate.key
        if key in USUAL_TERMS:
            return True
        last = key[-1]
        if last in NAME_HEADS or any(word in NAME_HEADS - ORDINARY_BEFORE for word in key):
            return False
        if len(key) > 1:
            return self._is_phrase(candidate)
        if last in JOBS and not candidate.counted and not candidate.plural:
            return False
        known = last in HEADS or (last in self.lower and _ORDINARY.search(last) is not None)
        if candidate.counted:
            return candidate.uses > 1 or last in HEADS
        return candidate.uses > 1 and candidate.determined > 1 and known

    def _is_phrase(self, candidate: Candidate) -> bool:
        key, last = candidate.key, candidate.key[-1]
        # "Certificate of Registration" is the title of a paper, until it comes back.
        if not candidate.placed or ("of" in key and candidate.uses < 2):
            return False
        if candidate.counted and last in HEADS and last not in JOBS:
            return True
        parts = re.split(r"[\s-]+", candidate.printed)[:-1]
        if not all(self._is_ordinary(plain(word)) for word in parts):
            return False
        if candidate.single and _PERSON.search(last) is None:
            return True
        if last in JOBS and not candidate.counted and not candidate.plural:
            return False
        return last in HEADS or (candidate.uses > 1 and last in self.lower)

    def _is_ordinary(self, word: str) -> bool:
        """Return whether a word is one of everyday language and not a name."""
        if (
            word in ORDINARY_BEFORE
            or word in MODIFIERS
            or word in HEADS
            or word in OPENERS
            or word in self.lower
            or (word,) in self.defined
        ):
            return True
        ending = _ORDINARY.search(word) or _AGENT.search(word)
        return len(word) >= _SHORTEST_BY_ENDING and ending is not None


def _says(text: str) -> bool:
    """Return whether a text is a sentence: it has a usual verb, or runs on in small letters."""
    return _VERBS.search(text) is not None or len(_SMALL.findall(text[:600])) >= _SENTENCE_WORDS


def _blank(found: re.Match[str]) -> str:
    return "~" * len(found[0])


def _begins(before: str) -> bool:
    """Return whether what follows ``before`` begins a sentence or a member of a list."""
    text = before.rstrip(" \"'([*_\n")
    return (
        not text
        or text[-1] in ".:;!?\u2022\u2013|)"
        or re.search(r"(?:\([a-z0-9]{1,4}\)|\b[0-9]{1,2}\.)$", text) is not None
    )


def _expands(text: str, run: re.Match[str]) -> bool:
    """Return whether the words spell out an abbreviation beside them."""
    initials = "".join(word[0] for word in re.findall(r"[A-Z][a-z]+", run[0]))
    around = text[max(0, run.start() - 14) : run.start()] + " " + text[run.end() : run.end() + 14]
    return len(initials) > 1 and initials in re.sub(r"[^A-Z]", "", around)


def _no_word(printed: str) -> bool:
    """Return whether a run's member is an abbreviation, a brand or a single letter."""
    if printed in {"of", "for", "the"}:
        return False
    capitals = sum(letter.isupper() for letter in printed.replace("-", ""))
    return len(printed) < 3 or capitals > 1 + ("-" in printed)


def _segments(words: list[Word]) -> list[list[Word]]:
    """Return the parts of a run between "and", "or", "for", "of the"."""
    out: list[list[Word]] = [[]]
    for index, word in enumerate(words):
        joins = word.printed == "of" and words[index + 1].printed == "the"
        if joins or word.printed in {"and", "or", "for"}:
            out.append([])
        else:
            out[-1].append(word)
    return [segment for segment in out if segment]


def _without_bodies(words: list[Word]) -> list[Word]:
    """Return a run without the name of a body or an office at its end: "Department of …"."""
    for index, word in enumerate(words[:-1]):
        if word.plain in BODIES and words[index + 1].printed in {"of", "for"}:
            joints = [i for i in range(index) if words[i].printed in {"and", "or"}]
            return words[: joints[-1]] if joints else []
    return words


def _usual_at(words: list[Word], at: int) -> int:
    for size in range(min(4, len(words) - at), 0, -1):
        if tuple(word.plain for word in words[at : at + size]) in USUAL_TERMS:
            return size
    return 0


def undefined(reading: Reading, borrowed: Iterable[Key]) -> Iterator[Candidate]:
    """Yield the runs of capitals that are used as terms and that nothing defines.

    ``borrowed`` are keys of terms to which another text gives a meaning.
    """
    gathering = Capitals(reading, borrowed)
    for span in reading.whole_sentences:
        gathering.read(span)
    for candidate in gathering.found.values():
        if gathering.is_term(candidate):
            yield candidate
