"""Enumerations inside a paragraph: ``(i) …; (ii) …``, nested, and where each member ends.

A mark is believed when it starts a list that goes on, or goes on with a list that is open.
``Article 46(2)(c) or (d)``, ``one (1) year``, ``type(s)`` are no marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from bailee.agreement.label import readings, symbol_for
from bailee.agreement.mention import spans
from bailee.agreement.sentence import boundaries

MAX_DEPTH = 6

_MARK = re.compile(
    r"(?<![^\s\"(\[)\u2013;:,/])(?:\((?P<paren>[0-9]{1,2}|[a-zA-Z]{1,2}"
    r"|[ivxIVX]{1,6})\)(?=[\s(\"]|$)"
    r"|(?P<close>[0-9]{1,2}|[a-z]|[ivx]{1,5})\)(?=\s))"
)
_NUMBER_WORD = re.compile(
    r"(?:\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)|[0-9])\s*$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?:[,;:.\u2013(]|\b(?:and|or|and/or))\s*$")
_FULL_STOP = re.compile(r"[.]\s*(?:(?:and|or)\s+)?$")


@dataclass(slots=True)
class Found:
    """A mark in a paragraph. Offsets count within the paragraph's text.

    Attributes:
        start: of the mark.
        end: after the mark.
        shape: ``(x)`` or ``x)``.
        system: counting system, see ``label.readings``.
        limit: offset where a bracket around the mark closes; the text's length when there is none.
    """

    start: int
    end: int
    shape: str
    symbol: str
    limit: int
    chained: bool
    system: str = ""
    ordinal: int = 0
    level: int = 0
    reach: int = 0
    interrupted: bool = False
    begins: bool = False
    lone: bool = False


@dataclass(slots=True)
class _Open:
    shape: str
    system: str
    last: int
    members: list[Found] = field(default_factory=list)


def find_marks(text: str) -> list[Found]:
    """Return everything in a paragraph that looks like an inline mark, in order."""
    candidates = list(_MARK.finditer(text))
    if not candidates:
        return []
    taken = spans(text)
    starts = [start for start, _ in taken]
    closing = _closings(text, {found.start() for found in candidates})
    out: list[Found] = []
    for found in candidates:
        at = bisect_right(starts, found.start()) - 1
        if at >= 0 and found.start() < taken[at][1]:
            continue
        symbol = found["paren"] or found["close"]
        if symbol.isdigit() and _NUMBER_WORD.search(
            text[max(0, found.start() - 12) : found.start()]
        ):
            continue
        chained = bool(out) and not text[out[-1].end : found.start()].strip()
        limit = closing.get(found.start(), len(text))
        shape = "(x)" if found["paren"] else "x)"
        if shape == "x)" and limit < len(text):
            continue
        out.append(Found(found.start(), found.end(), shape, symbol, limit, chained))
    return out


def _closings(text: str, marks: set[int]) -> dict[int, int]:
    """Return, for marks inside brackets, where the innermost bracket around them closes."""
    around: dict[int, int] = {}
    waiting: list[tuple[int, list[int]]] = []
    for found in re.finditer(r"[()]|(?<![^\s])[a-z0-9]{1,5}\)", text):
        at, sign = found.start(), found[0]
        if sign == "(" and at not in marks:
            waiting.append((at, []))
        elif sign == "(" or (len(sign) > 1 and at in marks and not waiting):
            if waiting:
                waiting[-1][1].append(at)
        elif waiting and not _closes_mark(text, found.end() - 1, marks):
            _, inside = waiting.pop()
            around.update(dict.fromkeys(inside, found.end() - 1))
    return around


def _closes_mark(text: str, at: int, marks: set[int]) -> bool:
    opening = text.rfind("(", max(0, at - 8), at)
    return opening in marks


def believe(text: str, marks: list[Found], opened: list[tuple[str, str, int]]) -> list[Found]:
    """Return the marks that make lists, with system, ordinal, level and reach filled in.

    Args:
        text: the paragraph.
        marks: from ``find_marks``.
        opened: lists already open around the paragraph, outermost first: shape, system, last
            ordinal. Their continuation gets level -1, -2, … (innermost is -1).
    """
    seen: dict[tuple[str, str], list[int]] = {}
    for mark in marks:
        seen.setdefault((mark.shape, mark.symbol), []).append(mark.start)
    stack: list[_Open] = []
    out = [
        mark
        for mark in marks
        if _continues(mark, stack, seen)
        or _continues_outside(mark, stack, opened)
        or _starts(text, mark, stack, seen)
        or _gapped(text, mark, stack)
    ]
    _reach(text, out)
    return out


def _later(seen: dict[tuple[str, str], list[int]], mark: Found, symbol: str) -> bool:
    places = seen.get((mark.shape, symbol), [])
    return bisect_left(places, mark.end) < len(places)


def _continues(mark: Found, stack: list[_Open], seen: dict[tuple[str, str], list[int]]) -> bool:
    fits: list[tuple[int, str, int]] = []
    for depth in range(len(stack) - 1, -1, -1):
        opened = stack[depth]
        fits += [
            (depth, system, ordinal)
            for system, ordinal in readings(mark.symbol)
            if (opened.shape, opened.system, opened.last + 1) == (mark.shape, system, ordinal)
        ]
    if not fits:
        return False
    depth, system, ordinal = fits[0]
    roman_start = any(o == 1 and s in "iI" for s, o in readings(mark.symbol))
    if (
        roman_start
        and system in "aA"
        and _later(seen, mark, symbol_for("i" if system == "a" else "I", 2))
    ):
        return False
    del stack[depth + 1 :]
    stack[depth].last = ordinal
    stack[depth].members.append(mark)
    mark.system, mark.ordinal, mark.level = system, ordinal, depth
    return True


def _continues_outside(mark: Found, stack: list[_Open], opened: list[tuple[str, str, int]]) -> bool:
    for back, (shape, system, last) in enumerate(reversed(opened), start=1):
        for way, ordinal in readings(mark.symbol):
            if (shape, system, last + 1) == (mark.shape, way, ordinal):
                del stack[:]
                del opened[len(opened) - back :]
                opened.append((shape, system, ordinal))
                mark.system, mark.ordinal, mark.level = way, ordinal, -back
                return True
    return False


def _starts(
    text: str, mark: Found, stack: list[_Open], seen: dict[tuple[str, str], list[int]]
) -> bool:
    listed = mark.chained or _LISTED.search(text[max(0, mark.start - 8) : mark.start]) is not None
    best: tuple[str, int] | None = None
    lone = False
    for system, ordinal in reversed(readings(mark.symbol)):
        goes_on = any(_later(seen, mark, symbol_for(system, ordinal + step)) for step in (1, 2))
        if goes_on and (ordinal == 1 or (ordinal == 2 and listed)):
            best = (system, ordinal)
            break
        if (
            ordinal == 1
            and best is None
            and mark.shape == "(x)"
            and (mark.chained or _LISTED.search(text[max(0, mark.start - 2) : mark.start]))
        ):
            best, lone = (system, 1), True
    chain_head = _chain_follows(text, mark)
    if best is None and chain_head and mark.shape == "(x)":
        best, lone = next(((s, o) for s, o in readings(mark.symbol) if o == 1), None), True
    if best is None:
        return False
    mark.system, mark.ordinal = best
    for depth, opened in enumerate(stack):
        if (opened.shape, opened.system) == (mark.shape, mark.system):
            del stack[depth:]
            break
    if len(stack) >= MAX_DEPTH:
        return False
    mark.level, mark.lone, mark.begins = len(stack), lone, True
    stack.append(_Open(mark.shape, mark.system, mark.ordinal, [mark]))
    return True


def _chain_follows(text: str, mark: Found) -> bool:
    return text.startswith("(", mark.end) and _MARK.match(text, mark.end) is not None


def _gapped(text: str, mark: Found, stack: list[_Open]) -> bool:
    """Accept a member that skips or repeats an ordinal, so that the lint can say so."""
    if _LISTED.search(text[max(0, mark.start - 8) : mark.start]) is None:
        return False
    for depth in range(len(stack) - 1, -1, -1):
        opened = stack[depth]
        for system, ordinal in readings(mark.symbol):
            step = ordinal - opened.last
            near = 0 < step <= 3 or (step == 0 and len(opened.members) > 1)
            if near and (opened.shape, opened.system) == (mark.shape, system):
                del stack[depth + 1 :]
                opened.last = ordinal
                opened.members.append(mark)
                mark.system, mark.ordinal, mark.level = system, ordinal, depth
                return True
    return False


def _reach(text: str, marks: list[Found]) -> None:
    """Fill in where each member ends: the next mark of its level or above, or its sentence's end.

    Members that are whole sentences (the next one follows a full stop) reach to the next member,
    the last one to the end of the paragraph.
    """
    if not marks:
        return
    cuts = boundaries(text)
    whole = _whole_sentences(text, marks)
    nearest: dict[int, Found] = {}
    for mark in reversed(marks):
        later = [found for level, found in nearest.items() if level <= mark.level]
        after = min(later, key=lambda found: found.start, default=None)
        limit = min(after.start if after else len(text), mark.limit)
        if mark.level not in whole:
            at = bisect_right(cuts, mark.end)
            if at < len(cuts) and cuts[at] < limit:
                limit = cuts[at]
                sibling = after is not None and after.level == mark.level
                if after is not None and sibling and after.ordinal == mark.ordinal + 1:
                    after.interrupted = True
        mark.reach = limit
        nearest[mark.level] = mark


def _whole_sentences(text: str, marks: list[Found]) -> set[int]:
    """Return levels whose members are sentences of their own."""
    out: set[int] = set()
    seen: set[int] = set()
    for mark in marks:
        before = text[max(0, mark.start - 8) : mark.start]
        if mark.level in seen and _FULL_STOP.search(before):
            out.add(mark.level)
        seen.add(mark.level)
    return out
