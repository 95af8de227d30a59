"""Routes of mappings from groups to grants, and of people whom the identity provider knows."""

from __future__ import annotations

from bailee.app import mapping_shapes as shapes
from bailee.app import rights
from bailee.web.call import Call, act, get, post
from bailee.web.house import House

C = "/v1/controllers/{controller}"


@get("/v1/provisioned", shapes.ProvisionedPeople)
def list_provisioned(house: House, call: Call) -> shapes.ProvisionedPeople:
    """List whom the identity provider knows, and who they are here."""
    return house.provisioned(call.caller)


@post("/v1/provisioned/{id}/admit", shapes.Admission, rights.Invitation)
def admit_provisioned(house: House, call: Call, body: shapes.Admission) -> rights.Invitation:
    """Enter a user of the identity provider as a person of ours, and invite them."""
    return house.admit_user(call.caller, call.item, body)


@post("/v1/provisioned/{id}/adopt", shapes.Adoption, rights.Changed)
def adopt_provisioned(house: House, call: Call, body: shapes.Adoption) -> rights.Changed:
    """Say that a user of the identity provider is somebody who is already here."""
    return house.adopt_user(call.caller, call.item, body)


@get(f"{C}/group-mappings", shapes.GroupMappings)
def list_group_mappings(house: House, call: Call) -> shapes.GroupMappings:
    """List what groups of the identity provider give at a controller."""
    return house.mappings(call.caller, call.controller)


@post(f"{C}/group-mappings", shapes.NewMapping, shapes.GroupMapping)
def propose_group_mapping(house: House, call: Call, body: shapes.NewMapping) -> shapes.GroupMapping:
    """Propose what a group gives; nothing yet."""
    return house.propose_mapping(call.caller, call.controller, body)


@act(f"{C}/group-mappings/{{id}}/approve", shapes.GroupMapping)
def approve_group_mapping(house: House, call: Call) -> shapes.GroupMapping:
    """Approve somebody else's mapping; its members get their grants now."""
    return house.approve_mapping(call.caller, call.controller, call.item)


@act(f"{C}/group-mappings/{{id}}/remove", shapes.GroupMapping)
def remove_group_mapping(house: House, call: Call) -> shapes.GroupMapping:
    """End a mapping, and every grant that it gave, now."""
    return house.remove_mapping(call.caller, call.controller, call.item)


ROUTES = (
    list_provisioned,
    admit_provisioned,
    adopt_provisioned,
    list_group_mappings,
    propose_group_mapping,
    approve_group_mapping,
    remove_group_mapping,
)

__all__ = ["ROUTES"]
