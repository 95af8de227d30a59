"""Routes of people, services, keys, grants and approvals (C2.5(1)-(6))."""

from __future__ import annotations

from bailee.web import shapes
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@post("/v1/invitations", shapes.NewInvitation, shapes.Invitation)
def invite(house: House, call: Call, body: shapes.NewInvitation) -> shapes.Invitation:
    """Invite a named person."""
    return house.invite(call.caller, body)


@post("/v1/invitations/accept", shapes.Acceptance, shapes.Key, auth=False)
def accept_invitation(house: House, call: Call, body: shapes.Acceptance) -> shapes.Key:
    """Take up an invitation; its one-time secret stands in the body."""
    return house.accept(body, call.remote)


@post("/v1/services", shapes.NewService, shapes.Principal)
def create_service(house: House, call: Call, body: shapes.NewService) -> shapes.Principal:
    """Register a service."""
    return house.create_service(call.caller, body)


@post("/v1/keys", shapes.NewKey, shapes.Key)
def mint_key(house: House, call: Call, body: shapes.NewKey) -> shapes.Key:
    """Make a key for somebody else; it is shown once."""
    return house.mint_key(call.caller, body)


@act("/v1/keys/{id}/revoke", shapes.Changed)
def revoke_key(house: House, call: Call) -> shapes.Changed:
    """End a key at once."""
    return house.revoke_key(call.caller, call.item)


@get("/v1/people", shapes.People)
def list_people(house: House, call: Call) -> shapes.People:
    """List people and services."""
    return house.people(call.caller)


@act("/v1/people/{id}/leave", shapes.Changed)
def leave(house: House, call: Call) -> shapes.Changed:
    """Let a person go: every key and grant ends at once (C2.5(6))."""
    return house.leave(call.caller, call.item)


@get(f"{C}/grants", shapes.Grants)
def list_grants(house: House, call: Call) -> shapes.Grants:
    """List the grants at a controller."""
    return house.grants(call.caller, call.controller)


@post(f"{C}/grants", shapes.NewGrant, shapes.Grant)
def grant(house: House, call: Call, body: shapes.NewGrant) -> shapes.Grant:
    """Grant rights to somebody else (C2.5(4))."""
    return house.grant(call.caller, call.controller, body)


@post(f"{C}/grants/explain", shapes.Question, shapes.Explanation)
def explain(house: House, call: Call, body: shapes.Question) -> shapes.Explanation:
    """Say which grant allows something, or what is missing."""
    return house.explain(call.caller, call.controller, body)


@act(f"{C}/grants/{{id}}/revoke", shapes.Changed)
def revoke_grant(house: House, call: Call) -> shapes.Changed:
    """End a grant at once."""
    return house.revoke_grant(call.caller, call.controller, call.item)


@post(f"{C}/approvals", shapes.NewApproval, shapes.Approval)
def request_approval(house: House, call: Call, body: shapes.NewApproval) -> shapes.Approval:
    """Ask a second person for a bounded right."""
    return house.request_approval(call.caller, call.controller, body)


@post(f"{C}/approvals/{{id}}/approve", shapes.Verdict, shapes.Approval)
def approve(house: House, call: Call, body: shapes.Verdict) -> shapes.Approval:
    """Approve as the second person."""
    return house.approve(call.caller, call.controller, call.item, body)


@post(f"{C}/approvals/{{id}}/refuse", shapes.Verdict, shapes.Approval)
def refuse(house: House, call: Call, body: shapes.Verdict) -> shapes.Approval:
    """Refuse as the second person."""
    return house.refuse(call.caller, call.controller, call.item, body)


ROUTES = (
    invite,
    accept_invitation,
    create_service,
    mint_key,
    revoke_key,
    list_people,
    leave,
    list_grants,
    grant,
    explain,
    revoke_grant,
    request_approval,
    approve,
    refuse,
)

__all__ = ["ROUTES"]
