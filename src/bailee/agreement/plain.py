"""From bytes to plain lines: decoding, a plain view of the same length, page furniture left out.

Nothing here knows about clauses. Every pattern is anchored or bounded, so time is linear.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bailee.errors import Invalid, Oversized

MAX_BYTES = 2 * 1024 * 1024

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|\xe2[\x80-\xbf]{2}")

# One character for one character: an offset in the view is the same offset in the source.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
        **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000\ufeff\t\x0b\x1f", " "),
        **dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012", "-"),
        **dict.fromkeys("\u2014\u2015\u2212", "\u2013"),
        "\x0c": "\n",
        "\x85": "\n",
        "\u2028": "\n",
        "\u2029": "\n",
    }
)

_PAGE = re.compile(
    r"(?:page\s+[0-9]{1,4}(?:\s*(?:of|/)\s*[0-9]{1,4})?"
    r"|[-\u2013]\s*[0-9]{1,4}\s*[-\u2013]|[0-9]{1,4}\s*(?:of|/)\s*[0-9]{1,4}"
    r"|[0-9]{1,4}\s*\|\s*page|\[?page\s+[0-9]{1,4}\]?)$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"[0-9]{1,3}$")
_PAGE_TAIL = re.compile(r"\bpage\s+[0-9]{1,4}(?:\s*(?:of|/)\s*[0-9]{1,4})?$", re.IGNORECASE)
_CONTENTS = re.compile(r"\S[^\n]{0,120}?(?:\.{4,}|(?:\. ){4,}|\u2026{2,})\s*[0-9ivx]{1,4}$")
_RULE = re.compile(r"(?=(?:\s{0,9}[-=*~_\u2013]){3})[-=*~_\u2013\s]+$")
_DIGITS = re.compile(r"[0-9]+")
_GAP = re.compile(r" {42,}")
_FILLER = "\u2063"
_EDGE_MAX = 90


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line that carries text.

    Attributes:
        start: source offset of its first visible character.
        end: source offset after its last visible character.
        text: the plain view between them.
        indent: columns of white space before it (a tab counts to the next multiple of four).
        blank_before: an empty line, a page break or the start of the file precedes it.
        blank_after: likewise after it.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    blank_before: bool
    blank_after: bool


def decode(data: bytes) -> str:
    r"""Return the text of a contract's bytes, line endings as ``\n``, without BOM.

    UTF-8 first, UTF-16 when a BOM says so, Windows-1252 for bytes that are no UTF-8 at all.

    Raises:
        Oversized: ``contract.too_large``.
        Invalid: ``contract.encoding`` for bytes that are neither, or a mixture, or binary.
    """
    if len(data) > MAX_BYTES:
        raise Oversized(
            "contract.too_large",
            f"The contract has more than {MAX_BYTES} bytes.",
            do="Send the text of the contract alone.",
        )
    text = _decoded(data)
    if text is None or "\x00" in text:
        raise Invalid(
            "contract.encoding",
            "The bytes are not one text in UTF-8, UTF-16 with a mark, or Windows-1252.",
            do="Save the contract as plain UTF-8 text.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    encodings = ["utf-8-sig"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif _MULTIBYTE.search(data) is None:
        encodings.append("cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    return None


def plain(source: str) -> str:
    """Return the plain view of a source, of the same length."""
    return source.translate(_PLAIN)


def bounded(view: str) -> str:
    """Return the view with very long gaps inside lines broken up, of the same length.

    No run of white space is then longer than a few dozen characters, so patterns with several
    gaps in a row stay linear.
    """
    return _GAP.sub(lambda gap: " " * 40 + _FILLER * (len(gap[0]) - 41) + " ", view)


def lines_of(view: str) -> list[Line]:
    """Return the lines that carry text: no blank lines, page numbers, running heads, contents."""
    raw = view.split("\n")
    bodies = [line.strip() for line in raw]
    furniture = _furniture(bodies)
    starts: list[int] = []
    at = 0
    for line in raw:
        starts.append(at)
        at += len(line) + 1
    out: list[Line] = []
    for number, (line, body) in enumerate(zip(raw, bodies, strict=True)):
        if not body or number in furniture:
            continue
        lead = len(line) - len(line.lstrip())
        start = starts[number] + lead
        out.append(
            Line(
                number=number + 1,
                start=start,
                end=start + len(body),
                text=body,
                indent=lead,
                blank_before=number == 0 or not bodies[number - 1] or number - 1 in furniture,
                blank_after=number + 1 == len(raw)
                or not bodies[number + 1]
                or number + 1 in furniture,
            )
        )
    return out


def _furniture(bodies: list[str]) -> set[int]:
    """Return indexes of lines that belong to the page, not to the contract."""
    found: set[int] = set()
    tails: Counter[str] = Counter()
    for number, body in enumerate(bodies):
        if not body or len(body) > 2 * _EDGE_MAX:
            continue
        alone = (number == 0 or not bodies[number - 1]) and (
            number + 1 == len(bodies) or not bodies[number + 1]
        )
        bare = alone and _BARE_NUMBER.match(body) is not None
        rule = _RULE.match(body) is not None and (alone or "_" not in body)
        if bare or rule or _PAGE.match(body) or _CONTENTS.match(body):
            found.add(number)
        elif len(body) <= _EDGE_MAX and _PAGE_TAIL.search(body):
            tails[_DIGITS.sub("#", body)] += 1
    pages = {n for n in found if not (_RULE.match(bodies[n]) or _CONTENTS.match(bodies[n]))}
    found |= _running_heads(bodies, pages)
    for number, body in enumerate(bodies):
        if 0 < len(body) <= _EDGE_MAX and tails[_DIGITS.sub("#", body)] > 1:
            found.add(number)
    return found


def _running_heads(bodies: list[str], pages: set[int]) -> set[int]:
    """Return lines beside page numbers that come back, digits apart, on other pages."""
    beside: list[int] = []
    for page in sorted(pages):
        for step in (-1, 1):
            at = page + step
            while 0 <= at < len(bodies) and not bodies[at] and abs(at - page) < 4:
                at += step
            if 0 <= at < len(bodies) and at not in pages and 0 < len(bodies[at]) <= _EDGE_MAX:
                beside.append(at)
    seen = Counter(_DIGITS.sub("#", bodies[at]) for at in beside)
    return {at for at in beside if seen[_DIGITS.sub("#", bodies[at])] > 1}
