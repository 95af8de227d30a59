"""What a server answers, member by member as its API description has it.

Unknown members are ignored and statuses are plain texts, so that a newer server is understood.
"""

from __future__ import annotations

import msgspec

from bailee.client.purpose_answers import AddedPurpose


class Answer(msgspec.Struct, frozen=True):
    """Any answer."""


class Entry(Answer, frozen=True):
    """Where the ledger holds the call: enough to fetch a proof later."""

    log: str
    entry_id: str
    leaf: str
    index: int | None = None


class ItemError(Answer, frozen=True):
    """Why one item was not done: a stable code, never the item's content."""

    code: str
    retryable: bool = False


class Masked(Answer, frozen=True):
    """A view of a value in the place of the value."""

    masked: str
    view: str


class ProtectResult(Answer, frozen=True):
    """One stored record: its id and the tokens of its tokenised elements."""

    ref: str
    ok: bool
    record: str = ""
    tokens: dict[str, str] = {}
    error: ItemError | None = None


class Protected(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[ProtectResult]
    entry: Entry


class RevealResult(Answer, frozen=True):
    """One record's or token's values; a masked view says which view it is."""

    ok: bool
    record: str = ""
    token: str = ""
    fields: dict[str, str | Masked] = {}
    error: ItemError | None = None


class Revealed(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[RevealResult]
    entry: Entry


class Found(Answer, frozen=True):
    """Ids of records, sorted."""

    records: list[str]
    entry: Entry


class Listed(Answer, frozen=True):
    """One page of ids in their order; ``after`` begins the next, ``total`` is on the first."""

    records: list[str]
    entry: Entry
    after: str = ""
    withheld: int = 0
    without: int = 0
    total: int | None = None


class Updated(Answer, frozen=True):
    """Results in the order of the request; a replaced value has a new token."""

    results: list[ProtectResult]
    entry: Entry


class EraseResult(Answer, frozen=True):
    """What one erasure destroyed. The caller's reference of a subject is not repeated."""

    ok: bool
    record: str = ""
    records: int = 0
    error: ItemError | None = None


class Erased(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[EraseResult]
    entry: Entry


class EncryptResult(Answer, frozen=True):
    """One ciphertext, in the armoured form ``bv1.…``."""

    ref: str
    ok: bool
    ciphertext: str = ""
    error: ItemError | None = None


class Encrypted(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[EncryptResult]
    entry: Entry


class DecryptResult(Answer, frozen=True):
    """One opened value, or a view of it."""

    ref: str
    ok: bool
    value: str | Masked = ""
    error: ItemError | None = None


class Decrypted(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[DecryptResult]
    entry: Entry


class Kept(Answer, frozen=True):
    """How many subjects changed, and the entry that says so."""

    changed: int
    entry: Entry


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


class Supplement(Answer, frozen=True):
    """The supplement, where it stands, and the elements that may be held now."""

    supplement: str
    status: str
    elements: list[str]
    permitted: list[str]
    entry: Entry


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


class Rotated(Answer, frozen=True):
    """The newest version (0 for subjects, who have one each), and how many values were redone."""

    version: int
    renewed: int
    entry: Entry


class Ended(Answer, frozen=True):
    """The controller's state after its agreement ended."""

    controller: str
    status: str
    entry: Entry


class Destroyed(Answer, frozen=True):
    """What was destroyed, and from when on no copy of a key is left in a backup."""

    controller: str
    status: str
    entry: Entry
    keys: int
    rows: int
    recoverable_until: str


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


class Health(Answer, frozen=True):
    """Whether calls can be served; no more than a load balancer needs."""

    status: str
    version: str = ""
    workers: int = 1
    """Serving processes behind this address."""
    answering: int = 1
    """How many of them answer now; fewer than there should be is ``degraded``."""
