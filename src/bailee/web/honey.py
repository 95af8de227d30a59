"""Routes of honey: consents, plantings, alarms (C2.5(5), C9)."""

from __future__ import annotations

from bailee.app import honey_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House
from bailee.web.limits import LIMITS

H = "/v1/controllers/{controller}/honey"


@post(
    f"{H}/consents", shapes.NewHoneyConsent, shapes.HoneyConsent, text_bytes=LIMITS.agreement_bytes
)
def allow_honey(house: House, call: Call, body: shapes.NewHoneyConsent) -> shapes.HoneyConsent:
    """Sign, as the controller's representative, that honey may lie among its data."""
    return house.allow_honey(call.caller, call.controller, body)


@get(f"{H}/consents", shapes.HoneyConsents)
def list_honey_consents(house: House, call: Call) -> shapes.HoneyConsents:
    """List what the controller consented to."""
    return house.honey_consents(call.caller, call.controller)


@act(f"{H}/consents/{{id}}/withdraw", shapes.HoneyConsent)
def withdraw_honey(house: House, call: Call) -> shapes.HoneyConsent:
    """Take a consent back, as the controller's representative; its honey goes."""
    return house.withdraw_honey(call.caller, call.controller, call.item)


@post(H, shapes.NewHoney, shapes.Honey)
def plant_honey(house: House, call: Call, body: shapes.NewHoney) -> shapes.Honey:
    """Plant records of nobody, whose touch raises an alarm."""
    return house.plant_honey(call.caller, call.controller, body, call.context)


@get(H, shapes.Honey)
def show_honey(house: House, call: Call) -> shapes.Honey:
    """Say how a controller's honey stands; not which records it is."""
    return house.honey(call.caller, call.controller)


@act(f"{H}/remove", shapes.Removed)
def remove_honey(house: House, call: Call) -> shapes.Removed:
    """Erase a controller's honey."""
    return house.remove_honey(call.caller, call.controller)


@get(f"{H}/alarms", shapes.Alarms)
def list_alarms(house: House, call: Call) -> shapes.Alarms:
    """List a controller's alarms that one is told of."""
    return house.alarms(call.caller, call.controller)


@get("/v1/honey/alarms", shapes.Alarms)
def list_all_alarms(house: House, call: Call) -> shapes.Alarms:
    """List the alarms of every controller that one is told of."""
    return house.all_alarms(call.caller)


@post(f"{H}/alarms/{{id}}/assess", shapes.Verdict, shapes.Alarm)
def assess_alarm(house: House, call: Call, body: shapes.Verdict) -> shapes.Alarm:
    """Say, as a second person, what an alarm was, and why."""
    return house.assess_alarm(call.caller, call.controller, call.item, body)


ROUTES = (
    allow_honey,
    list_honey_consents,
    withdraw_honey,
    plant_honey,
    show_honey,
    remove_honey,
    list_alarms,
    list_all_alarms,
    assess_alarm,
)

__all__ = ["ROUTES"]
