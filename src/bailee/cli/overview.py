"""Commands of looking: who one is, what waits, who did what (MISSION A8, A9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bailee.cli.show import Controller, Json, Purpose, answer, as_json, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bailee.client.overview_answers import Recorded

HEAD = ("index", "time", "who", "what", "decision", "purpose", "elements", "count", "entry")

Before = Annotated[int | None, typer.Option(help="Those before this index; else the last.")]


def register(app: typer.Typer) -> None:
    """Add the commands; to groups that others made, where there are such."""
    app.command("me")(me)
    app.command("today")(today)
    app.command("observations")(observations)
    access = typer.Typer(help="Rights that one does not have yet.", no_args_is_help=True)
    access.command("request")(request_access)
    app.add_typer(access, name="access")
    groups = {one.name: one.typer_instance for one in app.registered_groups}
    approval, ledger = groups["approval"], groups["ledger"]
    if approval is None or ledger is None:
        raise RuntimeError("register after the groups of people and of logs")
    approval.command("list")(list_approvals)
    ledger.command("entries")(entries)
    ledger.command("show")(show)
    ledger.command("seals")(seals)
    ledger.command("mine")(mine)
    ledger.command("activity")(activity)


def me(json: Json = False) -> None:
    """Say who one is here, and what one may do."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.me()
    if json:
        as_json(found)
        return
    typer.echo(f"{found.name}  {found.kind}  {found.principal}")
    if found.factors:
        typer.echo(f"signed in with  {' '.join(found.factors)}")
    table(
        ("controller", "verbs", "elements", "purposes", "until", "grant"),
        [
            (
                one.controller, " ".join(one.verbs), " ".join(one.elements),
                " ".join(one.purposes), one.until[:10], one.grant,
            )
            for one in found.holdings
        ],
    )  # fmt: skip


def today(json: Json = False) -> None:
    """Show what is failing, overdue or due, and what waits, worst first."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.today()
    if json:
        as_json(found)
        return
    for name, counts in found.counts.items():
        typer.echo(f"{name}  " + "  ".join(f"{state} {n}" for state, n in sorted(counts.items())))
    if not found.waiting:
        typer.echo("Nothing waits.")
        return
    table(
        ("state", "what", "controller", "due", "who", "item"),
        [
            (one.state, one.says, one.controller, one.due[:16], one.who, one.item)
            for one in found.waiting
        ],
    )


def list_approvals(controller: Controller, json: Json = False) -> None:
    """List requests for a second person: all for whoever approves, else one's own."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_approvals(controller)
    if json:
        as_json(found)
        return
    table(
        ("approval", "status", "kind", "who", "verbs", "elements", "purpose", "people", "until"),
        [
            (
                one.approval, one.status, one.kind, found.names.get(one.principal, one.principal),
                " ".join(one.verbs), " ".join(one.elements), one.purpose, str(one.subjects),
                one.until[:16],
            )
            for one in found.approvals
        ],
    )  # fmt: skip


def request_access(
    controller: Controller,
    purpose: Purpose,
    element: Annotated[list[str], typer.Option(help="person.name, person.ssn:last4, …")],
    verb: Annotated[list[str], typer.Option(help="reveal, reveal-masked, search, …")],
    reason: Annotated[str, typer.Option(help="Why; no names of anybody.")],
    days: Annotated[int, typer.Option(help="For how long.", min=1, max=90)] = 7,
    daily: Annotated[int, typer.Option(help="People a day; 0: as usual.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Ask a second person for a right; their yes makes it a grant (C2.5(4))."""
    from bailee.cli.session import connected
    from bailee.clock import system_time, write_time

    with connected() as client:
        made = client.request_access(
            controller,
            purpose,
            element,
            verbs=verb,
            until=write_time(system_time() + timedelta(days=days)),
            reason=reason,
            daily=daily or None,
        )
    answer(made, json, f"approval  {made.approval}", f"status    {made.status}")


def entries(
    controller: Controller,
    before: Before = None,
    most: Annotated[int, typer.Option(help="How many.", min=1, max=200)] = 50,
    json: Json = False,
) -> None:
    """Show a stretch of a controller's newest log, newest first, with who did it (C2.5(5))."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_entries(controller, before=before, most=most)
    if json:
        as_json(found)
    else:
        table(HEAD, _rows(found.entries, found.names))


def show(
    entry: Annotated[str, typer.Argument(help="The entry's id, from an answer.")],
    controller: Controller,
    json: Json = False,
) -> None:
    """Show one entry: who, what it commits to, where it stands in its log."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_entry(controller, entry)
    one = found.entry
    answer(
        found,
        json,
        f"entry     {one.entry_id}  {one.index} of {found.log}",
        f"time      {one.time}",
        f"who       {found.names.get(one.principal, one.principal)}",
        f"what      {one.action}  {one.decision}  {one.purpose}",
        f"elements  {' '.join(one.elements)}",
        f"records   {found.touched}",
        f"leaf      {found.leaf}",
        f"opening   {'fits the commitments' if found.fits else 'not there, or does not fit'}",
    )


def seals(controller: Controller, json: Json = False) -> None:
    """List a controller's logs with their newest checkpoints and who saw these."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_seals(controller)
    if json:
        as_json(found)
        return
    table(
        ("log", "status", "entries", "signed", "at", "cosigned by", "not seen since"),
        [
            (
                one.log, one.status, str(one.size), str(one.signed), one.signed_at[:19],
                " ".join(line.witness for line in one.cosigned), one.unseen_since[:19],
            )
            for one in found.logs
        ],
    )  # fmt: skip


def observations(controller: Controller, json: Json = False) -> None:
    """Show what every control tries and what it saw last; with --json, its results by day."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_observations(controller)
    if json:
        as_json(found)
        return
    table(
        ("control", "result", "at", "findings", "entry"),
        [
            (one.control, one.result or "never", one.at[:16], " ".join(one.findings), one.entry)
            for one in found.controls
        ],
    )


def mine(controller: Controller, before: Before = None, json: Json = False) -> None:
    """Show what a thousand entries of a controller's newest log say of oneself, newest first."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_own_entries(controller, before=before)
    if json:
        as_json(found)
        return
    typer.echo(f"of the entries {found.first} to {found.until}:")
    table(HEAD, _rows(found.entries, {}))


def activity(controller: Controller, before: Before = None, json: Json = False) -> None:
    """Count accesses by day, purpose and person, from a thousand entries of the newest log."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.activity(controller, before=before)
    if json:
        as_json(found)
        return
    typer.echo(f"of the entries {found.first} to {found.until}:")
    table(
        ("day", "what", "purpose", "who", "calls", "records"),
        [
            (
                one.day, one.action, one.purpose, found.names.get(one.principal) or one.principal,
                str(one.calls), str(one.records),
            )
            for one in found.tallies
        ],
    )  # fmt: skip


def _rows(found: Iterable[Recorded], names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return entries as rows of ``HEAD``; ids whole, for the next command."""
    return [
        (
            str(one.index), one.time[:19], names.get(one.principal, one.principal), one.action,
            one.decision, one.purpose, " ".join(one.elements), str(one.count), one.entry_id,
        )
        for one in found
    ]  # fmt: skip
