"""Commands upon files: protect one, reveal into one, export everything.

Each may be stopped at any moment and goes on with the same command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, lines

if TYPE_CHECKING:  # heavy: they bring the client with them
    from bailee.cli.ids import Ids, Wanted
    from bailee.cli.lanes import Stop
    from bailee.client import Client

RETRIES, TIMEOUT = 14, 120.0
"""Some two minutes for a server that restarts, and for an answer."""
STOPPED = 130
OPENS = {"age": "`age -d -i KEY`", "openpgp": "`gpg -d`"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(protect)
    app.command()(export)
    app.command()(check_export)


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
        typer.Option(
            help="Who may read rejected rows: age1…, or a certificate's file; else no value."
        ),
    ] = None,
    refs: Annotated[bool, typer.Option("--refs", help="Write your own word for each row.")] = False,
    json: Json = False,
) -> None:
    """Protect every row of a file. Exit 1 when a row was rejected; the same command resumes."""
    from bailee.cli.bulk import RECORDS, Output, Target, protect_file
    from bailee.cli.lanes import Stop
    from bailee.cli.mapping import load_mapping
    from bailee.cli.progress import bar
    from bailee.cli.session import connected

    rules, stop = load_mapping(mapping), Stop()
    output = Output(out or file.with_name(file.name + RECORDS), tuple(rejects_to or ()), refs)
    with (
        connected(retries=RETRIES, timeout=TIMEOUT, sleep=stop.sleep) as client,
        bar("protecting") as progress,
    ):
        target = Target(client, controller, purpose)
        with stopping(stop):
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


def export(
    controller: Controller,
    purpose: Purpose,
    recipient: Annotated[
        list[str], typer.Option(help="Who may read: age1…, or an OpenPGP certificate's file.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the encrypted parts.")],
    elements: Annotated[
        list[str] | None, typer.Option(help="All that you may list and reveal, by default.")
    ] = None,
    approval: Annotated[str, typer.Option(help="A second person's, for many.")] = "",
    format_: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    armor: Annotated[bool, typer.Option("--armor", help="Text instead of bytes.")] = False,
    json: Json = False,
) -> None:
    """Let a customer's data leave: every record, encrypted to recipients it named (C2.3, C6)."""
    from bailee.cli.ids import Everything, Wanted, exportable

    def wanted(client: Client) -> Wanted:
        asked = Wanted(client, controller, purpose, tuple(elements or ()), approval)
        if elements:
            return asked
        may, may_not = exportable(asked)
        if may_not:
            typer.echo(f"not yours to export: {', '.join(may_not)}", err=True)
        return replace(asked, elements=tuple(may))

    send_out(wanted, Everything, Leaving(out, tuple(recipient), format_, armor=armor, json=json))


def check_export(
    folder: Annotated[Path, typer.Argument(help="An export's folder.")],
    log: Annotated[
        list[Path] | None, typer.Option(help="The controller's exported log; repeatable.")
    ] = None,
    json: Json = False,
) -> None:
    """Check a folder by its account: whole, nothing beside it; with --log, as it was recorded."""
    from bailee.cli.manifest import check_folder, check_log, count_beside, read_log, read_manifest

    manifest, digest = read_manifest(folder)
    wrong = check_folder(folder, manifest)
    entries = [one for each in log or () for one in read_log(each)]
    wrong += check_log(manifest, digest, entries) if log else []
    beside = count_beside(manifest, entries)
    said = {
        "wrong": wrong,
        "parts": len(manifest.parts),
        "records": sum(one.records for one in manifest.parts),
        "answers_in_no_part": beside,
        "manifest_sha256": digest,
        "log_checked": bool(log),
    }
    answer(
        said,
        json,
        *(f"WRONG  {one}" for one in wrong),
        f"{said['parts']} parts, {said['records']} records, account {digest}",
        *([f"{beside} answers are in no part: asked again after a death"] if beside else []),
        *(() if log else ("not compared with the log: name it with --log",)),
    )
    raise typer.Exit(1 if wrong else 0)


@dataclass(frozen=True)
class Leaving:
    """Where values go, and for whom."""

    out: Path | None
    recipients: tuple[str, ...]
    format: str
    armor: bool = False
    json: bool = False


def send_out(
    make: Callable[[Client], Wanted], ids: Callable[[Wanted], Ids], leaving: Leaving
) -> NoReturn:
    """Write values for recipients; end the command.

    Raises:
        ValueError: without a folder to write into: values are never shown in bulk.
    """
    from bailee.cli.lanes import Stop
    from bailee.cli.outgoing import Outgoing
    from bailee.cli.progress import bar
    from bailee.cli.session import connected

    if leaving.out is None:
        raise ValueError("name a folder with --out: values in bulk go into encrypted files alone")
    stop = Stop()
    with (
        connected(retries=RETRIES, timeout=TIMEOUT, sleep=stop.sleep) as client,
        bar("revealing") as progress,
    ):
        wanted = make(client)
        work = Outgoing(
            wanted,
            ids(wanted),
            leaving.out,
            recipients=leaving.recipients,
            suffix=f".{leaving.format}",
            armor=leaving.armor,
        )
        with stopping(stop):
            count = work.run(progress, stop)
    answer(
        {**asdict(count), "proven": count.proven, "folder": str(leaving.out)},
        leaving.json,
        f"{count.listed} records, {count.revealed} revealed, {count.refused} refused",
        *(f"  {number} x {code}" for code, number in sorted(count.codes.items())),
        f"{count.withheld} withheld, {count.without} hold none of the elements, "
        f"{count.total} in all: "
        + ("every one accounted for" if count.proven else "NOT every one accounted for"),
        f"in {leaving.out}: open the parts with {OPENS[work.form]}, in their order; "
        "check them with `bailee check-export`",
    )
    leave(count.complete, not count.proven or count.refused > 0)


@contextmanager
def stopping(stop: Stop) -> Iterator[None]:
    """Listen for Ctrl-C; whoever does not wait for what is under way is told the same."""
    try:
        with stop.on_signal():
            yield
    except KeyboardInterrupt:
        leave(complete=False, refused=False)


def leave(complete: bool, refused: bool) -> NoReturn:
    """End a command that may have been stopped."""
    if not complete:
        lines("stopped; the same command goes on from there")
        raise typer.Exit(STOPPED)
    raise typer.Exit(1 if refused else 0)
