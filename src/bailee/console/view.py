"""What a page's function returns: something to show, or somewhere to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class View:
    """One answer.

    Args:
        template: file of ``templates``; '' sends the browser to ``location`` (303).
        data: what the template may name.
        status: HTTP status of a page that is shown.
        location: a path of our own, never anybody's text: nobody is sent elsewhere.
        session: a new session's secret for the cookie; '' leaves the cookie alone.
        forget: the cookie ends, and the browser drops what it stored of us.
        part: block of the template that script asked for.
        content: a file to keep, in the place of a page.
        filename: its name, made of codes and ids; '' for a page.
        media: what the file is.
    """

    template: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: int = 200
    location: str = ""
    session: str = field(default="", repr=False)
    forget: bool = False
    part: str = ""
    content: bytes = field(default=b"", repr=False)
    filename: str = ""
    media: str = "text/plain; charset=utf-8"


def show(
    template: str, *, status: int = 200, part: str = "", session: str = "", **data: Any
) -> View:
    """Return a page to show."""
    return View(template, data, status, part=part, session=session)


def go(location: str, *, session: str = "", forget: bool = False) -> View:
    """Send the browser to another page of ours, by GET (RFC 9110 15.4.4)."""
    return View(location=location, session=session, forget=forget)


def give(filename: str, content: bytes) -> View:
    """Return a file of plain text for the person to keep; browsers save it and do not show it."""
    return View(content=content, filename=filename)
