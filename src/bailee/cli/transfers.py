"""Commands upon transfers, generated papers and requests for help (C7.2(4), C7.2(8), C7.3)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from bailee.cli.show import Controller, Json, answer, lines

if TYPE_CHECKING:
    from bailee.client.transfer_answers import Assertion, Assistance, Flow, GeneratedPaper
    from bailee.client.transfers import PaperName

Item = Annotated[str, typer.Argument(help="Its id.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for Markdown and JSON; PDF and DOCX with the extra `pack`."),
]
Writing = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="The signed file; its SHA-256 is sent."),
]
Reference = Annotated[str, typer.Option(help="Where that writing is kept.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="What crosses borders, on what it rests, and the papers about it.",
        no_args_is_help=True,
    )
    group.command("list")(list_)
    group.command()(add)
    group.command()(confirm)
    group.command()(end)
    group.command()(sign)
    group.command()(withdraw)
    group.command()(revoke)
    group.command()(adequacy)
    group.command()(annexes)
    group.command()(uk)
    group.command()(record)
    group.command()(pia)
    group.command()(certificate)
    group.command()(asked)
    group.command()(requests)
    group.command()(reply)
    app.add_typer(group, name="transfers")


def list_(controller: Controller, json: Json = False) -> None:
    """Show every flow and what it rests on today; exit code 1 while one rests on nothing."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_transfers(controller)
    said = [line for one in found.flows for line in _flow(one)]
    answer(found, json, *(said or ["no flow is recorded"]))
    if any(one.status == "confirmed" and not one.holds for one in found.flows):
        raise typer.Exit(1)


def add(
    controller: Controller,
    kind: Annotated[
        Literal["ourselves", "remote-access", "keys", "subprocessor", "recipient"],
        typer.Option(help="What receives."),
    ],
    to: Annotated[str, typer.Option(help="Its name, as the consent has it; for keys the place.")],
    country: Annotated[str, typer.Option(help="Where it is: IN, US, GB …")],
    mechanism: Annotated[
        str,
        typer.Option(
            help="none, adequacy, dpf, scc-2021-914, uk-addendum, uk-idta, derogation-49."
        ),
    ],
    until: Annotated[str, typer.Option(help="2027-12-31T00:00:00Z")],
    since: Annotated[str, typer.Option(help="From when; from now on by default.")] = "",
    element: Annotated[list[str] | None, typer.Option(help="person.*, * by default.")] = None,
    regime: Annotated[
        Literal["eu", "uk", "ch"], typer.Option(help="Whose law protects the data.")
    ] = "eu",
    sender: Annotated[Literal["controller", "ourselves"], typer.Option()] = "controller",
    writing: Writing = None,
    reference: Reference = "",
    json: Json = False,
) -> None:
    """Record a flow; it counts once a second person has confirmed it."""
    from bailee.cli.session import connected
    from bailee.client import NewFlow
    from bailee.clock import system_time, write_time

    flow = NewFlow(
        receiver_kind=kind,
        receiver=to,
        country=country,
        mechanism=mechanism,
        elements=element or ["*"],
        since=since or write_time(system_time()),
        until=until,
        regime=regime,
        sender=sender,
        reference=reference,
        text_sha256=_digest(writing),
    )
    with connected() as client:
        made = client.record_flow(controller, flow)
    answer(made, json, *_flow(made), "a second person confirms it: `bailee transfers confirm`")


def confirm(item: Item, controller: Controller, json: Json = False) -> None:
    """Confirm a flow as a second person; from then on it counts."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.confirm_flow(controller, item)
    answer(done, json, *_flow(done))


def end(item: Item, controller: Controller, json: Json = False) -> None:
    """End a flow at once; nothing more leaves on it."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.end_flow(controller, item)
    answer(done, json, *_flow(done))


def sign(
    subject: Annotated[str, typer.Argument(help="As a paper's blanks or a flow name it.")],
    controller: Controller,
    text: Annotated[str, typer.Option(help="What you state, by your name.")],
    until: Annotated[str, typer.Option(help="When it ends, within a year.")],
    writing: Writing = None,
    reference: Reference = "",
    digest: Annotated[str, typer.Option(help="SHA-256 instead of a file: of a certificate.")] = "",
    json: Json = False,
) -> None:
    """State what no machine sees: a blank, an assessment, a certification, a source you read."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.sign_assertion(
            controller,
            subject,
            text=text,
            until=until,
            reference=reference,
            text_sha256=digest or _digest(writing),
        )
    answer(made, json, *_assertion(made))


def withdraw(item: Item, controller: Controller, json: Json = False) -> None:
    """Take a statement of one's own side back; what rests on it falls at once."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.withdraw_assertion(controller, item)
    answer(done, json, *_assertion(done))


def revoke(
    decision: Annotated[str, typer.Argument(help="Id of a decision: `bailee transfers adequacy`.")],
    reference: Annotated[str, typer.Option(help="The judgment or the official journal.")],
    json: Json = False,
) -> None:
    """Let no flow of anybody rest on a decision any more; `withdraw -c house` takes that back."""
    from datetime import timedelta

    from bailee.cli.session import connected
    from bailee.clock import system_time, write_time

    until = write_time(system_time() + timedelta(days=365))
    with connected() as client:
        made = client.sign_assertion(
            "house", f"revoked:{decision}", text="Revoked.", until=until, reference=reference
        )
    answer(made, json, *_assertion(made))


