"""What a command prints: a table or lines for people, JSON for programs (``--json``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec
import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Controller = Annotated[
    str, typer.Option("--controller", "-c", help="Short name of the controller.")
]
Purpose = Annotated[
    str, typer.Option("--purpose", "-p", help="Purpose, as the agreement names it.")
]


def as_json(answer: Any) -> None:
    """Print an answer as one JSON document."""
    typer.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())


def lines(*said: str) -> None:
    """Print lines."""
    for line in said:
        typer.echo(line)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table that fits the terminal."""
    from rich.console import Console
    from rich.table import Table

    made = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*row)
    Console(soft_wrap=False).print(made)


def answer(value: Any, json: bool, *said: str) -> None:
    """Print an answer as JSON, or the lines that say the same."""
    if json:
        as_json(value)
    else:
        lines(*said)
