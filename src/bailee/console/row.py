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
        body_bytes: of the form, where it may be longer than usual.
        waits: whoever waits for the code of their second factor may come too; ``me`` is None.
        query: it takes the identity provider's response, in the address.
        files: its form holds a file, so browsers send it in parts.
    """

    method: str
    path: str
    name: str
    work: Work
    open: bool = False
    body_bytes: int = 64 * 1024
    waits: bool = False
    query: bool = False
    files: bool = False


def page(path: str, *, open: bool = False) -> Callable[[Work], Row]:  # noqa: A002 - the door's word
    """Make a row of a function that shows."""
    return lambda work: Row("GET", path, work.__name__, work, open)


def form(
    path: str,
    *,
    open: bool = False,  # noqa: A002 - the door's word
    body_bytes: int = 64 * 1024,
    waits: bool = False,
    files: bool = False,
) -> Callable[[Work], Row]:
    """Make a row of a function that takes a form."""
    return lambda work: Row("POST", path, work.__name__, work, open, body_bytes, waits, files=files)
