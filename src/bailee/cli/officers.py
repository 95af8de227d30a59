"""Commands of our own people whom controllers reach (C10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from bailee.cli.show import Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.procedures import Rank

Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    officer = typer.Typer(help="Whom controllers reach on our side.", no_args_is_help=True)
    officer.command("list")(list_officers)
    officer.command("appoint")(appoint)
    officer.command("end")(end)
    officer.command("confirm")(confirm)
    app.add_typer(officer, name="officer")


def list_officers(json: Json = False) -> None:
    """Show whom controllers reach; exit 1 where nobody would answer."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_officers()
    if json:
        as_json(found)
    else:
        table(
            ("role", "rank", "name", "reach", "status", "since", "until", "confirmed", "officer"),
            [
                (
                    one.role, one.rank, one.name, one.reach, one.status, one.since[:16],
                    one.until[:16], one.checked[:10], one.officer,
                )
                for one in found.officers
            ],
        )  # fmt: skip
        for gap in found.gaps:
            typer.echo(f"nobody  from {gap.since[:16]} to {gap.until[:16]}")
        for code in found.findings:
            typer.echo(f"missing  {code}")
    if found.findings:
        raise typer.Exit(1)


def appoint(
    person: Annotated[str, typer.Argument(help="Id of a person of ours.")],
    reach: Annotated[str, typer.Option(help="tel:+NUMBER or mailto:NAME@HOST")],
    qualification: Annotated[str, typer.Option(help="The writing by which they are qualified.")],
    since: Annotated[str, typer.Option(help="2026-12-01T00:00:00Z")],
    until: Annotated[str, typer.Option(help="2026-12-08T00:00:00Z")],
    role: Annotated[str, typer.Option(help="coordinator or security")] = "security",
    rank: Annotated[str, typer.Option(help="first or delegate")] = "first",
    json: Json = False,
) -> None:
    """Appoint a coordinator or a security contact for a time."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.appoint_officer(
            person,
            role,  # type: ignore[arg-type]  # the server refuses another word
            cast("Rank", rank),
            reach=reach,
            qualification=qualification,
            since=since,
            until=until,
        )
    answer(made, json, f"officer  {made.officer}", f"{made.role}, {made.rank}: {made.name}")


def end(officer: Item, json: Json = False) -> None:
    """End an appointment before its time."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.end_officer(officer)
    answer(done, json, f"ended  {done.officer}")


def confirm(officer: Item, json: Json = False) -> None:
    """Confirm, for oneself, that one is reached as it stands."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.confirm_officer(officer)
    answer(done, json, f"confirmed  {done.officer}")
