"""The resources that this house serves by SCIM 2.0, and how they are read and written (RFC 7643).

A user has few attributes here: what tells who somebody is. Whatever else an identity provider
sends (telephone, address, manager) is dropped unread and never kept; a password is refused, for
nobody but its owner may know one (C2.5(3)). Who somebody is here, and what they may do, the
provider is not told.

Texts of the library's errors are not passed on: they may repeat what was sent (C3.2).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError
from scim2_models import (
    URN,
    CaseExact,
    ComplexAttribute,
    Context,
    Extension,
    Mutability,
    PatchOp,
    Reference,
    Required,
    Resource,
    ResourceType,
    SCIMException,
    ScimPolicy,
    ScimProvider,
    SearchRequest,
    ServiceProviderConfig,
    Uniqueness,
)
from scim2_models import Error as ScimError

from bailee.errors import Failure, Invalid, Oversized, Refused

T = TypeVar("T")
BASE = "/scim/v2"
MOST_RESULTS = 200
"""Resources in one answer, however many are asked for."""
MOST_OPERATIONS = 100
FILTER_LIMIT = 512
FILTER_DEPTH = 16
TEXT_LIMIT = 1024
ATTRIBUTES = frozenset(
    {"filter", "startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder"}
)
"""What may be asked, in a query or in the body of a search (RFC 7644 3.4.2, 3.9)."""
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""What identity providers send that the standard does not know, read as they mean it."""


class Name(ComplexAttribute):
    """The parts of somebody's name."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    """An address; the one for work counts."""

    value: str | None = None
    type: str | None = None
    primary: bool | None = None


class Membership(ComplexAttribute):
    """A group that somebody is in."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference[Group] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.read_only] = None


class User(Resource[Any]):
    """Somebody whom the identity provider knows."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None


class Here(Extension):
    """What this house wants to know beside: who employs them (C1.3)."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:bailee:2.0:User")

    employer: str | None = None


class Member(ComplexAttribute):
    """Somebody in a group; groups hold no groups here."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """People whom the identity provider puts together."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    members: list[Member] | None = None


Membership.model_rebuild()
Person: type[Resource[Any]] = User.__class_getitem__(Here)
KINDS: Mapping[str, type[Resource[Any]]] = {"Users": Person, "Groups": Group}
CONFIG = ServiceProviderConfig.model_validate(
    {
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Key of a service",
                "description": "Authorization: Bearer KEY, of a service that holds 'provision'.",
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{BASE}/ServiceProviderConfig",
        },
    }
)
PROVIDER = ScimProvider(
    models=[User, Here, Group],
    resource_types=[ResourceType.from_resource(Person), ResourceType.from_resource(Group)],
    config=CONFIG,
    policy=POLICY,
)
SAYS = {
    "invalidFilter": ("scim.filter", "That filter cannot be understood, or not on this resource."),
    "invalidPath": ("scim.path", "A path of the patch names nothing that can be changed here."),
    "invalidSyntax": ("scim.syntax", "The body is not built as SCIM wants it."),
    "invalidValue": ("scim.value", "A value is missing, or does not fit its attribute."),
    "noTarget": ("scim.target", "A path of the patch meets nothing that could be changed."),
    "mutability": ("scim.mutability", "An attribute that is read only cannot be changed."),
}
"""SCIM's own word for an error -> our code, and our sentence."""


