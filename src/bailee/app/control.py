"""Controls: each looks at the running system, tries what must not work, and says what it saw.

A control is a function of the house and a controller. It returns the codes of what it found
wrong; nothing found means passed. It raises ``Blind`` when it could not look, which is never
green. What it saw is recorded in that controller's log, and the state of the obligations that it
serves follows from that entry (``state``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bailee.app.state import Watch
from bailee.errors import Failure, Unavailable

if TYPE_CHECKING:
    from bailee.app.house import House

DAILY = timedelta(hours=25)
ENFORCED = Watch("enforced", DAILY)
OPERATING = Watch("operating", DAILY)
ASSERTED = Watch("asserted", DAILY)
"""What is watched is a person's signature: it is there, of this text, and has not ended."""

Look = Callable[["House", str], list[str]]


class Blind(Exception):  # noqa: N818 - what the control is, not an error of the house
    """The control could not look; ``args[0]`` is a code that says why."""


@dataclass(frozen=True)
class Control:
    """One thing that is watched.

    Attributes:
        slug: the name by which terms call it.
        clauses: what it serves, in the addendum's numbers.
        says: what it tries, in one line.
        due: findings that are no failure, but something that somebody still has to do.
    """

    slug: str
    clauses: tuple[str, ...]
    says: str
    watch: Watch
    look: Look
    due: frozenset[str] = frozenset()


def refused(attempt: Callable[[], object], code: str, found: str) -> list[str]:
    """Try what must not work; return what is wrong, nothing when it was refused as it must be.

    A refusal for another reason is no proof: the attempt may never have come to what is watched.

    Args:
        attempt: does it.
        code: of the one refusal that counts.
        found: the finding when it works.

    Raises:
        Blind: nobody answered, so nothing was tried.
    """
    try:
        attempt()
    except Unavailable as failure:
        raise Blind(f"control.{failure.code}") from None
    except Failure as failure:
        return [] if failure.code == code else [f"{found}.refused_as.{failure.code}"]
    return [found]


class _Undo(Exception):  # noqa: N818 - how an attempt is undone
    """Leaves a transaction that must not commit."""


def undone(
    house: House, controller: str, attempt: Callable[[sa.Connection], list[str]]
) -> list[str]:
    """Return what an attempt found; whatever it wrote is undone, entries included."""
    found: list[str] = []

    def work(conn: sa.Connection) -> None:
        found.extend(attempt(conn))
        raise _Undo

    with suppress(_Undo):
        house.parts.data.write(controller, work)
    return found
