r"""Frozen values of a compiled contract. No logic beyond looking up.

Offsets named *source* count characters of ``Contract.source`` (the decoded text, line endings as
``\n``); ``Contract.view`` is that text with typographic quotes, odd spaces and hyphens made plain,
one character for one character, so an offset means the same place in both.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["preamble", "section", "item", "inline", "block", "annex", "bullet"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of a clause's own text: ``source[start:end]`` stands at ``offset`` in the text."""

    start: int
    end: int
    offset: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. ``text`` is its own, exact text: no label, no title, no text of its children.

    Attributes:
        path: where it stands (rules in ``bailee.agreement.parse``), unique within the contract.
        label: the number or letter as printed; empty for headings without one.
        title: the heading, apart from the text.
        text_sha256: SHA-256 of ``text`` in UTF-8, hexadecimal. A changed word breaks only this.
        line: first line, from 1.
        parent: path of the clause around it; None at the top.
        pieces: where the text stands in the source; several when children interrupt it.
        start: offset in the source of the label (or of the text when there is none).
    """

    path: str
    label: str
    title: str
    text: str
    text_sha256: str
    line: int
    parent: str | None
    kind: Kind
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    start: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text between block labels and blank lines; inline lists stay inside it.

    ``path`` is the clause that holds it; ``start``/``end`` are source offsets.
    """

    start: int
    end: int
    path: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of an enumeration: the path it got and the ordinal its label stands for."""

    path: str
    ordinal: int
    position: int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One list, in printed order. ``parent`` is '' at the top level.

    Attributes:
        style: shape and counting of the labels, such as ``(a)``, ``1.``, ``1.1``, ``*``.
        entries: the members, in order of the text.
        inline: the list runs inside a sentence.
        interrupted: paths of members that come after the list's sentence had already ended.
        lone: an inline list of one member that reads as the start of a list.
    """

    parent: str
    style: str
    entries: tuple[Entry, ...]
    inline: bool
    interrupted: tuple[str, ...] = ()
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A term that the text defines.

    Attributes:
        term: as printed, without quotation marks.
        path: the clause that defines it.
        scope: path of the only clause where it holds; None for the whole contract.
        form: how it is defined.
        start: source offset of the term.
        end: source offset after the term.
    """

    term: str
    path: str
    line: int
    scope: str | None
    form: Literal["means", "inline", "list", "role"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of another place.

    Attributes:
        path: the clause that mentions it.
        says: as printed.
        target: path of the clause meant; None when external or dangling.
        external: it points into a statute, a standard or another contract.
        start: source offset.
        end: source offset.
    """

    path: str
    line: int
    says: str
    target: str | None
    external: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect of the text. ``span`` counts characters in the clause's own text.

    ``message`` is in our own words and quotes at most 60 characters of the contract.
    """

    rule: str
    path: str
    line: int
    message: str
    span: tuple[int, int]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Contract:
    r"""A compiled text; made by ``bailee.agreement.parse.compile_text``.

    ``date`` is the date printed in the opening lines, as printed; empty when there is none.
    ``text_sha256`` is over the decoded text in UTF-8 with ``\n`` line endings, without BOM.
    """

    title: str
    date: str
    text_sha256: str
    clauses: tuple[Clause, ...]
    definitions: tuple[Definition, ...]
    references: tuple[Reference, ...]
    enumerations: tuple[Enumeration, ...] = field(default=(), repr=False)
    paragraphs: tuple[Paragraph, ...] = field(default=(), repr=False)
    source: str = field(default="", repr=False)
    view: str = field(default="", repr=False)
    index: Place | None = field(default=None, repr=False, compare=False)

    def clause(self, path: str) -> Clause | None:
        """Return the clause at a path, or None."""
        return self.place.by_path.get(path)

    @property
    def place(self) -> Place:
        """Return the index of places (made once, at compilation)."""
        return self.index if self.index is not None else Place(self.clauses, self.source)

    def children(self, path: str) -> tuple[Clause, ...]:
        """Return the clauses directly inside a clause, in order."""
        return self.place.children.get(path, ())

    def within(self, path: str, around: str) -> bool:
        """Return whether ``path`` is ``around`` or stands inside it."""
        at: str | None = path
        while at is not None:
            if at == around:
                return True
            clause = self.clause(at)
            at = clause.parent if clause else None
        return False


class Place:
    """Index from paths to clauses and from source offsets to clauses and lines. Read only."""

    def __init__(self, clauses: tuple[Clause, ...], source: str) -> None:
        self.by_path = {clause.path: clause for clause in clauses}
        gathered: dict[str, list[Clause]] = {}
        for clause in clauses:
            if clause.parent is not None:
                gathered.setdefault(clause.parent, []).append(clause)
        self.children = {path: tuple(found) for path, found in gathered.items()}
        pieces = sorted(
            (
                (piece.start, piece.end, piece.offset, clause)
                for clause in clauses
                for piece in clause.pieces
            ),
            key=lambda piece: piece[0],
        )
        self._pieces = pieces
        self._starts = [piece[0] for piece in pieces]
        self._lines = [0]
        at = source.find("\n")
        while at >= 0:
            self._lines.append(at + 1)
            at = source.find("\n", at + 1)

    def line(self, offset: int) -> int:
        """Return the line (from 1) of a source offset."""
        return bisect_right(self._lines, offset)

    def owner(self, offset: int) -> tuple[Clause, int] | None:
        """Return the clause whose own text holds a source offset, and the offset in that text."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return None
        start, end, shift, clause = self._pieces[at]
        if offset >= end:
            return None
        return clause, shift + offset - start
