"""An identity provider before a real house: its key, its words, and who is who."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from bailee.db import HOUSE
from tests.journeys.world import ACME, PAYMENT, World, founded

MEDIA = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
HERE = "urn:ietf:params:scim:schemas:extension:bailee:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
Json = dict[str, Any]


@dataclass
class Provider:
    """An identity provider that holds a key of a service of its own."""

    world: World
    http: httpx2.Client
    users: dict[str, str] = field(default_factory=dict)

    def say(self, method: str, path: str, body: Json | None = None, **head: str) -> httpx2.Response:
        """Send one request."""
        headers = {"accept": MEDIA, **{k.replace("_", "-"): v for k, v in head.items()}}
        if body is None:
            return self.http.request(method, f"/scim/v2{path}", headers=headers)
        return self.http.request(
            method, f"/scim/v2{path}", json=body, headers={"content-type": MEDIA, **headers}
        )

    def make(self, who: str, **more: Any) -> Json:
        """Make a user; return the resource."""
        body = {"schemas": [USER], "userName": f"{who}@harborline.example", "active": True} | more
        answer = self.say("POST", "/Users", body)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        self.users[who] = made["id"]
        return made

    def group(self, name: str, *who: str, **more: Any) -> str:
        """Make a group; return its id."""
        members = [{"value": self.users[one]} for one in who]
        body = {"schemas": [GROUP], "displayName": name, "members": members} | more
        answer = self.say("POST", "/Groups", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def patch(self, path: str, *operations: Json) -> httpx2.Response:
        """Patch a resource."""
        return self.say("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    def admit(self, who: str, name: str) -> None:
        """Let ada admit a user, who then accepts."""
        invited = self.world.line("ada").admit_provisioned(
            self.users[who],
            name=name,
            employer="Harborline",
            email=f"{who}@harborline.example",
            undertaking=f"NDA-{who}",
            undertaken="2026-01-05",
        )
        key = self.world.line().accept_invitation(invited.secret)
        self.world.ids[who], self.world.keys[who] = key.principal, key.key
        self.world.people.add(who)

    def mapped(self, group: str, *elements: str, days: int = 30) -> str:
        """Let ada propose and bram approve what a group gives; return the mapping's id."""
        made = self.world.line("ada").propose_group_mapping(
            ACME,
            verbs=["reveal"],
            elements=elements or ("person.name",),
            purposes=[PAYMENT],
            days=days,
            group=group,
        )
        self.world.line("bram").approve_group_mapping(ACME, made.mapping)
        return made.mapping


def speak(world: World, verbs: tuple[str, ...] = ("provision",), by: str = "bram") -> str:
    """Make a service that speaks for a provider; return its key, which somebody has seen."""
    ada = world.line("ada")
    name = f"provider-{secrets.token_hex(4)}"
    made = ada.create_service(name=name, mode="autonomous", owner=world.ids["ada"])
    ada.grant(HOUSE, made.principal, verbs=list(verbs), until=world.until())
    return world.line(by).mint_key(made.principal).key


@contextmanager
def provider(world: World, by: str = "bram") -> Iterator[Provider]:
    """Yield a provider of a deployment, in process."""
    with httpx2.Client(
        transport=world.transport(),
        base_url="http://localhost",
        headers={"authorization": f"Bearer {speak(world, by=by)}"},
    ) as http:
        yield Provider(world, http)


@contextmanager
def provided(
    engine: str, request: pytest.FixtureRequest, factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """Yield a provider before a deployment in which bram may do what ada may."""
    with founded(engine, factory.mktemp("scim") / "home", request) as world:
        bram = world.ids["bram"]
        world.line("ada").grant(HOUSE, bram, verbs=["people", "grant"], until=world.until())
        with provider(world) as made:
            yield made
