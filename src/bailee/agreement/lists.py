"""Lists of numbers and letters: which list a label goes on with, or begins."""

from __future__ import annotations

import re

from bailee.agreement.clause import Kind
from bailee.agreement.growth import Growth
from bailee.agreement.label import Mark, readings, symbol_for
from bailee.agreement.node import MAX_DEPTH, Node, headed, is_article
from bailee.agreement.outline import Row


_STREET = re.compile(
    r"\b(?:Street|St\.|Avenue|Ave\.?|Road|Rd\.?|Lane|Drive|Boulevard|Blvd\.?|Square|Place|Way"
    r"|Court|Terrace|Highway|Quay|Row|House|Suite|Floor|Plaza|Park|rue|via|calle)\b|[0-9]{4}"
)


class Lists(Growth):
    """Adds to the growing tree: members of lists."""

    def _listed(self, index: int, mark: Mark) -> bool:
        row = self.rows[index]
        found = readings(mark.text)
        shape = mark.shape
        fits = [
            (node, system, ordinal)
            for node in reversed(self.chain)
            for system, ordinal in found
            if (run := node.runs.get(shape + system)) is not None
            and run.last + 1 == ordinal
            and (run.members[-1][0].hashed == row.text.startswith("#") or len(self.chain) < 3)
        ]
        if fits and (inner := self._skips_inside(row, mark, fits)) is not None:
            return self._append(inner, mark, row, fits[0][1:])
        if fits and not self._roman_begins(index, mark, fits[0][1]):
            node, system, ordinal = self._choose(index, fits)
            return self._append(node, mark, row, (system, ordinal))
        if shape == "x" and not self._counts(index, mark):
            return False
        if self._goes_through(mark, row, found):
            return True
        if (first := self._first(mark)) is not None:
            return self._start(row, mark, first)
        return self._irregular(index, mark)

    def _counts(self, index: int, mark: Mark) -> bool:
        """Return whether a bare number counts clauses: it is no house number, no amount."""
        if self._top_run(mark.shape):
            return True
        row = self.rows[index]
        ordinal = int(mark.text)
        if not row.title_only or (not self._begun() and _STREET.search(row.text)):
            return False
        following = str(ordinal + 1)
        if self._base():
            return self._comes(index, mark, following)
        return self._firsts[mark.shape, following] > 0

    def _goes_through(self, mark: Mark, row: Row, found: tuple[tuple[str, int], ...]) -> bool:
        """Go on with numbers that run through several headed parts; return whether it did."""
        holder = next((node for node in reversed(self.chain) if headed(node)), None)
        if holder is None or mark.shape not in {"x.", "x", "x)"}:
            return False
        for system, ordinal in found:
            run = self._through.get((self._base(), mark.shape + system))
            last = run.members[-1][0].parent if run and run.last + 1 == ordinal else None
            if run is not None and last is not None and last.parent is holder.parent:
                holder.runs[mark.shape + system] = run
                return self._append(holder, mark, row, (system, ordinal))
        return False

    def _skips_inside(self, row: Row, mark: Mark, fits: list[tuple[Node, str, int]]) -> Node | None:
        """Return the clause whose list a sentence goes on, skipping, where headings count alike."""
        node, system, ordinal = fits[0]
        outer = node.runs[mark.shape + system]
        if row.title_only or not all(member.heading_only for member, _ in outer.members[-3:]):
            return None
        for inner in reversed(self.chain[self.chain.index(node) + 1 :]):
            run = inner.runs.get(mark.shape + system)
            if run is not None and run.last < ordinal <= run.last + 3:
                return inner if run.members[-1][0].indent == row.indent else None
        return None

    def _top_run(self, shape: str) -> bool:
        return shape + "1" in self.chain[self._base()].runs

    def _roman_begins(self, index: int, mark: Mark, system: str) -> bool:
        """Return whether ``(i)`` after ``(h)`` rather starts a list of romans."""
        if system not in "aA" or not any(s in "iI" and o == 1 for s, o in readings(mark.text)):
            return False
        return self._comes(index, mark, symbol_for("i" if system == "a" else "I", 2))

    def _comes(self, index: int, mark: Mark, symbol: str) -> bool:
        """Return whether a mark of the same shape with this symbol comes soon."""
        for row in self.rows[index + 1 : index + 40]:
            if row.mark and row.mark.shape == mark.shape and row.mark.text == symbol:
                return True
            if row.mark and row.mark.shape in {"annex", "keyword"}:
                return False
            if mark.shape == "(x)" and f"({symbol})" in row.inner:
                return True
        return False

    @staticmethod
    def _first(mark: Mark) -> str | None:
        firsts = [system for system, ordinal in readings(mark.text) if ordinal == 1]
        return firsts[-1] if firsts else None

    def _choose(self, index: int, fits: list[tuple[Node, str, int]]) -> tuple[Node, str, int]:
        """Choose between lists that could all go on with this mark, innermost first."""
        row = self.rows[index]
        if len(fits) == 1:
            return fits[0]

        def member(fit: tuple[Node, str, int]) -> Node:
            mark = row.mark
            return fit[0].runs[(mark.shape if mark else "") + fit[1]].members[-1][0]

        level = [fit for fit in fits if member(fit).indent == row.indent]
        if len(level) == 1:
            return level[0]
        alike = [fit for fit in fits if member(fit).heading_only == row.title_only]
        if len(alike) == 1:
            return alike[0]
        wanted = f"{fits[-1][2]}."
        for later in self.rows[index + 1 : index + 60]:
            if later.mark and later.mark.shape == "1.1":
                return fits[-1] if later.mark.text.startswith(wanted) else fits[0]
        return fits[0]

    def _append(self, parent: Node, mark: Mark, row: Row, meant: tuple[str, int]) -> bool:
        """Go on with a list of ``parent``; ``meant`` is counting system and ordinal."""
        system, ordinal = meant
        run = parent.runs[mark.shape + system]
        while self.chain[-1] is not parent:
            self.chain.pop()
        kind: Kind = "item"
        if run.members and run.members[-1][0].kind == "section":
            kind = "section"
        self._member(run, parent, self._item(parent, mark, kind, row), ordinal)
        return True

    def _start(self, row: Row, mark: Mark, system: str) -> bool:
        """Begin a list at its first member."""
        top = mark.shape in {"x.", "x"} and system in "1IA"
        base = self._base()
        fresh = top and not self.chain[base].runs.get(mark.shape + system)
        if fresh and (self._heads(row) or self._below_headings(mark, base)):
            del self.chain[self._holder(base) + 1 :]
        while len(self.chain) > base + 1 and self.chain[-1].kind in {"inline", "bullet", "item"}:
            node = self.chain[-1]
            if node.kind == "bullet" or node.indent > row.indent:
                self.chain.pop()
            else:
                break
        if len(self.chain) >= MAX_DEPTH:
            return False
        parent = self.chain[-1]
        same = (
            parent.parent and parent.kind == "item" and parent.parent.runs.get(mark.shape + system)
        )
        if (
            same
            and same.members[-1][0] is parent
            and parent.indent >= row.indent
            and not self._leads(parent)
        ):
            self.chain.pop()
            parent = self.chain[-1]
            if same.last == 1:
                return self._append(parent, mark, row, (system, 1))
        kind: Kind = "item"
        outer = parent.kind in {"annex", "preamble"} or is_article(parent)
        if mark.shape in {"x.", "x"} and outer:
            kind = "section"
        run = self._run(parent, mark.shape + system)
        if headed(parent):
            self._through[self._base(), mark.shape + system] = run
        self._member(run, parent, self._item(parent, mark, kind, row), 1)
        return True

    def _heads(self, row: Row) -> bool:
        """Return whether a row that starts a list is a heading of the outermost level."""
        return row.title_only and all(
            node.indent >= row.indent for node in self.chain[self._base() + 1 :]
        )

    def _below_headings(self, mark: Mark, base: int) -> bool:
        """Return whether a first number counts the whole contract on, though headings stand above.

        It does not when the same number begins again further down: then headings hold lists.
        """
        above = self.chain[base + 1 :]
        if not above or any(node.label and node.numbers for node in above):
            return False
        if any(node.label and not node.label.startswith("(") for node in above):
            return False
        return self._firsts[mark.shape, mark.text] < 2

    def _holder(self, base: int) -> int:
        """Return the index of the outermost article, part or heading above ``base``, or base."""
        at = base
        while at + 1 < len(self.chain) and is_article(self.chain[at + 1]):
            at += 1
        return at

    def _leads(self, node: Node) -> bool:
        text = self.view[node.own[-1][0] : node.own[-1][1]].rstrip() if node.own else ":"
        return text.endswith(":")

    def _irregular(self, index: int, mark: Mark) -> bool:
        """Accept a label that skips, repeats or begins late, so that the lint can say so."""
        row = self.rows[index]
        if not row.strict:
            return False
        for node in reversed(self.chain):
            for system, ordinal in readings(mark.text):
                run = node.runs.get(mark.shape + system)
                if run is None or not -2 <= ordinal - run.last <= 4:
                    continue
                sure = row.blank_before or row.beside
                if mark.shape in {"x.", "x"} and system == "1" and not sure:
                    continue
                return self._append(node, mark, row, (system, ordinal))
        found = readings(mark.text)
        if not found:
            return False
        system, ordinal = found[0]
        top = mark.shape in {"x.", "x)", "x"} and system == "1"
        base = self.chain[self._base()]
        if top and not base.runs.get(mark.shape + system) and (row.title_only or not self._begun()):
            del self.chain[self._base() + 1 :]
        elif not self._comes(index, mark, symbol_for(system, ordinal + 1)):
            return False
        if len(self.chain) >= MAX_DEPTH:
            return False
        parent = self.chain[-1]
        kind: Kind = "section" if parent.kind in {"annex", "preamble"} and top else "item"
        run = self._run(parent, mark.shape + system)
        self._member(run, parent, self._item(parent, mark, kind, row), ordinal)
        return True
