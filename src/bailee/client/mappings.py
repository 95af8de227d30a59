"""Methods about the identity provider: who it knows, and what its groups give."""

from __future__ import annotations

from collections.abc import Sequence

from bailee.client.line import Line, filled, segment, within
from bailee.client.mapping_answers import GroupMapping, GroupMappings, ProvisionedPeople
from bailee.client.rights import Changed, Invitation


class Mappings(Line):
    """Admit people whom the identity provider made, and say what its groups give."""

    def list_provisioned(self) -> ProvisionedPeople:
        """List whom the identity provider knows, and who they are here."""
        return self._get("/v1/provisioned", ProvisionedPeople)

    def admit_provisioned(
        self, user: str, *, name: str, employer: str, email: str, **more: str
    ) -> Invitation:
        """Enter one of them as a person; the one-time secret is answered once.

        ``more``: ``undertaking``, ``undertaken`` (a day), ``relation``.
        """
        body = {"name": name, "employer": employer, "email": email, **more}
        return self._post(f"/v1/provisioned/{segment(user)}/admit", Invitation, body)

    def adopt_provisioned(self, user: str, principal: str) -> Changed:
        """Say that one of them is somebody who is already here."""
        body = {"principal": principal}
        return self._post(f"/v1/provisioned/{segment(user)}/adopt", Changed, body)

    def list_group_mappings(self, controller: str) -> GroupMappings:
        """List what groups give at a controller."""
        return self._get(within(controller, "group-mappings"), GroupMappings)

    def propose_group_mapping(
        self,
        controller: str,
        *,
        verbs: Sequence[str],
        elements: Sequence[str],
        purposes: Sequence[str],
        days: int,
        group: str = "",
        external_id: str = "",
        daily: int | None = None,
    ) -> GroupMapping:
        """Propose what a group gives; nothing until a second person approves."""
        body = filled(group=group, external_id=external_id, daily=daily)
        body |= {"verbs": verbs, "elements": elements, "purposes": purposes, "days": days}
        return self._post(within(controller, "group-mappings"), GroupMapping, body)

    def approve_group_mapping(self, controller: str, mapping: str) -> GroupMapping:
        """Approve as the second person; members get their grants now."""
        path = within(controller, f"group-mappings/{segment(mapping)}/approve")
        return self._post(path, GroupMapping)

    def remove_group_mapping(self, controller: str, mapping: str) -> GroupMapping:
        """End a mapping and every grant that it gave, now."""
        path = within(controller, f"group-mappings/{segment(mapping)}/remove")
        return self._post(path, GroupMapping)


__all__ = ["Mappings"]
