"""Commands upon the accounting of disclosures (A4, B3; 45 CFR 164.528).

Whose accounting it is, is asked for or read from standard input: an argument would stand in the
shell's history and in the list of processes.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from bailee.cli.show import Controller, Json, Purpose, answer

if TYPE_CHECKING:
    from bailee.client.accounting_answers import Accounted, Accounting, Suspension

Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Who received data of one person, and what an authority keeps back.",
        no_args_is_help=True,
    )
    group.command("person")(person)
    group.command("suspend")(suspend)
    group.command("suspensions")(suspensions)
    group.command("confirm")(confirm)
    group.command("lift")(lift)
    app.add_typer(group, name="accounting")


def person(
    controller: Controller,
    purpose: Purpose,
    since: Annotated[str, typer.Option(help="From when; six years back by default.")] = "",
    until: Annotated[str, typer.Option(help="Until when; now by default.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the paper: Markdown, JSON, PDF, DOCX.")
    ] = None,
    json: Json = False,
) -> None:
    """Account for one person's disclosures; their reference is asked for, and that you asked."""
    from bailee.cli.session import connected

    subject = _asked("Whose accounting")
    with connected() as client:
        made = client.account(controller, purpose, subject=subject, since=since, until=until)
    wrote = [f"wrote     {path}" for path in _write(made, out)] if out is not None else []
    behind = [f"BEHIND    {made.behind} entries are not read yet: ask again"] if made.behind else []
    answer(
        made,
        json,
        f"{len(made.disclosures)} disclosures from {made.since[:10]} to {made.until[:10]}"
        + ("" if made.found else "; nobody is known here by that reference"),
        *(line for one in made.disclosures for line in _line(one)),
        *([f"suspended {made.suspended}: an authority keeps them back"] if made.suspended else []),
        *behind,
        *(f"cannot    {one}" for one in made.cannot_say),
        *wrote,
        f"recorded as {made.entry.entry_id if made.entry else ''}",
    )


def suspend(
    controller: Controller,
    agency: Annotated[str, typer.Option(help="The authority.")],
    official: Annotated[str, typer.Option(help="Who made the statement, by name.")],
    reference: Annotated[str, typer.Option(help="Where the statement is kept.")],
    consent: Annotated[
        list[str], typer.Option(help="A consent under which data went to it; repeatable.")
    ],
    until: Annotated[str, typer.Option(help="2026-12-31T00:00:00Z")],
    since: Annotated[str, typer.Option(help="When it was made; now by default.")] = "",
    writing: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The written statement; without it, 30 days at most."
        ),
    ] = None,
    one_person: Annotated[
        bool, typer.Option("--one-person", help="About one person, who is asked for.")
    ] = False,
    json: Json = False,
) -> None:
    """Keep what an authority received out of accountings; a second person confirms it."""
    from bailee.cli.session import connected
    from bailee.client import Statement
    from bailee.clock import system_time, write_time

    statement = Statement(
        agency=agency,
        official=official,
        reference=reference,
        consents=consent,
        since=since or write_time(system_time()),
        until=until,
        text_sha256=hashlib.sha256(writing.read_bytes()).hexdigest() if writing else "",
        subject=_asked("About whom") if one_person else "",
    )
    with connected() as client:
        made = client.record_suspension(controller, statement)
    answer(
        made, json, *_suspension(made), "a second person confirms it: `bailee accounting confirm`"
    )


def suspensions(controller: Controller, json: Json = False) -> None:
    """List authorities' statements, newest first."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_suspensions(controller)
    answer(found, json, *(line for one in found.suspensions for line in _suspension(one)))


def confirm(item: Item, controller: Controller, json: Json = False) -> None:
    """Confirm a statement, as the second person; from then on it counts."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.confirm_suspension(controller, item)
    answer(done, json, *_suspension(done))


def lift(item: Item, controller: Controller, json: Json = False) -> None:
    """End a suspension: from then on everything is told."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.lift_suspension(controller, item)
    answer(done, json, *_suspension(done))


def _asked(what: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what))
    return sys.stdin.readline().rstrip("\n")


def _write(made: Accounting, out: Path) -> list[Path]:
    from bailee.app.paper_files import files
    from bailee.clock import read_time

    shown = cast("Any", made.paper)  # the client's answer has the members of the API's shape
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for name, content in files(shown, read_time(made.made)).items():
        (out / name).write_bytes(content)
        written.append(out / name)
    return written


def _line(one: Accounted) -> tuple[str, ...]:
    times = f", {one.times} times, last {one.last[:16]}Z" if one.times > 1 else ""
    return (
        f"{one.disclosure}  {one.form or one.recipients[0].kind}",
        f"  date      {one.date[:16]}Z{times}",
        *(
            f"  to        {who.name}, {who.address or 'address not known'}"
            + (f", {who.country}" if who.country else "")
            for who in one.recipients
        ),
        f"  what      {' '.join(one.elements)}, {one.records} records",
        f"  for       {one.purpose}",
        *(f"  under     {who.reference}, {who.text_sha256}" for who in one.recipients),
        f"  entries   {' '.join(one.entries)}",
    )


def _suspension(one: Suspension) -> tuple[str, ...]:
    return (
        f"{one.suspension}  {one.status}, {'one person' if one.one_person else 'everybody'}",
        f"  authority {one.agency}: {one.official}",
        f"  statement {one.reference}, {one.text_sha256 or 'spoken'}",
        f"  consents  {' '.join(one.consents)}",
        f"  time      {one.since[:16]}Z to {one.until[:16]}Z",
    )
