"""Routes of SCIM 2.0: the company's identity provider makes, changes and ends people (C2.5(6)).

They are a table of their own: RFC 7644 shapes them, not this API, and describes itself
(``ServiceProviderConfig``, ``ResourceTypes``, ``Schemas``). What differs at the door: the media
type, errors in SCIM's own shape, and that an address may carry a query, of SCIM's parameters alone
(``limits.read_head``). Addresses carry ids that this house made up, and no name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from bailee.web.call import Call, Reply, Route
from bailee.web.house import House
from bailee.web.problem import SCIM_MEDIA

ROOT = "/scim/v2"
SHORT = 256 * 1024
"""A group of the largest size, said at once."""
KINDS = ("Users", "Groups")
encode = msgspec.json.Encoder().encode
Json = dict[str, Any]


def create(kind: str, house: House, call: Call, body: Json) -> Reply:
    """Make a user or a group."""
    return _shown(house.scim_create(call.caller, kind, body), 201)


def show(kind: str, house: House, call: Call, _body: None) -> Reply:
    """Show one user or group."""
    return _shown(house.scim_get(call.caller, kind, call.item, call.query))


def put(kind: str, house: House, call: Call, body: Json) -> Reply:
    """Put a user or group in the place of one that stands."""
    versions = call.versions
    return _shown(house.scim_replace(call.caller, kind, call.item, body, versions=versions))


def patch(kind: str, house: House, call: Call, body: Json) -> Reply:
    """Change what a patch names; all of it or nothing."""
    versions = call.versions
    return _shown(house.scim_patch(call.caller, kind, call.item, body, versions=versions))


def delete(kind: str, house: House, call: Call, _body: None) -> Reply:
    """Delete a user, who has left with that, or a group."""
    house.scim_delete(call.caller, kind, call.item, versions=call.versions)
    return Reply(204)


def query(kinds: tuple[str, ...], house: House, call: Call, _body: None) -> Reply:
    """List what a query asks for."""
    return Reply(200, encode(house.scim_search(call.caller, kinds, call.query)))


def search(kinds: tuple[str, ...], house: House, call: Call, body: Json) -> Reply:
    """List what a body asks for, which keeps it out of the address."""
    return Reply(200, encode(house.scim_search(call.caller, kinds, body)))


def describe(what: str, house: House, call: Call, _body: None) -> Reply:
    """Describe what is served."""
    return Reply(200, encode(house.scim_describe(call.caller, what, call.params.get("urn", ""))))


def _shown(resource: Json, status: int = 200) -> Reply:
    """Return a resource with its address and version in the head too (RFC 7644 3.3, 3.14)."""
    meta = resource.get("meta") or {}
    headers = [
        (name, str(meta[member]).encode("ascii"))
        for name, member in ((b"location", "location"), (b"etag", "version"))
        if member in meta
    ]
    return Reply(status, encode(resource), tuple(headers))


def _row(method: str, path: str, name: str, call: Callable[..., Reply]) -> Route:
    of = call.func if isinstance(call, partial) else call
    return Route(
        method=method,
        path=f"{ROOT}{path}",
        name=f"scim_{name}",
        summary=(of.__doc__ or "").partition("\n")[0],
        call=call,
        media=SCIM_MEDIA,
        body_bytes=SHORT,
        text_bytes=SHORT,
        scim=True,
        opened=method in ("POST", "PUT", "PATCH"),
    )


def _rows_of(kind: str) -> list[Route]:
    name = kind.lower()
    return [
        _row("GET", f"/{kind}", f"list_{name}", partial(query, (kind,))),
        _row("POST", f"/{kind}", f"create_{name}", partial(create, kind)),
        _row("POST", f"/{kind}/.search", f"search_{name}", partial(search, (kind,))),
        _row("GET", f"/{kind}/{{id}}", f"get_{name}", partial(show, kind)),
        _row("PUT", f"/{kind}/{{id}}", f"put_{name}", partial(put, kind)),
        _row("PATCH", f"/{kind}/{{id}}", f"patch_{name}", partial(patch, kind)),
        _row("DELETE", f"/{kind}/{{id}}", f"delete_{name}", partial(delete, kind)),
    ]


ROUTES: tuple[Route, ...] = (
    *(row for kind in KINDS for row in _rows_of(kind)),
    _row("POST", "/.search", "search", partial(search, KINDS)),
    _row("GET", "/ServiceProviderConfig", "config", partial(describe, "ServiceProviderConfig")),
    _row("GET", "/ResourceTypes", "resource_types", partial(describe, "ResourceTypes")),
    _row("GET", "/ResourceTypes/{urn}", "resource_type", partial(describe, "ResourceTypes")),
    _row("GET", "/Schemas", "schemas", partial(describe, "Schemas")),
    _row("GET", "/Schemas/{urn}", "schema", partial(describe, "Schemas")),
)

__all__ = ["ROUTES"]
