"""Rows: lines with what their looks tell (label, heading, paragraph), before any tree is built.

A hard-wrapped line may begin with ``4.2 of this`` or ``(b) and``: a label is believed only where a
new line can begin, that is after a blank line, after the end of a sentence or of a list member,
after a heading, or below a short line with a label of the same shape.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from bailee.agreement.closing import closings_of
from bailee.agreement.contents import contents_of
from bailee.agreement.label import (
    Mark,
    asks_like,
    heading_like,
    leads_on,
    read_mark,
    readings,
    steps_of,
    title_case,
)
from bailee.agreement.plain import Line
from bailee.agreement.sentence import ends_sentence

_SHORT = 60
_INNER = re.compile(r"\((?:[0-9]{1,2}|[a-zA-Z]{1,2}|[ivxIVX]{1,6})\)|(?<=\s)[a-zivx]{1,4}\)")
_INNER_FIRST = re.compile(r"(?:\s?\((?:[0-9]{1,2}|[a-zA-Z]{1,2}|[ivxIVX]{1,6})\)){1,4}(?=\s)")
_TWO_SENTENCES = re.compile(r"[A-Za-z]{3,}\.\s+[A-Z][a-z]")
_MEMBER_BEFORE = re.compile(r"[:;,]$|[;,]\s*(?:and|or|and/or)$")
_FIELD = re.compile(r"(?:\*\*)?[A-Z][^.:;\n|]{0,60}:(?:\*\*)?(?:\s|$)")
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?=\s*(?:[0-9,.)]|to\b|and\b|until\b|$))"
)
_ANNEX_PART = re.compile(r"[\s,.:\-\u2013]*part\s+([A-Z]|[0-9]{1,2})\b", re.IGNORECASE)
_PLACE_WORD = re.compile(
    r"(?:sections?|clauses?|paragraphs?|articles?|\u00a7|and|or|to|,|item|point|version|rule)$",
    re.IGNORECASE,
)
_SIGNS = frozenset("\u2022\u25cf\u25cb\u25aa\u25e6\u2023\u00b7\u2219\uf0b7")
_COLUMNS = re.compile(r"\S(?: {3,}|\t)\S")


@dataclass(slots=True)
class Row:
    """One line, with what its looks tell.

    Attributes:
        mark: the label at its beginning, when a label may stand there.
        strict: the label may stand there whatever came before (no wrapped line).
        heading: a heading without a label.
        title_only: after the label comes a heading and nothing else.
        new_paragraph: a paragraph begins here.
        beside: the line above has a label of the same shape, equally indented.
        paragraph_end: source offset where the paragraph begun or gone on here ends.
        member: the line above leads into a list, or ends a member of one.
        closing: the block where the parties sign begins here.
        inner: inline labels printed in the line.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    blank_before: bool
    blank_after: bool
    mark: Mark | None = None
    strict: bool = False
    heading: bool = False
    title_only: bool = False
    new_paragraph: bool = False
    beside: bool = False
    paragraph_end: int = 0
    closing: bool = False
    member: bool = False
    inner: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, start: int, indent: int) -> Row:
        """Return a row for a label inside a line."""
        return cls(0, start, start, "", indent, blank_before=False, blank_after=False)


def rows_of(lines: list[Line]) -> list[Row]:
    """Return the rows of a contract's lines."""
    rows = [
        Row(n.number, n.start, n.end, n.text, n.indent, n.blank_before, n.blank_after)
        for n in lines
    ]
    listed = contents_of([row.text for row in rows])
    rows = [row for index, row in enumerate(rows) if index not in listed]
    _merge_lonely_labels(rows)
    _merge_long_headings(rows)
    in_annex = False
    before: Row | None = None
    latest: dict[str, Row] = {}
    for index, row in enumerate(rows):
        after = rows[index + 1] if index + 1 < len(rows) else None
        _read(row, before, after, latest)
        if row.mark is not None:
            latest[row.mark.shape] = row
        in_annex = in_annex or (row.mark is not None and row.mark.shape == "annex")
        if row.mark is None:
            row.heading = _is_heading(row, after, in_annex=in_annex)
        row.new_paragraph = row.blank_before or row.heading or _breaks(row, before)
        row.inner = set(_INNER.findall(row.text, row.mark.end if row.mark else 0))
        before = row
    _keep_last_annexes(rows)
    _sections_of_clauses(rows)
    for start, stop in closings_of(rows):
        rows[start].closing = rows[start].new_paragraph = True
        for row in rows[start:stop]:
            row.mark, row.heading = None, False
    end = 0
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        later = rows[index + 1] if index + 1 < len(rows) else None
        if later is None or later.new_paragraph or later.mark or row.heading:
            end = row.end
        row.paragraph_end = end
    return rows


