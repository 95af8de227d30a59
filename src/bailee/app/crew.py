"""How many processes serve one address, as a serving process knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crew:
    """Serving processes behind one address.

    Attributes:
        wanted: how many there should be.
        answering: how many do answer.
        restarts: how often one had to be started again.
    """

    wanted: int = 1
    answering: int = 1
    restarts: int = 0

    @property
    def whole(self) -> bool:
        """Whether all answer."""
        return self.answering >= self.wanted
