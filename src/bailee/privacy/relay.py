"""What the end of an agreement asks of whoever keeps the register of sub-processors (C6(ii)).

The controller's choice goes on to every sub-processor in writing, with a copy to the controller,
and their certificates come back. Who they are, and how they are written to, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from bailee.access import Caller


@dataclass(frozen=True, slots=True)
class Relayed:
    """One sub-processor: what it was told, and what it answered."""

    subprocessor: str
    """Its id in the register."""
    instructed: str = ""
    """When, RFC 3339; empty: not yet."""
    certificate_sha256: str = ""
    """Of its certificate; empty: none came yet."""


class Subprocessors(Protocol):
    """A register of sub-processors."""

    def instruct(self, conn: sa.Connection, caller: Caller, controller: str, choice: str) -> None:
        """Pass the controller's choice on to every sub-processor, in this transaction."""

    def relayed(self, conn: sa.Connection, controller: str) -> tuple[Relayed, ...] | None:
        """Return how that stands with each; None where no register is kept."""


class NoRegister:
    """No register is kept: nobody is told, and every certificate says that we do not know."""

    def instruct(self, conn: sa.Connection, caller: Caller, controller: str, choice: str) -> None:
        """Tell nobody."""

    def relayed(self, _conn: sa.Connection, _controller: str) -> tuple[Relayed, ...] | None:
        """Return that nobody knows."""
        return None
