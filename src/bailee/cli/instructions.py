"""Commands of a controller's instructions (C2.4, C7.2(2), C7.3(2))."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client.instruction_answers import Instruction
    from bailee.client.instructions import InstructionEvent, Verdict

Item = Annotated[str, typer.Argument(help="Its id.")]
Note = Annotated[str, typer.Option(help="What there is to say; one of ours: where it is written.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Documented instructions of a controller.", no_args_is_help=True)
    for name, command in (
        ("give", give), ("list", list_instructions), ("show", show), ("check", check),
        ("judge", judge), ("accept", accept), ("insist", insist), ("withdraw", withdraw),
        ("execute", execute),
    ):  # fmt: skip
        group.command(name)(command)
    app.add_typer(group, name="instruction")


def give(
    kind: Annotated[
        Literal["purpose", "request", "processing"], typer.Argument(help="What it is about.")
    ],
    text: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File of its words.")],
    controller: Controller,
    purpose: Annotated[str, typer.Option("--purpose", "-p", help="A word: open-invoices.")] = "",
    element: Annotated[list[str] | None, typer.Option(help="person.name …; repeatable.")] = None,
    verb: Annotated[list[str] | None, typer.Option(help="reveal, search …; repeatable.")] = None,
    request: Annotated[str, typer.Option(help="Id of a person's request.")] = "",
    act: Annotated[
        str,
        typer.Option(
            help="access, correct, portability, restrict, lift-restriction, delete or deny"
        ),
    ] = "",
    does: Annotated[
        str,
        typer.Option(
            help="use, disclose, transfer, sell, reidentify, combine, destroy, keep or secure"
        ),
    ] = "",
    to: Annotated[str, typer.Option(help="To whom, for what leaves.")] = "",
    key: Annotated[list[str] | None, typer.Option(help="The recipient's keys.")] = None,
    country: Annotated[str, typer.Option(help="Where the recipient is: IN, GB …")] = "",
    since: Annotated[str, typer.Option(help="When it takes effect; at receipt by default.")] = "",
    until: Annotated[str, typer.Option(help="When it ends.")] = "",
    received: Annotated[str, typer.Option(help="When it came; now by default.")] = "",
    signed_by: Annotated[str, typer.Option(help="Id of who signed the paper.")] = "",
    writing: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The signed paper's file.")
    ] = None,
    reference: Annotated[str, typer.Option(help="Where the signed paper is kept.")] = "",
    json: Json = False,
) -> None:
    """Sign an instruction as the controller's representative, or enter its signed paper."""
    from bailee.cli.session import connected
    from bailee.client.instruction_answers import InstructionAsks

    asks = InstructionAsks(
        purpose, element or [], verb or [], request, act, does, to, key or [], country
    )
    with connected() as client:
        made = client.give_instruction(
            controller,
            kind,
            text.read_text("utf-8"),
            asks=asks,
            signed_by=signed_by,
            reference=reference,
            writing_sha256=hashlib.sha256(writing.read_bytes()).hexdigest() if writing else "",
            received=received,
            since=since,
            until=until,
        )
    answer(made, json, *_told(made))


def list_instructions(controller: Controller, json: Json = False) -> None:
    """Show instructions and how they stand."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_instructions(controller)
    if json:
        as_json(found)
        return
    table(
        ("received", "kind", "asks", "status", "answer due", "by", "until", "instruction"),
        [
            (
                one.received[:16], one.kind, _asks(one), one.status,
                f"{one.due[:16]}{' OVERDUE' if one.overdue else ''}", one.basis, one.until[:16],
                one.instruction,
            )
            for one in found.instructions
        ],
    )  # fmt: skip


def show(item: Item, controller: Controller, json: Json = False) -> None:
    """Show one instruction, its words, and what stands against it."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_instruction(controller, item)
    answer(found, json, *_told(found), "", found.text)


def check(item: Item, controller: Controller, json: Json = False) -> None:
    """Check it against agreement and law; for a paper, as the person who compared its words."""
    _move(controller, item, "check", json)


def judge(
    item: Item,
    controller: Controller,
    verdict: Annotated[Literal["lawful", "infringes"], typer.Option(help="What you find.")],
    reasons: Annotated[str, typer.Option(help="Why; an adverse opinion goes to the controller.")],
    json: Json = False,
) -> None:
    """Give your legal opinion on it."""
    _move(controller, item, "opine", json, note=reasons, verdict=verdict)


def accept(item: Item, controller: Controller, json: Json = False) -> None:
    """Accept it; a purpose, and what is insisted on, takes two people."""
    _move(controller, item, "accept", json)


def insist(item: Item, controller: Controller, note: Note = "", json: Json = False) -> None:
    """Insist on it, for the controller."""
    _move(controller, item, "insist", json, note=note)


def withdraw(item: Item, controller: Controller, note: Note = "", json: Json = False) -> None:
    """Withdraw it, for the controller; what it allowed ends at once."""
    _move(controller, item, "withdraw", json, note=note)


def execute(
    item: Item,
    controller: Controller,
    proof: Annotated[str, typer.Option(help="Where the proof is kept.")],
    json: Json = False,
) -> None:
    """Say that it was carried out."""
    _move(controller, item, "execute", json, note=proof)


def _move(
    controller: str,
    item: str,
    event: InstructionEvent,
    json: bool,
    *,
    note: str = "",
    verdict: Verdict = "",
) -> None:
    from bailee.cli.session import connected

    with connected() as client:
        done = client.move_instruction(controller, item, event, note=note, verdict=verdict)
    answer(done, json, *_told(done))


def _asks(one: Instruction) -> str:
    asks = one.asks
    said = (asks.act, asks.request[-8:], asks.does, asks.purpose, *asks.verbs, *asks.elements)
    return " ".join(filter(None, said))


def _told(one: Instruction) -> list[str]:
    left = f", {len(one.accepted_by)} of {one.needs} accepted" if one.status == "checked" else ""
    lines = [
        f"{one.instruction}  {one.kind}: {_asks(one)}",
        f"{one.status}{left}; from {one.since[:16]} to {one.until[:16] or 'no end named'}",
        f"our word was due {one.due[:16]} by {one.basis}; its words: SHA-256 {one.text_sha256}",
    ]
    lines += [f"against it: {against.says} ({against.rule})" for against in one.objections]
    if one.verdict:
        lines.append(f"opinion: {one.verdict}. {one.reasons}".strip())
    return lines
