"""Which standards a sentence names, and which editions of them.

A name is compared word by word: case, hyphens, spaces, slashes and brackets do not count, so that
``PCI-DSS``, ``PCI DSS`` and ``Payment Card Industry (PCI) Data Security Standard`` are one. An
edition stands right behind the name, or further on behind a word such as *version*. Patterns are
anchored at a name and bounded, so the time is linear in the sentence.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bailee.assurance.lives import Edition, Life, Lives, Phrase

Row = Life | Phrase

_WORD = re.compile(r"(?:[a-z]\.)+[a-z]\b\.?|[a-z]+?(?=v[0-9])|[a-z]+|[0-9]+|[&%]")
_GAP = re.compile(r"[\s\-\u2013/_.,:()'\"+]{0,4}")
_GLUED = re.compile(r"(?:v|r|rev)\.?[0-9]")
_JOINS = frozenset({"and", "or"})
_SPLIT = "|"
_COORDINATED_MAX = 8

_MARK = r"(?:versions?|ver\.?|vers\.?|v\.?|editions?|revisions?|rev\.?|releases?|r|no\.?)"
_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,3}){0,3}(?:\.x)?"
_END = r"(?![0-9%]|\.[0-9]|[d-z]|[a-c][a-z]|-[0-9]{2}\b)"
_AFTER = re.compile(
    rf"(?P<gap>[\s,:()\[\-\u2013/'\"]{{0,4}})(?P<mark>{_MARK}[\s.:]{{0,2}})?(?P<number>{_NUMBER}){_END}"
)
_NEXT = re.compile(
    rf"[a-c]?\)?(?:\s?(?:,|/|&|\+|-|\u2013)\s?(?:and\s|or\s)?|\s(?:and|or|to|through|as well as)\s)"
    rf"(?:{_MARK}[\s.:]{{0,2}})?(?P<number>{_NUMBER}){_END}"
)
_FILLER = (
    r"(?:standards?|frameworks?|requirements?|compliance|compliant|certified|certification|"
    r"assessment|validated|level|service|provider|merchant|type|the|at|as|an?|under|with|to|in|of|"
    r"is|are|its|our|current(?:ly)?|latest|security|[0-9]|[i]{1,3}|\((?:[^()]{0,60})\)|,)"
)
_FURTHER = re.compile(
    rf"(?:[\s,]{{1,4}}{_FILLER}){{0,6}}[\s,(]{{1,4}}(?:{_MARK}[\s.:]{{0,2}}|(?=[0-9]\.[0-9]\.))"
    rf"(?P<number>{_NUMBER}){_END}"
)
_LOOSELY = re.compile(
    r"[^;:]{0,80}?\b(?:to|under|with|against|is|at|in|for|current(?:ly)?|latest|the|its|and|standard|"
    r"requirements|compliant|certified|validated)[\s,(]{1,3}(?:version|v)[\s.]{0,2}"
    rf"(?P<number>{_NUMBER}){_END}(?!\sof\s)"
)
_CLAIMED = re.compile(r"\s?(?:certif|complian|validat|attest|ready|level|standard)")
_YEAR_FURTHER = re.compile(
    r"[^\n]{0,120}?[(\s,](?P<number>(?:19|20)[0-9]{2})\s(?:edition|version|revision)\b"
)
_BEFORE = re.compile(
    rf"(?:{_MARK}[\s.:]{{0,2}}(?P<one>{_NUMBER})|(?P<two>{_NUMBER})\s(?:edition|version|revision))"
    r"\s(?:of|for)\s(?:the\s)?$"
)
_LEADING_YEAR = re.compile(r"\b(?P<number>20[0-9]{2})\s$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A row of the table, named in a sentence.

    Attributes:
        version: the edition as written, empty when none is.
        edition: the row of it; none when the table knows no such edition.
        start, end: in the sentence, edition included.
    """

    row: Row
    version: str
    edition: Edition | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Spelling:
    words: tuple[str, ...]
    head: tuple[str, ...]
    row: Row
    digits: bool

    @property
    def length(self) -> int:
        return len(self.words) + len(self.head)


