"""How a command reaches a house, and how its failure is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from bailee.app.settings import Settings, read_settings
from bailee.client import BaileeProblem, Client, PersonToken
from bailee.errors import (
    Broken,
    Conflict,
    Failure,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)

EXIT_REFUSED, EXIT_USAGE, EXIT_BROKEN = 1, 2, 3
EXITS: tuple[tuple[type[Failure], int], ...] = (
    (Broken, EXIT_BROKEN),
    (Invalid, EXIT_USAGE),
    (Refused, EXIT_REFUSED),
    (NotFound, EXIT_REFUSED),
    (Conflict, EXIT_REFUSED),
    (Unavailable, EXIT_REFUSED),
)
"""Which family of failure ends a command how; the first that fits counts."""
STATUS_EXITS = {422: EXIT_USAGE, 413: EXIT_USAGE, 400: EXIT_USAGE, 500: EXIT_BROKEN}
"""The same for a failure that came over HTTP."""
HERE = "http://localhost"


@contextmanager
def connected(
    settings: Settings | None = None, *, key: str | None = None, **line: Any
) -> Iterator[Client]:
    """Yield a client of the server at ``BAILEE_URL``, or of the home, opened for this command.

    Args:
        settings: instead of the environment's.
        key: instead of ``BAILEE_KEY``.
        line: of ``Client``: ``retries``, ``sleep``, ``timeout``.

    Raises:
        Conflict: ``home.held`` when a server holds the home and ``BAILEE_URL`` is not set.
    """
    settings = settings or read_settings()
    if key is None:  # another's key is not for the person whom the environment names
        token = settings.person_token
        line = {"person": PersonToken(token) if token else None, **line}
    key = key or settings.key or None
    if settings.url:
        with Client(settings.url, key, ca=settings.ca or None, **line) as client:
            yield client
        return
    from bailee.app.home import opened
    from bailee.web.door import open_door
    from bailee.web.inprocess import InProcess

    with opened(settings, holder="a command") as house:
        door = open_door(house, workers=1)
        with Client(HERE, key, transport=InProcess(door), **line) as client:
            yield client
        door.state.pool.shutdown(wait=True)


def report(error: Exception) -> int:
    """Tell a failure in one or two lines and return the exit code."""
    if isinstance(error, Failure):
        tell(error.code, error.says, error.do)
        return next((code for family, code in EXITS if isinstance(error, family)), EXIT_REFUSED)
    if isinstance(error, BaileeProblem):
        tell(error.code, error.detail, error.do)
        return STATUS_EXITS.get(error.status, EXIT_REFUSED)
    if isinstance(error, ValueError):
        tell("usage", str(error), "")
        return EXIT_USAGE
    tell("internal", f"{type(error).__name__}; this is a fault of bailee.", "Please report it.")
    return EXIT_BROKEN


def tell(code: str, says: str, do: str) -> None:
    """Print a failure to standard error."""
    typer.secho(f"{code}: {says}", fg="red", err=True)
    if do:
        typer.echo(f"  {do}", err=True)


def progress_stream() -> bool:
    """Say whether a person is watching standard error."""
    return sys.stderr.isatty()
