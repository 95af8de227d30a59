"""Answers about the end of an agreement: where it stands, what is certified."""

from __future__ import annotations

from msgspec import field

from bailee.client.answers import Answer, Entry


class KeptByLaw(Answer, frozen=True):
    """One line of what a law keeps."""

    kept: str
    basis: str
    elements: list[str]
    until: str
    records: list[str]
    noted: str
    noted_by: str
    living: bool


class Termination(Answer, frozen=True):
    """How far the end of an agreement came, and who has to act."""

    controller: str
    status: str
    isolated: bool
    waits_for: str = ""
    ended: str = ""
    due: str = ""
    days_left: int = 0
    choice: str = ""
    chosen: str = ""
    chosen_by: str = ""
    side: str = ""
    given_by: str = ""
    reference: str = ""
    text_sha256: str = ""
    keys: list[str] = field(default_factory=list)
    consent: str = ""
    confirmed: bool = False
    asked: int = 0
    disclosure: str = ""
    manifest_sha256: str = ""
    packed: str = ""
    packed_records: int = 0
    packed_values: dict[str, int] = field(default_factory=dict)
    received: str = ""
    ordered: str = ""
    scope: str = ""
    destroyed: str = ""
    destroyed_keys: int = 0
    destroyed_rows: int = 0
    kept: list[KeptByLaw] = field(default_factory=list)
    certificates: int = 0
    certificate_sha256: str = ""
    entry: Entry | None = None


class EndCertificate(Answer, frozen=True):
    """A certificate of the end, with the proofs of the entries that it stands on."""

    certificate: str
    sha256: str
    proofs: dict[str, str]
    vkeys: list[str]
    pdf: str = ""
    pdf_certificate_sha256: str = ""
    entry_id: str = ""


__all__ = ["EndCertificate", "KeptByLaw", "Termination"]
