"""Commands upon a deployment: init, migrate, backup, restore, demo (and serve: ``serving``)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bailee.cli import serving
from bailee.cli.show import Json, answer, lines


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.command()(migrate)
    app.command()(serving.serve)
    app.command()(backup)
    app.command()(restore)
    app.command()(demo)


def init(
    name: Annotated[str, typer.Option(help="The administrator's own name.")],
    employer: Annotated[str, typer.Option(help="Who employs them.")],
    email: Annotated[str, typer.Option(help="Their work address.")],
    undertaking: Annotated[str, typer.Option(help="Reference of their undertaking.")],
    undertaken: Annotated[str, typer.Option(help="The day it was signed, 2026-11-20.")],
    shares: Annotated[int, typer.Option(help="Recovery shares of the root key, up to 16.")] = 3,
    needed: Annotated[int, typer.Option(help="How many of them give it back, two at least.")] = 2,
    json: Json = False,
) -> None:
    """Make a deployment with one named administrator (C2.5(1))."""
    from bailee.access import Person
    from bailee.app.home import Kit, found
    from bailee.app.settings import read_settings

    person = Person(name, employer, email, undertaking, date.fromisoformat(undertaken))
    made = found(read_settings(), person, kit=Kit(needed, shares))
    kit = [
        f"Any {needed} of these {shares} shares recover the root key; keep them apart, on paper:",
        *(f"  {share}" for share in made.shares),
    ]
    kept = ["The root key stays with its provider; so does its backup."]
    answer(
        made,
        json,
        f"principal  {made.principal}",
        f"key        {made.key}",
        f"valid to   {made.until}",
        "",
        "The key is shown once: set BAILEE_KEY to it. Or, in a browser: take up this invitation",
        "at /console/welcome and choose a password; the key ends then.",
        f"set-up     {made.setup}",
        *(kit if made.shares else kept),
    )


def migrate() -> None:
    """Bring both databases to the shape this release expects."""
    from bailee.app.home import bring_up
    from bailee.app.settings import read_settings

    bring_up(read_settings())
    lines("both databases have the shape of this release")


def backup(
    target: Annotated[Path, typer.Argument(help="Folder to write into; made if missing.")],
    keys: Annotated[bool, typer.Option("--keys", help="The key database instead.")] = False,
) -> None:
    """Copy the data database, or with --keys the key database, never both into one place.

    On PostgreSQL by pg_dump, in the role of BAILEE_MIGRATOR_URL (BAILEE_KEYS_URL for the keys).
    """
    from bailee.app.backup import copy_out
    from bailee.app.settings import read_settings

    lines(f"written  {copy_out(read_settings(), target, keys=keys)}")


def restore(
    source: Annotated[
        Path | None, typer.Argument(help="A copy that `backup` wrote; none: it is in place.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="A copy of the key database, put in place before.")
    ] = None,
    without_mirror: Annotated[
        bool, typer.Option("--without-mirror", help="The mirror burnt too: who was erased is back.")
    ] = False,
    json: Json = False,
) -> None:
    """Put a data backup in place: what was erased since stays erased, no log forks (C6).

    On a machine that is new: first `bailee keys recover` with the shares of the root key, then this
    with both copies; on PostgreSQL the databases are there, empty, and pg_restore fills them. The
    mirror (BAILEE_MIRROR) must be the one that survived: without it, nobody erased since the copy
    of the keys stays erased.
    """
    from bailee.app.backup import restore_data
    from bailee.app.settings import read_settings

    done = restore_data(read_settings(), source, keys, mirrored=not without_mirror)
    answer(
        done,
        json,
        f"erased again  {done.rows} rows of subjects whose keys are gone",
        *(f"closed        {old}, continued as {new}" for old, new in done.successors.items()),
        "The deployment can be served.",
    )


def demo(
    folder: Annotated[Path, typer.Argument(help="Folder to leave the deployment in.")] = Path(
        "demo"
    ),
    contract: Annotated[Path | None, typer.Option(help="A data-protection agreement.")] = None,
    input_: Annotated[
        Path | None, typer.Option("--input", help="Records to protect (CSV).")
    ] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End instead of serving.")] = False,
) -> None:
    """Walk the whole path: contract, vault, ledger, auditor."""
    from bailee.cli.demo import Demo

    Demo(folder, contract, input_).run(serve=not no_serve)