def _words(text: str) -> list[_Word]:
    return [_Word(_plain(found[0]), *found.span()) for found in _WORD.finditer(text)]


def _plain(word: str) -> str:
    if "." in word:
        return word.replace(".", "")
    if word == "&":
        return "and"
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


class Vocabulary:
    """Every spelling of the table, found by its first word."""

    def __init__(self, lives: Lives) -> None:
        self._spellings: Mapping[str, list[_Spelling]] = defaultdict(list)
        rows: list[Row] = [*lives.life, *lives.phrase]
        for row in rows:
            for written in row.spellings:
                first, _, second = written.lower().partition(_SPLIT)
                parts = tuple(word.text for word in _words(first))
                head = tuple(word.text for word in _words(second))
                digits = all(part.isdigit() for part in parts + head)
                self._spellings[parts[0]].append(_Spelling(parts, head, row, digits))
        for spellings in self._spellings.values():
            spellings.sort(key=lambda one: -one.length)
        self._firsts = {
            row.id: frozenset(
                first
                for written in row.spellings
                if not (first := _words(written.lower())[0].text).isdigit()
            )
            for row in rows
        }

    def mentions(self, text: str) -> list[Mention]:
        """Return what a sentence (lower case) names, in order."""
        words = _words(text)
        said = {word.text for word in words}
        if said.isdisjoint(self._spellings):
            return []
        names = list(self._names(text, words, said))
        out: list[Mention] = []
        for place, (row, start, end) in enumerate(names):
            before = names[place - 1][2] if place else 0
            after = next((s for _, s, _ in names[place + 1 :] if s >= end), len(text))
            found = _editions(text, row, (before, start, end, after))
            if found or _counts(row, text, start, end):
                out += found or [Mention(row, "", None, start, end)]
        return out

    def _names(
        self, text: str, words: Sequence[_Word], said: set[str]
    ) -> Iterator[tuple[Row, int, int]]:
        covered: set[int] = set()
        for place, word in enumerate(words):
            if place in covered or word.text not in self._spellings:
                continue
            if word.start and text[word.start - 1].isalnum() and _glued(text, word.start):
                continue
            for spelling in self._spellings[word.text]:
                used = _match(text, words, place, spelling)
                if used is None or (
                    spelling.digits and said.isdisjoint(self._firsts[spelling.row.id])
                ):
                    continue
                covered.update(used)
                yield spelling.row, word.start, words[used[-1]].end
                break


def _glued(text: str, at: int) -> bool:
    """Say whether a word is the tail of a longer one (``2ssl`` is, ``3des`` begins with its 3)."""
    return text[at - 1].isalpha() or text[at].isdigit()


def _match(text: str, words: Sequence[_Word], place: int, spelling: _Spelling) -> list[int] | None:
    used = _run(text, words, place, spelling.words)
    if used is None:
        return None
    if spelling.head:
        after = used[-1] + 1
        head = _run(text, words, after, spelling.head)
        if head is None or not _near(text, words, after):
            head = _coordinated(text, words, after, spelling.head)
        if head is None:
            return None
        used += head
    last = words[used[-1]]
    glued = last.end < len(text) and text[last.end].isalnum()
    if glued and (last.text.isdigit() or text[last.end].isalpha()):
        return used if _GLUED.match(text, last.end) else None
    return used


def _run(
    text: str, words: Sequence[_Word], place: int, wanted: tuple[str, ...]
) -> list[int] | None:
    if place + len(wanted) > len(words):
        return None
    for offset, word in enumerate(wanted):
        if words[place + offset].text != word or (
            offset and not _near(text, words, place + offset)
        ):
            return None
    return list(range(place, place + len(wanted)))


def _near(text: str, words: Sequence[_Word], place: int) -> bool:
    return _GAP.fullmatch(text, words[place - 1].end, words[place].start) is not None


