"""The command that offers the processor's own addendum (B8)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from bailee.cli.show import Json, answer

if TYPE_CHECKING:
    from bailee.client.kit_answers import Kit

Several = list[str] | None


# long: an option for each blank
def kit(
    name: Annotated[str, typer.Option(help="Legal name of the prospect.")] = "",
    controller: Annotated[
        str, typer.Option("--controller", "-c", help="A controller that exists, instead.")
    ] = "house",
    purpose: Annotated[Several, typer.Option("--purpose", "-p", help="Of section 4.1.")] = None,
    element: Annotated[Several, typer.Option(help="person.name, person.*")] = None,
    people: Annotated[Several, typer.Option(help="customer, owner, employee, prospect")] = None,
    country: Annotated[Several, typer.Option(help="Where they live: DE, GB, US")] = None,
    address: Annotated[str, typer.Option(help="Its address.")] = "",
    contact: Annotated[str, typer.Option(help="Its contact: name, position, how to reach.")] = "",
    representative: Annotated[
        str, typer.Option(help="Its representative in the Union and DPO, or that there is none.")
    ] = "",
    security: Annotated[str, typer.Option(help="Its security contact and delegate.")] = "",
    activities: Annotated[str, typer.Option(help="What it does that this serves.")] = "",
    services: Annotated[str, typer.Option(help="The services agreement it belongs to.")] = "",
    effective: Annotated[str, typer.Option(help="In force from, 2026-11-20.")] = "",
    law: Annotated[str, typer.Option(help="The governing law.")] = "",
    member_state: Annotated[str, typer.Option(help="Whose law the standard clauses name.")] = "",
    authority: Annotated[str, typer.Option(help="The competent supervisory authority.")] = "",
    frequency: Annotated[str, typer.Option(help="How often data is transferred.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for text, manifest, digests; PDF and DOCX with `pack`."),
    ] = None,
    draft: Annotated[bool, typer.Option(help="Show it; nothing is recorded.")] = False,
    json: Json = False,
) -> None:
    """Fill our own addendum for a prospect from what is so; exit code 1 while blanks remain."""
    from bailee.cli.session import connected
    from bailee.client import NewKit

    wanted = NewKit(
        name=name,
        address=address,
        contact=contact,
        representative=representative,
        security=security,
        activities=activities,
        services=services,
        effective=effective,
        law=law,
        member_state=member_state,
        authority=authority,
        frequency=frequency,
        people=people or (),
        purposes=purpose or (),
        elements=element or (),
        countries=country or (),
        draft=draft,
    )
    with connected() as client:
        made = client.make_kit(wanted, controller)
    written = _write(made, out) if out is not None and not draft else []
    answer(made, json, *_said(made), *(f"wrote     {path}" for path in written))
    if made.blanks:
        raise typer.Exit(1)


def _said(made: Kit) -> list[str]:
    """Return a kit in lines; its blanks come last, where they are read."""
    entry = made.entry.entry_id if made.entry else "a draft, not recorded"
    said = [
        made.paper.title,
        f"text      {made.text_sha256}",
        f"manifest  {made.manifest_sha256 or 'none'}",
        f"entry     {entry}",
        f"claims    {', '.join(made.claimed) or 'no measure'}",
    ]
    said += [f"no claim  {one.what}, {one.by}: {one.says}" for one in made.unclaimed]
    said += [
        f"finding   {one.path}: {one.message}"
        for one in made.findings
        if one.rule != "unfilled-blank"
    ]
    return said + [f"blank     {one.subject:26} {one.who:10} {one.what}" for one in made.blanks]


def _write(made: Kit, out: Path) -> list[Path]:
    from bailee.app.kit_files import files
    from bailee.clock import read_time

    shown = cast("Any", made)  # the client's answer has the members of the API's shape
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files(shown, read_time(made.made)).items():
        (out / name).write_bytes(content)
        written.append(out / name)
    return written


__all__ = ["kit"]
