"""How mentions of other places are written: ``Sections 4.1 and 9(b)``, ``paragraph (c)``.

Only recognition; what a mention points to is decided in ``references``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_PAREN = r"\((?:[0-9]{1,3}|[a-zA-Z]{1,2}|[ivxIVX]{1,6})\)"
# A hyphen joins the halves of a statute's number (``44-1805``, ``899-aa``): no range.
_NUMBER = (
    r"(?:[0-9]{1,5}[A-Za-z]?(?:[.:][0-9]{1,5}[a-z]?){0,7}"
    r"(?:-(?:[0-9]{3,5}|[a-z]{2}|[A-Z]{1,2})(?:[.-][0-9]{1,5})*)?)(?![A-Za-z0-9])"
)
_UNIT = (
    r"(?!\s*(?:%|(?:\([a-z0-9]+\)\s*)?(?:business\s+|calendar\s+|working\s+)?"
    r"(?:days?|hours?|months?|years?|weeks?|minutes?)\b))"
)
_NAMED = (
    rf"(?:{_NUMBER}(?:\s?{_PAREN}){{0,8}}"
    rf"|[IVXL]{{1,7}}\b(?:\s?{_PAREN}){{0,4}}|[A-Z](?:\.[0-9]{{1,3}}){{1,4}}(?:\s?{_PAREN}){{0,4}}"
    rf"|[A-Z]\b(?!\.\s)){_UNIT}"
)
_LISTED = rf"(?:{_PAREN}\s?){{0,7}}{_PAREN}{_UNIT}"
_TARGET = rf"(?:{_NAMED}|{_LISTED})"
_JOIN = r"\s{0,3}(?:,\s{0,2}(?:and/or|and|or)?|;|and/or|and|or|to|through|[-\u2013])\s{0,3}"
_PLACE_WORD = (
    r"(?:(?:sub-?)?(?:sections?|clauses?|paragraphs?|articles?)|arts?\.|secs?\.|paras?\.?"
    r"|chapters?|items?|points?|\u00a7{1,2})"
)
_ANNEX_WORD = (
    r"(?:(?i:appendix|appendices|annex(?:es|ure|ures)?|schedules?|exhibits?|attachments?"
    r"|enclosures?)|Sheets?|Supplements?|Parts?)"
)
_ANNEX_LABEL = r"(?:[0-9]{1,2}|[IVX]{1,5}|[A-Z]|(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten))(?:[.\-](?:[A-Z]|[0-9]{1,2})|\([A-Z0-9]\))?(?![A-Za-z0-9])"

_MENTION = re.compile(
    rf"(?<![A-Za-z0-9-])(?:(?P<word>(?i:{_PLACE_WORD}))\s{{0,3}}(?P<targets>{_TARGET}"
    # ``section 14.1; (h) …``: a lone letter goes on with letters only, and not past a semicolon.
    rf"(?:{_JOIN}(?:(?i:{_PLACE_WORD})\s{{0,3}}{_TARGET}|{_NAMED})"
    rf"|(?<=\))(?!\s?;){_JOIN}{_LISTED}){{0,12}})"
    rf"|(?P<annex>{_ANNEX_WORD})\s{{1,3}}(?:[Nn][or]\.?\s)?"
    rf"(?P<labels>{_ANNEX_LABEL}(?:{_JOIN}{_ANNEX_LABEL}){{0,8}}))"
)
_ONE = re.compile(rf"(?:(?P<word>(?i:{_PLACE_WORD}))\s{{0,3}})?(?P<target>{_TARGET})")
_ONE_LABEL = re.compile(_ANNEX_LABEL)


@dataclass(frozen=True, slots=True)
class Mention:
    """One place mentioned: offsets in the text read.

    Attributes:
        word: the place word in lower case and singular: section, clause, article, annex …
        target: the number and letters as printed.
        written: the place word as printed (its case tells Clause from clause).
        group_end: offset after the last place of the same group (``Sections 4 and 5 of …``).
        group_start: offset where the group begins.
    """

    word: str
    written: str
    target: str
    start: int
    end: int
    group_start: int
    group_end: int


_SINGULAR = {
    "art.": "article", "arts.": "article", "sec.": "section", "secs.": "section",
    "para": "paragraph", "para.": "paragraph", "paras": "paragraph", "paras.": "paragraph",
    "\u00a7": "section", "\u00a7\u00a7": "section", "appendices": "appendix", "annexes": "annex",
    "annexure": "annex", "annexures": "annex",
}  # fmt: skip


def _singular(word: str) -> str:
    lower = word.lower().replace("-", "")
    return _SINGULAR.get(lower) or lower.removesuffix("s")


def mentions(text: str) -> Iterator[Mention]:
    """Yield every mention in a text, in order; lists of places give one mention each."""
    for found in _MENTION.finditer(text):
        group = "targets" if found["word"] else "labels"
        pattern = _ONE if found["word"] else _ONE_LABEL
        out: list[list[Mention]] = []
        written = found["word"] or found["annex"]
        last = ""
        for one in pattern.finditer(text, *found.span(group)):
            changed = group == "targets" and one["word"] is not None
            if changed:
                written = one["word"]
            target = one["target"] if group == "targets" else one[0]
            if target.startswith("(") and last and not last.startswith("("):
                target = last.rpartition("(")[0].strip() + target if "(" in last else last + target
            if changed or not out:
                out.append([])
            start = one.start() if last else found.start()
            last = target
            out[-1].append(
                Mention(
                    _singular(written), written, target.strip(), start, one.end(), start, one.end()
                )
            )
        for same in out:
            for mention in same:
                yield replace(mention, group_start=same[0].start, group_end=same[-1].end)


def spans(text: str) -> list[tuple[int, int]]:
    """Return where mentions stand, whole groups, in order."""
    return [found.span() for found in _MENTION.finditer(text)]
