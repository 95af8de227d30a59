"""The part of a simulated house that the identity provider, and who answers it, would meet."""

# ruff: noqa: ARG002 - a simulator has the whole surface and needs not all of it

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from bailee.app import mapping_shapes, rights
from bailee.vault import shapes as vault

Json = dict[str, Any]


class SimulatedProvisioning:
    """Mappings, waiting people, and SCIM, each of them one."""

    @abstractmethod
    def saw(self, what: str, controller: str, body: Any, key: str | None = None) -> None:
        """Remember a call."""

    @abstractmethod
    def entry(self) -> vault.Entry:
        """Return an entry."""

    def _mapping(self, status: str, **more: Any) -> mapping_shapes.GroupMapping:
        fields: dict[str, Any] = {
            "mapping": "sm-1", "verbs": ["reveal"], "elements": ["person.name"],
            "purposes": ["payments"], "days": 30, "daily": 200, "status": status,
            "until": "2027-11-20T21:07:00Z", "proposed_by": "p2", "group": "Claims",
        }  # fmt: skip
        return mapping_shapes.GroupMapping(**(fields | more))

    def propose_mapping(
        self, caller: Any, controller: str, body: mapping_shapes.NewMapping
    ) -> mapping_shapes.GroupMapping:
        """Propose one."""
        self.saw("propose_mapping", controller, body)
        return self._mapping("proposed", group=body.group, entry=self.entry())

    def approve_mapping(
        self, caller: Any, controller: str, item: str
    ) -> mapping_shapes.GroupMapping:
        """Approve one."""
        self.saw("approve_mapping", controller, item)
        return self._mapping("living", approved_by="p1", entry=self.entry())

    def remove_mapping(
        self, caller: Any, controller: str, item: str
    ) -> mapping_shapes.GroupMapping:
        """End one."""
        self.saw("remove_mapping", controller, item)
        return self._mapping("removed", entry=self.entry())

    def mappings(self, caller: Any, controller: str) -> mapping_shapes.GroupMappings:
        """List one."""
        self.saw("mappings", controller, None)
        return mapping_shapes.GroupMappings([self._mapping("living", approved_by="p1")])

    def provisioned(self, caller: Any) -> mapping_shapes.ProvisionedPeople:
        """List one who waits."""
        self.saw("provisioned", "", None)
        one = mapping_shapes.Provisioned("u1", "ada@example.com", "waiting")
        return mapping_shapes.ProvisionedPeople([one])

    def admit_user(
        self, caller: Any, item: str, body: mapping_shapes.Admission
    ) -> rights.Invitation:
        """Invite."""
        self.saw("admit_user", "", body)
        return rights.Invitation("i1", "p9", "s" * 32, "2026-11-23T21:07:00Z", self.entry())

    def adopt_user(self, caller: Any, item: str, body: mapping_shapes.Adoption) -> rights.Changed:
        """Adopt."""
        self.saw("adopt_user", "", body)
        return rights.Changed(item, "adopted", self.entry())

    def scim_create(self, caller: Any, kind: str, body: Json) -> Json:
        """Answer what was sent, with an id."""
        self.saw(f"scim_create {kind}", "", body)
        return body | {"id": "u1"}

    def scim_get(self, caller: Any, kind: str, item: str, asked: Mapping[str, Any]) -> Json:
        """Answer one."""
        self.saw(f"scim_get {kind}", "", dict(asked))
        return {"id": item}

    def scim_search(self, caller: Any, kinds: tuple[str, ...], asked: Mapping[str, Any]) -> Json:
        """Answer none."""
        self.saw("scim_search", "", dict(asked))
        return {"totalResults": 0, "Resources": []}

    def scim_replace(
        self, caller: Any, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Answer what was sent."""
        self.saw(f"scim_replace {kind}", "", body)
        return body | {"id": item}

    def scim_patch(
        self, caller: Any, kind: str, item: str, body: Json, *, versions: tuple[int, ...] = ()
    ) -> Json:
        """Answer one."""
        self.saw(f"scim_patch {kind}", "", body)
        return {"id": item}

    def scim_delete(
        self, caller: Any, kind: str, item: str, *, versions: tuple[int, ...] = ()
    ) -> None:
        """Forget one."""
        self.saw(f"scim_delete {kind}", "", item)

    def scim_describe(self, caller: Any, what: str, item: str = "") -> Json:
        """Describe nothing."""
        self.saw(f"scim_describe {what}", "", item)
        return {}
