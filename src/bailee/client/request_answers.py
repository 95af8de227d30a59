"""What is answered about requests of people."""

from __future__ import annotations

import msgspec

from bailee.client.answers import Entry


class Answer(msgspec.Struct, frozen=True):
    """Any answer about a request of a person."""


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


class RequestKey(Answer, frozen=True):
    """A key that signs requests; ``kid`` is how a signed text names it."""

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
