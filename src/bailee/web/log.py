"""What this door writes down for the operator: no address, no header, no body, no message.

Two loggers, both of the standard library; the wiring decides where their lines go.

* ``bailee.access``: one line per request: route template, status, milliseconds, request id.
* ``bailee.web``: one line per unexpected error: the exception's types and the lines of code that
  it passed. An exception's own words may hold what somebody sent, so they are not written (C3.2).

The record of who saw what is the ledger, not these lines.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath
from typing import Any

ACCESS = logging.getLogger("bailee.access")
ERRORS = logging.getLogger("bailee.web")
NOWHERE = "-"
"""Stands where a route's template stands, for requests that met no route."""
LAST_FRAMES = 12


def access(route: str, status: int, milliseconds: float, request_id: str) -> None:
    """Write one request down."""
    if ACCESS.isEnabledFor(logging.INFO):
        ACCESS.info("%s %d %.1fms %s", route, status, milliseconds, request_id)


def unexpected(error: BaseException, request_id: str) -> None:
    """Write down where an error happened and what kind it is, without its words."""
    ERRORS.error("unexpected %s at %s request %s", kinds(error), places(error), request_id)


def kinds(error: BaseException) -> str:
    """Return the type of an error and of those that led to it."""
    names: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(names) < LAST_FRAMES:
        names.append(type(seen).__name__)
        seen = seen.__cause__ or seen.__context__
    return "<".join(names)


def places(error: BaseException) -> str:
    """Return file names and line numbers of an error's last frames."""
    frames = traceback.extract_tb(error.__traceback__)[-LAST_FRAMES:]
    return " ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames)


class Wordless(logging.Filter):
    """Takes the words and the traceback out of another library's record that carries an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always let it pass."""
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            record.msg, record.args = "%s at %s", (kinds(error), places(error))
            record.exc_info = record.exc_text = None
        return True


def loop_error(_loop: Any, context: dict[str, Any]) -> None:
    """Stand in for the event loop's own report, which prints what it was working on."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        unexpected(error, NOWHERE)
    else:
        ERRORS.error("the event loop reported something without an error")


__all__ = ["ACCESS", "ERRORS", "NOWHERE", "Wordless", "access", "kinds", "loop_error", "unexpected"]
