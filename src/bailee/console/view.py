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
    """

    template: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: int = 200
    location: str = ""
    session: str = field(default="", repr=False)
    forget: bool = False
    part: str = ""


def show(
    template: str, *, status: int = 200, part: str = "", session: str = "", **data: Any
) -> View:
    """Return a page to show."""
    return View(template, data, status, part=part, session=session)


def go(location: str, *, session: str = "", forget: bool = False) -> View:
    """Send the browser to another page of ours, by GET (RFC 9110 15.4.4)."""
    return View(location=location, session=session, forget=forget)
