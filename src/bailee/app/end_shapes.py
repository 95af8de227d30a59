"""Shapes of the end of an agreement: where it stands, what was said, what is certified (C6)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from bailee.app.audit_shapes import Digest
from bailee.app.shapes import Answer, Moment, Names, Optional, Request
from bailee.vault.shapes import Entry, Id

Key = Annotated[str, Meta(min_length=1, max_length=80)]
"""``age1…``, or ``openpgp:`` and the fingerprint of a certificate."""
Reference = Annotated[str, Meta(max_length=200)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class EndChoice(Request, frozen=True):
    """The controller's choice: by its representative in person, or by us upon its writing."""

    choice: Literal["return", "destroy"]
    keys: Annotated[list[Key], Meta(max_length=16)] = field(default_factory=list)
    """Of a return: whom the package is encrypted for."""
    given_by: Optional = ""
    """Where one of us enters it: the representative who signed it."""
    reference: Reference = ""
    text_sha256: Digest = ""


class NewKept(Request, frozen=True):
    """What a law obliges us to keep: elements, perhaps of named records alone, until a day."""

    basis: Annotated[str, Meta(min_length=1, max_length=200)]
    """The legal provision."""
    elements: Names
    until: Moment
    records: Annotated[list[Id], Meta(max_length=1000)] = field(default_factory=list)
    """Ids; none: of all records."""


class ReturnedPackage(Request, frozen=True):
    """The disclosure in which everything left for the controller's keys."""

    disclosure: Id


class EndReceipt(Request, frozen=True):
    """The controller has the package and reads it; the digest is of its ``manifest.json``."""

    manifest_sha256: Sha256
    given_by: Optional = ""
    reference: Reference = ""
    text_sha256: Digest = ""


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
    """Whether its day is still to come."""


class Termination(Answer, frozen=True):
    """How far the end of an agreement came, and who has to act."""

    controller: str
    status: str
    """``active`` before any end was noted, ``ending`` until its day; then ``open`` (no choice),
    ``chosen``, ``returned``, ``received``, ``destroying``, ``destroyed``, ``certified``."""
    isolated: bool
    """Whether the end has come: nothing but giving back, and what a law keeps, is served."""
    waits_for: str = ""
    """``controller`` or ``processor``."""
    ended: str = ""
    due: str = ""
    """When the days of the agreement are over."""
    days_left: int = 0
    """Below zero once they are."""
    choice: str = ""
    chosen: str = ""
    chosen_by: str = ""
    side: str = ""
    given_by: str = ""
    reference: str = ""
    text_sha256: str = ""
    keys: list[str] = field(default_factory=list)
    """Whom a return is encrypted for."""
    consent: str = ""
    confirmed: bool = False
    """Whether a return that one of us entered was confirmed by a second person."""
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
    """Its text, canonical JSON: the bytes that are hashed."""
    sha256: str
    proofs: dict[str, str]
    """``ordered``, ``destroyed``, ``certified``: each a tlog-proof that carries its entry."""
    vkeys: list[str]
    """Of the logs; whoever checks has them from before, and takes them from nobody else."""
    pdf: str = ""
    """The same to be read: a signed PDF, base64; empty where the server cannot set one."""
    pdf_certificate_sha256: str = ""
    entry_id: str = ""


__all__ = [
    "EndCertificate",
    "EndChoice",
    "EndReceipt",
    "KeptByLaw",
    "NewKept",
    "ReturnedPackage",
    "Termination",
]
