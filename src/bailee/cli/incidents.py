"""Commands of the incident room: signals, incidents, the drill (C9.1, C9.3).

Reasons and what happened are asked for, never arguments: other users of a machine can read a
command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bailee.cli.show import Controller, Json, answer, as_json, table

if TYPE_CHECKING:
    from bailee.client import Question
    from bailee.client.incident_answers import Facts, Incident, NoticeVersion

Item = Annotated[str, typer.Argument(help="Its id.")]
Since = Annotated[str, typer.Option(help="First access, 2026-11-20T00:00:00Z.")]
Until = Annotated[str, typer.Option(help="Last access.")]
Person = Annotated[list[str] | None, typer.Option(help="Who: a principal's id.")]
Key = Annotated[list[str] | None, typer.Option(help="With which credential.")]
Record = Annotated[list[str] | None, typer.Option(help="Which record.")]
Purpose = Annotated[list[str] | None, typer.Option(help="For which purpose.")]
Element = Annotated[list[str] | None, typer.Option(help="Which element.")]
Moment = Annotated[str, typer.Option(help="2026-11-20T21:07:00Z")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    signal = typer.Typer(help="What looks like a breach.", no_args_is_help=True)
    signal.command("list")(list_signals)
    signal.command("decide")(decide)
    app.add_typer(signal, name="signal")
    room = typer.Typer(help="Incidents: facts, notices, what follows.", no_args_is_help=True)
    room.command("open")(open_)
    room.command("list")(list_incidents)
    room.command("show")(show)
    room.command("change")(change)
    room.command("notice")(write)
    room.command("entries")(entries)
    room.command("close")(close)
    app.add_typer(room, name="incident")
    drill = typer.Typer(help="Rehearse on the real log.", no_args_is_help=True)
    drill.callback()(_drills)
    drill.command("incident")(rehearse)
    app.add_typer(drill, name="drill")


def _drills() -> None:
    """Rehearse on the real log; nothing is sent."""


def list_signals(controller: Controller, json: Json = False) -> None:
    """List signals and by when somebody decides; never of one's own doing."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_signals(controller)
    if json:
        as_json(found)
        return
    table(
        ("raised", "status", "due", "what", "who", "signal"),
        [
            (
                one.raised[:16], one.status, one.due[:16] if one.status == "open" else "",
                one.source, found.names.get(one.principal, one.principal), one.signal,
            )
            for one in found.signals
        ],
    )  # fmt: skip


def decide(
    item: Item,
    controller: Controller,
    verdict: Annotated[Literal["promote", "dismiss"], typer.Option()],
    incident: Annotated[str, typer.Option(help="An open incident that it belongs to.")] = "",
    json: Json = False,
) -> None:
    """Promote a signal to an incident, or dismiss it; the reason is asked for."""
    from bailee.cli.session import connected

    reason = typer.prompt("Reason")
    with connected() as client:
        done = client.decide_signal(controller, item, verdict, reason=reason, incident=incident)
    into = (f"incident  {done.incident}",) if done.incident else ()
    answer(done, json, f"{done.signal}  {done.status}", *into)


def open_(
    controller: Controller,
    suspected: Annotated[str, typer.Option(help="When it could have been known.")],
    since: Since,
    until: Until,
    person: Person = None,
    key: Key = None,
    record: Record = None,
    purpose: Purpose = None,
    element: Element = None,
    aware: Annotated[str, typer.Option(help="When it was known to be a breach.")] = "",
    contact: Annotated[str, typer.Option(help="Who of us can be asked; else you.")] = "",
    json: Json = False,
) -> None:
    """Open an incident; what happened is asked for."""
    from bailee.cli.session import connected

    scope = _scope(since, until, person=person, key=key, record=record, purpose=purpose,
                   element=element)  # fmt: skip
    nature = typer.prompt("What happened")
    with connected() as client:
        made = client.open_incident(
            controller, suspected=suspected, nature=nature, scope=scope, aware=aware,
            contact=contact,
        )  # fmt: skip
    answer(made, json, *_told(made))


def list_incidents(controller: Controller, json: Json = False) -> None:
    """List incidents."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.list_incidents(controller)
    if json:
        as_json(found)
        return
    table(
        ("suspected", "status", "written down", "people", "incident"),
        [
            (
                one.suspected[:16], one.status, one.recorded[:16],
                str(one.facts.people) if one.facts else "not counted", one.incident,
            )
            for one in found.incidents
        ],
    )  # fmt: skip


def show(item: Item, controller: Controller, json: Json = False) -> None:
    """Show one incident with its clocks, facts, notices and history."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.show_incident(controller, item)
    answer(found, json, *_told(found))


def change(
    item: Item,
    controller: Controller,
    since: Annotated[str, typer.Option(help="With --until: another scope.")] = "",
    until: Annotated[str, typer.Option(help="Last access.")] = "",
    person: Person = None,
    key: Key = None,
    record: Record = None,
    purpose: Purpose = None,
    element: Element = None,
    aware: Annotated[str, typer.Option(help="When it was known to be a breach.")] = "",
    contact: Annotated[str, typer.Option(help="Who of us can be asked.")] = "",
    json: Json = False,
) -> None:
    """Keep what was learnt, and count the facts anew from the log."""
    from bailee.cli.session import connected

    scope = None
    if since or until:
        scope = _scope(since, until, person=person, key=key, record=record, purpose=purpose,
                       element=element)  # fmt: skip
    with connected() as client:
        done = client.change_incident(controller, item, scope=scope, aware=aware, contact=contact)
    answer(done, json, *_told(done))


