"""Commands of cases: corrections, amendments, rehearsals (C5.3, C8)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.audits import Confirmation
    from bailee.client.case_answers import Rehearsal
    from bailee.client.casework import Event

Item = Annotated[str, typer.Argument(help="Its id.")]
Given = Annotated[str, typer.Option(help="Id of the representative who said it in writing.")]
Reference = Annotated[str, typer.Option(help="Where that writing is kept.")]
Digest = Annotated[str, typer.Option("--sha256", help="SHA-256 of that writing.")]
Words = Annotated[str, typer.Option(help="In words; no names of anybody.")]


def register(app: typer.Typer) -> None:
    """Add the commands; to the group of agreements, where there is one."""
    correction = typer.Typer(help="Security problems that were named.", no_args_is_help=True)
    correction.command("open")(notice_problem)
    correction.command("list")(list_corrections)
    correction.command("move")(move_correction)
    correction.command("carry-out")(carry_out)
    app.add_typer(correction, name="correction")
    amendment = typer.Typer(help="Changed texts that a controller sends.", no_args_is_help=True)
    amendment.command("receive")(receive)
    amendment.command("list")(list_amendments)
    amendment.command("answer")(answer_amendment)
    amendment.command("rehearse")(rehearse_amendment)
    app.add_typer(amendment, name="amendment")
    groups = {one.name: one.typer_instance for one in app.registered_groups}
    agreement = groups["agreement"]
    if agreement is None:
        raise RuntimeError("register after the group of agreements")
    agreement.command("rehearse")(rehearse)


def notice_problem(
    controller: Controller,
    problem: Words,
    cure_until: Annotated[str, typer.Option(help="2026-12-24T12:00:00Z")],
    noticed: Annotated[str, typer.Option(help="When the notice came; now by default.")] = "",
    given_by: Given = "",
    reference: Reference = "",
    sha256: Digest = "",
    json: Json = False,
) -> None:
    """Enter a security problem that the controller gives notice of (C5.3)."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.notice_problem(
            controller,
            problem,
            cure_until=cure_until,
            noticed=noticed,
            confirmed=_said(given_by, reference, sha256),
        )
    answer(made, json, f"correction  {made.correction}", f"cure until  {made.cure_until}")


def list_corrections(controller: Controller, json: Json = False) -> None:
    """Show security problems, their corrections and interim measures."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_corrections(controller)
    if json:
        as_json(found)
        return
    table(
        ("status", "problem", "noticed", "cure until", "measures", "correction"),
        [
            (
                "late" if one.late else one.status, one.problem[:60], one.noticed[:16],
                one.cure_until[:16],
                " ".join(f"{order.order}:{order.status}" for order in one.orders), one.correction,
            )
            for one in found.corrections
        ],
    )  # fmt: skip


def move_correction(
    controller: Controller,
    correction: Item,
    event: Annotated[str, typer.Argument(help="start claim; accept reject shorten order")],
    note: Annotated[str, typer.Option(help="What shows the cure, or the measure.")] = "",
    until: Annotated[str, typer.Option(help="The earlier time, for shorten.")] = "",
    json: Json = False,
) -> None:
    """Say what happened: start and claim are ours, the rest is the controller's."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.move_correction(
            controller, correction, cast("Event", event), note=note, until=until
        )
    answer(done, json, f"{done.status}  {done.correction}")


