"""The growing tree: its open chain, its nodes and paths, whose text a paragraph is."""

from __future__ import annotations

import itertools
from collections import Counter

from bailee.agreement.clause import Kind
from bailee.agreement.inline import Found, believe, find_marks
from bailee.agreement.label import Mark
from bailee.agreement.node import MAX_CLAUSES, Block, Node, Run, is_article
from bailee.agreement.outline import Row
from bailee.errors import Oversized


class Growth:
    """Nodes read so far. ``chain`` holds the open clauses, outermost first.

    Args:
        view: the plain text.
        rows: its lines.
    """

    def __init__(self, view: str, rows: list[Row]) -> None:
        self.view = view
        self.rows = rows
        self.root = Node("preamble", "0")
        self.chain: list[Node] = [self.root]
        self.nodes: list[Node] = [self.root]
        self.runs: list[Run] = []
        self.blocks: list[Block] = []
        self._paths: dict[str, int] = {"0": 1}
        self._through: dict[tuple[int, str], Run] = {}
        self._firsts = Counter(
            (row.mark.shape, row.mark.text)
            for row in itertools.takewhile(lambda r: not (r.mark and r.mark.shape == "annex"), rows)
            if row.mark
        )
        self._numbered = any(
            row.mark and row.mark.shape in {"x.", "x)", "1.1", "x", "keyword", "(x)"}
            for row in rows
        )

    def _begun(self) -> bool:
        return len(self.nodes) > 1

    def _base(self) -> int:
        """Return the index in the chain of the innermost annex, or 0."""
        return max((i for i, node in enumerate(self.chain) if node.kind == "annex"), default=0)

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
        if kind == "section" and not is_article(parent):
            node.numbers = (mark.text,)
        return node

    @staticmethod
    def _under(parent: Node, label: str) -> str:
        if parent.path == "0" or parent.path.startswith(("part-", "chapter-", "title-")):
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
        return Node(
            kind, unique, label, start=row.start, indent=row.indent, hashed=row.text.startswith("#")
        )

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
