"""Routes of people, services, keys, grants and approvals (C2.5(1)-(6))."""

from __future__ import annotations

from bailee.app import rights
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@post("/v1/invitations", rights.NewInvitation, rights.Invitation)
def invite(house: House, call: Call, body: rights.NewInvitation) -> rights.Invitation:
    """Invite a named person."""
    return house.invite(call.caller, body)


@post("/v1/invitations/accept", rights.Acceptance, rights.Key, auth=False)
def accept_invitation(house: House, call: Call, body: rights.Acceptance) -> rights.Key:
    """Take up an invitation; its one-time secret stands in the body."""
    return house.accept(body, call.remote)


@post("/v1/services", rights.NewProgram, rights.Principal)
def create_service(house: House, call: Call, body: rights.NewProgram) -> rights.Principal:
    """Register a service."""
    return house.create_service(call.caller, body)


@post("/v1/keys", rights.NewKey, rights.Key)
def mint_key(house: House, call: Call, body: rights.NewKey) -> rights.Key:
    """Make a key for somebody else; it is shown once."""
    return house.mint_key(call.caller, body)


@act("/v1/services/{id}/token", rights.Token)
def issue_token(house: House, call: Call) -> rights.Token:
    """Let an acting-for service act for oneself for fifteen minutes (C2.5(2))."""
    return house.token(call.caller, call.item)


@post("/v1/people/{id}/link", rights.Subject, rights.Changed)
def link_person(house: House, call: Call, body: rights.Subject) -> rights.Changed:
    """Say who a person is at the company's identity provider."""
    return house.link_person(call.caller, call.item, body)


@post("/v1/services/{id}/link", rights.OidcClient, rights.Changed)
def link_service(house: House, call: Call, body: rights.OidcClient) -> rights.Changed:
    """Say which client of the company's identity provider an acting-for service is."""
    return house.link_service(call.caller, call.item, body)


@act("/v1/people/{id}/unlink", rights.Changed)
def unlink(house: House, call: Call) -> rights.Changed:
    """End what a person or service is at the identity provider."""
    return house.unlink(call.caller, call.item)


@act("/v1/keys/{id}/revoke", rights.Changed)
def revoke_key(house: House, call: Call) -> rights.Changed:
    """End a key at once."""
    return house.revoke_key(call.caller, call.item)


@get("/v1/people", rights.People)
def list_people(house: House, call: Call) -> rights.People:
    """List people and services."""
    return house.people(call.caller)


@act("/v1/people/{id}/leave", rights.Changed)
def leave(house: House, call: Call) -> rights.Changed:
    """Let a person go: every key and grant ends at once (C2.5(6))."""
    return house.leave(call.caller, call.item)


@get(f"{C}/grants", rights.Grants)
def list_grants(house: House, call: Call) -> rights.Grants:
    """List the grants at a controller."""
    return house.grants(call.caller, call.controller)


@post(f"{C}/grants", rights.NewGrant, rights.Grant)
def grant(house: House, call: Call, body: rights.NewGrant) -> rights.Grant:
    """Grant rights to somebody else (C2.5(4))."""
    return house.grant(call.caller, call.controller, body)


@post(f"{C}/grants/explain", rights.Question, rights.Explanation)
def explain(house: House, call: Call, body: rights.Question) -> rights.Explanation:
    """Say which grant allows something, or what is missing."""
    return house.explain(call.caller, call.controller, body)


@act(f"{C}/grants/{{id}}/revoke", rights.Changed)
def revoke_grant(house: House, call: Call) -> rights.Changed:
    """End a grant at once."""
    return house.revoke_grant(call.caller, call.controller, call.item)


@post(f"{C}/approvals", rights.NewApproval, rights.Approval)
def request_approval(house: House, call: Call, body: rights.NewApproval) -> rights.Approval:
    """Ask a second person for a bounded right."""
    return house.request_approval(call.caller, call.controller, body)


@act(f"{C}/approvals/{{id}}/approve", rights.Approval)
def approve(house: House, call: Call) -> rights.Approval:
    """Approve as the second person."""
    return house.approve(call.caller, call.controller, call.item)


@act(f"{C}/approvals/{{id}}/refuse", rights.Approval)
def refuse(house: House, call: Call) -> rights.Approval:
    """Refuse as the second person."""
    return house.refuse(call.caller, call.controller, call.item)


ROUTES = (
    invite,
    accept_invitation,
    create_service,
    mint_key,
    issue_token,
    link_person,
    link_service,
    unlink,
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
