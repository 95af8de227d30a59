"""Commands upon the trust page: its register, statements, requests for reports (B10, A23, A31)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, lines
from bailee.cli.trust_public import register_public

if TYPE_CHECKING:
    from bailee.client.trust_answers import OwnStatement, PublicStatement, ReportRequest

Item = Annotated[str, typer.Argument(help="Its id.")]
Until = Annotated[str, typer.Option(help="Last day on which it may be said, 2027-05-31.")]
Day = Annotated[str, typer.Option(help="A day, 2026-11-20.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The public page of what can be shown.", no_args_is_help=True)
    group.command("show")(show)
    group.command("attest")(attest)
    group.command("withdraw")(withdraw)
    group.command("sub-processor")(sub_processor)
    group.command("contact")(contact)
    group.command("company")(company)
    group.command("nda")(nda)
    group.command("end")(end)
    group.command("statement")(statement)
    group.command("publish")(publish)
    group.command("retract")(retract)
    group.command("statements")(statements)
    group.command("approve")(approve)
    group.command("disapprove")(disapprove)
    group.command("requests")(requests)
    group.command("release")(release)
    group.command("refuse")(refuse)
    register_public(group)
    app.add_typer(group, name="trust")


def show(json: Json = False) -> None:
    """Show the register behind the page, and how the page stands."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_trust()
    if json:
        as_json(found)
        return
    lines(f"page: {found.page or 'not made yet'} {found.findings}".rstrip())
    for one in found.attestations:
        said = "on the page" if one.shown else "not on the page"
        lines(f"{one.attestation}  {one.title}, {one.status} until {one.until}, {said}")
    for fact in found.facts:
        words = ", ".join(
            filter(None, (text for name, text in fact.body.items() if name != "text"))
        )
        lines(f"{fact.fact}  {fact.kind}, {fact.status} until {fact.until}  {words}".rstrip())
    for word in found.statements:
        lines(*_statement(word))


def attest(
    document: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The file; its SHA-256 is sent.")
    ],
    kind: Annotated[
        Literal["report", "type-1", "type-2", "attestation", "certificate", "penetration-test"],
        typer.Option(help="What it is."),
    ],
    issuer: Annotated[str, typer.Option(help="Who issued it.")],
    legal_name: Annotated[str, typer.Option(help="For which company, by its legal name.")],
    scope: Annotated[str, typer.Option(help="What it covers.")],
    until: Until,
    standard: Annotated[str, typer.Option(help="PCI DSS, SOC 2, ISO/IEC 27001 …")] = "",
    version: Annotated[str, typer.Option(help="The standard's edition.")] = "",
    issued: Day = "",
    period_start: Day = "",
    period_end: Day = "",
    supersedes: Annotated[str, typer.Option(help="Id of the paper that it follows.")] = "",
    under_nda: Annotated[
        bool, typer.Option(help="Keep the file, sealed, for those who sign the NDA.")
    ] = False,
    json: Json = False,
) -> None:
    """Register a certificate or report that somebody else issued about us."""
    import hashlib

    from bailee.cli.session import connected
    from bailee.client import Paper

    with document.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    paper = Paper(
        kind=kind,
        standard=standard,
        version=version,
        issuer=issuer,
        legal_name=legal_name,
        scope=scope,
        issued=issued,
        period_start=period_start,
        period_end=period_end,
        until=until,
        document_sha256=digest,
        supersedes=supersedes,
    )
    with connected() as client:
        made = client.attest(paper, document.read_bytes() if under_nda else b"")
    answer(made, json, f"{made.attestation}  {made.title}, {made.status} until {made.until}")