def _coordinated(
    text: str, words: Sequence[_Word], place: int, head: tuple[str, ...]
) -> list[int] | None:
    """Find the head behind other members of a list: ``EU-US and Swiss-US Privacy Shield``."""
    if place >= len(words):
        return None
    gap = text[words[place - 1].end : words[place].start]
    if words[place].text not in _JOINS and not set(",/&") & set(gap):
        return None
    for at in range(place, min(place + _COORDINATED_MAX, len(words))):
        if not _near(text, words, at):
            return None
        if found := _run(text, words, at, head):
            return found
    return None


@functools.lru_cache(maxsize=512)
def _starting(stems: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, stems))})")


def _counts(row: Row, text: str, start: int, end: int) -> bool:
    """Say whether a bare name means the thing, by the other words of its sentence."""
    left, right = text.rfind(";", 0, start) + 1, text.find(";", end)
    rest = text[left:start] + " " + text[end : right if right >= 0 else len(text)]
    if row.near and not _starting(row.near).search(rest):
        return False
    unless = row.unless if isinstance(row, Life) else ()
    return not (unless and _starting(unless).search(rest))


def _editions(text: str, row: Row, place: tuple[int, int, int, int]) -> list[Mention]:
    """Return one mention for each edition that is named with a row."""
    if isinstance(row, Phrase) or not row.shape:
        return []
    before, start, end, after = place
    found = _AFTER.match(text, end)
    if found and (first := _adjacent(row, found)):
        out = [Mention(row, first[0], first[1], start, found.end("number"))]
        at = found.end("number")
        while following := _NEXT.match(text, at):
            edition = edition_of(row, following["number"])
            if edition is None:
                break
            at = following.end("number")
            out.append(Mention(row, following["number"], edition, following.start("number"), at))
        return out
    return _apart(text, row, (before, start, end, after))


def _adjacent(row: Life, found: re.Match[str]) -> tuple[str, Edition | None] | None:
    number, mark, gap = found["number"], found["mark"], found["gap"]
    edition = edition_of(row, number)
    if edition is not None:
        loose = row.shape == "whole" and not mark and set(gap) & set(",/:[)")
        return None if loose else (number, edition)
    if row.shape == "dotted" and "." in number:
        # ``PCI DSS 8.3.6`` is a requirement of it; ``PCI DSS 3.3 compliant`` an edition.
        claimed = row.kind == "protocol" or _CLAIMED.match(found.string, found.end())
        return (number, None) if mark or (claimed and set(gap) <= {" ", "-"}) else None
    if row.shape == "year" and re.fullmatch(r"(?:19|20)[0-9]{2}", number):
        return (number, None) if ":" in gap or row.yearly else None
    return (number, None) if row.shape == "whole" and mark and "." not in number else None


def _apart(text: str, row: Life, place: tuple[int, int, int, int]) -> list[Mention]:
    """Look for an edition further on, or before (``version 3.2.1 of the PCI DSS``)."""
    before, start, end, after = place
    pattern = _YEAR_FURTHER if row.shape == "year" else _FURTHER
    found = pattern.match(text, end, after) or _FURTHER.match(text, end, after)
    if found and (edition := edition_of(row, found["number"])):
        return [Mention(row, found["number"], edition, start, found.end("number"))]
    found = _LOOSELY.match(text, end, after) if row.shape == "dotted" else None
    if found and (edition := edition_of(row, found["number"])):
        return [Mention(row, found["number"], edition, start, found.end("number"))]
    ahead = _BEFORE.search(text, max(before, start - 60), start)
    number = (ahead["one"] or ahead["two"]) if ahead else ""
    if ahead and (edition := edition_of(row, number)):
        return [Mention(row, number, edition, ahead.start(), end)]
    year = _LEADING_YEAR.search(text, max(before, start - 6), start)
    if year and row.yearly:
        return [Mention(row, year["number"], None, year.start("number"), end)]
    return []


def edition_of(row: Life, number: str) -> Edition | None:
    """Return the edition that is written so."""
    return next((e for e in row.edition if number == e.id or number in e.written), None)
