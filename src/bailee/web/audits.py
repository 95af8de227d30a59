"""Routes of the auditor's room: engagements, what an auditor is shown, samples, packs (C5.2)."""

from __future__ import annotations

from bailee.app import audit_shapes as shapes
from bailee.app import rights
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"
ONE = f"{C}/engagements/{{id}}"


@post(f"{C}/auditors", shapes.NewAuditor, rights.Invitation)
def invite_auditor(house: House, call: Call, body: shapes.NewAuditor) -> rights.Invitation:
    """Let a controller's auditor in, as its representative or as whoever holds people."""
    return house.invite_auditor(call.caller, call.controller, body)


@post(f"{C}/engagements", shapes.NewEngagement, shapes.Engagement)
def ask_engagement(house: House, call: Call, body: shapes.NewEngagement) -> shapes.Engagement:
    """Ask for an audit; upon a threat it is open at once."""
    return house.ask_engagement(call.caller, call.controller, body)


@get(f"{C}/engagements", shapes.Engagements)
def list_engagements(house: House, call: Call) -> shapes.Engagements:
    """List a controller's engagements; an auditor's own to an auditor."""
    return house.list_engagements(call.caller, call.controller)


@post(f"{ONE}/answer", shapes.NoticeAnswer, shapes.Engagement)
def answer_engagement(house: House, call: Call, body: shapes.NoticeAnswer) -> shapes.Engagement:
    """Accept or decline a notice; silence is a yes when its time is over."""
    return house.answer_engagement(call.caller, call.controller, call.item, body)


@act(f"{ONE}/close", shapes.Engagement)
def close_engagement(house: House, call: Call) -> shapes.Engagement:
    """End an engagement before its time; only the controller's representative does."""
    return house.close_engagement(call.caller, call.controller, call.item)


@get(f"{ONE}/obligations", shapes.Evidence)
def audit_evidence(house: House, call: Call) -> shapes.Evidence:
    """Show every obligation with its state and evidence over time."""
    return house.audit_evidence(call.caller, call.controller, call.item)


@post(f"{ONE}/entries", shapes.EntryPage, shapes.LoggedEntries)
def audit_entries(house: House, call: Call, body: shapes.EntryPage) -> shapes.LoggedEntries:
    """Show a page of a log with the openings of its entries."""
    return house.audit_entries(call.caller, call.controller, call.item, body)


@get(f"{ONE}/rights", shapes.RightsHeld)
def audit_rights(house: House, call: Call) -> shapes.RightsHeld:
    """Show who holds or held rights, approvals, emergencies, consents and disclosures."""
    return house.audit_rights(call.caller, call.controller, call.item)


@post(f"{ONE}/samples", shapes.NewSample, shapes.Sample)
def draw_sample(house: House, call: Call, body: shapes.NewSample) -> shapes.Sample:
    """Draw entries by the published rule; the draw is recorded."""
    return house.draw_sample(call.caller, call.controller, call.item, body)


@get(f"{ONE}/samples", shapes.Samples)
def list_samples(house: House, call: Call) -> shapes.Samples:
    """List the samples of an engagement."""
    return house.samples(call.caller, call.controller, call.item)


@get(f"{ONE}/packs", shapes.Packs)
def list_packs(house: House, call: Call) -> shapes.Packs:
    """List the evidence packs that were made for an engagement."""
    return house.packs(call.caller, call.controller, call.item)


ROUTES = (
    invite_auditor,
    ask_engagement,
    list_engagements,
    answer_engagement,
    close_engagement,
    audit_evidence,
    audit_entries,
    audit_rights,
    draw_sample,
    list_samples,
    list_packs,
)

__all__ = ["ROUTES"]
