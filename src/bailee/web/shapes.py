"""What administrators send and what they are answered. The vault's own shapes are in ``vault``.

A person's name and employer are the only personal data here, and they are about the processor's
own people (C2.5(1)). A ``secret`` or ``key`` is answered once and never again.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.canonical import MAX_INTEGER
from bailee.vault.shapes import MAX_ITEMS, Entry, Name, Reference

Slug = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{1,62}$")]
"""A controller's short name; it stands in addresses, so it is no data of anybody's."""
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=1000)]
Text = Annotated[str, Meta(min_length=1)]
"""An agreement's text; its size is the route's limit."""
Whole = Annotated[int, Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
"""A whole number that every JSON reader reads alike (RFC 7493)."""
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
"""A calendar day, ``2026-11-20``."""
Moment = Annotated[str, Meta(min_length=20, max_length=32)]
"""A time with a zone, ``2026-11-20T21:07:00Z`` (RFC 3339)."""
Names = Annotated[list[Name], Meta(min_length=1, max_length=100)]
Optional = Annotated[str, Meta(max_length=64)]
"""A name or id, or nothing."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator sends; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


# -- controllers and their agreements (C1, C8, C11)


class NewController(Request, frozen=True):
    """A controller, with the agreement that binds us from a day on."""

    controller: Slug
    name: Line
    text: Text
    terms: Name
    effective: Day


class Controller(Answer, frozen=True):
    """One controller as far as the caller may know it."""

    controller: str
    name: str
    status: str
    created: str
    agreement: str = ""
    """The version in force."""


class Controllers(Answer, frozen=True):
    """The controllers in which the caller holds any right."""

    controllers: list[Controller]


class NewAgreement(Request, frozen=True):
    """A new version of the agreement's text."""

    text: Text
    terms: Name
    effective: Day


class Finding(Answer, frozen=True):
    """One thing that lint found in the text."""

    rule: str
    path: str
    line: int
    message: str
    severity: str


class BrokenBinding(Answer, frozen=True):
    """A rule bound to words that the text no longer has."""

    obligation: str
    clause: str
    expected: str
    found: str | None = None


class AgreementInstalled(Answer, frozen=True):
    """A version, what lint found in it, and which rules lost their words."""

    controller: str
    version: str
    effective: str
    findings: list[Finding]
    broken: list[BrokenBinding]
    entry: Entry


class NewSupplement(Request, frozen=True):
    """An extension of the annex, signed by both parties (A2)."""

    elements: Names
    text: Text
    signed_by_controller: Line
    signed_by_processor: Line


class SupplementAdded(Answer, frozen=True):
    """The supplement and the elements that may now be held."""

    supplement: str
    permitted: list[str]
    entry: Entry


class NewInterpretation(Request, frozen=True):
    """Our reading of a vague or contradictory clause; it counts when both parties signed."""

    obligation: Name
    reading: Annotated[
        dict[Name, Annotated[str, Meta(max_length=1000)] | Whole], Meta(min_length=1, max_length=16)
    ]
    reason: Reason


class Countersignature(Request, frozen=True):
    """The controller's named representative agrees to a reading."""

    agreed_by: Line


class Interpretation(Answer, frozen=True):
    """One reading and where it stands: proposed, agreed or withdrawn."""

    interpretation: str
    obligation: str
    status: str
    reading: dict[str, str | int]
    reason: str
    proposed_by: str
    proposed_at: str
    agreed_by: str = ""
    agreed_at: str = ""
    entry: Entry | None = None


class Obligation(Answer, frozen=True):
    """One rule of the agreement and the state it is in."""

    obligation: str
    clause: str
    kind: str
    summary: str
    row: str = ""
    control: str = ""
    state: str = ""
    reason: str = ""


class AgreementView(Answer, frozen=True):
    """The agreement in force: its findings, its bindings, its rules."""

    controller: str
    version: str
    terms: str
    title: str
    text_sha256: str
    effective: str
    permitted: list[str]
    purposes: list[str]
    findings: list[Finding]
    broken: list[BrokenBinding]
    obligations: list[Obligation]
    interpretations: list[Interpretation] = []


class ClauseState(Answer, frozen=True):
    """A clause with the worst state among its rules, and when that was last looked at."""

    clause: str
    title: str
    state: str
    obligations: list[Obligation] = []
    observed: str = ""


class Clauses(Answer, frozen=True):
    """The agreement, clause by clause, as it stands now."""

    controller: str
    agreement: str
    clauses: list[ClauseState]


# -- people, services and their keys (C2.5(1)-(3), C2.5(6))


class NewInvitation(Request, frozen=True):
    """Invite a named person of a named employer; shared identities are refused (C2.5(2))."""

    name: Line
    employer: Line


class Invitation(Answer, frozen=True):
    """A one-time secret, to be handed to that person and nobody else."""

    invitation: str
    secret: str
    until: str
    entry: Entry


