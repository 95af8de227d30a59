"""Commands upon training, dormant accounts and access reviews (C2.2, C2.5(1), C2.5(6)).

Reasons are asked for, never arguments: other users of a machine can read a command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.review_answers import AccessReview, ReviewedGrant

Place = Annotated[
    str,
    typer.Option("--controller", "-c", help="Whose handling procedure; else the undertaking."),
]
Item = Annotated[str, typer.Argument(help="Its id.")]
AT_HOUSE = "house"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    training = typer.Typer(help="Texts that people read before any access.", no_args_is_help=True)
    training.command("list")(list_training)
    training.command("show")(show_text)
    training.command("acknowledge")(acknowledge)
    app.add_typer(training, name="training")
    review = typer.Typer(help="Access reviews, whose decisions execute.", no_args_is_help=True)
    review.command("open")(open_review)
    review.command("list")(list_reviews)
    review.command("show")(show_review)
    review.command("decide")(decide)
    review.command("close")(close_review)
    app.add_typer(review, name="review")


def register_person(person: typer.Typer) -> None:
    """Add the commands upon people's accounts."""
    person.command("dormant")(dormant)
    person.command("reactivate")(reactivate)


def list_training(
    person: Annotated[str, typer.Option(help="Id of a person; oneself when left out.")] = "",
    json: Json = False,
) -> None:
    """List what one has to read before reaching data, and how it stands."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_training_of(person) if person else client.list_training()
    if json:
        as_json(found)
        return
    table(
        ("text", "controller", "status", "until"),
        [(one.kind, one.controller, one.status, one.until[:16]) for one in found.duties],
    )


def show_text(controller: Place = "", json: Json = False) -> None:
    """Show the handling procedure of a controller, or the confidentiality undertaking."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_procedure(controller) if controller else client.show_undertaking()
    answer(found, json, found.text, f"version  {found.version}", f"sha256   {found.text_sha256}")


def acknowledge(
    controller: Place = "",
    sha256: Annotated[str, typer.Option(help="Of the text that you read; else it is shown.")] = "",
    json: Json = False,
) -> None:
    """Acknowledge a text for oneself: it is shown, and a yes is asked for."""
    from bailee.cli.session import connected

    with connected() as client:
        if not sha256:
            found = client.show_procedure(controller) if controller else client.show_undertaking()
            typer.echo(found.text, err=True)
            typer.confirm("I have read this and bind myself to it", abort=True, err=True)
            sha256 = found.text_sha256
        if controller:
            done = client.acknowledge_procedure(controller, sha256)
        else:
            done = client.sign_undertaking(sha256)
    answer(done, json, f"{done.kind}  {done.status} until {done.until[:16]}Z")


def dormant(json: Json = False) -> None:
    """List accounts that were not used for too long; people among them are suspended."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_dormant()
    if json:
        as_json(found)
        return
    table(
        ("principal", "kind", "name", "last use", "outcome"),
        [(one.principal, one.kind, one.name, one.last_use, one.outcome) for one in found.accounts],
    )


def reactivate(
    principal: Annotated[str, typer.Argument(help="Id of a dormant person.")], json: Json = False
) -> None:
    """Let a dormant person back in."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.reactivate(principal)
    answer(done, json, f"{done.id}  {done.status}")


def open_review(controller: Controller = AT_HOUSE, json: Json = False) -> None:
    """Open a review of every living grant at a controller, or of the rights at the house."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.open_review(controller)
    answer(
        made, json, f"review  {made.review}", f"grants  {len(made.grants)}", f"due     {made.due}"
    )


def list_reviews(controller: Controller = AT_HOUSE, json: Json = False) -> None:
    """List reviews."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_reviews(controller)
    if json:
        as_json(found)
        return
    table(
        ("review", "status", "opened", "due", "grants"),
        [
            (one.review, _state(one), one.opened[:16], one.due[:16], _counts(one))
            for one in found.reviews
        ],
    )


def show_review(item: Item, controller: Controller = AT_HOUSE, json: Json = False) -> None:
    """Show a review: each grant, how it was used, and what was decided."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_review(controller, item)
    head = f"{found.review}  {_state(found)}, due {found.due[:16]}Z, {_counts(found)}"
    answer(found, json, head, *(line for one in found.grants for line in _told(one)))


def decide(
    item: Item,
    grant: Annotated[str, typer.Argument(help="Id of the grant.")],
    decision: Annotated[Literal["keep", "end", "shorten"], typer.Option()],
    controller: Controller = AT_HOUSE,
    until: Annotated[str, typer.Option(help="The new end, with shorten.")] = "",
    json: Json = False,
) -> None:
    """Decide on one grant; it happens at once. The reason is asked for."""
    from bailee.cli.session import connected

    reason = typer.prompt("Reason", err=True)
    with connected() as client:
        done = client.decide_review(controller, item, grant, decision, reason=reason, until=until)
    answer(done, json, f"{done.grant}  {done.status}")


def close_review(item: Item, controller: Controller = AT_HOUSE, json: Json = False) -> None:
    """Close a review in which everything is decided."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.close_review(controller, item)
    answer(done, json, f"{done.review}  {done.status}", f"summary  {done.summary_sha256}")


def _state(one: AccessReview) -> str:
    return "overdue" if one.overdue else one.status


def _counts(one: AccessReview) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(one.counts.items()))


def _told(one: ReviewedGrant) -> tuple[str, ...]:
    """Return what a reviewer reads of one grant; ids whole, for the next command."""
    used = ", ".join(f"{use.verb} {use.calls} calls, {use.records} records" for use in one.used)
    reason = (f"  because  {one.reason}",) if one.reason else ()
    yours = "" if one.decidable or one.status != "undecided" else "  (not yours to decide)"
    return (
        f"{one.grant}  {one.status}{yours}",
        f"  who      {one.principal}  {one.name}".rstrip(),
        f"  what     {' '.join(one.verbs)} {' '.join(one.elements)}".rstrip(),
        f"  for      {' '.join(one.purposes)}",
        f"  by       {one.granted_by} on {one.created[:10]}, until {one.until[:10]}",
        f"  used     {used or 'never'}",
        *reason,
    )