def understood(read: Callable[[], T]) -> T:
    """Return what the library reads, with its objections in words of ours.

    Raises:
        Invalid: ``scim.filter``, ``path``, ``syntax``, ``value``, ``target``, ``mutability``.
    """
    try:
        with PROVIDER:
            return read()
    except ValidationError as error:
        raise _objection(ScimError.from_validation_errors(error)[0].scim_type) from None
    except SCIMException as error:
        raise _objection(error.scim_type) from None
    except (RecursionError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise _objection("invalidValue") from None  # whatever it stumbles over was sent


def _objection(scim_type: str | None) -> Failure:
    code, says = SAYS.get(scim_type or "", SAYS["invalidValue"])
    return Invalid(code, says)


def refuse_secrets(body: Any) -> None:
    """Refuse a password, wherever in a body it stands (C2.5(3)).

    Raises:
        Refused: ``scim.password``.
    """
    waiting = [body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            path = one.get("path")
            names = [*one, path] if isinstance(path, str) else list(one)
            if any(str(name).casefold().rpartition(":")[2] == "password" for name in names):
                raise Refused(
                    "scim.password",
                    "No password is ever taken from an identity provider.",
                    do="Take it out of the attribute mapping; people set their own, or sign in"
                    " with it there.",
                )
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def read_resource(kind: str, body: Mapping[str, Any], *, new: bool) -> Resource[Any]:
    """Return the resource that a body describes, to be made or to stand in another's place.

    Raises:
        Refused: ``scim.password``; Invalid: ``scim.*``.
    """
    refuse_secrets(body)
    context = Context.RESOURCE_CREATION_REQUEST if new else Context.RESOURCE_REPLACEMENT_REQUEST
    body = {name: value for name, value in body.items() if name.casefold() not in _OURS}
    return understood(lambda: KINDS[kind].model_validate(body, scim_ctx=context))


_OURS = frozenset({"id", "meta", "groups"})
"""Attributes that are never the provider's to say: dropped before anybody reads them."""


def read_patch(kind: str, body: Mapping[str, Any]) -> PatchOp[Any]:
    """Return a patch.

    Raises:
        Refused: ``scim.password``; Oversized: ``scim.operations``; Invalid: ``scim.*``.
    """
    refuse_secrets(body)
    for name, value in body.items():
        if name.casefold() == "operations" and isinstance(value, list):
            _check_operations(value)
    shape: Any = PatchOp.__class_getitem__(KINDS[kind])
    patch: PatchOp[Any] = understood(
        lambda: shape.model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    )
    return patch


def _check_operations(operations: list[Any]) -> None:
    if len(operations) > MOST_OPERATIONS:
        raise Oversized("scim.operations", f"A patch holds at most {MOST_OPERATIONS} operations.")
    paths = [one.get("path") for one in operations if isinstance(one, dict)]
    for path in paths:
        if isinstance(path, str):
            check_expression(path, "path")


def check_expression(text: str, what: str) -> None:
    """Refuse a filter or path that would keep its parser busy.

    Raises:
        Oversized: ``scim.filter_too_long``.
    """
    depth = sum(text.count(one) for one in "([")
    if len(text) > FILTER_LIMIT or depth > FILTER_DEPTH or text.lower().count("not") > FILTER_DEPTH:
        raise Oversized(
            "scim.filter_too_long",
            f"A {what} has at most {FILTER_LIMIT} characters and {FILTER_DEPTH} brackets.",
        )


def read_search(kinds: tuple[str, ...], asked: Mapping[str, Any]) -> SearchRequest[Any]:
    """Return what is asked, of one kind of resource or of several.

    Raises:
        Invalid: ``scim.query``, ``scim.filter``, ``scim.*``; Oversized: ``scim.filter_too_long``.
    """
    known = {name: value for name, value in asked.items() if name != "schemas"}
    if not known.keys() <= ATTRIBUTES:
        raise Invalid(
            "scim.query",
            "There is something in that query that is not SCIM's.",
            do=f"It may hold: {', '.join(sorted(ATTRIBUTES))}.",
        )
    for name, value in known.items():
        if isinstance(value, str) and len(value) > TEXT_LIMIT:
            raise Oversized("scim.filter_too_long", "A part of that query is too long.")
        if name in ("filter", "sortBy") and isinstance(value, str):
            check_expression(value, name)
    shape: Any = SearchRequest.__class_getitem__(_union(kinds))
    found: SearchRequest[Any] = understood(lambda: shape.model_validate(known))
    return found


def _union(kinds: tuple[str, ...]) -> Any:
    found: Any = KINDS[kinds[0]]
    for kind in kinds[1:]:
        found |= KINDS[kind]
    return found


def written(resource: Resource[Any], asked: SearchRequest[Any] | None = None) -> dict[str, Any]:
    """Return a resource as an answer writes it, with the attributes that were asked for."""
    with PROVIDER:
        return resource.model_dump(
            scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked
        )


def kept(resource: Resource[Any]) -> str:
    """Return what is stored of a resource: what the provider said of it, as JSON."""
    with PROVIDER:
        said = resource.model_dump()
    for name in ("id", "meta", "groups", "members", "schemas"):
        said.pop(name, None)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def rebuilt(kind: str, body: str, more: Mapping[str, Any]) -> Resource[Any]:
    """Return a resource from what is stored of it, and what this house knows."""
    said = json.loads(body)
    core, here = str(KINDS[kind].__schema__), str(Here.__schema__)
    schemas = [core, here] if here in said else [core]
    with PROVIDER:
        return KINDS[kind].model_validate({**said, "schemas": schemas, **more})
