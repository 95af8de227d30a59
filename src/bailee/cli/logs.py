"""Commands upon logs: for the controller's auditor (C2.5(5), C5.2)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

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
    keys = typer.Typer(help="Keys of controllers.", no_args_is_help=True)
    keys.command()(rotate)
    keys.command("move-root")(move_root)
    keys.command()(hold)
    keys.command()(release)
    keys.command()(recover)
    app.add_typer(keys, name="keys")


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


def rotate(
    controller: Controller,
    subjects: Annotated[
        list[str] | None, typer.Argument(help="Subjects, with --what subjects.")
    ] = None,
    what: Annotated[
        Literal["data", "index", "token", "subjects"], typer.Option(help="Which keys.")
    ] = "data",
    json: Json = False,
) -> None:
    """Give keys a new version and bring what they made under it (C2.8(3))."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.rotate_keys(controller, what, subjects=subjects or [])
    answer(done, json, f"version {done.version}, {done.renewed} made anew")


def hold(
    address: Annotated[str, typer.Argument(help="The controller's own root, as in BAILEE_ROOT.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Put a controller's keys under a root that it holds itself: its refusal stops all (C2.8(3)).

    The server reaches that root with a credential of the controller's, a file that the operator
    puts into BAILEE_HELD_FOLDER: openbao:https://…?token-file=NAME&ca-file=NAME, or awskms:ARN.
    """
    _hold(controller, address, json)


def release(controller: Controller, json: Json = False) -> None:
    """Put a controller's keys back under the house's root; its own must agree a last time."""
    _hold(controller, "", json)


def _hold(controller: str, address: str, json: bool) -> None:
    from bailee.cli.session import connected

    with connected() as client:
        done = client.hold_root(controller, address)
    answer(done, json, f"root {done.root}, {done.keys} keys wrapped anew")


def move_root(json: Json = False) -> None:
    """Wrap every key by the root in BAILEE_ROOT instead of the one in BAILEE_ROOT_BEFORE (C2.8(3)).

    Start every server with both first. Stopped half-way, the same command goes on. Afterwards
    servers are started with the new root alone; the old one is kept until no backup of the key
    database needs it.
    """
    from bailee.cli.session import connected

    with connected() as client:
        done = client.move_root()
        total = done.keys
        while done.after:
            done = client.move_root(done.after)
            total += done.keys
    answer(
        {"root": done.root, "keys": total},
        json,
        f"root  {done.root} wraps everything now; {total} keys were wrapped anew",
        "Start every server without BAILEE_ROOT_BEFORE.",
        "Keep the root that was left until the last backup of the key database made before today "
        "has been thrown away.",
    )


def recover(
    json: Json = False,
) -> None:
    """Write the root key again from its shares; they are asked for, never arguments."""
    from bailee.app.home import recover as put_back
    from bailee.app.settings import read_settings
    from bailee.keys import needed

    shares = [typer.prompt("Share 1", hide_input=True)]
    more = range(2, needed(shares[0]) + 1)
    shares += [typer.prompt(f"Share {number}", hide_input=True) for number in more]
    answer({"root": put_back(read_settings(), shares)}, json, "the root key is back in the home")
