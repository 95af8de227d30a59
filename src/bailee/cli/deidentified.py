"""Commands upon rows in which nobody is named (A29, B3; 45 CFR 164.514, C7.2(3)(iii)).

The server chooses the rows and answers them once. Each part is the rows of one entry of the
ledger, as many and no others' order; the account is that of any export, and `check-export` checks
it. *Dies before the end: the disclosure stays open, and the command is run again into another
folder, with other pseudonyms.*
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bailee.cli.show import Controller, Json, Purpose, answer

if TYPE_CHECKING:
    from bailee.cli.manifest import Manifest, Part
    from bailee.cli.sealed import Parts, Recipients
    from bailee.client.accounting_answers import Deidentified, DeidentifiedRows

SECONDS = 900.0
"""So long the server may choose among many records."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Rows that leave and name nobody.", no_args_is_help=True)
    group.command("export")(export)
    group.command("list")(list_exports)
    app.add_typer(group, name="deidentified")


def export(
    controller: Controller,
    purpose: Purpose,
    element: Annotated[
        list[str], typer.Option("--element", "--elements", help="An element; repeatable.")
    ],
    recipient: Annotated[
        list[str], typer.Option(help="Who may read: age1…, or an OpenPGP certificate's file.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the encrypted parts, new or empty.")],
    quasi: Annotated[
        list[str] | None, typer.Option(help="An element that others know of people; repeatable.")
    ] = None,
    k: Annotated[int, typer.Option(help="People in a class, if more than the target.")] = 0,
    small: Annotated[
        Literal["suppress", "refuse"], typer.Option(help="What becomes of smaller classes.")
    ] = "suppress",
    format_: Annotated[Literal["csv", "parquet"], typer.Option("--format")] = "csv",
    armor: Annotated[bool, typer.Option("--armor", help="Text instead of bytes.")] = False,
    json: Json = False,
) -> None:
    """Let rows leave in which nobody is named, encrypted to recipients who undertook as much."""
    from bailee.cli.manifest import write_manifest
    from bailee.cli.sealed import Parts, Recipients
    from bailee.cli.session import connected
    from bailee.errors import Invalid

    sealing = Recipients(recipient, armor=armor)
    if out.is_dir() and any(out.iterdir()):
        raise Invalid("output.exists", "The folder holds something.", do="Name another with --out.")
    parts = Parts(out, f".{format_}", sealing)
    with connected(retries=0, timeout=SECONDS) as client:
        made = client.deidentify(
            controller, purpose, element, keys=sealing.keys, quasi=quasi or (), k=k, small=small
        )
        account = _account(controller, made, sealing, _parts(made, parts, format_))
        client.end_disclosure(
            controller,
            made.export.disclosure,
            keys=sealing.keys,
            parts=len(account.parts),
            records=made.export.rows,
            manifest_sha256=write_manifest(out, account),
        )
    answer(
        {"export": made.export, "folder": str(out)},
        json,
        *_export(made.export),
        f"in {out}: open the parts as of any export; check them with `bailee check-export`",
    )


def list_exports(controller: Controller, json: Json = False) -> None:
    """List such exports, newest first, and how many people a class needs now."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_deidentified(controller)
    answer(
        found,
        json,
        *(line for one in found.exports for line in _export(one)),
        f"a class needs {found.target} people ({found.target_from})",
    )


def _parts(made: DeidentifiedRows, parts: Parts, form: str) -> list[Part]:
    """Write the rows, as many in each part as its entry let leave."""
    from bailee.cli.manifest import Entered, Part

    written, at = [], 0
    for number, one in enumerate(made.parts, start=1):
        rows = made.rows[at : at + one.rows]
        sealed = parts.write(number, _table(made.columns, rows, form, first=at == 0))
        at += one.rows
        entry = Entered(one.entry.log, one.entry.entry_id, one.entry.leaf)
        digest = hashlib.sha256(sealed).hexdigest()
        name = parts.path(number).name
        written.append(Part(name, digest, len(sealed), len(rows), [entry]))
    return written


def _table(columns: list[str], rows: list[list[str]], form: str, *, first: bool) -> bytes:
    from bailee.cli.results import csv_lines

    if form == "parquet":
        from bailee.cli.parquet import write

        return write(columns, rows)
    return csv_lines([*([columns] if first else []), *rows])


def _account(
    controller: str, made: DeidentifiedRows, sealing: Recipients, parts: list[Part]
) -> Manifest:
    from bailee.cli.manifest import FORMAT, Manifest

    one = made.export
    count: dict[str, Any] = {
        "listed": one.rows, "revealed": one.rows, "refused": 0, "suppressed": one.suppressed,
        "withheld": one.withheld, "k": one.k,
    }  # fmt: skip
    return Manifest(
        format=FORMAT,
        work="deidentified",
        controller=controller,
        purpose=one.purpose,
        elements=one.kept,
        disclosure=one.disclosure,
        kind=made.kind,
        consents=made.consents,
        opened=made.opened,
        opened_entry=made.opened_entry,
        sealed=sealing.form,
        recipients=sealing.keys,
        table=Path(parts[0].part).suffixes[0],
        count=count,
        proven=True,
        parts=parts,
        listed=[],
    )


def _export(one: Deidentified) -> tuple[str, ...]:
    return (
        f"{one.disclosure}  {one.made[:16]}Z by {one.made_by}",
        f"  to       {', '.join(one.recipients)}",
        f"  what     {' '.join(one.kept)} for {one.purpose}",
        *(f"  dropped  {gone.element} (item {gone.item})" for gone in one.dropped),
        f"  classes  {one.classes} of {one.smallest} people at least, by {' '.join(one.quasi)}",
        f"  target   {one.k} people ({one.k_from}), smaller ones: {one.small}",
        f"  rows     {one.rows} of {one.people} people, {one.withheld} withheld",
        f"  left out {one.suppressed} rows of {one.small_classes} small classes",
        f"  entry    {one.entry_id}",
    )
