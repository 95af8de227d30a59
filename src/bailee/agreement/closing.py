"""Closing lines: where the parties sign. They belong to no clause and to no annex."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from bailee.agreement.label import Mark

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_CLOSING = re.compile(
    r"(?:IN\s+WITNESS|In\s+witness)\s+\w+|(?:EXECUTED|Executed)(?:\s+(?:as|by|on|in|AS|BY)\b|:?$)"
    r"|(?:SIGNED|Signed)(?:\s+(?:by|for|on|as|at|in|BY|FOR|ON|AS)\b|:|$)"
    r"|(?i:(?:accepted|agreed|acknowledged|approved)(?:\s+and\s+(?:agreed|accepted|approved))?"
    r"(?:\s+(?:to\s+)?(?:by|for)\b[^.]{0,60})?\s*(?::|$))"
    r"|(?:For|FOR)\s+(?:and\s+on\s+behalf\s+of\b|AND\s+ON\s+BEHALF\s+OF\b|[A-Z][^.:]{2,50}:)"
    r"|(?i:by)\s*:\s*(?:/s/|_{2,}|$)|/s/|_{8,}"
    r"|(?:Yours\s+)?(?:[Ss]incerely|[Ff]aithfully|[Tt]ruly)\b[^.]{0,20},$"
    r"|(?i:signatures?(?:\s+pages?|\s+blocks?|\s+of\s+the\s+parties)?\s*:?$)"
    r"|(?i:the\s+common\s+seal\b)|(?:Done|DONE)\s+(?:at|in|on|AT|IN|ON)\b"
    rf"|[A-Z][^:]{{2,60}}:\s[A-Z][\w'-]+(?:\s[\w.'-]+){{1,3}},\s[A-Z][^:;]{{2,60}},\s"
    rf"(?:{_MONTH}\s[0-9]{{1,2}},\s[0-9]{{4}}|[0-9]{{1,2}}\s{_MONTH}\s[0-9]{{4}})$"
    rf"|[A-Z][\w\u00c0-\u024f .-]{{1,30}},\s(?:on\s)?[0-9]{{1,2}}\.?\s{_MONTH}\s[0-9]{{4}}\b"
)
_SIGNING = re.compile(r"(?i:by|signature|signed|per)\s*:|/s/|_{8,}")
_COMPANY = re.compile(r"\b(?:inc|ltd|co|corp|plc|llc|l\.p|s\.a|b\.v)\.$", re.IGNORECASE)
_NAME = re.compile(r"Name\s*:")
_OFFICE = re.compile(r"(?:Title|Position|Office|Function)\s*:")
_PARTICULAR = re.compile(
    r"(?i:categories|nature|purpose|subject|duration|retention|frequency|sensitive|types?\s+of"
    r"|data\s|role\b|activities|technical|security|encryption)"
)
_ROWS = 40
_LONGEST = 160


class Printed(Protocol):
    """What closing lines are told by."""

    text: str
    mark: Mark | None
    blank_before: bool


def closings_of(rows: Sequence[Printed]) -> list[tuple[int, int]]:
    """Return where closing blocks begin and end (indexes of rows; the end is excluded)."""
    out: list[tuple[int, int]] = []
    end = len(rows)
    first = -1
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        labelled = row.mark is not None and row.mark.shape not in {"bullet", "heading"}
        over = labelled or end - index > _ROWS or _PARTICULAR.match(row.text) is not None
        if over or (len(row.text) > _LONGEST and not _CLOSING.match(row.text)):
            if first >= 0:
                out.append((first, end))
            first = -1
            # Only an annex, or the end of the text, can follow a closing block.
            end = index if row.mark is not None and row.mark.shape == "annex" else -1
        elif end >= 0 and _opens(rows, index, end):
            first = index
    if first > 0:
        out.append((first, end))
    return out


def _opens(rows: Sequence[Printed], index: int, end: int) -> bool:
    row = rows[index]
    if row.mark is not None:
        return False
    if _CLOSING.match(row.text.strip(" *_>")):
        return True
    near = [later.text.strip(" *_>") for later in rows[index + 1 : min(end, index + 3)]]
    named = len(near) == 2 and _NAME.match(near[0]) and _OFFICE.match(near[1])
    signed = any(_SIGNING.match(text) for text in near)
    plain = not row.text.endswith((".", ":", ";")) or _COMPANY.search(row.text) is not None
    return row.blank_before and bool(named or signed) and plain and len(row.text) < 80
