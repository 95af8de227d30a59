"""Commands upon logs: for the controller's auditor (C2.5(5), C5.2)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    ledger = typer.Typer(help="What happened, provably.", no_args_is_help=True)
    ledger.command("list")(list_)
    ledger.command()(export)
    ledger.command()(proof)
    ledger.command()(verify)
    app.add_typer(ledger, name="ledger")


def list_(controller: Controller, json: Json = False) -> None:
    """List a controller's logs with the keys that verify them."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.logs(controller)
    if json:
        as_json(found)
    else:
        table(
            ("log", "status", "entries", "verifier key"),
            [(one.log, one.status, str(one.size), one.vkey) for one in found.logs],
        )


def export(
    target: Annotated[Path, typer.Argument(help="Folder to write; must not exist.")],
    controller: Controller,
    log: Annotated[str, typer.Option(help="Which one; the newest if left out.")] = "",
    json: Json = False,
) -> None:
    """Write a log out for its auditor: checkpoint, tiles, entries, openings.

    It is done on the machine that holds the home, by whoever holds 'audit' there: openings name
    random ids and coarse attributes, never values, and stay readable by their owner alone.
    """
    from bailee.access import Mandate
    from bailee.app.home import opened
    from bailee.app.settings import read_settings

    settings = read_settings()
    with opened(settings, holder="ledger export") as house:
        token = settings.person_token
        mandate = Mandate(token) if token else None
        caller = house.authenticate(settings.key or None, "command", mandate)
        made = house.export(caller, controller, target, log)
    answer(made, json, f"log   {made.log}", f"size  {made.size}", f"vkey  {made.vkey}")


def proof(
    entry: Annotated[str, typer.Argument(help="The entry's id, from an answer.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Print the proof that an entry is in the log, for `bailee-verify --proof`."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.proof(controller, entry)
    answer(made, json, made.proof)


def verify(
    bundle: Annotated[Path, typer.Argument(help="An exported folder.")],
    vkey: Annotated[str, typer.Option(help="The key you were given, not the bundle's.")] = "",
    policy: Annotated[
        Path | None, typer.Option(help="Keys of logs and witnesses you trust (tlog-policy).")
    ] = None,
    checkpoint: Annotated[list[Path] | None, typer.Option(help="An earlier one you kept.")] = None,
    receipt: Annotated[list[Path] | None, typer.Option(help="Answers' entries you kept.")] = None,
    json: Json = False,
) -> None:
    """Check an exported log; the same as the standalone `bailee-verify`."""
    from bailee.ledger import verify as standalone

    arguments = [str(bundle), *(["--vkey", vkey] if vkey else []), *(["--json"] if json else [])]
    arguments += ["--policy", str(policy)] if policy else []
    for one in checkpoint or []:
        arguments += ["--checkpoint", str(one)]
    for one in receipt or []:
        arguments += ["--receipt", str(one)]
    sys.exit(standalone.main(arguments))
