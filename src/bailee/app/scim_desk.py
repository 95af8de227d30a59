"""How SCIM 2.0 is spoken here (C2.5(6), RFC 7643, RFC 7644); loaded with the first who does.

``access`` decides what a change does; here SCIM's words become what it decides on, and come back.
Reading what the provider itself said is no access to anybody's data and makes no entry; each change
makes one, and so does each refusal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from scim2_models import Resource, SearchRequest
from scim2_models.path import AttrPath, CompareOperator, Comparison

from bailee.access import Caller, provision_store
from bailee.access.provisioned import (
    Group,
    Member,
    Said,
    User,
    external_mark,
    name_mark,
    unknown,
)
from bailee.app.office import Office
from bailee.app.scim_models import (
    BASE,
    CONFIG,
    MOST_RESULTS,
    PROVIDER,
    kept,
    read_patch,
    read_resource,
    read_search,
    rebuilt,
    understood,
    written,
)
from bailee.clock import write_time
from bailee.db import HOUSE

T = TypeVar("T")
Json = dict[str, Any]
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USERS, GROUPS = "Users", "Groups"
PROVISION = "provision"


class ScimDesk(Office):
    """What the identity provider does and asks, in SCIM's own words."""

    def create(self, caller: Caller, kind: str, body: Json) -> Json:
        """Make a user or a group."""
        self._provides(caller)
        given = read_resource(kind, body, new=True)
        return self._put(caller, kind, lambda _: given)

    def replace(
        self, caller: Caller, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Put a user or group in the place of what stands under an id."""
        self._provides(caller)
        given = read_resource(kind, body, new=False)

        def change(before: Resource[Any] | None) -> Resource[Any]:
            understood(lambda: before is not None and given.replace(before))
            return given

        return self._put(caller, kind, change, item=item, versions=versions)

    def patch(
        self, caller: Caller, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Change what a patch names; all of it or nothing."""
        self._provides(caller)
        patch = read_patch(kind, body)

        def change(before: Resource[Any] | None) -> Resource[Any]:
            if before is None:
                raise unknown()
            understood(lambda: patch.patch(before))
            return before

        return self._put(caller, kind, change, item=item, versions=versions)

    def delete(
        self, caller: Caller, kind: str, item: str, *, versions: tuple[int, ...] = ()
    ) -> None:
        """Delete a user, who has left with that, or a group."""
        access = self.parts.access

        def work(conn: sa.Connection) -> None:
            if kind == USERS:
                access.remove_user(conn, caller, item, versions)
            else:
                access.remove_group(conn, caller, item, versions)

        self.act(caller, HOUSE, PROVISION, work)

    def get(self, caller: Caller, kind: str, item: str, asked: Mapping[str, Any]) -> Json:
        """Show one user or group."""

        def work(conn: sa.Connection) -> Json:
            self.parts.access.check_provider(conn, caller)
            return written(self._load(conn, kind, item), read_search((kind,), asked))

        return self.read(caller, HOUSE, PROVISION, work)

    def search(self, caller: Caller, kinds: tuple[str, ...], asked: Mapping[str, Any]) -> Json:
        """List users, groups or both, as a query or a search asks for them."""

        def work(conn: sa.Connection) -> Json:
            self.parts.access.check_provider(conn, caller)
            request = read_search(kinds, asked)
            found, total = self._found(conn, kinds, request)
            return {
                "schemas": [LIST],
                "totalResults": total,
                "startIndex": (request.start_index_0 or 0) + 1,
                "itemsPerPage": len(found),
                "Resources": [written(one, request) for one in found],
            }

        return self.read(caller, HOUSE, PROVISION, work)

    def describe(self, caller: Caller, what: str, item: str = "") -> Json:
        """Describe what is served here: ServiceProviderConfig, ResourceTypes, Schemas."""
        self._provides(caller)
        if what == "ServiceProviderConfig":
            return written(CONFIG)
        known: Mapping[str, Sequence[Resource[Any]]] = {
            "ResourceTypes": PROVIDER.resource_types,
            "Schemas": PROVIDER.schemas,
        }
        found = [_described(what, one) for one in known[what]]
        if not item:
            count = len(found)
            numbers = {"totalResults": count, "startIndex": 1, "itemsPerPage": count}
            return {"schemas": [LIST], **numbers, "Resources": found}
        for one in found:
            if one["id"] == item:
                return one
        raise unknown()

    def _provides(self, caller: Caller) -> None:
        """Refuse whoever does not speak for the provider, before what they sent is looked at."""
        check = self.parts.access.check_provider
        self.read(caller, HOUSE, PROVISION, lambda conn: check(conn, caller))

    def _put(
        self,
        caller: Caller,
        kind: str,
        change: Callable[[Resource[Any] | None], Resource[Any]],
        *,
        item: str = "",
        versions: tuple[int, ...] = (),
    ) -> Json:
        access = self.parts.access

        def work(conn: sa.Connection) -> Json:
            def say_user(before: User | None) -> Said:
                return _said_user(change(self._load(conn, kind, item) if before else None), before)

            def say_group(before: Group | None, _members: Sequence[str]) -> Said:
                return _said_group(change(self._load(conn, kind, item) if before else None))

            if kind == USERS:
                user = access.put_user(conn, caller, say_user, user_id=item, versions=versions)
                made = user.result.user_id
            else:
                group = access.put_group(conn, caller, say_group, group_id=item, versions=versions)
                made = group.result.group_id
            return written(self._load(conn, kind, made))

        return self.act(caller, HOUSE, PROVISION, work)

    def _load(self, conn: sa.Connection, kind: str, item: str) -> Resource[Any]:
        if kind == USERS:
            user = self.parts.access.user(conn, item)
            return _user(user, provision_store.memberships(conn, item))
        group = self.parts.access.group(conn, item)
        return _group(group, provision_store.members(conn, item))

    def _found(
        self, conn: sa.Connection, kinds: tuple[str, ...], request: SearchRequest[Any]
    ) -> tuple[list[Resource[Any]], int]:
        """Return one page of what a request means, and how many there are in all."""
        start = request.start_index_0 or 0
        count = MOST_RESULTS if request.count is None else min(request.count, MOST_RESULTS)
        if kinds == (USERS,) and request.sort_by is None:
            exact = _exactly(request)
            if request.filter is None:
                page = provision_store.users(conn, start=start, count=count)
                return _users(conn, page), provision_store.count_users(conn)
            if exact is not None:
                some = _users(conn, _by_name(conn, *exact))
                return some[start : start + count], len(some)
        everything = [one for kind in kinds for one in _all(conn, kind)]
        if request.filter is not None:
            matches = request.filter.match
            everything = understood(lambda: [one for one in everything if matches(one)])
        ordered = understood(lambda: request.sort(everything))
        return ordered[start : start + count], len(ordered)


def _exactly(request: SearchRequest[Any]) -> tuple[str, str] | None:
    """Return the name or external id that a filter asks for, if it asks for nothing else."""
    tree = request.filter.ast if request.filter is not None else None
    match tree:
        case Comparison(
            attr_path=AttrPath(attr=attr, sub_attr=None),
            op=CompareOperator.eq,
            value=str(value),
        ) if attr.casefold() in ("username", "externalid"):
            return attr.casefold(), value
    return None


def _by_name(conn: sa.Connection, attr: str, value: str) -> list[User]:
    if attr == "externalid":
        return provision_store.users(conn, external_mark=external_mark(value)) if value else []
    found = provision_store.user_by_mark(conn, name_mark(value))
    return [found] if found else []


def _all(conn: sa.Connection, kind: str) -> list[Resource[Any]]:
    if kind == USERS:
        return _users(conn, provision_store.users(conn))
    of = _grouped(provision_store.memberships(conn), lambda one: one.group_id)
    return [_group(one, of[one.group_id]) for one in provision_store.groups(conn)]


def _users(conn: sa.Connection, found: Sequence[User]) -> list[Resource[Any]]:
    if len(found) == 1:
        return [_user(found[0], provision_store.memberships(conn, found[0].user_id))]
    of = _grouped(provision_store.memberships(conn), lambda one: one.user_id)
    return [_user(one, of[one.user_id]) for one in found]


def _grouped(
    members: Iterable[Member], by: Callable[[Member], str]
) -> defaultdict[str, list[Member]]:
    found: defaultdict[str, list[Member]] = defaultdict(list)
    for one in members:
        found[by(one)].append(one)
    return found


def _user(user: User, memberships: Sequence[Member]) -> Resource[Any]:
    groups = [
        {"value": one.group_id, "$ref": f"{BASE}/{GROUPS}/{one.group_id}", "type": "direct"}
        for one in memberships
    ]
    more = {"groups": groups} if groups else {}
    return rebuilt(USERS, user.body, {**_meta(USERS, user.user_id, user), **more})


def _group(group: Group, members: Sequence[Member]) -> Resource[Any]:
    inside = [
        {"value": one.user_id, "$ref": f"{BASE}/{USERS}/{one.user_id}", "type": "User"}
        for one in members
    ]
    more = {"members": inside} if inside else {}
    return rebuilt(GROUPS, group.body, {**_meta(GROUPS, group.group_id, group), **more})


def _meta(kind: str, item: str, one: User | Group) -> Json:
    return {
        "id": item,
        "meta": {
            "resourceType": kind[:-1],
            "created": write_time(one.created),
            "lastModified": write_time(one.modified),
            "location": f"{BASE}/{kind}/{item}",
            "version": f'W/"{one.version}"',
        },
    }


def _said_user(resource: Any, before: User | None) -> Said:
    """Return what a user's resource says; an ``active`` that is left out stays as it was."""
    active = resource.active
    if active is None:
        active = before.active if before else True
    return Said(
        name=resource.user_name or "",
        external_id=resource.external_id or "",
        body=kept(resource),
        active=active,
    )


def _said_group(resource: Any) -> Said:
    members = tuple(one.value or "" for one in resource.members or ())
    return Said(
        name=resource.display_name or "",
        external_id=resource.external_id or "",
        body=kept(resource),
        members=members,
    )


def _described(what: str, one: Resource[Any]) -> Json:
    """Return a resource type or schema as its own address answers it (RFC 7643 6, 7)."""
    found = written(one)
    item = str(found.get("id") or found["name"])
    kind = what.removesuffix("s")
    meta = {"resourceType": kind, "location": f"{BASE}/{what}/{item}"}
    return {**found, "id": item, "meta": meta}


__all__ = ["ScimDesk"]
