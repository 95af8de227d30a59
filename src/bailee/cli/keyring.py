"""Commands upon keys: new versions, other roots, how long copies can be opened (C2.8(3), C6)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, lines, table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    keys = typer.Typer(help="Keys of controllers.", no_args_is_help=True)
    keys.command()(rotate)
    keys.command()(horizon)
    keys.command()(certificate)
    keys.command("try")(try_)
    keys.command("move-root")(move_root)
    keys.command()(hold)
    keys.command()(release)
    keys.command()(recover)
    app.add_typer(keys, name="keys")


def rotate(
    controller: Controller,
    subjects: Annotated[
        list[str] | None, typer.Argument(help="Subjects, with --what subjects.")
    ] = None,
    what: Annotated[
        Literal["data", "index", "token", "reference", "subjects"],
        typer.Option(help="Which keys."),
    ] = "data",
    json: Json = False,
) -> None:
    """Give keys a new version (C2.8(3)).

    Of index, token and reference keys the server replaces and destroys the older version by
    itself; `bailee keys horizon` shows how far it is.
    """
    from bailee.cli.session import connected

    with connected() as client:
        done = client.rotate_keys(controller, what, subjects=subjects or [])
    answer(done, json, f"version {done.version}, {done.renewed} made anew")


def horizon(controller: Controller, json: Json = False) -> None:
    """Show how long what is erased now can be recovered or guessed, and by which keys (C6)."""
    from bailee.app.variables import FOR_GOOD
    from bailee.cli.session import connected

    with connected() as client:
        found = client.horizon(controller)
    if json:
        as_json(found)
        return
    lines(
        f"Erased now, gone by {found.unrecoverable or 'nobody knows when'}.",
        f"Backups of keys live {_days(found.key_backup_days)}, "
        f"of data {_days(found.data_backup_days)}; "
        f"keys to guess with, {_days(found.rekey_days or FOR_GOOD)}.",
    )
    rows = [(one.name, one.state, one.made, one.destroyed, one.gone) for one in found.keys]
    table(("key", "state", "made", "destroyed", "last copy dies"), rows)


def _days(days: int) -> str:
    from bailee.app.variables import FOR_GOOD

    return "for good" if days == FOR_GOOD else f"{days} days"


def certificate(
    entry: Annotated[str, typer.Argument(help="Of an erasure or destruction, from its answer.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Say from when on what an entry destroyed is beyond recovery; the answer is recorded (C6).

    Exit code 1 while a copy or a key lives on; `waiting` names it.
    """
    from bailee.cli.session import connected

    with connected() as client:
        made = client.certify_erasure(controller, entry)
    answer(
        made,
        json,
        f"people's keys   {made.keys}",
        f"destroyed       {made.destroyed}, rows gone {made.rows_gone}",
        f"unrecoverable   {made.unrecoverable or 'not settled yet'}",
        *([] if made.unrecoverable else [f"at the latest   {made.latest or 'nobody knows'}"]),
        *[f"waiting for     {one}" for one in made.waiting],
        f"recorded as     {made.entry.entry_id}",
    )
    raise typer.Exit(0 if made.unrecoverable else 1)


def try_(
    copy: Annotated[
        str,
        typer.Argument(
            help="A copy of the data: a file, or the address of a database; its password stands "
            "better in PGPASSFILE than here, where everybody on the machine can read it."
        ),
    ],
    controller: Annotated[
        list[str] | None, typer.Option("--controller", "-c", help="Whose; all if left out.")
    ] = None,
    guess: Annotated[
        Path | None, typer.Option(help="CSV of element and value: guesses to try as well.")
    ] = None,
    json: Json = False,
) -> None:
    """Try to open or guess the erased in an old copy of the data, with every key of today (C6).

    It is done on the machine that holds the keys, beside a running server. Nothing is shown but
    counts. Exit code 1 when anything opens or can be guessed at, and when nobody was to be tried.
    """
    from bailee.app.settings import read_settings
    from bailee.app.trying import read_guesses, try_copy

    found = try_copy(read_settings(), copy, controller or [], read_guesses(guess))
    answer(
        found,
        json,
        f"erased people met      {found.people}",
        f"values that opened     {found.opened} of {found.values}",
        f"marks to guess at      {sum(found.guessable.values())} of {found.marks}",
        *[f"  under {name:16} {count}" for name, count in sorted(found.guessable.items())],
        f"guesses that matched   {found.matched} of {found.guesses}",
    )
    raise typer.Exit(0 if found.dead else 1)


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
