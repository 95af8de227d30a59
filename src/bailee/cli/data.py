"""Commands upon a few protected values: reveal, search, erase.

A value is never an argument: arguments stand in the shell's history and in the list of processes.
What is searched for is asked for, or read from standard input.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, as_json, lines, table

Records = Annotated[list[str], typer.Argument(help="Ids of records, or tokens with --tokens.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(reveal)
    app.command()(search)
    app.command()(erase)


def reveal(
    items: Records,
    controller: Controller,
    purpose: Purpose,
    element: Annotated[list[str], typer.Option(help="Elements, or views: person.ssn:last4.")],
    tokens: Annotated[bool, typer.Option("--tokens", help="The arguments are tokens.")] = False,
    approval: Annotated[str, typer.Option(help="A second person's, for many.")] = "",
    json: Json = False,
) -> None:
    """Read values; the reading is recorded before you see them (C2.5(5))."""
    from bailee.cli.session import connected
    from bailee.client.answers import Masked

    with connected() as client:
        seen = client.reveal(
            controller,
            purpose,
            element,
            records=[] if tokens else items,
            tokens=items if tokens else [],
            approval=approval,
        )
    if json:
        as_json(seen)
        return
    for one in seen.results:
        lines(one.record or one.token)
        for name, value in one.fields.items():
            shown = f"{value.masked} ({value.view})" if isinstance(value, Masked) else value
            lines(f"  {name:24} {shown}")
    lines(f"recorded as {seen.entry.entry_id}")


def search(
    element: Annotated[str, typer.Argument(help="An element with an index.")],
    controller: Controller,
    purpose: Purpose,
    json: Json = False,
) -> None:
    """Find records by the exact value of one element; the value is asked for."""
    from bailee.cli.session import connected

    value = sys.stdin.readline().rstrip("\n") if not sys.stdin.isatty() else typer.prompt("Equals")
    with connected() as client:
        found = client.search(controller, purpose, element, equals=value)
    answer(found, json, *found.records, f"{len(found.records)} records")


def erase(
    items: Annotated[
        list[str], typer.Argument(help="Ids of records, or subjects with --subjects.")
    ],
    controller: Controller,
    purpose: Purpose,
    subjects: Annotated[bool, typer.Option("--subjects", help="Whole subjects, keys too.")] = False,
    json: Json = False,
) -> None:
    """Destroy records, or subjects with all that is theirs (C6). It cannot be undone."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.erase(
            controller,
            purpose,
            records=[] if subjects else items,
            subjects=items if subjects else [],
        )
    if json:
        as_json(done)
        return
    table(
        ("record", "records", "done"),
        [(one.record, str(one.records), str(one.ok)) for one in done.results],
    )
