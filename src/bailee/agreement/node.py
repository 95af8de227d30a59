"""Clauses while they are read: nodes, their lists, their paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bailee.agreement.clause import Kind

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
    hashed: bool = False
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


_HOLDS_SECTIONS = ("article", "art.", "part", "chapter", "title")


def is_article(node: Node) -> bool:
    """Return whether a node is an article, part or chapter: it holds sections."""
    label = node.label.lower()
    return node.kind == "section" and label.startswith(_HOLDS_SECTIONS)


def headed(node: Node) -> bool:
    """Return whether a node is a part or a heading without number: paragraphs count through it."""
    return node.kind == "section" and (not node.label or node.label.lower().startswith("part"))


_ANNEX_IN_HEADING = re.compile(
    r"(?i:\b(annex|appendix|schedule|exhibit)\s+([IVX]+|[A-Z]"
    r"|[0-9]+)\b(?:[\s,.:\u2013-]{0,4}part\s+([A-Z]|[0-9]+)\b)?)"
)


def slug(title: str) -> str:
    """Return a heading as a path part: ``annex-i-part-b`` for annexes, else its first words."""
    found = _ANNEX_IN_HEADING.search(title)
    if found:
        part = f"-part-{found[3]}" if found[3] else ""
        return f"{found[1]}-{found[2]}{part}".lower()
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words[:6])[:48].strip("-") or "heading"
