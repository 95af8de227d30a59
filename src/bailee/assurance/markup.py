"""What a reader sees of a page: tags, comments, scripts and marks taken away, offsets kept.

One way for plain text, Markdown and HTML: a text that happens to hold a tag is read as a browser
would read it. Every character of the page is looked at a bounded number of times.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

BREAK = "\n"

# One character for one: dashes, quotes, spaces, full-width forms.
_PLAIN = str.maketrans(
    {
        **{chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)},
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
        **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000\t\x0b\x1c\x1d\x1e\x1f", " "),
        **dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
        **dict.fromkeys("\u2014\u2015", "\u2013"),
        **dict.fromkeys("\x0c\x85\u2028\u2029", BREAK),
        "|": ",",
    }
)
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "button", "center", "dd",
        "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "label",
        "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select",
        "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "del", "s", "strike"})
_HTML = re.compile(r"</(?:p|div|li|ul|td|h[1-6]|section|body|html|span|article)\s*>", re.IGNORECASE)
_SPECIAL = re.compile(
    r"(?P<tag><(?=[a-zA-Z/!?]))"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)"
    r"|(?P<url>(?<![a-zA-Z])(?:https?://|www\.)[^\s<>\"')\]]{0,2000}[^\s<>\"')\].,;:!?])"
    r"|(?P<link>\]\([^()\s\n]{0,500}\))"
    r"|(?P<gone>[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\u00ae\u2122\u00a9\[\]*]|(?<!\w)_{1,3}|_{1,3}(?!\w)"
    r"|`+|\\(?=[*_`#\[\]()|.-]))"
    r"|(?P<struck>~~)"
    r"|(?P<lines>[ \t\u00a0]*(?:\r\n|\r|\n)\s*)"
    r"|(?P<gap>[ \t\u00a0]{2,})"
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"<>]{1,300})"|'([^'<>]{1,300})')""", re.IGNORECASE)
_MARKED = re.compile(
    r"\s*(?:[-+*\u2022\u25aa\u25cf\u2023\u2713\u2714]\s|[0-9]{1,3}[.)]\s|#|\||>|={3}|-{3})"
)
_PARAGRAPH = re.compile(r"(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]")
_FIRST_WORD = re.compile(r"\S{0,80}")
_QUOTE = re.compile(r"[>\"']")
_TAG_MAX = 5000
_LINE_MAX = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the view and the stretch of the source that it comes from.

    A ``literal`` one is as long as its source; another stands for the whole of it.
    """

    at: int
    start: int
    end: int
    literal: bool


@dataclass(slots=True)
class _Reader:
    source: str
    out: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    size: int = 0
    last: str = BREAK

    def copy(self, start: int, end: int) -> None:
        """Take a stretch of the source as it is."""
        if start < end:
            self._put(self.source[start:end].translate(_PLAIN), start, end, literal=True)

    def stand(self, text: str, start: int, end: int) -> None:
        """Let a few characters stand for a stretch; white space never doubles."""
        if text == " " and self.last in " \n":
            return
        if text == BREAK and self.last == BREAK:
            return
        self._put(text, start, end, literal=False)

    def _put(self, text: str, start: int, end: int, *, literal: bool) -> None:
        self.pieces.append(Piece(self.size, start, end, literal))
        self.out.append(text)
        self.size += len(text)
        self.last = text[-1]


def reduce(source: str) -> tuple[str, list[Piece]]:
    """Return the view of a page, and where its stretches come from."""
    reader = _Reader(source)
    lines = _Lines(source)
    at, struck = 0, False
    while found := _SPECIAL.search(source, at):
        if not struck:
            reader.copy(at, found.start())
        start, at = found.span()
        match found.lastgroup:
            case "tag":
                at = _tag(reader, start)
            case "entity" if not struck:
                _entity(reader, start, at)
            case "struck":
                struck = not struck and source.find("~~", at, at + 500) > 0
            case "lines" if not struck:
                reader.stand(" " if lines.soft(start, at) else BREAK, start, at)
            case "gap" if not struck:
                reader.stand(" ", start, at)
            case _:
                pass
    if not struck:
        reader.copy(at, len(source))
    return "".join(reader.out), reader.pieces or [Piece(0, 0, 0, literal=True)]


def _entity(reader: _Reader, start: int, end: int) -> None:
    text = html.unescape(reader.source[start:end]).translate(_PLAIN)
    if text in "\u00ad\u200b\u200c\u200d\u2060\u00ae\u2122\u00a9":
        return
    reader.stand(" " if text.isspace() else text, start, end)


def _tag(reader: _Reader, start: int) -> int:
    """Leave a tag out, or all that it hides; return where reading goes on.

    A tag, comment or script that never ends swallows the rest of the page, as in a browser.
    """
    source = reader.source
    if source.startswith("<!--", start):
        return _after(source, "-->", start + 4)
    end = _tag_end(source, start)
    name = _TAG_NAME.match(source, start)
    if name is None:
        return end
    word = name[1].lower()
    if word in _BLOCKS:
        reader.stand(BREAK, start, end)
    elif word in _CELLS and source[start + 1] != "/":
        reader.stand(", " if reader.last not in ",\n" else " ", start, end)
    elif word == "img":
        _alternative(reader, start, end)
    elif word in _UNSEEN and source[start + 1] != "/" and source[end - 2 : end] != "/>":
        close = re.compile(rf"</{word}\s*>", re.IGNORECASE).search(source, end)
        return close.end() if close else len(source)
    return end


def _alternative(reader: _Reader, start: int, end: int) -> None:
    """Read a picture's description: badges are claims too."""
    found = _ALT.search(reader.source, start, min(end, start + _TAG_MAX))
    if found:
        reader.stand(BREAK, start, found.start())
        reader.copy(*found.span(1 if found[1] is not None else 2))
        reader.stand(BREAK, found.end(), end)


def _after(source: str, mark: str, at: int) -> int:
    found = source.find(mark, at)
    return len(source) if found < 0 else found + len(mark)


def _tag_end(source: str, at: int) -> int:
    """Return where a tag ends: its ``>`` outside of quotes."""
    while found := _QUOTE.search(source, at):
        if found[0] == ">":
            return found.end()
        close = source.find(found[0], found.end(), found.end() + _TAG_MAX)
        at = found.end() if close < 0 else close + 1
    return len(source)


class _Lines:
    """Whether a line break is only a place where a line was full.

    In HTML every one is. In text an empty line, a bullet or a heading begins something new, and
    so does a line that begins although its first word had room on the line before.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.html = _HTML.search(source) is not None
        self.until, self.longest = -1, 0

    def soft(self, start: int, end: int) -> bool:
        """Say whether the words on both sides of a break belong together."""
        source = self.source
        if self.html:
            return True
        gap = source[start:end].replace("\r\n", "\n").replace("\r", "\n")
        if gap.count("\n") > 1 or _MARKED.match(source, end):
            return False
        near = max(0, start - _LINE_MAX)
        before = max(source.rfind("\n", near, start), source.rfind("\r", near, start), near - 1) + 1
        if source.startswith(("#", "|"), before):
            return False
        if end > self.until:
            self._measure(before)
        word = _FIRST_WORD.match(source, end)
        return start - before + 1 + len(word[0] if word else "") > self.longest

    def _measure(self, at: int) -> None:
        """Find the longest line of the paragraph that begins here."""
        paragraph = _PARAGRAPH.search(self.source, at)
        self.until = paragraph.start() if paragraph else len(self.source)
        lines = re.split(r"\r\n|\r|\n", self.source[at : self.until])
        self.longest = max(len(line.rstrip()) for line in lines)
