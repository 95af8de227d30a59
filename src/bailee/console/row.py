"""One row of the table of pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bailee.app.house import House
from bailee.console.view import View
from bailee.console.visit import Visit

Work = Callable[[House, Visit], View]


@dataclass(frozen=True, slots=True)
class Row:
    """An address and what answers there.

    Args:
        open: strangers may come; everybody else is asked to sign in first.
        upload: bytes of the form, where it may be longer than usual.
    """

    method: str
    path: str
    name: str
    work: Work
    open: bool = False
    body_bytes: int = 64 * 1024


def page(path: str, *, open: bool = False) -> Callable[[Work], Row]:  # noqa: A002 - the door's word
    """Make a row of a function that shows."""
    return lambda work: Row("GET", path, work.__name__, work, open)


def form(path: str, *, open: bool = False, body_bytes: int = 64 * 1024) -> Callable[[Work], Row]:  # noqa: A002 - the door's word
    """Make a row of a function that takes a form."""
    return lambda work: Row("POST", path, work.__name__, work, open, body_bytes)
