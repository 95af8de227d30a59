"""Routes of the incident room: signals, incidents, notices, other events, redresses (C9)."""

from __future__ import annotations

from bailee.app import incident_shapes as shapes
from bailee.web.call import Call, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"
ONE = f"{C}/incidents/{{id}}"


@get(f"{C}/signals", shapes.Signals)
def list_signals(house: House, call: Call) -> shapes.Signals:
    """List what looks like a breach and was not one's own doing."""
    return house.list_signals(call.caller, call.controller)


@post(f"{C}/signals/{{id}}/decide", shapes.SignalVerdict, shapes.Signal)
def decide_signal(house: House, call: Call, body: shapes.SignalVerdict) -> shapes.Signal:
    """Promote a signal to an incident, or dismiss it, with a reason."""
    return house.decide_signal(call.caller, call.controller, call.item, body)


@post(f"{C}/incidents", shapes.NewIncident, shapes.Incident)
def open_incident(house: House, call: Call, body: shapes.NewIncident) -> shapes.Incident:
    """Open an incident; its clocks run from the suspicion."""
    return house.open_incident(call.caller, call.controller, body)


@get(f"{C}/incidents", shapes.Incidents)
def list_incidents(house: House, call: Call) -> shapes.Incidents:
    """List a controller's incidents, to both sides."""
    return house.list_incidents(call.caller, call.controller)


@post(f"{C}/incidents/drill", shapes.Drill, shapes.Drilled)
def drill_incident(house: House, call: Call, body: shapes.Drill) -> shapes.Drilled:
    """Rehearse an incident on the real log; nothing is sent or counted as real."""
    return house.drill_incident(call.caller, call.controller, body)


@get(ONE, shapes.Incident)
def show_incident(house: House, call: Call) -> shapes.Incident:
    """Show one incident with its facts, notices, clocks and history, to both sides."""
    return house.show_incident(call.caller, call.controller, call.item)


@post(f"{ONE}/change", shapes.IncidentChange, shapes.Incident)
def change_incident(house: House, call: Call, body: shapes.IncidentChange) -> shapes.Incident:
    """Keep what was learnt, and count the facts anew from the log."""
    return house.change_incident(call.caller, call.controller, call.item, body)


@post(f"{ONE}/notices", shapes.NewNotice, shapes.Incident)
def write_incident_notice(house: House, call: Call, body: shapes.NewNotice) -> shapes.Incident:
    """Write the next version of the notice; it goes out at once."""
    return house.write_incident_notice(call.caller, call.controller, call.item, body)


@post(f"{ONE}/close", shapes.IncidentEnd, shapes.Incident)
def close_incident(house: House, call: Call, body: shapes.IncidentEnd) -> shapes.Incident:
    """Close an incident of which the controller was told."""
    return house.close_incident(call.caller, call.controller, call.item, body)


@post(f"{ONE}/entries", shapes.EntryWish, shapes.IncidentEntries)
def incident_entries(house: House, call: Call, body: shapes.EntryWish) -> shapes.IncidentEntries:
    """Show the entries of the log that an incident is about, page by page."""
    return house.incident_entries(call.caller, call.controller, call.item, body)


@post(f"{ONE}/redresses", shapes.NewRedress, shapes.Redress)
def enter_redress(house: House, call: Call, body: shapes.NewRedress) -> shapes.Redress:
    """Ask for costs or monitoring, as the controller; or enter its writing."""
    return house.enter_redress(call.caller, call.controller, call.item, body)


@post(f"{C}/redresses/{{id}}/answer", shapes.RedressAnswer, shapes.Redress)
def answer_redress(house: House, call: Call, body: shapes.RedressAnswer) -> shapes.Redress:
    """Settle a redress with the proof of it, or contest it."""
    return house.answer_redress(call.caller, call.controller, call.item, body)


@post(f"{C}/events", shapes.NewEvent, shapes.Event)
def enter_event(house: House, call: Call, body: shapes.NewEvent) -> shapes.Event:
    """Enter an urgent issue, or another thing that the controller is told of."""
    return house.enter_event(call.caller, call.controller, body)


@get(f"{C}/events", shapes.Events)
def list_events(house: House, call: Call) -> shapes.Events:
    """List events and questions; to the controller those that it was told of."""
    return house.list_events(call.caller, call.controller)


@post(f"{C}/events/{{id}}/decide", shapes.EventVerdict, shapes.Event)
def decide_event(house: House, call: Call, body: shapes.EventVerdict) -> shapes.Event:
    """Tell the controller, or say why it need not be told."""
    return house.decide_event(call.caller, call.controller, call.item, body)


ROUTES = (
    list_signals,
    decide_signal,
    open_incident,
    list_incidents,
    drill_incident,
    show_incident,
    change_incident,
    write_incident_notice,
    close_incident,
    incident_entries,
    enter_redress,
    answer_redress,
    enter_event,
    list_events,
    decide_event,
)

__all__ = ["ROUTES"]
