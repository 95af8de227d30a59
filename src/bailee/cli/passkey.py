"""Commands of passkeys: listed and removed (MISSION A7).

A passkey is held by a device and used by a browser, which proves at which address it stands. A
command line has neither, so passkeys are enrolled and shown in a browser alone.
"""

from __future__ import annotations

from typing import Annotated

import typer

from bailee.cli.show import Json, answer, as_json, table

Person = Annotated[str, typer.Option(help="Id of somebody else; takes 'people'.")]
ABOUT = (
    "Passkeys of people. A command line cannot hold one: they are enrolled and shown in a browser."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    passkey = typer.Typer(help=ABOUT, no_args_is_help=True)
    passkey.command("list")(list_passkeys)
    passkey.command("remove")(remove)
    app.add_typer(passkey, name="passkey")


def list_passkeys(person: Person = "", json: Json = False) -> None:
    """List one's own passkeys, or somebody else's."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_passkeys_of(person) if person else client.list_passkeys()
    if json:
        as_json(found)
    else:
        table(
            ("passkey", "name", "enrolled", "last used", "status", ""),
            [
                (one.passkey, one.name, one.created, one.used, one.status, "synced" * one.synced)
                for one in found.passkeys
            ],
        )


def remove(passkey: Annotated[str, typer.Argument(help="Its id.")], json: Json = False) -> None:
    """Remove a passkey: one's own in a session with a fresh code, or with 'people' a lost one."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.remove_passkey(passkey)
    answer(done, json, f"{done.id}  {done.status}")