def adequacy(controller: Controller, json: Json = False) -> None:
    """Show the decisions on adequacy, how they stand, and how well their source was read."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_transfers(controller)
    answer(
        found.adequacy,
        json,
        *(
            f"{one.decision:20} {one.regime} {one.country:3} {one.status:10} {one.checked:9} "
            f"{one.name}{f', until {one.until}' if one.until else ''}"
            for one in found.adequacy
        ),
        f"compared with their sources on {found.verified}; only `primary` counts by itself",
    )


def annexes(controller: Controller, out: Out = None, json: Json = False) -> None:
    """Generate the annexes of the standard clauses; exit code 1 while blanks remain."""
    _paper(controller, "annexes", out, json)


def uk(controller: Controller, out: Out = None, json: Json = False) -> None:
    """Generate the tables of the UK Addendum; exit code 1 while blanks remain."""
    _paper(controller, "uk-addendum", out, json)


def record(controller: Controller, out: Out = None, json: Json = False) -> None:
    """Generate the record of processing (GDPR Article 30(2))."""
    _paper(controller, "processing-record", out, json)


def pia(controller: Controller, out: Out = None, json: Json = False) -> None:
    """Generate the facts for an impact assessment, and the file of the CNIL's PIA program."""
    _paper(controller, "pia", out, json)


def certificate(controller: Controller, out: Out = None, json: Json = False) -> None:
    """Generate the Californian certification; exit code 1 until somebody signed its digest."""
    _paper(controller, "ccpa-certification", out, json)


def asked(
    kind: Annotated[Literal["dpia", "authority-records"], typer.Argument(help="What for.")],
    controller: Controller,
    by: Annotated[str, typer.Option(help="The authority, or the controller's person, by name.")],
    reference: Annotated[str, typer.Option(help="Where the request is kept.")],
    received: Annotated[str, typer.Option(help="When it came: 2026-11-20T09:00:00Z")],
    json: Json = False,
) -> None:
    """Enter a request for records or for an assessment; its time runs from when it came."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.enter_assistance(
            controller, kind, asked_by=by, reference=reference, received=received
        )
    answer(made, json, *_assistance(made))


def requests(controller: Controller, json: Json = False) -> None:
    """List requests for help; exit code 1 while one is late."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_assistance(controller)
    said = [line for one in found.assistances for line in _assistance(one)]
    answer(found, json, *(said or ["nobody asked"]))
    if any(one.status == "open" and one.late for one in found.assistances):
        raise typer.Exit(1)


def reply(item: Item, controller: Controller, out: Out = None, json: Json = False) -> None:
    """Answer a request with its paper, and record which."""
    from bailee.cli.session import connected

    with connected() as client:
        paper = client.answer_assistance(controller, item)
    _show(paper, out, json)


def _paper(controller: str, name: PaperName, out: Path | None, json: bool) -> None:
    from bailee.cli.session import connected

    with connected() as client:
        paper = client.show_paper(controller, name)
    _show(paper, out, json)
    if paper.blanks:
        raise typer.Exit(1)


def _show(paper: GeneratedPaper, out: Path | None, json: bool) -> None:
    """Write a paper's files, or show it; its blanks come last, where they are read."""
    said = []
    if out is not None:
        said = [f"wrote   {path}" for path in _write(paper, out)]
    elif not json:
        for part in paper.sections:
            said += ["", part.title, *(f"  {one.what}: {one.says}" for one in part.lines)]
    answer(paper, json, paper.title, *said)
    if json:
        return
    lines(f"sha256  {paper.sha256}", *([f"signs   {paper.certifies}"] if paper.certifies else []))
    for gap in paper.blanks:
        lines(f"blank   {gap.subject:28} {gap.who:10} {gap.where}: {gap.what}")
    if paper.blanks:
        lines("fill with: bailee transfers sign SUBJECT --text … --until …")


def _write(paper: GeneratedPaper, out: Path) -> list[Path]:
    from bailee.app.paper_files import files
    from bailee.clock import read_time

    shown = cast("Any", paper)  # the client's answer has the members of the API's shape
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files(shown, read_time(paper.made)).items():
        (out / name).write_bytes(content)
        written.append(out / name)
    return written


def _digest(writing: Path | None) -> str:
    return hashlib.sha256(writing.read_bytes()).hexdigest() if writing is not None else ""


def _flow(one: Flow) -> tuple[str, ...]:
    stands = "stands" if one.holds else "DOES NOT STAND"
    until = f" until {one.holds_until[:10]}" if one.holds_until else ""
    needs = f", needs {one.needs}" if one.needs and not one.holds else ""
    return (
        f"{one.flow}  {one.status}, {stands}{until}",
        f"  from     {one.sender} to {one.receiver_kind} {one.receiver}, {one.country}",
        f"  by       {one.mechanism} under the law of {one.regime}",
        f"  what     {' '.join(one.elements)}",
        f"  time     {one.since[:16]}Z to {one.until[:16]}Z",
        f"  because  {one.why}{needs}",
    )


def _assertion(one: Assertion) -> tuple[str, ...]:
    return (
        f"{one.assertion}  {one.status}, {one.subject}",
        f"  says     {one.text}",
        f"  by       {one.signed_by} for the {one.side}, until {one.until[:10]}",
    )


def _assistance(one: Assistance) -> tuple[str, ...]:
    late = ", LATE" if one.late else ""
    return (
        f"{one.assistance}  {one.status}{late}, {one.kind}",
        f"  asked    by {one.asked_by}, {one.reference}",
        f"  came     {one.received[:16]}Z, recorded {one.recorded[:16]}Z",
        f"  due      {one.due[:16]}Z by {one.basis}",
        *([f"  with     {one.paper_sha256}"] if one.paper_sha256 else []),
    )