def carry_out(
    controller: Controller,
    order: Item,
    evidence: Annotated[str, typer.Option(help="What shows that it is taken.")],
    json: Json = False,
) -> None:
    """Say that an ordered interim measure is taken."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.carry_out_order(controller, order, evidence=evidence)
    answer(done, json, f"{done.status}  {done.order}")


def receive(
    controller: Controller,
    file: Annotated[Path, typer.Argument(help="The text.", exists=True, dir_okay=False)],
    terms: Annotated[str, typer.Option(help="The terms by which it is read.")],
    effective: Annotated[str, typer.Option(help="The day it is to stand from: 2027-01-01")],
    received: Annotated[str, typer.Option(help="When it came; now by default.")] = "",
    given_by: Given = "",
    reference: Reference = "",
    sha256: Digest = "",
    json: Json = False,
) -> None:
    """Enter a changed text that the controller sends (C8); the clock of the answer starts."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.receive_amendment(
            controller,
            file.read_text("utf-8"),
            terms=terms,
            effective=effective,
            received=received,
            confirmed=_said(given_by, reference, sha256),
        )
    answer(made, json, f"amendment  {made.amendment}", f"SHA-256  {made.text_sha256}")


def list_amendments(controller: Controller, json: Json = False) -> None:
    """Show proposed texts and what became of them."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_amendments(controller)
    if json:
        as_json(found)
        return
    table(
        ("status", "effective", "received", "answered", "reason", "amendment"),
        [
            (
                one.status, one.effective[:10], one.received[:16], one.answered[:16],
                one.reason[:60], one.amendment,
            )
            for one in found.amendments
        ],
    )  # fmt: skip


def answer_amendment(
    controller: Controller,
    amendment: Item,
    event: Annotated[str, typer.Argument(help="accept or refuse; withdraw is the controller's")],
    reason: Annotated[str, typer.Option(help="Why; a refusal needs it.")] = "",
    json: Json = False,
) -> None:
    """Answer a text openly: accepting installs it from its day on."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.answer_amendment(
            controller,
            amendment,
            event,  # type: ignore[arg-type]  # the server refuses another word
            reason=reason,
        )
    answer(done, json, f"{done.status}  {done.amendment}")


def rehearse_amendment(controller: Controller, amendment: Item, json: Json = False) -> None:
    """Show what an entered text would change; exit 1 if anything would get worse."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.rehearse_amendment(controller, amendment)
    _show(found, json=json)


def rehearse(
    controller: Controller,
    file: Annotated[Path, typer.Argument(help="The text.", exists=True, dir_okay=False)],
    terms: Annotated[str, typer.Option(help="The terms by which it is read.")],
    json: Json = False,
) -> None:
    """Show what any text would change here and now; exit 1 if anything would get worse."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.rehearse_agreement(controller, file.read_text("utf-8"), terms=terms)
    _show(found, json=json)


BAD = ("failing", "overdue", "unresolved", "uncovered", "due")
WORSE = (*BAD, "asserted", "operating", "enforced")
"""States, worst first."""


def _show(found: Rehearsal, *, json: bool) -> None:
    if json:
        as_json(found)
    else:
        _told(found)
    turned = any(
        one.would_be in BAD
        and (one.state not in WORSE or WORSE.index(one.would_be) < WORSE.index(one.state))
        for one in found.turns
    )
    if turned or found.hindrance or found.grants_lost:
        raise typer.Exit(1)


def _told(found: Rehearsal) -> None:
    if found.hindrance:
        typer.echo(f"It could not be installed: {found.hindrance}")
    table(
        ("change", "duty", "number", "would be", "state", "would be", "what"),
        [
            (
                one.change, one.obligation, one.number, one.would_be_number, one.state,
                one.would_be, one.summary,
            )
            for one in found.turns
        ],
    )  # fmt: skip
    typer.echo(f"{found.unchanged} duties stay as they are")
    for name in ("elements_lost", "elements_gained", "purposes_lost", "purposes_gained"):
        if values := getattr(found, name):
            typer.echo(f"{name.replace('_', ' ')}: {', '.join(values)}")
    for name, values in (("grants lost", found.grants_lost), ("broken", found.broken)):
        if values:
            typer.echo(f"{name}: {', '.join(values)}")


def _said(given_by: str, reference: str, sha256: str) -> Confirmation | None:
    from bailee.client.audits import Confirmation

    if not given_by:
        return None
    return Confirmation(given_by=given_by, reference=reference, text_sha256=sha256)
