"""A table of contents at the front: its lines repeat the headings and are no clauses."""

from __future__ import annotations

import re

from bailee.agreement.label import read_mark

_PAGE = re.compile(r"[\s.\u2026\u2013|-]*(?:page\s+)?[0-9]{1,3}$", re.IGNORECASE)
_WORDS = re.compile(r"[a-z0-9]+")
_NAMED = re.compile(r"(?:table\s+of\s+)?contents?$|index$", re.IGNORECASE)
_LONGEST = 130
_LEAST = 3
_LEAST_NAMED = 2
# A table of contents stands in front: no sentence of a clause comes before it.
_FRONT = 60


def contents_of(texts: list[str]) -> set[int]:
    """Return the indexes of the lines that are a table of contents, its heading included."""
    keys = [_key(text) for text in texts]
    last = {key: index for index, key in enumerate(keys) if key}
    for start in range(min(_FRONT, len(texts))):
        text = texts[start]
        mark = read_mark(text)
        if mark is not None and len(text) > _LONGEST:
            return set()
        if mark is None or not keys[start] or last[keys[start]] <= start:
            continue
        end = _end(texts, keys, start)
        repeated = sum(1 for at in range(start, end) if keys[at] and last[keys[at]] >= end)
        named = start > 0 and _NAMED.match(texts[start - 1].strip(" #*_:")) is not None
        if repeated >= (_LEAST_NAMED if named else _LEAST) and 10 * repeated >= 7 * (end - start):
            return set(range(start - 1 if named else start, end))
    return set()


def _end(texts: list[str], keys: list[str], start: int) -> int:
    """Return the index after a run of short lines, before the first of them comes again."""
    seen: set[str] = set()
    for at in range(start, len(texts)):
        if len(texts[at]) > _LONGEST or texts[at].endswith((".", ";", ",")) or keys[at] in seen:
            return at
        seen.add(keys[at])
    return len(texts)


def _key(text: str) -> str:
    """Return a line's heading as it is compared: no label, no page number, lower case."""
    if len(text) > _LONGEST:
        return ""
    mark = read_mark(text)
    if mark is not None and mark.shape != "bullet":
        label = f"{mark.word} {mark.text}" if mark.shape in {"annex", "part"} else ""
        text = f"{label} {_PAGE.sub('', text[mark.end :])}"
    else:
        text = _PAGE.sub("", text)
    return " ".join(_WORDS.findall(text.lower()))