class Acceptance(Request, frozen=True):
    """Take up an invitation; the secret is the only credential."""

    secret: Annotated[str, Meta(min_length=16, max_length=200)]


class NewService(Request, frozen=True):
    """A program with rights of its own, or one that acts for people (C2.5(1))."""

    name: Line
    mode: Literal["autonomous", "acting-for"]


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


class Principal(Answer, frozen=True):
    """One person or service; never a key."""

    principal: str
    kind: str
    name: str
    status: str
    employer: str = ""
    keys: list[str] = []
    """Ids of living keys."""
    entry: Entry | None = None


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
    elements: Annotated[list[Name], Meta(max_length=100)] = []
    """Catalogue names, classes (``person.*``) or views (``person.ssn:last4``)."""
    purposes: Annotated[list[Name], Meta(max_length=100)] = []
    until: Moment | None = None


class Grant(Answer, frozen=True):
    """One grant."""

    grant: str
    principal: str
    verbs: list[str]
    elements: list[str]
    purposes: list[str]
    status: str
    until: str = ""
    entry: Entry | None = None


class Grants(Answer, frozen=True):
    """Every grant at a controller."""

    grants: list[Grant]


class Question(Request, frozen=True):
    """May this principal do this? Nothing is read and nothing is granted."""

    principal: Name
    verb: Name
    purpose: Name
    elements: Annotated[list[Name], Meta(max_length=100)] = []


class Explanation(Answer, frozen=True):
    """The grant that allows it, or what is missing."""

    allowed: bool
    grant: str = ""
    missing: list[str] = []
    views: dict[str, str] = {}


# -- approvals: the second person (C2.5(4))


class NewApproval(Request, frozen=True):
    """Ask a second person for a bounded right."""

    purpose: Name
    elements: Names
    subjects: Annotated[int, Meta(ge=1, le=10_000_000)]
    """At most so many."""
    until: Moment
    reason: Reason


class Verdict(Request, frozen=True):
    """What the second person says to it."""

    reason: Reason


class Approval(Answer, frozen=True):
    """One approval and what is left of it."""

    approval: str
    status: str
    principal: str
    purpose: str
    elements: list[str]
    subjects: int
    used: int
    until: str
    entry: Entry


# -- keys, the end, and the controls (C2.8(3), C6)


class Rotation(Request, frozen=True):
    """Give a controller's key a new version, or re-encrypt subjects under new keys."""

    what: Literal["controller", "subjects"]
    subjects: Annotated[list[Reference], Meta(max_length=MAX_ITEMS)] = []


class Rotated(Answer, frozen=True):
    """The version in use from now on, and how many keys were wrapped or made anew."""

    version: int
    rewrapped: int
    entry: Entry


class Destruction(Request, frozen=True):
    """Destroy everything of a controller, as it chose in writing (C6). Two persons are needed."""

    confirm: Slug
    """The controller's short name once more."""
    instruction: Line
    """Where the controller's written choice is kept."""
    approval: Optional = ""
    """The second person's; without it the call only asks for it."""


class Destroyed(Answer, frozen=True):
    """Where the destruction stands, and the certificate's facts."""

    controller: str
    status: str
    entry: Entry
    approval: str = ""
    keys: int = 0
    records: int = 0
    recoverable_until: str = ""
    """The latest death among the key copies that its backups need."""


class Run(Request, frozen=True):
    """Look now. No names: every control."""

    controls: Annotated[list[Name], Meta(max_length=200)] = []


class Observation(Answer, frozen=True):
    """What one control saw."""

    control: str
    obligation: str
    state: str
    at: str
    detail: str = ""


class Observations(Answer, frozen=True):
    """What the controls saw, and the entry that says so."""

    observations: list[Observation]
    entry: Entry


# -- the door itself


class Health(Answer, frozen=True):
    """Whether calls can be served; no more than a load balancer needs."""

    status: Literal["ok", "degraded", "closed"]
    version: str = ""


__all__ = [
    "Acceptance",
    "AgreementInstalled",
    "AgreementView",
    "Approval",
    "BrokenBinding",
    "Changed",
    "ClauseState",
    "Clauses",
    "Controller",
    "Controllers",
    "Countersignature",
    "Destroyed",
    "Destruction",
    "Explanation",
    "Finding",
    "Grant",
    "Grants",
    "Health",
    "Interpretation",
    "Invitation",
    "Key",
    "NewAgreement",
    "NewApproval",
    "NewController",
    "NewGrant",
    "NewInterpretation",
    "NewInvitation",
    "NewKey",
    "NewService",
    "NewSupplement",
    "Obligation",
    "Observation",
    "Observations",
    "People",
    "Principal",
    "Question",
    "Rotated",
    "Rotation",
    "Run",
    "SupplementAdded",
    "Verdict",
]
