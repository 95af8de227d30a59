"""Commands upon a few protected values: reveal, search, erase.

A value is never an argument: arguments stand in the shell's history and in the list of processes.
What is searched for is asked for, or read from standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, as_json, lines, table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(reveal)
    app.command()(search)
    app.command()(erase)


def reveal(
    controller: Controller,
    purpose: Purpose,
    element: Annotated[
        list[str],
        typer.Option("--element", "--elements", help="Elements, or views: person.ssn:last4."),
    ],
    items: Annotated[
        list[str] | None, typer.Argument(help="Ids of records, or tokens with --tokens.")
    ] = None,
    tokens: Annotated[bool, typer.Option("--tokens", help="The arguments are tokens.")] = False,
    approval: Annotated[str, typer.Option(help="A second person's, for many.")] = "",
    records: Annotated[
        Path | None, typer.Option(help="A file of ids, for many: written encrypted, in parts.")
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option(help="With --records: who may read: age1…, or a certificate's file."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --records: folder for the encrypted parts.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    armor: Annotated[bool, typer.Option("--armor", help="Text instead of bytes.")] = False,
    json: Json = False,
) -> None:
    """Read values; the reading is recorded before you see them (C2.5(5))."""
    if (records is None) != bool(items) or (records is None and (recipient or out or armor)):
        raise ValueError(
            "name records, or a file of them with --records, --recipient and --out: one of the two"
        )
    if records is not None:
        from bailee.cli.files import Leaving, send_out
        from bailee.cli.ids import Listed, Wanted

        send_out(
            lambda client: Wanted(client, controller, purpose, tuple(element), approval),
            lambda _wanted: Listed(records),
            Leaving(out, tuple(recipient or ()), format_, armor=armor, json=json),
        )
    _read(items or [], controller, purpose, element, tokens, approval, json)


def _read(
    items: list[str],
    controller: str,
    purpose: str,
    element: list[str],
    tokens: bool,
    approval: str,
    json: bool,
) -> None:
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
