"""Commands of audits: engagements, samples, evidence packs (C5.2)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer

if TYPE_CHECKING:
    from bailee.client.audit_answers import Engagement, Sample

Item = Annotated[str, typer.Argument(help="The engagement's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    audit = typer.Typer(help="A controller's auditor: who, when, what.", no_args_is_help=True)
    audit.command()(invite)
    audit.command("open")(open_)
    audit.command("list")(list_)
    audit.command("answer")(answer_notice)
    audit.command()(close)
    audit.command()(obligations)
    audit.command()(sample)
    audit.command()(pack)
    app.add_typer(audit, name="audit")


def invite(
    controller: Controller,
    name: Annotated[str, typer.Option(help="Their own name.")],
    firm: Annotated[str, typer.Option(help="Whom they work for.")],
    email: Annotated[str, typer.Option(help="Their work address.")],
    undertaking: Annotated[str, typer.Option(help="Reference of their undertaking.")],
    undertaken: Annotated[str, typer.Option(help="The day it was signed.")],
    json: Json = False,
) -> None:
    """Let the controller's auditor in; the one-time secret is for them alone."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.invite_auditor(
            controller,
            name=name,
            firm=firm,
            email=email,
            undertaking=undertaking,
            undertaken=undertaken,
        )
    answer(made, json, f"auditor  {made.principal}", f"secret   {made.secret}")


def open_(
    controller: Controller,
    auditor: Annotated[str, typer.Option(help="The auditor's id.")],
    until: Annotated[str, typer.Option(help="2026-12-31T00:00:00Z")],
    since: Annotated[str, typer.Option(help="From when; at once upon a threat.")] = "",
    reason: Annotated[
        Literal["yearly", "discrepancy", "event", "threat"], typer.Option(help="Why now.")
    ] = "yearly",
    basis: Annotated[str, typer.Option(help="What an exception or a threat rests on.")] = "",
    writing: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Ours to enter: the signed file; its SHA-256 is sent."
        ),
    ] = None,
    reference: Annotated[str, typer.Option(help="Where that writing is kept.")] = "",
    given_by: Annotated[str, typer.Option(help="Id of the representative who signed it.")] = "",
    json: Json = False,
) -> None:
    """Ask for an audit: the controller itself, or one of ours upon its writing."""
    from bailee.cli.session import connected
    from bailee.client import Confirmation

    confirmed = None
    if writing is not None:
        digest = hashlib.sha256(writing.read_bytes()).hexdigest()
        confirmed = Confirmation(given_by=given_by, reference=reference, text_sha256=digest)
    with connected() as client:
        made = client.ask_engagement(
            controller,
            auditor,
            until=until,
            since=since,
            reason=reason,
            basis=basis,
            confirmed=confirmed,
        )
    answer(made, json, *_engagement(made))


def list_(controller: Controller, json: Json = False) -> None:
    """List engagements; to an auditor, their own."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_engagements(controller)
    answer(found, json, *(line for one in found.engagements for line in _engagement(one)))


def answer_notice(
    item: Item,
    controller: Controller,
    say: Annotated[Literal["accept", "decline"], typer.Option(help="Ours to say.")],
    reason: Annotated[str, typer.Option(help="Why it is declined; the controller reads it.")] = "",
    json: Json = False,
) -> None:
    """Answer a notice; without an answer it opens when its time is over."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.answer_engagement(controller, item, say, reason=reason)
    answer(done, json, *_engagement(done))


def close(item: Item, controller: Controller, json: Json = False) -> None:
    """End an engagement before its time; the controller's representative alone does."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.close_engagement(controller, item)
    answer(done, json, *_engagement(done))


def obligations(item: Item, controller: Controller, json: Json = False) -> None:
    """Show every obligation with its state and how often its control looked."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.audit_evidence(controller, item)
    looks = {one.control: one.total for one in found.controls}
    answer(
        found,
        json,
        *(
            f"{line.clause:9} {line.state:11} {line.obligation:28} "
            f"{line.control} ({looks.get(line.control, 0)} looks)"
            for one in found.clauses
            for line in one.obligations
        ),
    )


def sample(
    item: Item,
    controller: Controller,
    size: Annotated[int, typer.Option(help="How many entries.")],
    seed: Annotated[str, typer.Option(help="The auditor's own: dice, today's news.")],
    population: Annotated[str, typer.Option(help="'all', or how actions begin.")] = "all",
    json: Json = False,
) -> None:
    """Draw entries by the published rule; the draw is recorded."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.draw_sample(controller, item, population=population, size=size, seed=seed)
    answer(made, json, *_sample(made))


def pack(
    item: Item,
    target: Annotated[Path, typer.Argument(help="Folder to write; must not exist.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Write the evidence pack of an engagement; `bailee-verify pack` checks it anywhere.

    It is done on the machine that holds the home. The report (PDF/A, signed) takes the extra
    `pack`. The folder names people who hold rights, and no protected value; encrypt it before it
    leaves.
    """
    from bailee.access import Mandate
    from bailee.app.home import opened
    from bailee.app.settings import read_settings

    settings = read_settings()
    with opened(settings, holder="audit pack") as house:
        token = settings.person_token
        mandate = Mandate(token) if token else None
        caller = house.authenticate(settings.key or None, "command", mandate)
        made = house.make_pack(caller, controller, item, target)
    answer(
        made,
        json,
        f"pack         {made.pack}",
        f"files        {made.files}",
        f"manifest     {made.manifest_sha256}",
        f"certificate  {made.certificate_sha256 or 'none: no report without bailee[pack]'}",
        f"entry        {made.entry_id}",
    )


def _engagement(one: Engagement) -> tuple[str, ...]:
    lines = [
        f"{one.engagement}  {one.status}, {one.reason}",
        f"  who      {one.auditor}, {one.firm}",
        f"  when     {one.since[:16]}Z to {one.until[:16]}Z, asked {one.noticed[:16]}Z",
        f"  asked    by {one.asked_by} for the {one.side}",
        f"  views    {one.views}, {one.refused} refused",
    ]
    if one.answer:
        lines.append(f"  answer   {one.answer}")
    return tuple(lines)


def _sample(one: Sample) -> tuple[str, ...]:
    return (
        f"{one.sample}  {len(one.chosen)} of {one.members} entries ({one.population})",
        f"  seed     {one.seed}",
        *(f"  {name}" for name in one.chosen),
    )
