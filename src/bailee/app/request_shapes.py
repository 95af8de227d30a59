"""Shapes of requests of people (C7.2(6), C7.3(6)(b))."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bailee.vault.shapes import MAX_FIELDS, Entry, Id, Name, Reference

Words = Annotated[str, Meta(min_length=1, max_length=2000)]
Note = Annotated[str, Meta(max_length=2000)]
When = Annotated[str, Meta(max_length=32)]
Kind = Literal["access", "portability", "correction", "restriction", "deletion", "other"]
Regime = Literal["gdpr", "uk-gdpr", "ccpa", "other"]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked; an unknown member is an error and never ignored."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is answered; members that say nothing are left out."""


class SaidOfPerson(Request, frozen=True):
    """A value of an element by which a person is known, as ``person.email``."""

    element: Name
    equals: Annotated[str, Meta(min_length=1, max_length=4096)]


References = Annotated[list[Reference], Meta(max_length=20)]
Said = Annotated[list[SaidOfPerson], Meta(max_length=20)]


class NewPersonRequest(Request, frozen=True):
    """A request of a person. What they are called by is looked up and not kept.

    Attributes:
        channel: ``misdirected`` where the person wrote to us, else the controller passed it on.
        subjects: the controller's references of the person.
        said: values by which the person is known; whoever fits all of it is meant.
        received: when it came; now, where it is left out.
    """

    kind: Kind
    regime: Regime
    channel: Literal["controller", "misdirected"] = "controller"
    subjects: References = []
    said: Said = []
    received: When = ""


class Identification(Request, frozen=True):
    """Whom a request is about, said anew; what was instructed before counts no longer."""

    subjects: References = []
    said: Said = []


class RequestMove(Request, frozen=True):
    """What happened to a request.

    Attributes:
        reason: why it is denied, a word of the list.
        note: the same in words; how it was settled; why a deletion is stopped. It names nobody.
        until: for ``extend``, until when the controller answers.
    """

    event: Literal[
        "extend", "tell-person", "stop", "deny", "settle", "withdraw", "announce-lift", "lift"
    ]
    reason: Literal[
        "", "unverified", "not-held", "not-covered", "unfounded", "excessive", "law",
        "legal-claims", "rights-of-others",
    ] = ""  # fmt: skip
    note: Note = ""
    until: When = ""
    purpose: Annotated[str, Meta(max_length=64)] = ""


class Corrected(Request, frozen=True):
    """Values of one record put right; ``null`` takes one away."""

    record: Id
    fields: Annotated[dict[str, str | None], Meta(min_length=1, max_length=MAX_FIELDS)]


class GoesOn(Request, frozen=True):
    """What may go on while data is restricted, on which ground, and why (GDPR 18(2))."""

    ground: Literal["consent", "legal-claims", "protection", "public-interest"]
    purpose: Name
    reason: Words


class Execution(Request, frozen=True):
    """Carry out what the controller instructed.

    Attributes:
        purpose: of the accesses, as for any other call.
        people: how many people's references it is about; another number is refused.
        recipient: for a package, the age key of whoever gets it.
        corrections: for a correction.
        exceptions: for a restriction.
        approval: the approval on which a reveal of many stands.
    """

    purpose: Name
    people: Annotated[int, Meta(ge=0, le=1000)] = 1
    recipient: Annotated[str, Meta(max_length=80)] = ""
    corrections: Annotated[list[Corrected], Meta(max_length=500)] = []
    exceptions: Annotated[list[GoesOn], Meta(max_length=16)] = []
    approval: Annotated[str, Meta(max_length=64)] = ""


class ShownException(Answer, frozen=True):
    """What goes on while data is restricted."""

    ground: str
    purpose: str
    reason: str


class PersonRequest(Answer, frozen=True):
    """One request and how it stands.

    Attributes:
        due: the controller's own time by the law of ``basis``; ``extended`` where it takes longer.
        ours: when our own clock ends, if one runs; ``late`` when it has.
        told: whether a server took the notice to the controller.
        person_told: when the person was told who is responsible.
        fetchable: whether the package still waits.
    """

    request: str
    kind: str
    regime: str
    channel: str
    status: str
    received: str
    entered: str
    entered_by: str
    outside_id: str = ""
    notice: str = ""
    told: bool = False
    due: str = ""
    basis: str = ""
    extended: str = ""
    extension: str = ""
    ours: str = ""
    late: bool = False
    stopped: str = ""
    instruction: str = ""
    instructed_by: str = ""
    instructed: str = ""
    instruction_sha256: str = ""
    executed_by: str = ""
    begun: str = ""
    people: int = 0
    records: int = 0
    values: int = 0
    disclosure: str = ""
    package_sha256: str = ""
    fetchable: bool = False
    exceptions: list[ShownException] = []
    denial: str = ""
    words: str = ""
    person_told: str = ""
    person_told_basis: str = ""
    entries: list[str] = []
    closed: str = ""
    closed_by: str = ""
    entry: Entry | None = None


class PersonRequests(Answer, frozen=True):
    """Requests, newest first, and how many of each kind stand how."""

    requests: list[PersonRequest]
    counts: dict[str, dict[str, int]] = {}


class PersonLetter(Answer, frozen=True):
    """All that the person may be told by us."""

    text: str
    sha256: str


# Keys that sign requests.


class NewRequestKey(Request, frozen=True):
    """A public key (RFC 7517) by which a system of the controller signs its requests."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    jwk: dict[str, str | list[str]]


class RequestKey(Answer, frozen=True):
    """A key; ``kid`` is how a signed text names it."""

    key: str
    kid: str
    name: str
    status: str
    added: str
    added_by: str
    ended: str = ""
    entry: Entry | None = None


class RequestKeys(Answer, frozen=True):
    """Keys, oldest first."""

    keys: list[RequestKey]
