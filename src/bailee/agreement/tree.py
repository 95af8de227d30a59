"""The clause tree: which label is believed, whose child it is, which text is its own.

One pass over the lines. The chain of clauses that are open (outermost first) is bounded by
``MAX_DEPTH``, so the pass is linear. Each clause remembers its last list of every style, because a
list goes on after a paragraph without a label.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from bailee.agreement.clause import Kind
from bailee.agreement.inline import Found, believe, find_marks
from bailee.agreement.label import (
    Mark,
    arabic,
    heading_like,
    next_paren,
    readings,
    run_in_title,
    symbol_for,
)
from bailee.agreement.outline import Row
from bailee.errors import Oversized

MAX_DEPTH = 24
MAX_CLAUSES = 20_000


@dataclass(slots=True, eq=False)
class Run:
    """A list being read: members are nodes with their ordinals."""

    style: str
    members: list[tuple[Node, int]] = field(default_factory=list)
    inline: bool = False
    interrupted: list[Node] = field(default_factory=list)
    lone: bool = False

    @property
    def last(self) -> int:
        """The ordinal of the last member; 0 before the first."""
        return self.members[-1][1] if self.members else 0


@dataclass(slots=True, eq=False)
class Node:
    """A clause being read. ``own`` are source ranges of its text."""

    kind: Kind
    path: str
    label: str = ""
    title: str = ""
    start: int = 0
    indent: int = 0
    parent: Node | None = None
    numbers: tuple[str, ...] = ()
    heading_only: bool = False
    title_at: tuple[int, int] = (0, 0)
    own: list[tuple[int, int]] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as read, for the rules that look at whole sentences."""

    start: int
    end: int
    node: Node


