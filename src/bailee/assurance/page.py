"""A page as it is read: bytes become text, text becomes a plain view, the view sentences.

Plain text, Markdown and HTML go the same way: what a reader does not see (tags, comments, scripts,
marks of emphasis, soft hyphens, addresses of links, struck-out words) is left out, and every
offset of the view leads back to the page. Time is linear in the page.

Deliberately not checked: words that styles or scripts hide or add, pictures without a
description, letters of other alphabets that look like ours.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from bailee.agreement.sentence import boundaries
from bailee.assurance.markup import Piece, reduce
from bailee.errors import Invalid, Oversized

MAX_BYTES = 8 * 1024 * 1024
SENTENCE_MAX = 1200
"""Longer sentences are cut: no rule looks further, and the work stays linear."""
EXCERPT_MAX = 80

_LOWER = str.maketrans({chr(upper): chr(upper + 32) for upper in range(65, 91)})
_UPPER = str.maketrans({chr(upper + 32): chr(upper) for upper in range(65, 91)})
_SHORT = re.compile(r"\b(?:ver|vers|ed)\.\s$")
_NEWLINE = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Page:
    r"""One page.

    Attributes:
        sha256: of its bytes.
        source: its text; offsets of claims count its characters.
        view: what a reader sees, lower case; ``\n`` ends what belongs together.
    """

    sha256: str
    source: str
    view: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    lines: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the view stands in the source."""
        first = self.pieces[bisect_right(self.starts, start) - 1]
        last = self.pieces[bisect_right(self.starts, end - 1) - 1]
        begin = first.start + (start - first.at if first.literal else 0)
        return begin, (last.start + end - last.at if last.literal else last.end)

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset of the source, both from 1."""
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def excerpt(self, start: int, end: int) -> str:
        """Return a source stretch on one line, shortened."""
        words = "".join(c if c.isprintable() else " " for c in self.source[start:end][:400])
        said = " ".join(words.split())
        return said if len(said) <= EXCERPT_MAX else said[: EXCERPT_MAX - 1] + "\u2026"

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each sentence of the view, the same whatever the case."""
        ends = boundaries(self.view.translate(_UPPER))
        cuts = [end for end in ends if not _SHORT.search(self.view, max(0, end - 7), end)]
        cuts.append(len(self.view))
        start = 0
        for end in cuts:
            while end - start > SENTENCE_MAX:
                space = self.view.rfind(" ", start + SENTENCE_MAX // 2, start + SENTENCE_MAX)
                middle = space + 1 if space > 0 else start + SENTENCE_MAX
                yield start, middle
                start = middle
            if start < end:
                yield start, end
            start = end


def read_page(data: bytes) -> Page:
    """Return a page from its bytes.

    Raises:
        Oversized: ``page.too_large``.
        Invalid: ``page.encoding`` for what is no text.
    """
    if len(data) > MAX_BYTES:
        raise Oversized(
            "page.too_large",
            f"The page has more than {MAX_BYTES} bytes.",
            do="Save the words of the page alone.",
        )
    source = _decoded(data)
    view, pieces = reduce(source)
    return Page(
        sha256=hashlib.sha256(data).hexdigest(),
        source=source,
        view=view.translate(_LOWER),
        pieces=tuple(pieces),
        starts=tuple(piece.at for piece in pieces),
        lines=(0, *(found.end() for found in _NEWLINE.finditer(source))),
    )


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with its mark, else Windows-1252, as browsers do."""
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if data[:5] == b"%PDF-" or (b"\x00" in data and not marked):
        raise Invalid(
            "page.encoding",
            "The file is not a page of text.",
            do="Save the page as HTML, Markdown or plain text.",
        )
    for encoding in ("utf-16",) if marked else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    return data.decode("cp1252", "replace")