def withdraw(item: Item, json: Json = False) -> None:
    """Take a paper back; it leaves the page, and no copy is handed out any more."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.withdraw_attestation(item)
    answer(made, json, f"{made.attestation}  {made.title}, {made.status}")


def sub_processor(
    name: Annotated[str, typer.Argument(help="Its name.")],
    service: Annotated[str, typer.Option(help="What it does for us.")],
    location: Annotated[str, typer.Option(help="Where.")],
    since: Day,
    until: Until,
    json: Json = False,
) -> None:
    """Publish a sub-processor."""
    members = {"name": name, "service": service, "location": location, "since": since}
    _fact("sub-processor", until, members, json=json)


def contact(
    role: Annotated[Literal["coordinator", "security"], typer.Argument(help="Which contact.")],
    name: Annotated[str, typer.Option(help="A person or a desk.")],
    email: Annotated[str, typer.Option(help="Its e-mail address.")],
    until: Until,
    phone: Annotated[str, typer.Option(help="Its telephone number.")] = "",
    json: Json = False,
) -> None:
    """Publish a contact."""
    _fact("contact", until, {"role": role, "name": name, "email": email, "phone": phone}, json=json)


def company(
    name: Annotated[str, typer.Argument(help="Legal name.")], until: Until, json: Json = False
) -> None:
    """Publish our legal name, in the place of the one before."""
    _fact("company", until, {"name": name}, json=json)


def nda(
    text: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A text file.")],
    until: Until,
    json: Json = False,
) -> None:
    """Publish the NDA that is signed before a report is given, in the place of the one before."""
    _fact("nda", until, {"text": text.read_text("utf-8").strip()}, json=json)


def end(item: Item, json: Json = False) -> None:
    """End a published fact."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.end_fact(item)
    answer(made, json, f"{made.fact}  {made.kind}, {made.status}")


def statement(
    text: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A text file.")],
    concerns: Annotated[
        list[str], typer.Option(help="A controller that the incident affects; repeat for all.")
    ],
    until: Until,
    json: Json = False,
) -> None:
    """Draft a statement about an incident; every controller concerned must approve it."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.draft_statement(
            text.read_text("utf-8").strip(), concerns=concerns, until=until
        )
    answer(made, json, *_statement(made))


def publish(item: Item, json: Json = False) -> None:
    """Publish a statement; refused while an approval of exactly its text is missing."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.publish_statement(item)
    answer(made, json, *_statement(made))


def retract(item: Item, json: Json = False) -> None:
    """Take a statement back for good."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.withdraw_statement(item)
    answer(made, json, *_statement(made))


def statements(controller: Controller, json: Json = False) -> None:
    """List the statements that concern a controller, with their texts."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_statements(controller)
    answer(found, json, *(line for one in found.statements for line in _own(one)))


def approve(
    item: Item,
    controller: Controller,
    text_sha256: Annotated[str, typer.Option(help="SHA-256 of the text that was read.")],
    json: Json = False,
) -> None:
    """Approve exactly one text, as the controller's named representative."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.approve_statement(controller, item, text_sha256)
    answer(made, json, *_own(made))


def disapprove(item: Item, controller: Controller, json: Json = False) -> None:
    """Take an approval back; the statement leaves the page at once."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.disapprove_statement(controller, item)
    answer(made, json, *_own(made))


def requests(json: Json = False) -> None:
    """List who asked for reports; that it was read is recorded."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_report_requests()
    answer(found, json, *(line for one in found.requests for line in _request(one)))


def release(item: Item, json: Json = False) -> None:
    """Release a request; send its code to the visitor's address, for it opens one copy, once."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.release_report(item)
    answer(made, json, *_request(made))


def refuse(item: Item, json: Json = False) -> None:
    """Refuse a request, or take a release back before its copy was taken."""
    from bailee.cli.session import connected

    with connected() as client:
        made = client.refuse_report(item)
    answer(made, json, *_request(made))


def _fact(kind: str, until: str, members: dict[str, str], *, json: bool) -> None:
    from bailee.cli.session import connected

    with connected() as client:
        made = client.publish_fact(kind, until=until, **members)
    answer(made, json, f"{made.fact}  {made.kind}, {made.status} until {made.until}")


def _statement(one: PublicStatement) -> tuple[str, ...]:
    return (
        f"{one.statement}  {one.status}, approvals missing: {one.missing}",
        f"  text   {one.text_sha256}",
        f"  until  {one.until}",
        f"  of     {' '.join(one.concerns)}",
    )


def _own(one: OwnStatement) -> tuple[str, ...]:
    return (
        f"{one.statement}  {one.status}, {'approved' if one.approved else 'not approved'}",
        f"  digest {one.text_sha256}",
        f"  until  {one.until}",
        *(f"  | {line}" for line in one.text.splitlines()),
    )


def _request(one: ReportRequest) -> tuple[str, ...]:
    who = f"  {one.name}, {one.firm}, {one.email}"
    return (
        f"{one.request}  {one.status}, asked {one.asked[:16]}Z for {one.attestation}",
        *([who] if one.name else ["  forgotten"]),
        *([f"  code {one.code} until {one.code_until[:16]}Z"] if one.code else []),
    )