class Tree:
    """Builds nodes from rows; see ``grow``."""

    def __init__(self, view: str, rows: list[Row]) -> None:
        self.view = view
        self.rows = rows
        self.root = Node("preamble", "0")
        self.chain: list[Node] = [self.root]
        self.nodes: list[Node] = [self.root]
        self.runs: list[Run] = []
        self.blocks: list[Block] = []
        self._paths: dict[str, int] = {"0": 1}
        self._firsts = Counter(
            (row.mark.shape, row.mark.text)
            for row in itertools.takewhile(lambda r: not (r.mark and r.mark.shape == "annex"), rows)
            if row.mark
        )
        self._numbered = any(
            row.mark and row.mark.shape in {"x.", "x)", "1.1", "x", "keyword", "(x)"}
            for row in rows
        )

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
            if opens:
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
        raw = self.view[at : row.end]
        text = raw.replace("\n", " ").strip(" *_")
        at += len(raw) - len(raw.lstrip())
        if node.kind == "bullet" or not text:
            return at
        if (
            row.title_only
            and node.kind in {"section", "annex", "item"}
            and heading_like(text.rstrip(":"))
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
        path = label if free else f"{mark.word}-{label}{part}".lower()
        node = self._node("annex", path, mark.printed, row)
        self._push(node, self.root)
        node.parent = None
        at = row.start + mark.end
        node.title = self.view[at : row.end].replace("\n", " ").strip(" :.*_-\u2013")
        node.heading_only = True
        return row.end

    def _base(self) -> int:
        """Return the index in the chain of the innermost annex, or 0."""
        return max((i for i, node in enumerate(self.chain) if node.kind == "annex"), default=0)

    def _keyword(self, row: Row, mark: Mark) -> bool:
        if mark.shape == "part":
            return self._part(row, mark)
        label = arabic(mark.text)
        if "." in label:
            return self._decimal(row, mark, label)
        base = self._base()
        style = f"keyword {mark.word}"
        outer = self.chain[base]
        if mark.word.startswith(("section", "sec.", "\u00a7", "clause")):
            articles = [
                n
                for n in self.chain[base:]
                if n.label.lower().startswith(("article", "part", "chapter"))
            ]
            outer = articles[-1] if articles else outer
        del self.chain[self.chain.index(outer) + 1 :]
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
        numbers = tuple(part for part in label.split("."))
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

    def _begun(self) -> bool:
        return len(self.nodes) > 1

    # Lists of numbers and letters ----------------------------------------------------------

    def _listed(self, index: int, mark: Mark) -> bool:
        row = self.rows[index]
        found = readings(mark.text)
        shape = mark.shape
        fits = [
            (node, system, ordinal)
            for node in reversed(self.chain)
            for system, ordinal in found
            if (run := node.runs.get(shape + system)) is not None and run.last + 1 == ordinal
        ]
        if fits and not self._roman_begins(index, mark, fits[0][1]):
            node, system, ordinal = self._choose(index, fits)
            return self._append(node, node.runs[shape + system], mark, row, ordinal)
        if shape == "x" and not row.title_only and not self._top_run(shape):
            return False
        if (first := self._first(index, mark)) is not None:
            return self._start(row, mark, first)
        return self._irregular(index, mark)

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

    def _first(self, index: int, mark: Mark) -> str | None:
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

    def _append(self, parent: Node, run: Run, mark: Mark, row: Row, ordinal: int) -> bool:
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
        if fresh and (self._heads(row) or self._below_headings(row, mark, base)):
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
                return self._append(parent, same, mark, row, 1)
        kind: Kind = "item"
        outer = parent.kind in {"annex", "preamble"} or _is_article(parent)
        if mark.shape in {"x.", "x"} and outer:
            kind = "section"
        run = self._run(parent, mark.shape + system)
        self._member(run, parent, self._item(parent, mark, kind, row), 1)
        return True

    def _heads(self, row: Row) -> bool:
        """Return whether a row that starts a list is a heading of the outermost level."""
        return row.title_only and all(
            node.indent >= row.indent for node in self.chain[self._base() + 1 :]
        )

    def _below_headings(self, row: Row, mark: Mark, base: int) -> bool:
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
        while at + 1 < len(self.chain) and _is_article(self.chain[at + 1]):
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
                if mark.shape in {"x.", "x"} and system == "1" and not row.blank_before:
                    continue
                return self._append(node, run, mark, row, ordinal)
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

    # Nodes ---------------------------------------------------------------------------------

    def _run(self, parent: Node, style: str) -> Run:
        run = Run(style)
        parent.runs[style] = run
        self.runs.append(run)
        return run

    def _member(self, run: Run, parent: Node, node: Node, ordinal: int) -> None:
        run.members.append((node, ordinal))
        # Lists of deeper styles do not go on past the next member of an outer list.
        self._push(node, parent)

    def _item(self, parent: Node, mark: Mark, kind: Kind, row: Row) -> Node:
        plain = mark.shape in {"x.", "x"} and kind == "section"
        path = self._under(parent, mark.text) if plain else f"{parent.path}({mark.text})"
        if parent is self.root and not plain:
            path = f"({mark.text})"
        node = self._node(kind, path, mark.printed, row)
        if kind == "section" and mark.text.isdigit() and not _is_article(parent):
            node.numbers = (mark.text,)
        return node

    @staticmethod
    def _under(parent: Node, label: str) -> str:
        if parent.path == "0" or parent.path.startswith(("part-", "chapter-")):
            return label
        return f"{parent.path}.{label}"

    def _node(self, kind: Kind, path: str, label: str, row: Row) -> Node:
        if len(self.nodes) >= MAX_CLAUSES:
            raise Oversized(
                "contract.too_many_clauses",
                f"The contract has more than {MAX_CLAUSES} clauses.",
                do="Send the text of the contract alone.",
            )
        count = self._paths.get(path, 0) + 1
        self._paths[path] = count
        unique = path if count == 1 else f"{path}~{count}"
        return Node(kind, unique, label, start=row.start, indent=row.indent)

    def _push(self, node: Node, parent: Node) -> None:
        node.parent = parent if parent is not self.root else None
        self.nodes.append(node)
        self.chain.append(node)

    def _settle(self, row: Row) -> None:
        """Decide whose text an unlabelled paragraph is, by indentation and full stops."""
        while len(self.chain) > 1:
            node = self.chain[-1]
            ended = node.finished and node.indent == row.indent
            bullet = node.kind == "bullet" and node.indent >= row.indent
            item = node.kind == "item" and (node.indent > row.indent or ended)
            if node.kind == "inline" or bullet or (item and not node.title):
                self.chain.pop()
            else:
                return

    # Paragraphs ----------------------------------------------------------------------------

    def _paragraph(self, start: int, end: int) -> None:
        """Give a paragraph's text to its clause and its inline list members."""
        while self.chain[-1].kind == "inline":
            self.chain.pop()
        holder = self.chain[-1]
        self.blocks.append(Block(start, end, holder))
        text = self.view[start:end].replace("\n", " ")
        marks = find_marks(text) if holder is not self.root else []
        if marks:
            self._inline(start, text, marks, holder)
        else:
            holder.own.append((start, end))
        holder.finished = text.rstrip("\"') ").endswith(".")

    def _inline(self, start: int, text: str, marks: list[Found], holder: Node) -> None:
        """Give each part of a paragraph to the innermost list member around it."""
        outer, outside = self._outer_run(holder)
        believed = believe(text, marks, outside)
        open_runs: dict[int, tuple[Run, Node]] = {}
        around: list[tuple[int, int, Node]] = []
        if outer is not None and holder.parent is not None:
            open_runs[-1] = (outer, holder.parent)
            around.append((-2, len(text), holder.parent))
        around.append((-1, len(text), holder))
        cursor = 0
        for mark in believed:
            while around[-1][1] <= mark.start or around[-1][0] >= mark.level:
                _, reach, node = around.pop()
                until = min(reach, mark.start)
                self._give(node, start, text, (cursor, until))
                cursor = max(cursor, until)
            self._give(around[-1][2], start, text, (cursor, mark.start))
            node = self._inline_member(mark, start, around[-1][2], open_runs)
            around.append((mark.level, mark.reach, node))
            cursor = mark.end
        for _, reach, node in reversed(around):
            self._give(node, start, text, (cursor, reach))
            cursor = max(cursor, reach)

    def _outer_run(self, holder: Node) -> tuple[Run | None, list[tuple[str, str, int]]]:
        """Return the list of ``(x)`` that a paragraph's own clause is the latest member of."""
        if holder.kind == "item" and holder.parent is not None and holder.label.startswith("("):
            for style, run in holder.parent.runs.items():
                if style.startswith("(x)") and run.members[-1][0] is holder:
                    return run, [("(x)", style[-1], run.last)]
        return None, []

    @staticmethod
    def _give(node: Node, start: int, text: str, span: tuple[int, int]) -> None:
        piece = text[span[0] : span[1]]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            node.own.append((start + span[0] + lead, start + span[0] + len(piece.rstrip())))

    def _inline_member(
        self, mark: Found, start: int, around: Node, open_runs: dict[int, tuple[Run, Node]]
    ) -> Node:
        if mark.begins or mark.level not in open_runs:
            run = self._run(around, mark.shape + mark.system)
            run.inline, run.lone = True, mark.lone
            open_runs[mark.level] = (run, around)
        run, parent = open_runs[mark.level]
        row = Row.at(start + mark.start, parent.indent)
        node = self._node("inline", f"{parent.path}({mark.symbol})", _printed(mark), row)
        node.parent = parent
        self.nodes.append(node)
        run.members.append((node, mark.ordinal))
        if mark.interrupted:
            run.interrupted.append(node)
        run.lone = run.lone and len(run.members) == 1
        return node


def _printed(mark: Found) -> str:
    return f"({mark.symbol})" if mark.shape == "(x)" else f"{mark.symbol})"


def _is_article(node: Node) -> bool:
    label = node.label.lower()
    return node.kind == "section" and label.startswith(("article", "part", "chapter"))


_ANNEX_IN_HEADING = re.compile(
    r"(?i:\b(annex|appendix|schedule|exhibit)\s+([IVX]+|[A-Z]|[0-9]+)\b(?:[\s,.:\u2013-]{0,4}part\s+([A-Z]|[0-9]+)\b)?)"
)


def slug(title: str) -> str:
    """Return a heading as a path part: ``annex-i-part-b`` for annexes, else its first words."""
    found = _ANNEX_IN_HEADING.search(title)
    if found:
        part = f"-part-{found[3]}" if found[3] else ""
        return f"{found[1]}-{found[2]}{part}".lower()
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words[:6])[:48].strip("-") or "heading"
