"""Commands of procedures: clocks, notices, contacts (C9.1, C10)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.procedures import Rank, Role

Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    clock = typer.Typer(help="Clocks of the agreement.", no_args_is_help=True)
    clock.command("list")(list_timers)
    clock.command("calendar")(calendar)
    clock.command("extend")(extend)
    app.add_typer(clock, name="clock")
    notice = typer.Typer(help="What a controller was told.", no_args_is_help=True)
    notice.command("list")(list_notices)
    notice.command("show")(show)
    notice.command("acknowledge")(acknowledge)
    app.add_typer(notice, name="notice")
    contact = typer.Typer(help="Whom a controller wants to be told.", no_args_is_help=True)
    contact.command("list")(list_contacts)
    contact.command("add")(add_contact)
    contact.command("end")(end_contact)
    app.add_typer(contact, name="contact")


def list_timers(controller: Controller, json: Json = False) -> None:
    """Show what is due when, by which texts; a target of ours is marked."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_timers(controller)
    if json:
        as_json(found)
        return
    table(
        ("due", "status", "what", "case", "by", "clock"),
        [
            (
                one.due[:16], one.status, one.parameter, f"{one.matter} {one.item[:8]}",
                "own target" if one.target else " ".join(sorted({b.obligation for b in one.bases})),
                one.timer,
            )
            for one in found.timers
        ],
    )  # fmt: skip


def calendar(
    controller: Controller,
    out: Annotated[Path | None, typer.Option(help="File; the screen by default.")] = None,
) -> None:
    """Write the clocks that run as a calendar (iCalendar)."""
    from bailee.cli.session import connected

    with connected() as client:
        text = client.timer_calendar(controller)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8", newline="")


def extend(
    controller: Controller,
    timer: Item,
    until: Annotated[str, typer.Option(help="2026-12-24T12:00:00Z")],
    reason: Annotated[str, typer.Option(help="Why; no names of anybody.")],
    notice: Annotated[str, typer.Option(help="Id of the notice that tells of it.")] = "",
    json: Json = False,
) -> None:
    """Move a deadline before it is up; what is missed stays missed."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.extend_timer(controller, timer, until=until, reason=reason, notice=notice)
    answer(done, json, f"due  {done.due}", f"clock  {done.timer}")


def list_notices(controller: Controller, json: Json = False) -> None:
    """Show what a controller was told, newest first."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_notices(controller)
    if json:
        as_json(found)
        return
    table(
        ("written", "status", "kind", "version", "subject", "handed", "acknowledged", "notice"),
        [
            (
                one.written[:16], "unanswered" if one.unanswered else one.status, one.kind,
                str(one.version), one.subject, one.handed[:16],
                one.acknowledged[:16] or one.failure, one.notice,
            )
            for one in found.notices
        ],
    )  # fmt: skip


def show(controller: Controller, notice: Item, json: Json = False) -> None:
    """Show one notice with its text and every try to hand it over."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_notice(controller, notice)
    if json:
        as_json(found)
        return
    typer.echo(f"{found.subject}\n\n{found.body}")
    table(
        ("at", "rank", "outcome", "message", "receipt"),
        [(one.at, one.rank, one.outcome, one.message_id, one.receipt) for one in found.handings],
    )


def acknowledge(
    controller: Controller,
    notice: Item,
    code: Annotated[str, typer.Option(help="From its message; without it, BAILEE_KEY acts.")] = "",
    json: Json = False,
) -> None:
    """Acknowledge a notice: as the controller's representative, or by the code of its message."""
    from bailee.cli.session import connected

    with connected() as client:
        done = (
            client.confirm_notice(controller, notice, code)
            if code
            else client.acknowledge_notice(controller, notice)
        )
    answer(done, json, f"acknowledged  {done.acknowledged}", f"notice  {done.notice}")


def list_contacts(controller: Controller, json: Json = False) -> None:
    """Show whom a controller wants to be told, and what is missing; exit 1 for a gap."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_contacts(controller)
    if json:
        as_json(found)
    else:
        table(
            ("role", "rank", "name", "address", "encrypted", "status", "contact"),
            [
                (one.role, one.rank, one.name, one.address, one.encrypted, one.status, one.contact)
                for one in found.contacts
            ],
        )
        for gap in found.gaps:
            typer.echo(f"missing  {gap}")
    if found.gaps:
        raise typer.Exit(1)


def add_contact(
    controller: Controller,
    name: Annotated[str, typer.Option(help="Who it is.")],
    address: Annotated[str, typer.Option(help="mailto:NAME@HOST or https://HOST/PATH")],
    role: Annotated[str, typer.Option(help="security or privacy")] = "security",
    rank: Annotated[str, typer.Option(help="first or delegate")] = "first",
    certificate: Annotated[Path | None, typer.Option(help="X.509 (PEM) or OpenPGP.")] = None,
    reference: Annotated[str, typer.Option(help="The controller's writing.")] = "",
    json: Json = False,
) -> None:
    """Enter a contact: the controller's representative, or we upon its writing."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.add_contact(
            controller,
            cast("Role", role),
            cast("Rank", rank),
            name=name,
            address=address,
            certificate=certificate.read_text("utf-8") if certificate else "",
            reference=reference,
        )
    answer(made, json, f"contact  {made.contact}", f"reached by  {made.address}")


def end_contact(controller: Controller, contact: Item, json: Json = False) -> None:
    """End a contact; it stays in the list."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.end_contact(controller, contact)
    answer(done, json, f"ended  {done.contact}")