def _merge_lonely_labels(rows: list[Row]) -> None:
    """Join ``ARTICLE IV`` or ``3.`` alone on a line with the heading on the next line."""
    index = 0
    while index + 1 < len(rows):
        row, after = rows[index], rows[index + 1]
        mark = read_mark(row.text)
        if (
            mark is not None
            and mark.shape in {"annex", "keyword", "part", "x.", "1.1", "x)"}
            and not row.text[mark.end :].strip(" *_:.-\u2013")
            and heading_like(after.text.rstrip(":*_ "))
            and read_mark(after.text) is None
            and not _FIELD.match(after.text)
        ):
            row.text = f"{row.text} {after.text}"
            row.end, row.blank_after = after.end, after.blank_after
            del rows[index + 1]
        index += 1


def _merge_long_headings(rows: list[Row]) -> None:
    """Join a heading without label that was wrapped onto a second line."""
    index = 0
    while index + 1 < len(rows):
        row, after = rows[index], rows[index + 1]
        whole = f"{row.text} {after.text}"
        if (
            row.blank_before
            and not row.blank_after
            and after.blank_after
            and len(row.text) >= 40
            and len(after.text) < len(row.text)
            and read_mark(row.text) is None
            and read_mark(after.text) is None
            and heading_like(whole)
            and ":" not in whole
        ):
            row.text = whole
            row.end, row.blank_after = after.end, True
            del rows[index + 1]
        index += 1


def _read(row: Row, before: Row | None, after: Row | None, latest: dict[str, Row]) -> None:
    mark = read_mark(row.text)
    if mark is None:
        return
    rest = row.text[mark.end :].strip(" *_")
    alone = row.blank_after or after is None or read_mark(after.text) is not None
    bare = rest.lstrip(".:-\u2013 ").rstrip(":")
    row.beside = (
        before is not None
        and before.mark is not None
        and before.mark.shape == mark.shape
        and before.indent == row.indent
    )
    row.title_only = row.text.startswith("#") or (
        bool(bare)
        and (heading_like(bare) or (asks_like(bare) and mark.shape not in {"(x)", "x)"}))
        and _TWO_SENTENCES.search(bare) is None
        and (alone or _outgrown(row, mark, after))
    )
    opens = (
        row.blank_before or before is None or _lets_begin(before) or _steps_in(row, mark, before)
    )
    soft = before is not None and (
        _beside(before, mark) or _next_of(latest.get(mark.shape), row, mark, before)
    )
    row.member = before is not None and (
        _MEMBER_BEFORE.search(before.text) is not None or _steps_in(row, mark, before)
    )
    if _credible(row, mark, rest, opens=opens, soft=soft):
        row.mark, row.strict = mark, opens or soft
    else:
        row.title_only = False


def _steps_in(row: Row, mark: Mark, before: Row) -> bool:
    """Return whether a first member stands farther in than the line that leads to it."""
    first = mark.text in {"1", "a", "A", "i", "I"} and mark.shape in {"x.", "x)", "(x)"}
    return first and row.indent >= before.indent + 2


def _beside(before: Row, mark: Mark) -> bool:
    """Return whether a short line, or a bullet, with a label of the same shape stands above."""
    same = before.mark is not None and before.mark.shape == mark.shape
    return same and (len(before.text) < _SHORT or mark.shape == "bullet")


def _next_of(last: Row | None, row: Row, mark: Mark, before: Row) -> bool:
    """Return whether a label counts on from the last label of its shape, though a line breaks off.

    No wrapped line begins with just that number by chance, unless a place word stands before it.
    """
    if last is None or last.mark is None or last.indent != row.indent:
        return False
    if _PLACE_WORD.search(before.text):
        return False
    if mark.shape == "1.1":
        old, new = steps_of(last.mark.text), steps_of(mark.text)
        return old[:-1] == new[:-1] and int(new[-1]) == int(old[-1]) + 1
    if mark.shape not in {"(x)", "x)", "no"} and not (
        mark.shape in {"x.", "x"} and row.text[mark.end :].lstrip()[:1].isupper()
    ):
        return False
    return any(
        system == other and ordinal == number + 1
        for system, ordinal in readings(mark.text)
        for other, number in readings(last.mark.text)
    )


