"""The compiler: bytes of a contract in, clauses with paths and hashes out.

Clause paths (stable: terms are bound to them):

* ``0`` is everything before the first label. Top-level clauses carry their printed number without
  dot (``2.``, ``Section 2``, ``ARTICLE II`` are all ``2``), decimals as printed (``2.5``).
* A list member is the path of its list's clause and the printed symbol in parentheses, whatever its
  printed shape: ``2.5(5)`` for ``5.`` below 2.5, ``6(ii)`` for ``ii)``. The same holds for lists
  inside a sentence: ``7.3(5)(i)(a)``. Bullets count by order: ``A.1(2)``.
* A heading without label inside a clause is a block: ``7.3(3)[annex-i-part-b]``, its words as a
  slug. A heading without label at the top level is ``[slug]``.
* Lettered annexes are their letter (``Appendix A`` is ``A``) unless it is taken; others are
  ``annex-ii``, ``schedule-1``, ``annex-i-part-b``. Their parts: headings without label count by
  order (``A.1``), numbered ones carry their number (``A.2``, ``A.2.1``, ``schedule-1.3``),
  ``Part B`` is ``schedule-1.part-b``. A numbered section of an article, ``Section 2``, is ``4.2``.
* The lines where the parties sign, at the end or before the annexes, are ``[signatures]``. A table
  of contents in front is no text.
* A path that is taken gets ``~2``, ``~3``: the text numbers two clauses alike.

A clause's text is its own: without label and title, without the text of clauses inside it. A
heading at the end of the tree, with neither text nor clauses below it, counts as text. When list
members interrupt a text, its pieces are joined by one space inside a paragraph and by a line break
between paragraphs; members of a list inside a sentence end with that sentence.

Time is linear in the text; the depth of clauses is bounded (``node.MAX_DEPTH``), deeper labels are
text.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import replace

from bailee.agreement.clause import (
    Clause,
    Contract,
    Entry,
    Enumeration,
    Paragraph,
    Piece,
    Place,
)
from bailee.agreement.definitions import definitions_of
from bailee.agreement.node import Block, Node
from bailee.agreement.outline import rows_of
from bailee.agreement.plain import bounded, decode, lines_of, plain
from bailee.agreement.references import references_of
from bailee.agreement.tree import Tree
from bailee.errors import Invalid

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:(?:{_MONTHS})\s[0-9]{{1,2}},?\s[0-9]{{4}}|[0-9]{{1,2}}\.?\s(?:{_MONTHS})\s[0-9]{{4}}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4})\b"
)


def compile_text(data: bytes) -> Contract:
    """Compile the text of a contract.

    Raises:
        Oversized: ``contract.too_large``, ``contract.too_many_clauses``.
        Invalid: ``contract.encoding``, ``contract.no_clauses``.
    """
    source = decode(data)
    view = plain(source)
    rows = rows_of(lines_of(view))
    view = bounded(view)
    tree = Tree(view, rows)
    tree.grow()
    if len(tree.nodes) < 2:
        raise Invalid(
            "contract.no_clauses",
            "No clause was found: no numbers, letters or headings begin a line.",
            do="Send the contract with its clause numbers, as plain text.",
        )
    _headings_as_text(tree)
    clauses = _clauses(tree, source)
    title, date = _opening(tree, view)
    bare = Contract(
        title=title,
        date=date,
        text_sha256=_sha256(source),
        clauses=clauses,
        definitions=(),
        references=(),
        enumerations=_enumerations(tree),
        paragraphs=tuple(
            Paragraph(block.start, block.end, block.node.path) for block in tree.blocks
        ),
        source=source,
        view=_joined(view, tree),
        index=Place(clauses, source),
    )
    definitions = definitions_of(bare)
    return replace(bare, definitions=definitions, references=references_of(bare, definitions))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _headings_as_text(tree: Tree) -> None:
    """Turn the heading of a clause that has nothing else into its text, so that it is hashed."""
    parents = {id(node.parent) for node in tree.nodes}
    for node in tree.nodes:
        if node.label and node.title and not node.own and id(node) not in parents:
            start, end = node.title_at
            if start < end:
                node.own, node.title = [(start, end)], ""
                tree.blocks.append(Block(start, end, node))
    tree.blocks.sort(key=lambda block: block.start)


def _clauses(tree: Tree, source: str) -> tuple[Clause, ...]:
    starts = [0]
    at = source.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = source.find("\n", at + 1)
    out: list[Clause] = []
    for node in sorted(tree.nodes, key=lambda node: (node.start, node.path != "0")):
        text, pieces = _own_text(node, source)
        out.append(
            Clause(
                path=node.path,
                label=node.label,
                title=node.title,
                text=text,
                text_sha256=_sha256(text),
                line=bisect_right(starts, node.start),
                parent=node.parent.path if node.parent else None,
                kind=node.kind,
                pieces=pieces,
                start=node.start,
            )
        )
    return tuple(out)


def _own_text(node: Node, source: str) -> tuple[str, tuple[Piece, ...]]:
    text: list[str] = []
    pieces: list[Piece] = []
    offset, last = 0, 0
    for start, end in sorted(node.own):
        said = source[start:end]
        start += len(said) - len(said.lstrip())  # noqa: PLW2901 - trimmed in place
        end = start + len(said.strip())  # noqa: PLW2901 - trimmed in place
        if pieces:
            gap = source[last:start]
            joint = gap if not gap.strip() else "\n" if "\n\n" in gap else " "
            text.append(joint)
            offset += len(joint)
        pieces.append(Piece(start, end, offset))
        text.append(source[start:end])
        offset += end - start
        last = end
    return "".join(text), tuple(pieces)


def _enumerations(tree: Tree) -> tuple[Enumeration, ...]:
    out: list[Enumeration] = []
    for run in tree.runs:
        if not run.members:
            continue
        parent = run.members[0][0].parent
        out.append(
            Enumeration(
                parent=parent.path if parent else "",
                style=run.style,
                entries=tuple(
                    Entry(node.path, ordinal, node.start) for node, ordinal in run.members
                ),
                inline=run.inline,
                interrupted=tuple(node.path for node in run.interrupted),
                lone=run.lone,
            )
        )
    return tuple(out)


def _opening(tree: Tree, view: str) -> tuple[str, str]:
    """Return title and date as printed in the opening lines."""
    rows = tree.rows
    if not rows:
        return "", ""
    begins = tree.nodes[1].start if len(tree.nodes) > 1 else len(view)
    date = _DATE.search(view, rows[0].start, min(begins, rows[0].start + 3000))
    labelled = rows[0].mark is not None and rows[0].mark.shape != "heading"
    title = "" if labelled else rows[0].text.strip(" #*_")[:200]
    return title, date[0] if date else ""


def _joined(view: str, tree: Tree) -> str:
    """Return the view with the line breaks inside paragraphs turned into spaces."""
    out: list[str] = []
    at = 0
    for block in tree.blocks:
        out.append(view[at : block.start])
        out.append(view[block.start : block.end].replace("\n", " "))
        at = block.end
    out.append(view[at:])
    return "".join(out)
