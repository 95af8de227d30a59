"""Shapes of sub-processors: register, engagements, instructions (C7.3(5), C7.2(5), C6)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from bailee.app.shapes import Answer, Line, Moment, Names, Optional, Request
from bailee.vault.shapes import Entry, Id

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Digest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
"""SHA-256 in hex, or nothing."""
Words = Annotated[str, Meta(max_length=1000)]
Lines = Annotated[list[Line], Meta(min_length=1, max_length=64)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Countries = Annotated[list[Country], Meta(min_length=1, max_length=64)]
Keys = Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=16)]
Number = Annotated[int, Meta(ge=0, le=1_000_000)]


class NewSubprocessor(Request, frozen=True):
    """Write a sub-processor into the register, or what is different about one."""

    name: Line
    address: Annotated[str, Meta(min_length=1, max_length=500)]
    contact: Line
    """Who is asked there, and where: a name and a work address."""
    services: Lines
    elements: Names
    """Categories of data: elements, families or classes of the catalogue."""
    countries: Countries
    """From where the data is reached, ISO 3166-1: remote access counts."""
    keys: Keys = field(default_factory=list)
    """Recipients' keys that are its own: age1…, or openpgp: and a fingerprint."""
    subprocessor: Optional = ""
    """The id of the one that is changed; nothing for a new one."""
    based_on: Number = 0
    """The version that is changed."""
    since: Moment | None = None
    """From when the change counts; at once by default, never in the past."""


class NewContractReading(Request, frozen=True):
    """What somebody read in the contract with a sub-processor, duty by duty."""

    reference: Line
    """Where the contract is kept."""
    text_sha256: Sha256
    duties: dict[str, Literal["covered", "weaker", "missing"]]


class NewWorker(Request, frozen=True):
    """Say that a person or service is a sub-processor's."""

    principal: Id


class ContractReading(Answer, frozen=True):
    """A contract as a named person compared it with ours."""

    number: int
    reference: str
    text_sha256: str
    duties: dict[str, str]
    compared_by: str
    at: str


class Subprocessor(Answer, frozen=True):
    """A sub-processor as it is, or from a moment on will be."""

    subprocessor: str
    version: int
    edition: int
    """Counts material changes: consent to one is none to the next."""
    since: str
    name: str
    address: str
    contact: str
    services: list[str]
    elements: list[str]
    countries: list[str]
    keys: list[str] = field(default_factory=list)
    facts_sha256: str = ""
    contract: ContractReading | None = None
    workers: list[str] = field(default_factory=list)
    """Ids of those of whom somebody said that they work for it."""
    entry: Entry | None = None


class ContractDuty(Answer, frozen=True):
    """A duty that a contract with a sub-processor must hold."""

    duty: str
    says: str


class Subprocessors(Answer, frozen=True):
    """The register: the newest version of each, and the duties that go on down."""

    subprocessors: list[Subprocessor]
    duties: list[ContractDuty]


class NewProposal(Request, frozen=True):
    """Propose a sub-processor to a controller, as the register has it."""

    subprocessor: Id


class ProposalAnswer(Request, frozen=True):
    """The controller's word; or ours upon an objection."""

    answer: Literal["consent", "object", "offer"]
    """``offer``: the other way that we offer after an objection."""
    words: Words = ""
    """Why it is objected, or what is offered."""
    given_by: Optional = ""
    """Where one of us enters the controller's writing: the representative who signed it."""
    reference: Annotated[str, Meta(max_length=200)] = ""
    text_sha256: Digest = ""
    signed: Moment | None = None


class Proposal(Answer, frozen=True):
    """Where a controller stands with a sub-processor."""

    engagement: str
    subprocessor: str
    edition: int
    name: str
    address: str
    contact: str
    services: list[str]
    elements: list[str]
    countries: list[str]
    status: str
    """``proposed``, ``noticed``, ``silent``, ``consented``, ``engaged``, ``objected`` or ``ended``;
    ``noticed`` and ``silent`` are read off the notice and the clock."""
    proposed: str
    counts: bool = False
    """Whether it lets data through now: engaged, and the sub-processor is still what it was."""
    notice: str = ""
    handed: str = ""
    """When the notice was handed over."""
    due: str = ""
    """When the days after it are over."""
    days_left: int = 0
    waits_for_second: bool = False
    """One of us entered the controller's writing; a second one enters it too."""
    given_by: str = ""
    reference: str = ""
    text_sha256: str = ""
    signed: str = ""
    consented: str = ""
    engaged: str = ""
    objected: str = ""
    objection: str = ""
    offer: str = ""
    ended: str = ""
    contract_short: dict[str, str] = field(default_factory=dict)
    """Duties of this agreement that its contract does not cover."""
    entry: Entry | None = None


class LastInstruction(Answer, frozen=True):
    """The controller's last instruction to a sub-processor, and the certificate that came back."""

    instruction: str
    subprocessor: str
    name: str
    choice: str
    status: str
    """``written``, ``relayed``, ``overdue``, ``certified``."""
    text: str
    text_sha256: str
    written: str
    due: str
    relayed: str = ""
    proof: str = ""
    certificate_sha256: str = ""
    certificate_day: str = ""
    certificate_by: str = ""
    entry: Entry | None = None


class SubprocessorListVersion(Answer, frozen=True):
    """One version of a controller's list, by its hash."""

    version: int
    text_sha256: str
    at: str


class SubprocessorListDocument(Answer, frozen=True):
    """One version of a controller's list: canonical JSON whose SHA-256 is on record."""

    version: int
    text_sha256: str
    at: str
    text: str


class Proposals(Answer, frozen=True):
    """A controller's sub-processors: engagements, the end's instructions, versions of the list."""

    engagements: list[Proposal]
    instructions: list[LastInstruction] = field(default_factory=list)
    lists: list[SubprocessorListVersion] = field(default_factory=list)


class NewLastInstruction(Request, frozen=True):
    """Relay the controller's choice at the end to everybody who may hold its data."""

    choice: Literal["return", "destroy"]


class LastInstructions(Answer, frozen=True):
    """The instructions that were written now."""

    instructions: list[LastInstruction]


class LastInstructionAnswer(Request, frozen=True):
    """An instruction was handed over, or its certificate came back."""

    event: Literal["relay", "certify"]
    proof: Words = ""
    """Where the proof is kept that it was handed over."""
    text_sha256: Digest = ""
    """Of the certificate's file."""
    day: Annotated[str, Meta(max_length=10)] = ""
    signed_by: Annotated[str, Meta(max_length=200)] = ""


__all__ = [
    "ContractDuty",
    "ContractReading",
    "LastInstruction",
    "LastInstructionAnswer",
    "LastInstructions",
    "NewContractReading",
    "NewLastInstruction",
    "NewProposal",
    "NewSubprocessor",
    "NewWorker",
    "Proposal",
    "ProposalAnswer",
    "Proposals",
    "Subprocessor",
    "SubprocessorListDocument",
    "SubprocessorListVersion",
    "Subprocessors",
]
