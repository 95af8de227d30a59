"""Routes of timers, notices and contacts (C9.1, C10)."""

from __future__ import annotations

from bailee.app import officer_shapes as officers
from bailee.app import procedure_shapes as shapes
from bailee.web.call import Call, act, get, post, raw
from bailee.web.house import House

C = "/v1/controllers/{controller}"
SHORT = {"body_bytes": 16 * 1024}
NOTICE = f"{C}/notices/{{id}}"


@get(f"{C}/timers", shapes.Timers)
def list_timers(house: House, call: Call) -> shapes.Timers:
    """List a controller's clocks: what is due when, by which texts."""
    return house.list_timers(call.caller, call.controller)


@raw(f"{C}/timers.ics", "text/calendar; charset=utf-8")
def timer_calendar(house: House, call: Call) -> str:
    """Get the clocks that run as a calendar (RFC 5545)."""
    return house.timer_calendar(call.caller, call.controller)


@post(f"{C}/timers/{{id}}/extend", shapes.Extension, shapes.Timer)
def extend_timer(house: House, call: Call, body: shapes.Extension) -> shapes.Timer:
    """Move a deadline before it is up, with its reason."""
    return house.extend_timer(call.caller, call.controller, call.item, body)


@get(f"{C}/notices", shapes.Notices)
def list_notices(house: House, call: Call) -> shapes.Notices:
    """List what a controller was told, newest first."""
    return house.list_notices(call.caller, call.controller)


@get(NOTICE, shapes.Notice)
def show_notice(house: House, call: Call) -> shapes.Notice:
    """Show one notice with its text and every try to hand it over."""
    return house.show_notice(call.caller, call.controller, call.item)


@act(f"{NOTICE}/acknowledge", shapes.Notice)
def acknowledge_notice(house: House, call: Call) -> shapes.Notice:
    """Acknowledge a notice as the controller's representative."""
    return house.acknowledge_notice(call.caller, call.controller, call.item)


@post("/v1/notices/confirm", shapes.Acknowledgement, shapes.Notice, auth=False, **SHORT)
def confirm_notice(house: House, call: Call, body: shapes.Acknowledgement) -> shapes.Notice:
    """Acknowledge a notice by the code that its message carried."""
    return house.confirm_notice(body, call.remote)


@get(f"{C}/contacts", shapes.Contacts)
def list_contacts(house: House, call: Call) -> shapes.Contacts:
    """List whom a controller wants to hear from us."""
    return house.list_contacts(call.caller, call.controller)


@post(f"{C}/contacts", shapes.NewContact, shapes.Contact)
def add_contact(house: House, call: Call, body: shapes.NewContact) -> shapes.Contact:
    """Enter a contact: the controller's representative, or we upon its writing."""
    return house.add_contact(call.caller, call.controller, body)


@act(f"{C}/contacts/{{id}}/end", shapes.Contact)
def end_contact(house: House, call: Call) -> shapes.Contact:
    """End a contact."""
    return house.end_contact(call.caller, call.controller, call.item)


@get("/v1/officers", officers.Officers)
def list_officers(house: House, call: Call) -> officers.Officers:
    """List whom controllers reach, and when nobody would answer."""
    return house.list_officers(call.caller)


@post("/v1/officers", officers.NewOfficer, officers.Officer)
def appoint_officer(house: House, call: Call, body: officers.NewOfficer) -> officers.Officer:
    """Appoint a coordinator or a security contact for a time."""
    return house.appoint_officer(call.caller, body)


@act("/v1/officers/{id}/end", officers.Officer)
def end_officer(house: House, call: Call) -> officers.Officer:
    """End an appointment before its time."""
    return house.end_officer(call.caller, call.item)


@act("/v1/officers/{id}/confirm", officers.Officer)
def confirm_officer(house: House, call: Call) -> officers.Officer:
    """Confirm, for oneself, that one is reached as it stands."""
    return house.confirm_officer(call.caller, call.item)


ROUTES = (
    list_timers, timer_calendar, extend_timer, list_notices, show_notice, acknowledge_notice,
    confirm_notice, list_contacts, add_contact, end_contact, list_officers, appoint_officer,
    end_officer, confirm_officer,
)  # fmt: skip
