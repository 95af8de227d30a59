"""The incident room: what to decide, incidents with facts and notices, what is asked (C9).

Both sides come here. The controller's sees incidents and what it was told, asks and acknowledges;
signals and questions are ours until they count. Whoever may do what, the house asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bailee.app import incident_shapes as shapes
from bailee.app.house import House
from bailee.clock import write_time
from bailee.console.forms import Form
from bailee.console.row import form, page
from bailee.console.view import View, attempt, go, show
from bailee.console.visit import Visit
from bailee.errors import Failure
from bailee.incidents.event import KINDS
from bailee.incidents.incident import EVERYTHING

HERE = "/console/at/{controller}/incidents"
ONE = f"{HERE}/{{id}}"
SIGNAL = Form(shapes.SignalVerdict)
NEW_INCIDENT = Form(shapes.NewIncident)
CHANGE = Form(shapes.IncidentChange)
NOTICE = Form(shapes.NewNotice)
END = Form(shapes.IncidentEnd)
ENTRIES = Form(shapes.EntryWish)
DRILL = Form(shapes.Drill)
NEW_EVENT = Form(shapes.NewEvent)
EVENT = Form(shapes.EventVerdict)
NEW_DEMAND = Form(shapes.NewRedress)
ANSWER = Form(shapes.RedressAnswer)
LISTS = ("people", "keys", "records", "purposes", "elements")
SHOWN = 100
"""Entries on one page."""


def _told(visit: Visit) -> bool:
    """Say whether the menu of somebody who is told of alarms is for them; the house asks again."""
    me = visit.person
    return me.may("approve", visit.controller) or me.may("people", "house")


def _times(visit: Visit, *names: str) -> dict[str, str]:
    """Return moments of fields without seconds; what was left out stays out."""
    return {name: f"{visit.text(name)}:00Z" for name in names if visit.text(name)}


def _scope(visit: Visit) -> dict[str, object]:
    """Return the question that a form asks; ids stand in one field, blanks between.

    Its last minute counts whole: a form has no seconds, and none may be lost.
    """
    lists = {name: visit.text(name).split() for name in LISTS}
    until = {"until": f"{visit.text('until')}:59.999Z"} if visit.text("until") else {}
    asked = {name: ids for name, ids in lists.items() if ids}
    return {**_times(visit, "since"), **until, **asked}


def _room(house: House, visit: Visit, **more: Any) -> View:
    who, name, told = visit.known, visit.controller, _told(visit)
    now = house.parts.clock.now()
    return show(
        "incidents.html",
        incidents=house.list_incidents(who, name).incidents[::-1],
        signals=house.list_signals(who, name) if told else None,
        events=house.list_events(who, name),
        told=told,
        kinds=KINDS,
        today=write_time(now)[:16],
        yesterday=write_time(now - EVERYTHING)[:16],
        **({"failed": None, "status": 200} | more),
    )


def _one(house: House, visit: Visit, **more: Any) -> View:
    found = house.show_incident(visit.known, visit.controller, visit.item)
    return show(
        "incident.html",
        one=found,
        told=_told(visit),
        rows=_side_by_side(found.notices),
        **({"failed": None, "status": 200} | more),
    )


def _side_by_side(versions: list[shapes.NoticeVersion]) -> list[tuple[str, list[Any]]]:
    """Return a notice's parts as rows: a title, and for each version the part or None."""
    titles = {part.key: part.title for one in versions for part in one.parts}
    held = [{part.key: part for part in one.parts} for one in versions]
    return [(title, [parts.get(key) for parts in held]) for key, title in titles.items()]


def _done(
    house: House, visit: Visit, act: Callable[[], object], *, back: Callable[..., View] = _room
) -> View:
    """Do an act and come back, to the room or to the incident."""
    return attempt(
        act,
        partial(back, house, visit, status=422),
        ONE.format(controller=visit.controller, id=visit.item)
        if back is _one
        else HERE.format(controller=visit.controller),
    )


@page(HERE)
def incidents(house: House, visit: Visit) -> View:
    """Show what to decide, and incidents."""
    return _room(house, visit)


@form(f"{HERE}/signals/{{id}}")
def decide_signal(house: House, visit: Visit) -> View:
    """Promote a signal, or dismiss it."""
    body = SIGNAL.read
    return _done(
        house,
        visit,
        lambda: house.decide_signal(visit.known, visit.controller, visit.item, body(visit.fields)),
    )


