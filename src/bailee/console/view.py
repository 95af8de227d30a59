"""What a page's function returns: something to show, or somewhere to go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar

from bailee.errors import Failure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View:
    """One answer.

    Args:
        template: file of ``templates``; '' sends the browser to ``location`` (303).
        data: what the template may name.
        status: HTTP status of a page that is shown; one with ``failed`` among its data takes the
            status of that failure, unless it names another.
        location: a path of our own, never anybody's text: nobody is sent elsewhere.
        away: a secret for the cookie of a browser that is sent to the identity provider.
        back: that cookie ends.
        forget: the cookie ends, and the browser drops what it stored of us.
        part: block of the template that script asked for.
        content: a file to keep, in the place of a page.
        file: the same as an open file, which the door sends in pieces and closes.
        filename: its name, made of codes and ids; '' for a page.
        media: what the file is.
    """

    template: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: int = 200
    location: str = ""
    forget: bool = False
    part: str = ""
    content: bytes = field(default=b"", repr=False)
    file: BinaryIO | None = None
    filename: str = ""
    media: str = "text/plain; charset=utf-8"
    away: str = field(default="", repr=False)
    back: bool = False


def show(template: str, *, status: int = 200, part: str = "", **data: Any) -> View:
    """Return a page to show."""
    return View(template, data, status, part=part)


def go(location: str, *, forget: bool = False) -> View:
    """Send the browser to another page of ours, by GET (RFC 9110 15.4.4)."""
    return View(location=location, forget=forget)


def give(
    filename: str, content: bytes | BinaryIO, media: str = "text/plain; charset=utf-8"
) -> View:
    """Return a file for the person to keep: browsers save it and do not show it.

    Its name is ours, never anybody's text.
    """
    if isinstance(content, bytes):
        return View(content=content, filename=filename, media=media)
    return View(file=content, filename=filename, media=media)


def attempt(
    act: Callable[[], T], again: Callable[..., View], then: str | Callable[[T], View]
) -> View:
    """Do something and go on; what was refused is told on the page that it was asked from.

    Args:
        act: does it, from reading the form on.
        again: makes that page anew; it gets the failure as ``failed``.
        then: where to go, or what makes a view of what came of it.
    """
    try:
        made = act()
    except Failure as failure:
        return again(failed=failure)
    return go(then) if isinstance(then, str) else then(made)
