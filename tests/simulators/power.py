"""A machine whose power fails at a chosen moment.

Everything durable asks the same ``Power`` before and after it becomes durable. A cut is not an
``Exception``: nothing in the house may catch it and go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from bailee.db import Database, Work
from bailee.keys.mirror import Line, Mirror
from bailee.transaction import Deliver

T = TypeVar("T")


class PowerCutError(BaseException):
    """The process is gone."""


class Power:
    """Fails at the n-th moment; 0 never fails. Counts moments either way."""

    def __init__(self, fails_at: int = 0) -> None:
        self.fails_at = fails_at
        self.moments = 0

    def moment(self) -> None:
        """Let a moment pass, or the machine die."""
        self.moments += 1
        if self.moments == self.fails_at:
            raise PowerCutError


class PoweredDatabase:
    """A database on that machine: the cut comes right before a transaction or right after it."""

    def __init__(self, inner: Database, power: Power) -> None:
        self._inner = inner
        self._power = power
        self.engine: sa.Engine = inner.engine

    def write(self, controller: str, work: Work[T]) -> T:
        """Run work unless the power fails."""
        self._power.moment()
        value = self._inner.write(controller, work)
        self._power.moment()
        return value

    def read(self, controller: str, work: Work[T]) -> T:
        """Run work that only reads."""
        return self._inner.read(controller, work)

    def attend(self, call: Callable[[], T], deliver: Deliver) -> bool:  # noqa: ARG002 - none of it
        """Decline, so that each transaction has its moments."""
        return False

    def after(self, step: Callable[[], None]) -> None:
        """Do it: what was written is durable."""
        step()

    def purge(self) -> None:
        """Purge unless the power fails."""
        self._power.moment()
        self._inner.purge()

    def close(self) -> None:
        """Leave the real database open: it outlives the machine."""


class PoweredMirror:
    """A mirror on that machine."""

    def __init__(self, inner: Mirror, power: Power) -> None:
        self._inner = inner
        self._power = power

    def append(self, lines: Sequence[Line]) -> None:
        """Append unless the power fails."""
        self._power.moment()
        self._inner.append(lines)
        self._power.moment()

    def read(self) -> list[Line]:
        """Read."""
        return self._inner.read()

    def compact(self) -> None:
        """Compact unless the power fails."""
        self._power.moment()
        self._inner.compact()

    def follow_root(self) -> None:
        """Follow."""
        self._inner.follow_root()
