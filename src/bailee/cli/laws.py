"""Commands upon the register of laws (C7.1). Reasons are asked for, never arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Json, answer, as_json, lines, table

if TYPE_CHECKING:
    from bailee.client.law_answers import ClockClaim, LawLine, Laws

Controller = Annotated[str, typer.Argument(help="Short name of the controller.")]
Name = Annotated[str, typer.Argument(help="gdpr, hipaa, pci-dss-4.0.1, …")]


def register_controller(controller: typer.Typer) -> None:
    """Add the commands upon a controller's register."""
    controller.command("laws")(laws)
    controller.command("compare-law")(compare_law)
    controller.command("law-clocks")(law_clocks)


def laws(
    controller: Controller,
    add: Annotated[list[str] | None, typer.Option(help="A law that applies; repeatable.")] = None,
    since: Annotated[str, typer.Option(help="From which day; today by default.")] = "",
    end: Annotated[str, typer.Option(help="A law that ceases to apply.")] = "",
    until: Annotated[str, typer.Option(help="First day without it; tomorrow by default.")] = "",
    json: Json = False,
) -> None:
    """Show which laws apply and who is strictest; add one, or end one as the controller."""
    from datetime import timedelta

    from bailee.cli.session import connected
    from bailee.clock import system_time

    today = system_time().date()
    with connected() as client:
        for law in add or ():
            reason = typer.prompt(f"Why {law} applies", err=True)
            client.register_law(controller, law, begins=since or f"{today}", reason=reason)
        if end:
            last = until or f"{today + timedelta(days=1)}"
            reason = typer.prompt(f"Why {end} ceases to apply", err=True)
            client.end_law(controller, end, ends=last, reason=reason)
        found = client.list_laws(controller)
    if json:
        as_json(found)
        return
    _show(found)


def _show(found: Laws) -> None:
    here = {one.law for one in found.registrations if one.applies}
    table(
        ("law", "reading", "oldest line", "unread lines", "edition"),
        [
            (one.law, one.freshness, one.oldest or "never", str(len(one.unread)), one.edition)
            for one in found.laws
        ],
    )
    lines(
        f"known, not registered: {', '.join(one.law for one in found.known if one.law not in here)}"
    )
    table(
        ("parameter", "state", "source", "line", "says", "counts"),
        [
            (
                parameter.parameter if not place else "",
                parameter.state if not place else "",
                claim.source,
                claim.line,
                _says(claim),
                f"{claim.state}, strictest" if claim.strictest else claim.state,
            )
            for parameter in found.parameters
            for place, claim in enumerate(parameter.claims)
        ],
    )


def compare_law(
    controller: Controller,
    law: Name,
    edition: Annotated[str, typer.Option(help="The text that was read.")],
    place: Annotated[str, typer.Option(help="Where what was written about it is kept.")],
    compared: Annotated[str, typer.Option(help="On which day; today by default.")] = "",
    line: Annotated[
        list[str] | None, typer.Option(help="Id of a line; all that bind us by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Write that you compared lines of a law with its current text and that they hold."""
    from bailee.cli.session import connected
    from bailee.clock import system_time

    with connected() as client:
        made = client.compare_law(
            controller,
            law,
            edition=edition,
            place=place,
            compared=compared or f"{system_time().date()}",
            lines=line or (),
        )
    answer(made, json, f"{made.comparison}  {made.law}, {len(made.lines)} lines")


def law_clocks(
    controller: Controller,
    trigger: Annotated[str, typer.Argument(help="breach-suspected, consumer-request-received, …")],
    since: Annotated[str, typer.Option(help="From when; from now on by default.")] = "",
    holiday: Annotated[
        list[str] | None, typer.Option(help="A holiday where somebody must act; repeatable.")
    ] = None,
    json: Json = False,
) -> None:
    """Compute what a trigger would start, by agreement and laws; nothing is started."""
    from bailee.cli.session import connected
    from bailee.clock import system_time, write_time

    with connected() as client:
        at = since or write_time(system_time())
        found = client.law_clocks(controller, trigger, at, holidays=holiday or ())
    if json:
        as_json(found)
        return
    for clock in found.clocks:
        due = f"due {clock.due[:16]}Z by {clock.basis}" if clock.due else "no number binds"
        lines(f"{clock.clock}  {due}", *map(_told, clock.claims))


def _told(one: ClockClaim) -> str:
    law = f", the law waits until {one.lasts[:16]}Z" if one.lasts != one.due else ""
    at = f" until {one.due[:16]}Z{law}" if one.due else ""
    return f"  {one.claim.line}  {one.claim.state}: {_says(one.claim)}{at}"


def _says(line: LawLine) -> str:
    if line.quantity is None:
        return line.summary
    word = {"min": "at least", "max": "at most"}.get(line.direction, "")
    return f"{word} {line.quantity} {line.unit}"
