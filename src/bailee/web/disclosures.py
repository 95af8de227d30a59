"""Routes of consents and disclosures: what may leave, and what left (C2.3, C7.2(3), C6)."""

from __future__ import annotations

from bailee.app import disclosure_shapes as shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@post(f"{C}/consents", shapes.NewConsent, shapes.Consent)
def add_consent(house: House, call: Call, body: shapes.NewConsent) -> shapes.Consent:
    """Register what the controller allowed in writing to leave."""
    return house.add_consent(call.caller, call.controller, body)


@get(f"{C}/consents", shapes.Consents)
def list_consents(house: House, call: Call) -> shapes.Consents:
    """List a controller's consents."""
    return house.consents(call.caller, call.controller)


@act(f"{C}/consents/{{id}}/confirm", shapes.Consent)
def confirm_consent(house: House, call: Call) -> shapes.Consent:
    """Say, as a second person, that the writing says so; from then on it counts."""
    return house.confirm_consent(call.caller, call.controller, call.item)


@act(f"{C}/consents/{{id}}/revoke", shapes.Consent)
def revoke_consent(house: House, call: Call) -> shapes.Consent:
    """End a consent at once; nothing more leaves under it."""
    return house.revoke_consent(call.caller, call.controller, call.item)


@post(f"{C}/disclosures", shapes.NewDisclosure, shapes.Disclosure)
def open_disclosure(house: House, call: Call, body: shapes.NewDisclosure) -> shapes.Disclosure:
    """Begin to let data leave in files, where consents cover it for every recipient."""
    return house.open_disclosure(call.caller, call.controller, body)


@get(f"{C}/disclosures", shapes.Disclosures)
def list_disclosures(house: House, call: Call) -> shapes.Disclosures:
    """Account for what left: all of it for whoever holds audit, else one's own."""
    return house.disclosures(call.caller, call.controller)


@get(f"{C}/disclosures/{{id}}", shapes.Disclosure)
def show_disclosure(house: House, call: Call) -> shapes.Disclosure:
    """Show one's own disclosure, or any to whoever holds audit."""
    return house.disclosure(call.caller, call.controller, call.item)


@post(f"{C}/disclosures/{{id}}/end", shapes.DisclosureEnd, shapes.Disclosure)
def end_disclosure(house: House, call: Call, body: shapes.DisclosureEnd) -> shapes.Disclosure:
    """End one's own disclosure with the account of its parts."""
    return house.end_disclosure(call.caller, call.controller, call.item, body)


ROUTES = (
    add_consent,
    list_consents,
    confirm_consent,
    revoke_consent,
    open_disclosure,
    list_disclosures,
    show_disclosure,
    end_disclosure,
)

__all__ = ["ROUTES"]
