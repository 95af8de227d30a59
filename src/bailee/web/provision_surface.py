"""What this door asks for the identity provider, and for those who map its groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from bailee.app import (
    mapping_shapes,
    rights,
)

Caller: TypeAlias = Any


class Mappings(Protocol):
    """What our own people do about the identity provider."""

    def provisioned(self, caller: Caller) -> mapping_shapes.ProvisionedPeople:
        """List whom it knows."""

    def admit_user(
        self, caller: Caller, item: str, body: mapping_shapes.Admission
    ) -> rights.Invitation:
        """Enter one of them here."""

    def adopt_user(
        self, caller: Caller, item: str, body: mapping_shapes.Adoption
    ) -> rights.Changed:
        """Say that one of them is here already."""

    def mappings(self, caller: Caller, controller: str) -> mapping_shapes.GroupMappings:
        """List a controller's mappings."""

    def propose_mapping(
        self, caller: Caller, controller: str, body: mapping_shapes.NewMapping
    ) -> mapping_shapes.GroupMapping:
        """Propose one."""

    def approve_mapping(
        self, caller: Caller, controller: str, item: str
    ) -> mapping_shapes.GroupMapping:
        """Approve one, as the second person."""

    def remove_mapping(
        self, caller: Caller, controller: str, item: str
    ) -> mapping_shapes.GroupMapping:
        """End one."""


Json = dict[str, Any]


class Scim(Protocol):
    """What the identity provider does and asks, in SCIM's own words."""

    def scim_create(self, caller: Caller, kind: str, body: Json) -> Json:
        """Make a resource."""

    def scim_get(self, caller: Caller, kind: str, item: str, asked: Mapping[str, Any]) -> Json:
        """Show one."""

    def scim_search(self, caller: Caller, kinds: tuple[str, ...], asked: Mapping[str, Any]) -> Json:
        """List them."""

    def scim_replace(
        self, caller: Caller, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Put one in another's place."""

    def scim_patch(
        self, caller: Caller, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Change one."""

    def scim_delete(
        self, caller: Caller, kind: str, item: str, *, versions: tuple[int, ...] = ()
    ) -> None:
        """Delete one."""

    def scim_describe(self, caller: Caller, what: str, item: str = "") -> Json:
        """Describe what is served."""


__all__ = [
    "Mappings",
    "Scim",
]
