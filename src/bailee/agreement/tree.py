"""The clause tree: which label is believed, whose child it is, which text is its own.

One pass over the lines. The chain of clauses that are open (outermost first) is bounded by
``MAX_DEPTH``, so the pass is linear. Each clause remembers its last list of every style, because a
list goes on after a paragraph without a label.
"""

from __future__ import annotations

import re

from bailee.agreement.label import (
    Mark,
    arabic,
    asks_like,
    heading_like,
    next_paren,
    readings,
    run_in_title,
    steps_of,
    symbol_for,
)
from bailee.agreement.lists import Lists
from bailee.agreement.node import MAX_DEPTH, SIGNATURES, is_article, slug
from bailee.agreement.outline import Row

_BEFORE_TITLE = re.compile(r"\s*[:\u2013-]\s+(?=[A-Z\"(*])")
_SEPARATOR = re.compile(r"[\s:.\u2013-]+")


class Tree(Lists):
    """Builds nodes from rows; see ``grow``."""

    def grow(self) -> None:
        """Read all rows."""
        start = end = -1
        marks: set[str] = set()
        for index, row in enumerate(self.rows):
            inside = (
                row.mark is not None and not row.blank_before and self._runs_on(row.mark, marks)
            )
            opens = (row.mark is not None or row.heading) and not inside
            if start >= 0 and (opens or row.new_paragraph):
                self._paragraph(start, end)
                start, marks = -1, set()
            at = row.start
            if row.closing:
                del self.chain[1:]
                self._push(self._node("block", SIGNATURES, "", row), self.root)
            elif opens:
                at = self._place(index)
            elif start < 0 and row.blank_before:
                self._settle(row)
            if at < row.end:
                start = at if start < 0 else start
                end = row.end
            marks |= row.inner
            if inside and row.mark is not None:
                marks.add(row.mark.printed)
        if start >= 0:
            self._paragraph(start, end)

    @staticmethod
    def _runs_on(mark: Mark, marks: set[str]) -> bool:
        """Return whether a mark that begins a line goes on with a list inside the paragraph."""
        if mark.shape not in {"(x)", "x)"} or not marks:
            return False
        for system, ordinal in readings(mark.text):
            if ordinal == 1 and mark.shape == "(x)":
                return True
            before = symbol_for(system, ordinal - 1)
            if before and mark.printed.replace(mark.text, before) in marks:
                return True
        return False

    # Placing labels ------------------------------------------------------------------------

    def _place(self, index: int) -> int:
        """Place a row's label, or reject it; return the source offset where its text begins."""
        row = self.rows[index]
        mark = row.mark
        if mark is None or mark.shape == "heading":
            return self._heading(index)
        at = row.start + mark.end
        if mark.shape == "annex":
            return self._annex(row, mark)
        if mark.shape in {"keyword", "part"}:
            placed = self._keyword(row, mark)
        elif mark.shape == "1.1":
            placed = self._decimal(row, mark, mark.text)
        elif mark.shape == "bullet":
            placed = self._bullet(row, mark)
        else:
            placed = self._listed(index, mark)
        if not placed:
            if row.blank_before:
                self._settle(row)
            return row.start
        return self._titled(row, self._chained(row, at))

    def _chained(self, row: Row, at: int) -> int:
        """Place labels that follow the first at once: ``2.1(a)``, ``(A)(1)``."""
        while len(self.chain) < MAX_DEPTH:
            mark = next_paren(self.view, at)
            found = readings(mark.text) if mark and mark.end <= row.end else ()
            if mark is None or not found:
                return at
            parent = self.chain[-1]
            system, ordinal = next(((s, o) for s, o in found if o == 1), found[0])
            run = parent.runs.get("(x)" + system)
            run = run if run and ordinal == run.last + 1 else self._run(parent, "(x)" + system)
            self._member(run, parent, self._item(parent, mark, "item", row), ordinal)
            at = mark.end
        return at

    def _titled(self, row: Row, at: int) -> int:
        """Split a heading from the first line's text; return where the text begins."""
        node = self.chain[-1]
        separator = _SEPARATOR.match(self.view, at, row.end)
        if separator is not None and row.mark and row.mark.shape in {"keyword", "part"}:
            at = separator.end()
        elif gap := _BEFORE_TITLE.match(self.view, at, row.end):
            at = gap.end()
        raw = self.view[at : row.end]
        text = raw.replace("\n", " ").strip(" *_")
        at += len(raw) - len(raw.lstrip())
        if node.kind == "bullet" or not text:
            return at
        if (
            row.title_only
            and node.kind in {"section", "annex", "item"}
            and (row.text.startswith("#") or heading_like(text.rstrip(":")) or asks_like(text))
        ):
            node.title, node.heading_only = text.rstrip(":"), True
            node.title_at = (at, row.end)
            return row.end
        reach = row.paragraph_end
        split = run_in_title(self.view[at : min(reach, at + 200)].replace("\n", " "))
        if split is None:
            return at
        node.title = split[0].strip(" *_")
        node.heading_only = at + split[1] >= reach
        node.title_at = (at, min(at + split[1], reach))
        at += split[1]
        return at

    def _annex(self, row: Row, mark: Mark) -> int:
        label = mark.text
        del self.chain[1:]
        letter = label.isalpha() and len(label) == 1 and label not in "IVX" and not mark.part
        part = f"-part-{mark.part}" if mark.part else ""
        free = letter and label not in self._paths
        path = label if free else f"{mark.word}-{label}{part}".lower().rstrip("-")
        node = self._node("annex", path, mark.printed, row)
        self._push(node, self.root)
        node.parent = None
        node.numbers = (label,) if label.isalpha() and len(label) == 1 else ()
        at = row.start + mark.end
        node.title = self.view[at : row.end].replace("\n", " ").strip(" :.*_-\u2013")
        node.heading_only = True
        return row.end

    def _keyword(self, row: Row, mark: Mark) -> bool:
        if mark.shape == "part":
            return self._part(row, mark)
        label = arabic(mark.text)
        if "." in label:
            return self._decimal(row, mark, label)
        base = self._base()
        style = f"keyword {mark.word}"
        outer = self.chain[base]
        if mark.word in {"section", "clause", "paragraph"}:
            articles = [node for node in self.chain[base:] if is_article(node)]
            outer = articles[-1] if articles else outer
        inner = self.chain[self.chain.index(outer) + 1 :]
        del self.chain[self.chain.index(outer) + 1 :]
        again = inner and inner[0].numbers == (*outer.numbers, label)
        if again and next_paren(self.view, row.start + mark.end):
            # ``§ 5(2)`` after ``§ 5(1)``: the same section goes on.
            self.chain.append(inner[0])
            return True
        path = self._under(outer, label)
        node = self._node("section", path, mark.printed, row)
        node.numbers = (*outer.numbers, label)
        run = outer.runs.get(style) or self._run(outer, style)
        value = readings(label)
        self._member(run, outer, node, value[0][1] if value else run.last + 1)
        return True

    def _part(self, row: Row, mark: Mark) -> bool:
        base = self._base()
        outer = self.chain[base]
        del self.chain[base + 1 :]
        slug = f"{mark.word}-{mark.text}".lower()
        path = slug if outer is self.root else f"{outer.path}.{slug}"
        node = self._node("section", path, mark.printed, row)
        self._push(node, outer)
        return True

    def _decimal(self, row: Row, mark: Mark, label: str) -> bool:
        numbers = steps_of(label)
        base = self._base()
        outer, depth = self.chain[base], base
        for at in range(len(self.chain) - 1, base, -1):
            held = self.chain[at].numbers
            if held == numbers and next_paren(self.view, row.start + mark.end):
                del self.chain[at + 1 :]
                return True
            if held and len(held) < len(numbers) and numbers[: len(held)] == held:
                outer, depth = self.chain[at], at
                break
        prefix = self.chain[base].path if base else ""
        del self.chain[depth + 1 :]
        if prefix and numbers[0] in self.chain[base].numbers:
            label = ".".join(numbers[1:])
        path = f"{prefix}.{label}" if prefix else label
        node = self._node("section", path, mark.printed, row)
        node.numbers = numbers
        style = "1.1 " + ".".join(numbers[:-1])
        run = outer.runs.get(style) or self._run(outer, style)
        self._member(run, outer, node, int(numbers[-1]))
        return True

    def _bullet(self, row: Row, mark: Mark) -> bool:
        style = "bullet " + mark.text
        while len(self.chain) > 1 and self.chain[-1].kind in {"inline", "bullet", "item"}:
            node = self.chain[-1]
            if (
                node.kind == "inline"
                or node.indent > row.indent
                or (node.kind == "bullet" and node.indent == row.indent)
            ):
                self.chain.pop()
            else:
                break
        parent = self.chain[-1]
        if parent is self.root and not self._begun():
            return False
        if len(self.chain) >= MAX_DEPTH:
            return False
        run = parent.runs.get(style)
        if run is None:
            run = self._run(parent, style)
        ordinal = 1 + sum(len(r.members) for s, r in parent.runs.items() if s.startswith("bullet"))
        node = self._node("bullet", f"{parent.path}({ordinal})", mark.printed, row)
        self._member(run, parent, node, run.last + 1)
        return True

    # Headings without a label --------------------------------------------------------------

    def _heading(self, index: int) -> int:
        row = self.rows[index]
        mark = row.mark
        at = row.start + (mark.end if mark else 0)
        title = self.view[at : row.end].replace("\n", " ").strip(" *_:#")
        following = self.rows[index + 1].mark if index + 1 < len(self.rows) else None
        base = self._base()
        if base:
            return self._annex_part(row, title, base)
        if not self._begun() and self._numbered:
            return row.start
        leads = following is not None and following.shape in {"1.1", "keyword", "x.", "x", "annex"}
        top = mark is not None or (leads and not row.indent) or not self._numbered
        if top:
            depth = len(mark.word) if mark else 1
            while len(self.chain) > 1 and not (
                self.chain[-1].label == ""
                and self.chain[-1].kind == "section"
                and self.chain[-1].indent < depth
            ):
                self.chain.pop()
            parent = self.chain[-1]
            prefix = parent.path if parent is not self.root else ""
            node = self._node("section", f"{prefix}[{slug(title)}]", "", row)
            node.indent = depth
        else:
            while self.chain[-1].kind in {"inline", "bullet", "block"} or (
                self.chain[-1].kind == "item" and self.chain[-1].indent > row.indent
            ):
                self.chain.pop()
            parent = self.chain[-1]
            node = self._node("block", f"{parent.path}[{slug(title)}]", "", row)
        if len(self.chain) >= MAX_DEPTH:
            return row.start
        node.title, node.heading_only = title, True
        self._push(node, parent)
        return row.end

    def _annex_part(self, row: Row, title: str, base: int) -> int:
        del self.chain[base + 1 :]
        annex = self.chain[base]
        if not annex.own and not annex.title and not annex.runs:
            annex.title = title
            return row.end
        run = annex.runs.get("part") or self._run(annex, "part")
        node = self._node("section", f"{annex.path}.{run.last + 1}", "", row)
        node.title, node.heading_only = title, True
        self._member(run, annex, node, run.last + 1)
        return row.end