@form(f"{HERE}/events")
def enter_event(house: House, visit: Visit) -> View:
    """Enter something that the controller is told of."""
    return _done(
        house,
        visit,
        lambda: house.enter_event(
            visit.known,
            visit.controller,
            NEW_EVENT.read(visit.fields, **_times(visit, "discovered")),
        ),
    )


@form(f"{HERE}/events/{{id}}")
def decide_event(house: House, visit: Visit) -> View:
    """Tell the controller, or say why not."""
    return _done(
        house,
        visit,
        lambda: house.decide_event(
            visit.known, visit.controller, visit.item, EVENT.read(visit.fields)
        ),
    )


@form(f"{HERE}/open")
def open_incident(house: House, visit: Visit) -> View:
    """Open an incident."""
    times = _times(visit, "suspected", "aware")
    try:
        body = NEW_INCIDENT.read(visit.fields, **times, scope=_scope(visit))
        made = house.open_incident(visit.known, visit.controller, body)
    except Failure as failure:
        return _room(house, visit, failed=failure, status=422)
    return go(ONE.format(controller=visit.controller, id=made.incident))


@form(f"{HERE}/drill")
def drill(house: House, visit: Visit) -> View:
    """Rehearse on the real log, and show the notice that would go out."""
    try:
        body = DRILL.read(visit.fields, scope=_scope(visit))
        done = house.drill_incident(visit.known, visit.controller, body)
    except Failure as failure:
        return _room(house, visit, failed=failure, status=422)
    return show("drill.html", done=done)


@page(ONE)
def incident(house: House, visit: Visit) -> View:
    """Show one incident."""
    return _one(house, visit)


@form(f"{ONE}/change")
def change_incident(house: House, visit: Visit) -> View:
    """Keep what was learnt, and count anew."""

    def act() -> object:
        more: dict[str, object] = dict(_times(visit, "aware"))
        if visit.text("since"):
            more["scope"] = _scope(visit)
        body = CHANGE.read(visit.fields, **more)
        return house.change_incident(visit.known, visit.controller, visit.item, body)

    return _done(house, visit, act, back=_one)


@form(f"{ONE}/notices")
def write_notice(house: House, visit: Visit) -> View:
    """Write the next version of the notice."""
    return _done(
        house,
        visit,
        lambda: house.write_incident_notice(
            visit.known, visit.controller, visit.item, NOTICE.read(visit.fields)
        ),
        back=_one,
    )


@form(f"{ONE}/close")
def close_incident(house: House, visit: Visit) -> View:
    """Close an incident."""
    return _done(
        house,
        visit,
        lambda: house.close_incident(
            visit.known, visit.controller, visit.item, END.read(visit.fields)
        ),
        back=_one,
    )


@form(f"{ONE}/redresses")
def enter_redress(house: House, visit: Visit) -> View:
    """Ask because of an incident, for the controller."""
    return _done(
        house,
        visit,
        lambda: house.enter_redress(
            visit.known,
            visit.controller,
            visit.item,
            NEW_DEMAND.read(visit.fields, **_times(visit, "received")),
        ),
        back=_one,
    )


@form("/console/at/{controller}/redresses/{id}/answer")
def answer_redress(house: House, visit: Visit) -> View:
    """Settle a redress, or contest it."""
    try:
        body = ANSWER.read(visit.fields, **_times(visit, "until"))
        done = house.answer_redress(visit.known, visit.controller, visit.item, body)
    except Failure as failure:
        return _room(house, visit, failed=failure, status=422)
    return go(ONE.format(controller=visit.controller, id=done.incident))


def _entries(house: House, visit: Visit, body: shapes.EntryWish) -> View:
    found = house.incident_entries(visit.known, visit.controller, visit.item, body)
    return show("incident_entries.html", found=found, item=visit.item, most=SHOWN)


@page(f"{ONE}/entries")
def incident_entries(house: House, visit: Visit) -> View:
    """Show the first entries that an incident is about."""
    return _entries(house, visit, shapes.EntryWish(most=SHOWN))


@form(f"{ONE}/entries")
def more_incident_entries(house: House, visit: Visit) -> View:
    """Show the entries after a place."""
    return _entries(house, visit, ENTRIES.read(visit.fields, most=SHOWN))


ROWS = (
    incidents, decide_signal, enter_event, decide_event, open_incident, drill, incident,
    change_incident, write_notice, close_incident, enter_redress, answer_redress, incident_entries,
    more_incident_entries,
)  # fmt: skip
