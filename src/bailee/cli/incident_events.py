"""Commands upon other events and redresses (C9.1 urgent, C9.2, C9.3); texts are asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.incidents import Asked, EventKind

Item = Annotated[str, typer.Argument(help="Its id.")]
KINDS = (
    "urgent-issue, complaint, departure, unlawful-instruction, impossible-instruction, "
    "duty-not-kept"
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    event = typer.Typer(help="Other things that a controller is told of.", no_args_is_help=True)
    event.command("list")(list_events)
    event.command("enter")(enter)
    event.command("decide")(decide)
    app.add_typer(event, name="event")
    redress = typer.Typer(help="What a controller asks after a breach.", no_args_is_help=True)
    redress.command("costs")(costs)
    redress.command("monitoring")(monitoring)
    redress.command("answer")(respond)
    app.add_typer(redress, name="redress")


def list_events(controller: Controller, json: Json = False) -> None:
    """List events, and questions that our own duties ask."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_events(controller)
    if json:
        as_json(found)
        return
    table(
        ("discovered", "status", "due", "kind", "asked by", "event"),
        [
            (
                one.discovered[:16], one.status,
                min((clock.due[:16] for clock in one.clocks), default=""), one.kind,
                one.about or found.names.get(one.opened_by, one.opened_by), one.event,
            )
            for one in found.events
        ],
    )  # fmt: skip


def enter(
    controller: Controller,
    kind: Annotated[str, typer.Option(help=KINDS)],
    discovered: Annotated[str, typer.Option(help="2026-11-20T21:07:00Z")],
    json: Json = False,
) -> None:
    """Enter something that the controller is told of; what it is is asked for."""
    from bailee.cli.session import connected

    what = typer.prompt("What happened")
    word: EventKind = kind  # type: ignore[assignment]  # the server says which words there are
    with connected() as client:
        made = client.enter_event(controller, word, discovered=discovered, what=what)
    answer(made, json, f"{made.event}  {made.status}, {made.kind}")


def decide(
    item: Item,
    controller: Controller,
    verdict: Annotated[Literal["tell", "keep"], typer.Option()],
    json: Json = False,
) -> None:
    """Tell the controller, or say why not; the words are asked for."""
    from bailee.cli.session import connected

    reason = typer.prompt("What it is told" if verdict == "tell" else "Why it is not told")
    with connected() as client:
        done = client.decide_event(controller, item, verdict, reason=reason)
    answer(done, json, f"{done.event}  {done.status}")


def costs(
    incident: Item,
    controller: Controller,
    amount: Annotated[int, typer.Option(help="In the smallest unit: cents.")],
    currency: Annotated[str, typer.Option(help="Three letters.")],
    given_by: Annotated[str, typer.Option(help="Where one of us enters it: who wrote.")] = "",
    reference: Annotated[str, typer.Option(help="Where the writing is kept.")] = "",
    received: Annotated[str, typer.Option(help="When it came.")] = "",
    writing: Annotated[Path | None, typer.Option(help="The writing itself, for its hash.")] = None,
    json: Json = False,
) -> None:
    """Ask that costs of necessary notices are repaid."""
    from bailee.client import Asked

    asked = Asked(kind="costs", amount=amount, currency=currency)
    _ask((controller, incident), asked, (given_by, reference, received, writing), json)


def monitoring(
    incident: Item,
    controller: Controller,
    people: Annotated[int, typer.Option(help="How many.")],
    given_by: Annotated[str, typer.Option(help="Where one of us enters it: who wrote.")] = "",
    reference: Annotated[str, typer.Option(help="Where the writing is kept.")] = "",
    received: Annotated[str, typer.Option(help="When it came.")] = "",
    writing: Annotated[Path | None, typer.Option(help="The writing itself, for its hash.")] = None,
    json: Json = False,
) -> None:
    """Ask that people concerned are monitored at our cost."""
    from bailee.client import Asked

    asked = Asked(kind="monitoring", people=people)
    _ask((controller, incident), asked, (given_by, reference, received, writing), json)


def _ask(
    where: tuple[str, str],
    asked: Asked,
    letter: tuple[str, str, str, Path | None],
    json: bool,
) -> None:
    from bailee.cli.session import connected
    from bailee.client import Letter

    given_by, reference, received, writing = letter
    entered = None
    if given_by and writing is not None:
        digest = hashlib.sha256(writing.read_bytes()).hexdigest()
        entered = Letter(
            given_by=given_by, reference=reference, text_sha256=digest, received=received
        )
    with connected() as client:
        made = client.enter_redress(*where, asked, entered)
    answer(made, json, f"{made.redress}  {made.status}, {made.kind}")


def respond(
    item: Item,
    controller: Controller,
    says: Annotated[Literal["settle", "contest"], typer.Option("--answer")],
    until: Annotated[str, typer.Option(help="Until when people are monitored.")] = "",
    json: Json = False,
) -> None:
    """Settle a redress, or contest it; proof or reason is asked for."""
    from bailee.cli.session import connected

    text = typer.prompt("What proves it" if says == "settle" else "Why")
    with connected() as client:
        done = client.answer_redress(controller, item, says, text=text, until=until)
    answer(done, json, f"{done.redress}  {done.status}")
