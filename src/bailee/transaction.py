"""What the engines share: work, and what their drivers' errors mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from bailee.errors import Unavailable

T = TypeVar("T")
Work = Callable[[sa.Connection], T]
Deliver = Callable[[Any, BaseException | None], Callable[[], None] | None]
"""Takes what a call returned, or what it or the commit raised; neither waits nor raises.

What it returns wakes whoever waits; the same is called once for all that were delivered together.
"""


class Undone(Exception):  # noqa: N818 - no error of anybody's: the call was not begun, and can be
    """A call that shared its transaction with others was undone with them, and left nothing."""


class Overtaken(Exception):  # noqa: N818 - no error of anybody's: the work is done again
    """What a transaction stood on was changed before its commit, which therefore did not happen."""


BUSY_MILLISECONDS = 5000
"""How long a call waits for somebody else's lock."""


def translate(error: Exception) -> Unavailable:
    """Say what a driver's error means without repeating its text, which may hold values."""
    text = str(getattr(error, "orig", error)).lower()
    if any(word in text for word in ("locked", "busy", "lock timeout", "deadlock")):
        return Unavailable("db.locked", "The database is locked by somebody else.", do="Try again.")
    if "full" in text or "no space" in text:
        return Unavailable("db.full", "The database's disk is full.", do="Free space, try again.")
    if getattr(error, "connection_invalidated", False):
        return lost()
    return Unavailable("db.failed", "The database did not do it.", do="See the operator's log.")


def lost() -> Unavailable:
    """Return what a call is told whose connection ended before its commit was answered."""
    return Unavailable(
        "db.gone",
        "The connection to the database was lost; whether the call took effect is unknown.",
        do="Send the same call again with the same Idempotency-Key.",
    )
