"""What is answered about sub-processors."""

from __future__ import annotations

from msgspec import field

from bailee.client.answers import Answer, Entry


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
    entry: Entry | None = None


class ContractDuty(Answer, frozen=True):
    """A duty that a contract with a sub-processor must hold."""

    duty: str
    says: str


class Subprocessors(Answer, frozen=True):
    """The register: the newest version of each, and the duties that go on down."""

    subprocessors: list[Subprocessor]
    duties: list[ContractDuty]


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
    proposed: str
    counts: bool = False
    notice: str = ""
    handed: str = ""
    due: str = ""
    days_left: int = 0
    waits_for_second: bool = False
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
    entry: Entry | None = None


class LastInstruction(Answer, frozen=True):
    """The controller's last instruction to a sub-processor, and what came back."""

    instruction: str
    subprocessor: str
    name: str
    choice: str
    status: str
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


class LastInstructions(Answer, frozen=True):
    """The instructions that were written now."""

    instructions: list[LastInstruction]


class SubprocessorListVersion(Answer, frozen=True):
    """One version of a controller's list, by its hash."""

    version: int
    text_sha256: str
    at: str


class SubprocessorListDocument(Answer, frozen=True):
    """One version of a controller's list."""

    version: int
    text_sha256: str
    at: str
    text: str


class Proposals(Answer, frozen=True):
    """A controller's sub-processors."""

    engagements: list[Proposal]
    instructions: list[LastInstruction] = field(default_factory=list)
    lists: list[SubprocessorListVersion] = field(default_factory=list)
