"""What the lint rules look at: sentences, the part of each that one clause says, and findings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bailee.agreement.clause import Clause, Contract, Finding, Severity
from bailee.agreement.place import Numbers
from bailee.agreement.sentence import sentences
from bailee.agreement.vocabulary import Vocabulary

QUOTE_MAX = 48
# Longer sentences are read in stretches, so that no rule's work grows with their square.
STRETCH = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the contract: source offsets, its plain text, the clause that says it."""

    start: int
    end: int
    text: str
    clause: Clause


class Reading:
    """One contract under the lint: what several rules need is computed once."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.place = contract.place
        self.numbers = Numbers(contract)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The uses of the contract's defined terms."""
        return Vocabulary(self.contract)

    @cached_property
    def whole_sentences(self) -> tuple[Span, ...]:
        """Every sentence with the lists inside it; its clause is the one that begins it."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[Span]:
        view = self.contract.view
        for paragraph in self.contract.paragraphs:
            text = view[paragraph.start : paragraph.end]
            for start, end in _stretches(text):
                at = paragraph.start + start
                owner = self.place.owner(at)
                clause = owner[0] if owner else self.contract.clause(paragraph.path)
                if clause is not None:
                    yield Span(at, paragraph.start + end, text[start:end], clause)

    @cached_property
    def own_sentences(self) -> tuple[Span, ...]:
        """Every sentence, or part of one, that a single clause says itself, in order."""
        view = self.contract.view
        out = [
            Span(piece.start + start, piece.start + end, text[start:end], clause)
            for clause in self.contract.clauses
            for piece in clause.pieces
            for text in (view[piece.start : piece.end],)
            for start, end in _stretches(text)
        ]
        return tuple(sorted(out, key=lambda span: span.start))

    @cached_property
    def own_by_path(self) -> dict[str, list[Span]]:
        """The own sentences of each clause."""
        out: dict[str, list[Span]] = {}
        for span in self.own_sentences:
            out.setdefault(span.clause.path, []).append(span)
        return out

    @cached_property
    def referring(self) -> frozenset[str]:
        """Paths of the clauses that refer to a place the contract has."""
        return frozenset(r.path for r in self.contract.references if r.target is not None)

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.whole_sentences]

    def sentence_at(self, offset: int) -> int:
        """Return the number of the whole sentence that holds a source offset."""
        return bisect_right(self._starts, offset)

    def lead_in(self, clause: Clause) -> str:
        """Return the last words that the clauses around a list member say before it."""
        out: list[str] = []
        at: Clause | None = clause
        while at is not None and at.parent is not None and at.kind in {"item", "inline", "bullet"}:
            parent = self.contract.clause(at.parent)
            if parent is None:
                break
            before = [p for p in parent.pieces if p.end <= at.start]
            if before:
                text = self.contract.view[before[-1].start : before[-1].end]
                words = last_sentence(text)
                if not words.endswith("."):
                    out.append(words)
            at = parent
        return " ".join(reversed(out))

    @cached_property
    def _alike(self) -> dict[tuple[str, str], list[Clause]]:
        out: dict[tuple[str, str], list[Clause]] = {}
        for clause in self.contract.clauses:
            if clause.text and clause.parent is not None:
                out.setdefault((clause.parent, clause.kind), []).append(clause)
        return out

    def beside(self, clause: Clause) -> list[Clause]:
        """Return the clauses with text of one kind next to a clause, two on each side."""
        alike = self._alike.get((clause.parent or "", clause.kind), [])
        at = bisect_left(alike, clause.start, key=lambda other: other.start)
        return [c for c in alike[max(0, at - 2) : at + 3] if c.path != clause.path]

    def subtree(self, clause: Clause) -> Iterator[Clause]:
        """Yield a clause and everything inside it, in order."""
        waiting = [clause]
        while waiting:
            at = waiting.pop()
            yield at
            waiting.extend(reversed(self.contract.children(at.path)))

    def finding(
        self, rule: str, span: tuple[int, int], message: str, severity: Severity = "warning"
    ) -> Finding:
        """Return a finding at source offsets ``span``."""
        start, end = span
        owner = self.place.owner(start)
        if owner is None:
            return self.about(rule, self.contract.clauses[0], message, severity)
        clause, offset = owner
        stop = min(offset + end - start, len(clause.text))
        return Finding(rule, clause.path, self.place.line(start), message, (offset, stop), severity)

    @staticmethod
    def about(rule: str, clause: Clause, message: str, severity: Severity = "warning") -> Finding:
        """Return a finding about a whole clause."""
        return Finding(rule, clause.path, clause.line, message, (0, len(clause.text)), severity)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    for start, end in sentences(text):
        for at in range(start, end, STRETCH):
            yield at, min(at + STRETCH, end)


def last_sentence(text: str) -> str:
    """Return the last sentence of a text; the end of it when it is very long."""
    text = text[-STRETCH:]
    spans = sentences(text)
    return text[spans[-1][0] : spans[-1][1]] if spans else ""


def quote(text: str) -> str:
    """Return words of the contract fit for a message: one line, printable, short, in quotes."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(plain) > QUOTE_MAX:
        plain = plain[: QUOTE_MAX - 1].rstrip() + "\u2026"
    return f"\u201c{plain}\u201d"
