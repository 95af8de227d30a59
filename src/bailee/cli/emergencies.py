"""Commands upon emergencies: access where nobody gave any (MISSION A8).

Code and reasons are asked for, never arguments: other users of a machine can read a command line.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, Purpose, answer

if TYPE_CHECKING:
    from bailee.client.rights import Emergency

SKEW = 5
"""Seconds by which the server's clock may be behind ours before an hour is too long for it."""
Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    glass = typer.Typer(help="Access in an emergency, told and reviewed.", no_args_is_help=True)
    glass.command("code")(code)
    glass.command("revoke-code")(revoke_code)
    glass.command("open")(open_glass)
    glass.command("list")(list_emergencies)
    glass.command("acknowledge")(acknowledge)
    glass.command("review")(review)
    glass.command("settle")(settle)
    app.add_typer(glass, name="break-glass")


def code(
    principal: Annotated[str, typer.Argument(help="Id of the person whose envelope it is.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Make somebody else's code, to be sealed in an envelope; it is shown once."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.issue_code(controller, principal)
    answer(made, json, f"code  {made.code}", f"id    {made.code_id}", f"to    {made.until}")


def revoke_code(item: Item, controller: Controller, json: Json = False) -> None:
    """End a code that was not used."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.revoke_code(controller, item)
    answer(done, json, f"{done.id}  {done.status}")


def open_glass(
    controller: Controller,
    purpose: Purpose,
    element: Annotated[list[str], typer.Option(help="person.ssn, person.ssn:last4, …")],
    verb: Annotated[list[str], typer.Option(help="reveal, reveal-masked, search")],
    minutes: Annotated[int, typer.Option(help="How long, an hour at most.", min=1, max=60)] = 60,
    json: Json = False,
) -> None:
    """Open access for oneself; code and reason are asked for. Others are told, and review it."""
    from bailee.cli.session import connected
    from bailee.clock import system_time, write_time

    secret = typer.prompt("Code", hide_input=True)
    reason = typer.prompt("Reason")
    until = system_time() + timedelta(minutes=minutes, seconds=-SKEW)
    with connected() as client:
        made = client.break_glass(
            controller,
            secret,
            verbs=verb,
            elements=element,
            purpose=purpose,
            until=write_time(until),
            reason=reason,
        )
    answer(
        made,
        json,
        f"emergency  {made.emergency}",
        f"grant      {made.grant}",
        f"until      {made.until}",
        f"reviewed   by {made.review_due}",
    )


def list_emergencies(
    controller: Annotated[str, typer.Option("--controller", "-c", help="One; else all.")] = "",
    json: Json = False,
) -> None:
    """List the emergencies that one is told of: what is open, due, and out of time."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_emergencies(controller) if controller else client.list_all_emergencies()
    answer(found, json, *(line for one in found.emergencies for line in _told(one)))


def acknowledge(item: Item, controller: Controller, json: Json = False) -> None:
    """Say, as a second person, that one has been told."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.acknowledge_emergency(controller, item)
    answer(done, json, f"{done.emergency}  {done.alert}")


def review(
    item: Item,
    controller: Controller,
    verdict: Annotated[Literal["justified", "unjustified"], typer.Option()],
    json: Json = False,
) -> None:
    """Review, as a second person, what was done; the reason is asked for."""
    from bailee.cli.session import connected

    reason = typer.prompt("Reason")
    with connected() as client:
        done = client.review_emergency(controller, item, verdict, reason=reason)
    answer(
        done, json, f"{done.emergency}  {done.review}  {done.calls} calls, {done.subjects} subjects"
    )


def settle(
    item: Item,
    controller: Controller,
    writing: Annotated[str, typer.Option(help="Where the controller's writing is kept.")],
    json: Json = False,
) -> None:
    """Note the controller's writing that settles an unjustified opening."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.settle_emergency(controller, item, writing=writing)
    answer(done, json, f"{done.emergency}  {done.review}")


def _told(one: Emergency) -> tuple[str, ...]:
    """Return what a coordinator reads of one emergency; ids whole, for the next command."""
    until = f"open until {one.until[:16]}Z" if one.open else "over"
    alert = one.alert if one.alert != "due" else f"due {one.alert_due[:16]}Z"
    seen = one.review if one.review != "due" else f"due {one.review_due[:16]}Z"
    wrong = (f"  wrong   {' '.join(one.overdue)}",) if one.overdue else ()
    return (
        f"{one.emergency}  at {one.controller}, {until}",
        f"  who     {one.principal}",
        f"  what    {' '.join(one.verbs)} {' '.join(one.elements)} for {one.purpose}",
        f"  why     {one.reason}",
        f"  used    {one.calls} calls, {one.subjects} subjects",
        f"  alert   {alert}",
        f"  review  {seen}",
        *wrong,
    )
