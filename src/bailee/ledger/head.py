"""A log as it stands, and what waits to get into it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bailee.ledger.merkle import Head


class Waiting(NamedTuple):
    """A row of the inbox, without its controller; rows sort into the order of a log."""

    time: str
    seq: int
    entry_id: str
    base: str
    body: bytes


@dataclass(frozen=True, slots=True)
class First:
    """The first row of an inbox."""

    seq: int
    base: str
    time: str


@dataclass(frozen=True, slots=True)
class LogHead:
    """A log as it stands; ``tree`` is its size and edge."""

    controller: str
    log: str
    base: str
    year: int
    generation: int
    status: str
    tree: Head
    root: bytes
    newest: str
    signed: int

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return self.tree.size
