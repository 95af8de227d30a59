"""What administrators of controllers send and what they are answered.

The vault's own shapes are in ``vault``, those of people and their rights in ``rights``.
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
    """An extension of the annex; it counts when both parties signed (C2.10, C11.1)."""

    elements: Names
    text: Text


class Supplement(Answer, frozen=True):
    """The supplement, where it stands, and the elements that may be held now."""

    supplement: str
    status: str
    elements: list[str]
    permitted: list[str]
    entry: Entry


class NewInterpretation(Request, frozen=True):
    """Our reading of a vague or contradictory clause; it counts when both parties signed."""

    subject: Annotated[str, Meta(min_length=1, max_length=160)]
    """A question's id, a clause's path or an obligation's id."""
    says: Reason
    reason: Reason
    quantity: int | None = None
    unit: Optional = ""
    counting: Optional = ""
    calendar: Optional = ""
    purposes: Annotated[list[Name], Meta(max_length=64)] = []


class Interpretation(Answer, frozen=True):
    """One reading and where it stands: proposed, agreed or withdrawn."""

    interpretation: str
    subject: str
    status: str
    says: str
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
    entries: list[str] = []
    """Ids of the ledger entries that prove the state."""


class OpenQuestion(Answer, frozen=True):
    """What the text leaves open, the reading enforced meanwhile, and what would settle it."""

    id: str
    clauses: list[str]
    says: str
    strictest_reading: str
    our_reading: str
    lifted_by: str


class Letter(Answer, frozen=True):
    """What is to be agreed with the controller, as text to sign."""

    text: str


class AddedPurpose(Answer, frozen=True):
    """A purpose that the controller added by an accepted instruction, for these elements alone."""

    purpose: str
    elements: list[str]
    verbs: list[str]
    since: str
    until: str
    instruction: str


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
    questions: list[OpenQuestion] = []
    interpretations: list[Interpretation] = []
    instructed: list[AddedPurpose] = []
    names: dict[str, str] = {}
    """Of who signed a reading; on a signed writing they stand as well."""


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


# -- tokens in an element's own format (PCI DSS 3.5.1)


class NewTokenFormat(Request, frozen=True):
    """The format of an element's tokens from now on: ``opaque`` (``tok_…``) or one it allows."""

    element: Name
    format: Name


class TokenFormatChosen(Answer, frozen=True):
    """The format now, and the one before, which earlier tokens keep."""

    element: str
    format: str
    before: str
    entry: Entry


class TokenFormat(Answer, frozen=True):
    """An element's format of tokens, and those that it allows."""

    element: str
    format: str
    allowed: list[str]


class TokenFormats(Answer, frozen=True):
    """Every element that has tokens."""

    formats: list[TokenFormat]


# -- keys, the end, and the controls (C2.8(3), C6)


class Rotation(Request, frozen=True):
    """Which keys get a new version.

    ``data``: subject keys are wrapped anew. ``index``, ``token``, ``reference``: the server brings
    what stands under the older version under the new one, both are read meanwhile, and destroys
    it; see the horizon. ``subjects``: their values are encrypted anew.
    """

    what: Literal["data", "index", "token", "reference", "subjects"] = "data"
    subjects: Annotated[list[Reference], Meta(max_length=MAX_ITEMS)] = []


class Rotated(Answer, frozen=True):
    """The newest version (0 for subjects, who have one each), and how many values were redone."""

    version: int
    renewed: int
    entry: Entry


class Ending(Request, frozen=True):
    """When the agreement ended or will end: the clock of C6 starts there."""

    at: Moment
    instruction: Line
    """Where the notice of termination is kept."""


class Ended(Answer, frozen=True):
    """The controller's state after its agreement ended."""

    controller: str
    status: str
    entry: Entry


class Destruction(Request, frozen=True):
    """Destroy everything of a controller, as it chose in writing (C6).

    It takes the verb ``destroy``, which nobody can give themselves: so two people stand behind it.
    """

    confirm: Slug
    """The controller's short name once more."""
    instruction: Line
    """Where the controller's written choice is kept."""


class Destroyed(Answer, frozen=True):
    """What was destroyed, and from when on no copy of a key is left in a backup."""

    controller: str
    status: str
    entry: Entry
    keys: int
    rows: int
    recoverable_until: str


class Run(Request, frozen=True):
    """Look now. No names: every control."""

    controls: Annotated[list[Name], Meta(max_length=200)] = []


class Observation(Answer, frozen=True):
    """What one control saw."""

    control: str
    result: str
    at: str
    findings: list[str]
    entry: str


class Observations(Answer, frozen=True):
    """What the controls saw; each observation has its own entry."""

    observations: list[Observation]


# -- the door itself


class Health(Answer, frozen=True):
    """Whether calls can be served; no more than a load balancer needs."""

    status: Literal["ok", "degraded", "closed"]
    version: str = ""
    workers: int = 0
    """Serving processes behind this address."""
    answering: int = 0
    """How many of them answer now; fewer than there should be is ``degraded``."""


class Proof(Answer, frozen=True):
    """That an entry is in a log: C2SP tlog-proof, for ``bailee-verify --proof``."""

    log: str
    index: int
    proof: str
    vkey: str


class Log(Answer, frozen=True):
    """One log of a controller and the key that verifies it."""

    log: str
    status: str
    size: int
    vkey: str


class Logs(Answer, frozen=True):
    """Every log of a controller, oldest first."""

    logs: list[Log]
