"""Commands upon files: protect one, reveal into one, export everything.

Each may be stopped at any moment and goes on with the same command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, lines

RETRIES, TIMEOUT = 14, 120.0
"""Some two minutes for a server that restarts, and for an answer."""
STOPPED = 130


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(protect)


def protect(
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file.")],
    mapping: Annotated[Path, typer.Option(help="What its columns mean (TOML).")],
    controller: Controller,
    purpose: Purpose,
    out: Annotated[
        Path | None, typer.Option(help="Rows, records and tokens; FILE.records.csv by default.")
    ] = None,
    rejects_to: Annotated[
        list[str] | None,
        typer.Option(help="age1… that may read rejected rows; else only row, code and column."),
    ] = None,
    refs: Annotated[bool, typer.Option("--refs", help="Write your own word for each row.")] = False,
    json: Json = False,
) -> None:
    """Protect every row of a file. Exit 1 when a row was rejected; the same command resumes."""
    from bailee.cli.bulk import Output, Target, protect_file
    from bailee.cli.lanes import Stop
    from bailee.cli.mapping import load_mapping
    from bailee.cli.progress import bar
    from bailee.cli.session import connected

    rules, stop = load_mapping(mapping), Stop()
    output = Output(
        out or file.with_name(f"{file.name}.records.csv"), tuple(rejects_to or ()), refs
    )
    with (
        connected(retries=RETRIES, timeout=TIMEOUT, sleep=stop.sleep) as client,
        bar("protecting") as progress,
    ):
        target = Target(client, controller, purpose)
        with stop.on_signal():
            tally = protect_file(file, rules, target, output, progress=progress, stop=stop)
    answer(
        {
            "rows": tally.rows,
            "protected": tally.protected,
            "records": tally.records,
            "rejected": tally.rejected,
            "codes": tally.codes,
            "complete": tally.complete,
            "output": str(output.records),
        },
        json,
        f"{tally.rows} rows, {tally.protected} protected as {tally.records} records, "
        f"{tally.rejected} rejected",
        *(f"  {count} x {code}" for code, count in sorted(tally.codes.items())),
        f"rows, records and tokens in {output.records}",
    )
    leave(tally.complete, bool(tally.rejected))


def leave(complete: bool, refused: bool) -> None:
    """End a command that may have been stopped."""
    if not complete:
        lines("stopped; the same command goes on from there")
        raise typer.Exit(STOPPED)
    raise typer.Exit(1 if refused else 0)
