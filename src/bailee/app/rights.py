"""Shapes of people, services, keys, grants, approvals and emergencies (C2.5(1)-(6)).

A person's name and employer are the only personal data here, and they are about the processor's
own people (C2.5(1)). A ``secret`` or ``key`` is answered once and never again.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.app.shapes import Day, Line, Moment, Names, Reason
from bailee.vault.shapes import Entry, Name


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked about people; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered about people; members that say nothing are left out."""


# -- people, services and their keys (C2.5(1)-(3), C2.5(6))


class NewInvitation(Request, frozen=True):
    """Invite a named person of a named employer; shared identities are refused (C2.5(2))."""

    name: Line
    employer: Line
    email: Line
    undertaking: Line
    """Reference of the signed confidentiality undertaking, or of the letter of appointment."""
    undertaken: Day
    relation: Literal["employee", "contractor", "controller-representative"] = "employee"
    represents: Annotated[str, Meta(max_length=64)] = ""
    """The controller that a representative speaks for."""


class Invitation(Answer, frozen=True):
    """A one-time secret, to be handed to that person and nobody else."""

    invitation: str
    principal: str
    secret: str
    until: str
    entry: Entry


class Acceptance(Request, frozen=True):
    """Take up an invitation; the secret is the only credential."""

    secret: Annotated[str, Meta(min_length=16, max_length=200)]


class NewProgram(Request, frozen=True):
    """A program with rights of its own, or one that acts for people (C2.5(1))."""

    name: Line
    mode: Literal["autonomous", "acting-for"]
    owner: Name
    """The person of ours who answers for it."""


class NewKey(Request, frozen=True):
    """A key for a principal other than oneself."""

    principal: Name
    until: Moment | None = None


class Key(Answer, frozen=True):
    """A credential, shown once."""

    principal: str
    key_id: str
    key: str
    entry: Entry
    until: str = ""
    setup: str = ""
    """The founder's invitation to the browser."""


class Token(Answer, frozen=True):
    """Lets one service act for one person for a quarter of an hour; shown once."""

    service: str
    person: str
    token_id: str
    token: str
    until: str
    entry: Entry


class Subject(Request, frozen=True):
    """Who a person is at the identity provider: its own name for them, never an e-mail address."""

    subject: Annotated[str, Meta(min_length=1, max_length=256)]


class OidcClient(Request, frozen=True):
    """Which client of the identity provider a service is."""

    client: Annotated[str, Meta(min_length=1, max_length=256)]


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


class People(Answer, frozen=True):
    """Everybody who has, or had, any access."""

    people: list[Principal]


class Changed(Answer, frozen=True):
    """What an act came to, and its entry."""

    id: str
    status: str
    entry: Entry


# -- grants (C2.5(4))


class NewGrant(Request, frozen=True):
    """Rights of a principal at one controller, until a day."""

    principal: Name
    verbs: Names
    until: Moment
    elements: Annotated[list[Name], Meta(max_length=100)] = []
    """Catalogue names, classes (``person.*``) or views (``person.ssn:last4``)."""
    purposes: Annotated[list[Name], Meta(max_length=100)] = []
    daily: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    """Subjects that may be shown per purpose and rolling day; a usual number when left out."""


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
    """The emergency in which it was opened, for whoever reviews it."""
    granted_by: str = ""
    created: str = ""
    daily: int = 0
    """Subjects that may be shown per purpose and rolling day."""
    entry: Entry | None = None


class Grants(Answer, frozen=True):
    """Every grant at a controller."""

    grants: list[Grant]
    names: dict[str, str] = {}
    """Of those who hold them, and of those who gave them."""


class Question(Request, frozen=True):
    """May this principal do this? Nothing is read and nothing is granted."""

    verb: Name
    purpose: Annotated[str, Meta(max_length=64)] = ""
    elements: Annotated[list[Name], Meta(max_length=100)] = []
    principal: Annotated[str, Meta(max_length=64)] = ""
    """Oneself when left out."""


class Explanation(Answer, frozen=True):
    """The grant that allows it, or everything that is missing, in sentences."""

    allowed: bool
    reasons: list[str]


# -- approvals: the second person (C2.5(4))


class NewApproval(Request, frozen=True):
    """Ask a second person for a bounded right."""

    purpose: Name
    elements: Names
    subjects: Annotated[int, Meta(ge=1, le=10_000_000)]
    """At most so many."""
    until: Moment
    reason: Reason


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
    """``bulk`` widens a number once; ``access`` becomes a grant."""
    verbs: list[str] = []
    reason: str = ""
    """Free text for the second person; kept out of logs and entries."""
    created: str = ""
    approver: str = ""


# -- emergencies: access where nobody gave any (MISSION A8)


class NewCode(Request, frozen=True):
    """A code for somebody else's envelope."""

    principal: Name


class Code(Answer, frozen=True):
    """A code, shown once: to be sealed, and opened in an emergency by that person alone."""

    code_id: str
    code: str
    principal: str
    until: str
    entry: Entry


class NewEmergency(Request, frozen=True):
    """Access for oneself, for an hour at most."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
    verbs: Names
    elements: Names
    """Catalogue names or views (``person.ssn:last4``), each by itself."""
    purpose: Name
    until: Moment
    reason: Reason
    """For the second person; kept out of logs and entries."""


class Review(Request, frozen=True):
    """What a second person makes of it, once it is over."""

    verdict: Literal["justified", "unjustified"]
    reason: Reason


class Settlement(Request, frozen=True):
    """Where the controller's writing is kept that settles an unjustified opening."""

    writing: Line


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
    """Calls that it answered."""
    subjects: int
    """People shown or found by them, each call's counted anew."""
    alert: str
    """``due`` until a second person has acknowledged it, then ``acknowledged``."""
    alert_due: str
    review: str
    """``due``, ``justified``, ``unjustified``, or ``settled`` by the controller's writing."""
    review_due: str
    overdue: list[str] = []
    """Codes of what is out of time or was found wrong."""
    acknowledged_by: str = ""
    reviewer: str = ""
    verdict_reason: str = ""
    writing: str = ""
    entry: Entry | None = None


class Emergencies(Answer, frozen=True):
    """Emergencies that the caller is told of, oldest first."""

    emergencies: list[Emergency]


__all__ = [
    "Acceptance",
    "Approval",
    "Changed",
    "Code",
    "Emergencies",
    "Emergency",
    "Explanation",
    "Grant",
    "Grants",
    "Invitation",
    "Key",
    "NewApproval",
    "NewCode",
    "NewEmergency",
    "NewGrant",
    "NewInvitation",
    "NewKey",
    "NewProgram",
    "OidcClient",
    "People",
    "Principal",
    "Question",
    "Review",
    "Settlement",
    "Subject",
    "Token",
]
