"""Commands of demands for a controller's data (C2.4, C7.2(7), C7.3(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.demands import DemandEvent, Kind

Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    demand = typer.Typer(help="Demands of courts, authorities, others.", no_args_is_help=True)
    demand.command("enter")(enter)
    demand.command("list")(list_demands)
    demand.command("move")(move)
    app.add_typer(demand, name="demand")


def enter(
    controller: Controller,
    kind: Annotated[
        str, typer.Argument(help="subpoena, warrant, order, authority, third-party or law")
    ],
    source: Annotated[str, typer.Option(help="Who demands, or which law.")],
    asks: Annotated[str, typer.Option(help="What is asked for; name nobody whose data it is.")],
    reference: Annotated[str, typer.Option(help="Docket, file or article.")],
    element: Annotated[list[str], typer.Option(help="Names of the catalogue, or *.")],
    received: Annotated[str, typer.Option(help="When it came; now by default.")] = "",
    answer_by: Annotated[str, typer.Option(help="The time that it sets.")] = "",
    ban_basis: Annotated[str, typer.Option(help="Why the controller may not be told.")] = "",
    ban_until: Annotated[str, typer.Option(help="Until when; open where left out.")] = "",
    json: Json = False,
) -> None:
    """Enter a demand: what it names stops leaving, and the controller is told."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.enter_demand(
            controller,
            cast("Kind", kind),
            source=source,
            asks=asks,
            reference=reference,
            elements=element,
            received=received,
            answer_by=answer_by,
            ban_basis=ban_basis,
            ban_until=ban_until,
        )
    told = "not told: a ban is in force" if made.banned else "told by notice"
    answer(made, json, f"demand  {made.demand}", f"frozen  {' '.join(made.elements)}", told)


def list_demands(controller: Controller, json: Json = False) -> None:
    """Show demands, what they froze, and how they ended."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_demands(controller)
    if json:
        as_json(found)
        return
    table(
        ("received", "kind", "from", "number", "status", "frozen", "ban", "outcome", "demand"),
        [
            (
                one.received[:16], one.kind, one.source, one.reference, one.status,
                " ".join(one.elements) if one.frozen else "",
                (one.ban_until[:16] or "open") if one.banned else "",
                f"{one.outcome} {one.records}" if one.outcome else "", one.demand,
            )
            for one in found.demands
        ],
    )  # fmt: skip


def move(
    controller: Controller,
    demand: Item,
    event: Annotated[str, typer.Argument(help="challenge, release, close or end-ban")],
    note: Annotated[str, typer.Option(help="On what it rests; why it is no less.")] = "",
    key: Annotated[list[str] | None, typer.Option(help="Recipient of a release.")] = None,
    outcome: Annotated[str, typer.Option(help="complied, refused or withdrawn")] = "",
    records: Annotated[int, typer.Option(help="Records handed out.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Challenge, release (a second person), or close a demand; or say that a ban ended."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.move_demand(
            controller,
            demand,
            cast("DemandEvent", event),
            note=note,
            keys=key or [],
            outcome=outcome,
            records=records,
        )
    answer(done, json, f"{done.status}  {done.demand}")
