"""Commands upon what may leave, and what left (C2.3, C7.2(3), C6)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer

if TYPE_CHECKING:
    from bailee.client.disclosure_answers import Consent, Disclosure

Item = Annotated[str, typer.Argument(help="Its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    consent = typer.Typer(
        help="What controllers allowed in writing to leave.", no_args_is_help=True
    )
    consent.command("add")(add)
    consent.command("list")(list_consents)
    consent.command("confirm")(confirm)
    consent.command("revoke")(revoke)
    app.add_typer(consent, name="consent")
    app.command("disclosures")(disclosures)


def add(
    controller: Controller,
    writing: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="The signed file; its SHA-256 is sent."),
    ],
    reference: Annotated[str, typer.Option(help="Where the writing is kept.")],
    given_by: Annotated[str, typer.Option(help="Id of the representative who signed it.")],
    to: Annotated[str, typer.Option(help="The recipient's name.")],
    recipient: Annotated[
        list[str], typer.Option(help="Its key: age1…, or an OpenPGP certificate's file.")
    ],
    purpose: Annotated[list[str], typer.Option("--purpose", "-p", help="What for; repeatable.")],
    element: Annotated[list[str], typer.Option(help="person.name, person.*, person.ssn:last4 …")],
    until: Annotated[str, typer.Option(help="2026-12-31T00:00:00Z")],
    since: Annotated[str, typer.Option(help="From when; from now on by default.")] = "",
    country: Annotated[
        str, typer.Option(help="Where the recipient is, if not in the customer's own: IN, GB …")
    ] = "",
    address: Annotated[
        str, typer.Option(help="The recipient's address, if known: accountings name it.")
    ] = "",
    undertaking: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="What the recipient signed: that it identifies nobody again. Its SHA-256 is sent.",
        ),
    ] = None,
    kind: Annotated[
        Literal["third-party", "return"], typer.Option(help="return: back to the customer itself.")
    ] = "third-party",
    json: Json = False,
) -> None:
    """Register a writing; it counts once a second person has confirmed it."""
    from bailee.cli.sealed import Recipients
    from bailee.cli.session import connected
    from bailee.client import Writing
    from bailee.clock import system_time, write_time

    keys = Recipients(recipient).keys
    signed = Writing(
        given_by=given_by,
        reference=reference,
        text_sha256=_digest(writing),
        recipient=to,
        keys=keys,
        purposes=purpose,
        elements=element,
        since=since or write_time(system_time()),
        until=until,
        kind=kind,
        country=country,
        address=address,
        undertaking_sha256=_digest(undertaking) if undertaking is not None else "",
    )
    with connected() as client:
        made = client.add_consent(controller, signed)
    answer(made, json, *_consent(made), "a second person confirms it: `bailee consent confirm`")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def list_consents(controller: Controller, json: Json = False) -> None:
    """List a controller's consents."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_consents(controller)
    answer(found, json, *(line for one in found.consents for line in _consent(one)))


def confirm(item: Item, controller: Controller, json: Json = False) -> None:
    """Say, as a second person, that the writing says so; from then on it counts."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.confirm_consent(controller, item)
    answer(done, json, *_consent(done))


def revoke(item: Item, controller: Controller, json: Json = False) -> None:
    """End a consent at once; nothing more leaves under it."""
    from bailee.cli.session import connected

    with connected() as client:
        done = client.revoke_consent(controller, item)
    answer(done, json, *_consent(done))


def disclosures(controller: Controller, json: Json = False) -> None:
    """Account for what left: to whom, when, under which consent, how many records (C2.3)."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_disclosures(controller)
    answer(found, json, *(line for one in found.disclosures for line in _left(one)))


def _consent(one: Consent) -> tuple[str, ...]:
    """Return what the second person compares with the writing; whole, to the last key."""
    return (
        f"{one.consent}  {one.status}, {one.kind}",
        f"  to       {one.recipient}" + (f", {one.country}" if one.country else ""),
        *([f"  at       {one.address}"] if one.address else []),
        *(f"  key      {key}" for key in one.keys),
        f"  what     {' '.join(one.elements)}",
        f"  for      {' '.join(one.purposes)}",
        f"  time     {one.since[:16]}Z to {one.until[:16]}Z",
        f"  writing  {one.reference}, {one.text_sha256}",
        *([f"  undertook {one.undertaking_sha256}"] if one.undertaking_sha256 else []),
        f"  by       {one.given_by}",
    )


def _left(one: Disclosure) -> tuple[str, ...]:
    ended = f", ended {one.ended[:16]}Z" if one.ended else ""
    return (
        f"{one.disclosure}  {one.status}, {one.kind}" + (f", {one.form}" if one.form else ""),
        f"  to       {', '.join(one.recipients)}",
        *(f"  key      {key}" for key in one.keys),
        f"  what     {' '.join(one.elements)} for {one.purpose}",
        f"  when     {one.opened[:16]}Z{ended}",
        f"  much     {one.records} records in {one.parts} parts, {one.answered} answered",
        f"  under    {' '.join(one.consents)}",
        f"  entries  {one.opened_entry} {one.ended_entry}".rstrip(),
    )
