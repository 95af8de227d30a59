"""What is answered about mappings, and about people whom the identity provider knows."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry


class GroupMapping(Answer, frozen=True):
    """What a group of the identity provider gives each member, and who stands for it."""

    mapping: str
    verbs: list[str]
    elements: list[str]
    purposes: list[str]
    days: int
    daily: int
    status: str
    until: str
    proposed_by: str
    approved_by: str = ""
    group: str = ""
    external_id: str = ""
    entry: Entry | None = None


class GroupMappings(Answer, frozen=True):
    """A controller's mappings, ended ones too."""

    mappings: list[GroupMapping]


class Provisioned(Answer, frozen=True):
    """A person as the identity provider knows them, and who they are here."""

    user: str
    user_name: str
    status: str
    principal: str = ""
    entry: Entry | None = None


class ProvisionedPeople(Answer, frozen=True):
    """Everybody whom the identity provider knows."""

    people: list[Provisioned]


__all__ = ["GroupMapping", "GroupMappings", "Provisioned", "ProvisionedPeople"]
