"""What a public page claims, and what becomes of each claim.

The page is public, so a short excerpt of it may be shown. Nothing here is personal data.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

State = Literal["supported", "stale", "unsupported", "wrong"]
"""``wrong``: says what the table says cannot be, whatever the day. ``stale``: was true until
``since``. ``unsupported``: needs evidence that nobody gave, or that nobody can give.
``supported``: lives, and the evidence for it lives too."""

FAILING: frozenset[State] = frozenset({"stale", "wrong"})


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, where it stands, and why it has its state.

    Attributes:
        standard: id of the row in the table.
        version: the edition named, empty where none was.
        start, end: character offsets in the decoded page; ``end`` is exclusive.
        line, column: of ``start``, both from 1.
        excerpt: the words claimed, shortened.
        since: the day from which the state holds; none for what never was so.
        successor: what stands in its place.
        reason: one sentence of ours.
        source: name and clause of what says so.
    """

    state: State
    standard: str
    version: str
    start: int
    end: int
    line: int
    column: int
    excerpt: str
    since: date | None
    successor: str
    reason: str
    source: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Every claim that is to be told, in the page's order.

    Attributes:
        page: SHA-256 of the page's bytes.
        on: the day for which it was judged.
        table: the day on which the table was last compared with its sources.
        counts: how many of each state.
    """

    page: str
    on: date
    table: date
    claims: tuple[Claim, ...]
    counts: dict[str, int]

    @property
    def failing(self) -> bool:
        """Say whether anything is stale or wrong."""
        return any(claim.state in FAILING for claim in self.claims)