def write(item: Item, controller: Controller, json: Json = False) -> None:
    """Write the next version of the notice; what is said anew is asked for."""
    from bailee.cli.session import connected

    said = {
        name: typer.prompt(asks, default="", show_default=False)
        for name, asks in (
            ("nature", "What happened (empty: as before)"),
            ("consequences", "What may follow (empty: as before)"),
            ("measures", "What we do about it (empty: as before)"),
        )
    }
    with connected() as client:
        done = client.write_incident_notice(controller, item, **said)
    answer(done, json, *_version(done.notices[-1]))


def entries(
    item: Item,
    controller: Controller,
    log: Annotated[str, typer.Option(help="Go on after an entry of this log.")] = "",
    index: Annotated[int, typer.Option(help="Which one.")] = 0,
    json: Json = False,
) -> None:
    """Show the entries of the log that an incident is about, page by page."""
    from bailee.cli.session import connected

    with connected() as client:
        found = client.incident_entries(controller, item, log=log, index=index)
    if json:
        as_json(found)
        return
    table(
        ("time", "what", "who", "elements", "records", "log", "index"),
        [
            (
                one.time[:19], one.action, found.names.get(one.principal, one.principal),
                " ".join(one.elements), str(len(one.records)), one.log, str(one.index),
            )
            for one in found.entries
        ],
    )  # fmt: skip


def close(
    item: Item,
    controller: Controller,
    outcome: Annotated[Literal["breach", "no-breach"], typer.Option()],
    json: Json = False,
) -> None:
    """Close an incident of which the controller was told; the reason is asked for."""
    from bailee.cli.session import connected

    reason = typer.prompt("Reason")
    with connected() as client:
        done = client.close_incident(controller, item, outcome, reason=reason)
    answer(done, json, f"{done.incident}  {done.status}: {done.outcome}")


def rehearse(
    controller: Controller,
    since: Since,
    until: Until,
    person: Person = None,
    key: Key = None,
    record: Record = None,
    purpose: Purpose = None,
    element: Element = None,
    json: Json = False,
) -> None:
    """Print the notice that would go out, and how long it took; nothing is sent or counted."""
    from bailee.cli.session import connected

    scope = _scope(since, until, person=person, key=key, record=record, purpose=purpose,
                   element=element)  # fmt: skip
    with connected() as client:
        done = client.drill_incident(controller, scope)
    answer(
        done, json, "A DRILL: nothing was sent.", "", *done.lines, "",
        f"{done.facts.calls} calls counted and the notice written in {done.milliseconds} ms",
    )  # fmt: skip


def _scope(
    since: str,
    until: str,
    *,
    person: list[str] | None,
    key: list[str] | None,
    record: list[str] | None,
    purpose: list[str] | None,
    element: list[str] | None,
) -> Question:
    from bailee.client import Question

    return Question(
        since=since, until=until, people=person or (), keys=key or (), records=record or (),
        purposes=purpose or (), elements=element or (),
    )  # fmt: skip


def _told(one: Incident) -> Iterable[str]:
    back = ", later than it was suspected" if one.dated_back else ""
    yield f"{one.incident}  {one.status}"
    yield f"  suspected  {one.suspected[:19]}Z"
    yield f"  written    {one.recorded[:19]}Z{back}"
    yield f"  aware      {one.aware[:19] + 'Z' if one.aware else 'not known to be a breach'}"
    yield f"  contact    {one.names.get(one.contact, one.contact) or 'nobody yet'}"
    for clock in one.clocks:
        own = " (our own target)" if clock.target else ""
        yield f"  clock      {clock.parameter}: {clock.status}, due {clock.due[:19]}Z{own}"
    yield from _counted(one.facts) if one.facts else ["  facts      not counted yet"]
    for version in one.notices:
        yield f"  notice     {version.version}: {version.status}, {version.written[:19]}Z"
    for redress in one.redresses:
        yield f"  asked      {redress.kind}: {redress.status}  {redress.redress}"


def _counted(facts: Facts) -> Iterable[str]:
    yield f"  calls      {facts.calls}, {facts.refused} refused"
    yield f"  records    {facts.records}; values kept elsewhere {facts.elsewhere}"
    yield f"  people     {facts.people}, {facts.unclear} unclear"
    yield f"  others     {facts.organisations} organisations"
    yield f"  nations    {_pairs(facts.nationalities)}"
    yield f"  US states  {_pairs(facts.states)}"
    yield f"  elsewhere  {_pairs(facts.countries)}"
    for one in facts.encryption:
        seen = f"{one.looks} looks, {one.amiss} amiss, {one.blind} blind"
        yield f"  encrypted  {one.control}: {one.state}, {seen}"
    if facts.erased or facts.retired:
        yield f"  unknown    {facts.erased} calls without details, {len(facts.retired)} logs gone"


def _pairs(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {many}" for name, many in counts.items()) or "none"


def _version(one: NoticeVersion) -> Iterable[str]:
    yield f"notice {one.version}  {one.status}"
    for part in one.parts:
        by = f" by {part.by}" if part.by else ""
        mark = " *" if part.key in one.changed and one.version > 1 else ""
        yield f"{part.title} ({part.basis}{by}){mark}"
        yield from (f"  {line}" for line in part.lines)
