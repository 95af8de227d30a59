"""What a server answers about people, services, keys, grants, approvals and emergencies."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about people and their rights."""


class Invitation(Answer, frozen=True):
    """A one-time secret, to be handed to that person and nobody else."""

    invitation: str
    principal: str
    secret: str
    until: str
    entry: Entry


class Key(Answer, frozen=True):
    """A credential, shown once."""

    principal: str
    key_id: str
    key: str
    entry: Entry
    until: str = ""
    setup: str = ""


class Token(Answer, frozen=True):
    """Lets one service act for one person for a quarter of an hour; shown once."""

    service: str
    person: str
    token_id: str
    token: str
    until: str
    entry: Entry


class Principal(Answer, frozen=True):
    """One person or service; never a key."""

    principal: str
    kind: str
    name: str
    status: str
    employer: str = ""
    represents: str = ""
    entry: Entry | None = None
    relation: str = ""
    mode: str = ""
    owner: str = ""


class PeopleList(Answer, frozen=True):
    """Everybody who has, or had, any access."""

    people: list[Principal]


class Changed(Answer, frozen=True):
    """What an act came to, and its entry."""

    id: str
    status: str
    entry: Entry


class Grant(Answer, frozen=True):
    """One grant."""

    grant: str
    principal: str
    verbs: list[str]
    elements: list[str]
    purposes: list[str]
    status: str
    until: str = ""
    emergency: str = ""
    granted_by: str = ""
    created: str = ""
    daily: int = 0
    entry: Entry | None = None


class Grants(Answer, frozen=True):
    """Every grant at a controller."""

    grants: list[Grant]
    names: dict[str, str] = {}


class Explanation(Answer, frozen=True):
    """The grant that allows it, or everything that is missing, in sentences."""

    allowed: bool
    reasons: list[str]


class Approval(Answer, frozen=True):
    """One approval and what is left of it."""

    approval: str
    status: str
    principal: str
    purpose: str
    elements: list[str]
    subjects: int
    remaining: int
    until: str
    entry: Entry | None = None
    kind: str = "bulk"
    verbs: list[str] = []
    reason: str = ""
    created: str = ""
    approver: str = ""


class Code(Answer, frozen=True):
    """A code, shown once: to be sealed, and opened in an emergency by that person alone."""

    code_id: str
    code: str
    principal: str
    until: str
    entry: Entry


class Emergency(Answer, frozen=True):
    """One emergency: who opened what, what was used, what is still to be done and by when."""

    emergency: str
    controller: str
    principal: str
    grant: str
    verbs: list[str]
    elements: list[str]
    purpose: str
    reason: str
    opened: str
    until: str
    open: bool
    calls: int
    subjects: int
    alert: str
    alert_due: str
    review: str
    review_due: str
    overdue: list[str] = []
    acknowledged_by: str = ""
    reviewer: str = ""
    verdict_reason: str = ""
    writing: str = ""
    entry: Entry | None = None


class Emergencies(Answer, frozen=True):
    """Emergencies that the caller is told of, oldest first."""

    emergencies: list[Emergency]
