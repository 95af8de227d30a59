"""Commands about the identity provider: what is set, and whether it can be signed in at (A7)."""

from __future__ import annotations

import typer

from bailee.cli.show import Json, as_json, lines

EXIT_FAILING = 1


def register(app: typer.Typer) -> None:
    """Add the commands."""
    oidc = typer.Typer(help="The company's identity provider.", no_args_is_help=True)
    oidc.command("show")(show)
    oidc.command("check")(check)
    app.add_typer(oidc, name="oidc")


def show(json: Json = False) -> None:
    """Show what is set for the identity provider; asks nobody, and never shows a secret."""
    from bailee.app.oidc_check import shown
    from bailee.app.settings import read_settings

    found = shown(read_settings())
    if json:
        as_json(found)
        return
    for name, value in found.items():
        lines(f"{name:<12}{value}")


def check(json: Json = False) -> None:
    """Ask the provider for its addresses and keys, and say what keeps people from signing in."""
    from bailee.app.oidc_check import examine
    from bailee.app.settings import read_settings

    found = examine(read_settings())
    if json:
        as_json(found)
    else:
        for one in found.wrong:
            lines(f"wrong   {one}")
        for one in found.doubtful:
            lines(f"doubt   {one}")
        lines(f"keys    {found.keys}", "fine" if not found.wrong else "not fine")
    if found.wrong:
        raise typer.Exit(EXIT_FAILING)
