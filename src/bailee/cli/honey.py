"""Commands upon honey: records of nobody, whose touch raises an alarm (C2.5(5), C9).

Reasons are asked for, never arguments: other users of a machine can read a command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer

if TYPE_CHECKING:
    from bailee.client.honey_answers import Alarm, HoneyConsent

Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    pots = typer.Typer(
        help="Records of nobody: whoever reads one is told of.", no_args_is_help=True
    )
    pots.command("plant")(plant)
    pots.command("show")(show)
    pots.command("remove")(remove)
    pots.command("consent")(consent)
    pots.command("consents")(consents)
    pots.command("withdraw")(withdraw)
    pots.command("alarms")(alarms)
    pots.command("assess")(assess)
    app.add_typer(pots, name="honey")


def plant(
    controller: Controller,
    count: Annotated[int, typer.Option(help="How many.", min=1, max=64)] = 1,
    element: Annotated[
        list[str] | None, typer.Option(help="What each holds; else as records that are there.")
    ] = None,
    json: Json = False,
) -> None:
    """Plant records of nobody: at bailee-canary, or where the controller has consented."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.plant_honey(controller, count, element or ())
    answer(done, json, f"{done.controller}  {done.records} honey records")


def show(controller: Controller, json: Json = False) -> None:
    """Say how a controller's honey stands; which records it is, is told to nobody."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_honey(controller)
    reads = () if found.readable else ("list     does not open: remove and plant anew",)
    answer(found, json, f"records  {found.records}", f"alarms   {found.alarms} due", *reads)


def remove(controller: Controller, json: Json = False) -> None:
    """Erase a controller's honey."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.remove_honey(controller)
    answer(done, json, f"{controller}  {done.removed} honey records erased")


def consent(
    controller: Controller,
    text: Annotated[Path, typer.Option(help="The writing.")],
    writing: Annotated[str, typer.Option(help="Where it is kept.")],
    since: Annotated[str, typer.Option("--from", help="2026-11-20T00:00:00Z")],
    until: Annotated[str, typer.Option(help="2027-11-20T00:00:00Z")],
    json: Json = False,
) -> None:
    """Sign, as the controller's representative, that honey may lie among its data."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.allow_honey(
            controller, text=text.read_text("utf-8"), writing=writing, since=since, until=until
        )
    answer(made, json, *_consented(made))


def consents(controller: Controller, json: Json = False) -> None:
    """List what the controller consented to."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_honey_consents(controller)
    answer(found, json, *(line for one in found.consents for line in _consented(one)))


def withdraw(item: Item, controller: Controller, json: Json = False) -> None:
    """Take a consent back, as the controller's representative; its honey is erased."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.withdraw_honey(controller, item)
    answer(done, json, f"{done.consent}  {done.status}, {done.removed} honey records erased")


def alarms(
    controller: Annotated[str, typer.Option("--controller", "-c", help="One; else all.")] = "",
    json: Json = False,
) -> None:
    """List who touched honey; never one's own touches."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_alarms(controller) if controller else client.list_all_alarms()
    answer(found, json, *(line for one in found.alarms for line in _told(one)))


def assess(
    item: Item,
    controller: Controller,
    verdict: Annotated[Literal["incident", "dismissed"], typer.Option()],
    json: Json = False,
) -> None:
    """Say, as a second person, what an alarm was; the reason is asked for."""
    from bailee.cli.session import connected

    reason = typer.prompt("Reason")
    with connected() as client:
        done = client.assess_alarm(controller, item, verdict, reason=reason)
    answer(done, json, f"{done.alarm}  {done.state}")


def _consented(one: HoneyConsent) -> tuple[str, ...]:
    counts = "counts" if one.counts else "does not count"
    return (
        f"{one.consent}  {one.status}, {counts}",
        f"  by       {one.signed_by}",
        f"  writing  {one.writing}",
        f"  sha256   {one.text_sha256}",
        f"  from     {one.since[:16]}Z to {one.until[:16]}Z",
    )


def _told(one: Alarm) -> tuple[str, ...]:
    """Return what is read of one alarm; ids whole, for the next command."""
    due = f"due {one.due[:16]}Z{', late' if one.overdue else ''}"
    through = (f"  through {one.through}",) if one.through else ()
    return (
        f"{one.alarm}  at {one.controller}, {one.state if one.state != 'due' else due}",
        f"  who     {one.principal}",
        *through,
        f"  what    {one.verb} at {one.raised[:19]}Z",
        f"  entry   {one.entry_id}",
    )