def _lets_begin(before: Row) -> bool:
    return (
        ends_sentence(before.text)
        or before.heading
        or before.title_only
        or (before.mark is not None and before.mark.end >= len(before.text))
    )


def _outgrown(row: Row, mark: Mark, after: Row | None) -> bool:
    """Return whether a line is a heading although text follows on the very next line."""
    if after is None or len(row.text) >= _SHORT or not after.text[:1].isupper():
        return False
    if mark.shape in {"keyword", "part", "annex"} or row.text.isupper():
        return True
    return len(row.text) < 0.75 * len(after.text)


def _credible(  # noqa: PLR0911 - one return for each shape
    row: Row, mark: Mark, rest: str, *, opens: bool, soft: bool
) -> bool:
    first = rest.lstrip(".:-\u2013 \"'(*_[")[:1]
    lower = first.islower()
    match mark.shape:
        case "annex":
            plain = rest.lstrip(".:-\u2013 ").rstrip(":. ")
            return (
                opens
                and (mark.text != "" or (row.blank_before and row.blank_after))
                and rest[:1] not in {",", ";"}
                and not lower
                and (not plain or heading_like(plain))
            )
        case "keyword" | "part":
            chained = _INNER_FIRST.match(rest)
            if chained is not None:
                return opens and rest[chained.end() :].lstrip()[:1].isupper()
            return opens and rest[:1] not in {",", ";", "("} and not lower
        case "heading":
            return True
        case "x":
            return (opens or soft) and not lower and not _MONTH.match(rest)
        case "bullet":
            return opens or soft or row.indent > 0 or mark.text in _SIGNS
        case "1.1" | "x." | "x)":
            known = mark.shape == "1.1" or bool(readings(mark.text))
            letter = mark.text.isalpha() or mark.shape == "x)"
            small = row.blank_before or letter or row.member
            return known and (opens or soft) and (not lower or small)
        case _:
            return bool(readings(mark.text)) and (opens or soft)


def _is_heading(row: Row, after: Row | None, *, in_annex: bool) -> bool:
    text = row.text.strip(" *_")
    if not row.blank_before or not text or "|" in text or _COLUMNS.search(text):
        return False
    bare = text.rstrip(":")
    if bare != text and (len(bare.split()) < 3 or not title_case(bare) or leads_on(bare)):
        return False
    if not heading_like(bare) or len(bare) > 110 or ": " in bare or not bare[0].isalpha():
        return False
    if row.blank_after or after is None:
        return True
    if len(text) >= _SHORT or not (after.text[:1].isupper() or read_mark(after.text)):
        return False
    return text.isupper() or (in_annex and not _FIELD.match(after.text))


def _breaks(row: Row, before: Row | None) -> bool:
    """Return whether a line begins a paragraph although no blank line precedes it."""
    if before is None or before.heading:
        return True
    if row.text.startswith("|") or before.text.startswith("|"):
        return True
    if _COLUMNS.search(row.text) and (row.mark is None):
        return True
    field_line = _FIELD.match(row.text) is not None and heading_like(row.text.partition(":")[0])
    return field_line and (
        ends_sentence(before.text)
        or len(before.text) < _SHORT
        or _FIELD.match(before.text) is not None
    )


def _sections_of_clauses(rows: list[Row]) -> None:
    """Where sections head numbered clauses (``SECTION I``, ``Clause 1``), sections are parts."""
    words = Counter(row.mark.word for row in rows if row.mark and row.mark.shape == "keyword")
    if words["clause"] <= words["section"]:
        return
    for row in rows:
        if row.mark is not None and (row.mark.shape, row.mark.word) == ("keyword", "section"):
            row.mark = replace(row.mark, shape="part")


def _keep_last_annexes(rows: list[Row]) -> None:
    """Forget annex labels that come again: a list of annexes stands before the annexes."""
    seen: set[tuple[str, str, str]] = set()
    for row in reversed(rows):
        mark = row.mark
        if mark is None or mark.shape != "annex":
            continue
        part = _ANNEX_PART.match(row.text[mark.end :])
        if part and not mark.part:
            mark = row.mark = Mark(
                mark.shape, mark.text, mark.printed, mark.start, mark.end, mark.word, part[1]
            )
        key = (mark.word, mark.text, mark.part)
        if key in seen:
            row.mark = None
            row.title_only = False
        seen.add(key)
