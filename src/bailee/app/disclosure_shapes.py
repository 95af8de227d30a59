"""Shapes of consents and disclosures: what may leave, and what left (C2.3, C7.2(3), C6)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from bailee.app.shapes import Answer, Line, Moment, Names, Request
from bailee.vault.shapes import Entry, Id, Name

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256 in hex, as ``sha256sum`` prints it."""
Digest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
"""The same, or '' for nothing."""
Key = Annotated[
    str, Meta(pattern="^(age1[a-z0-9]{58}|openpgp:([0-9a-f]{40}|[0-9a-f]{64}))$", max_length=80)
]
"""A recipient: an age public key, or ``openpgp:`` and the fingerprint of a certificate."""
Country = Annotated[str, Meta(pattern="^([A-Z]{2}|EPO)?$")]
"""ISO 3166-1; ``EPO`` for the one organisation with a decision of its own; '' for none."""
Address = Annotated[str, Meta(max_length=200)]
"""One line, or nothing."""
Keys = Annotated[list[Key], Meta(min_length=1, max_length=16)]
Whole = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]


class NewConsent(Request, frozen=True):
    """Register what the controller allowed in writing; a second person confirms it."""

    given_by: Id
    """The controller's named representative who signed, by their id here."""
    reference: Line
    """Where the writing is kept."""
    text_sha256: Sha256
    recipient: Line
    """To whom, by name."""
    keys: Keys
    purposes: Names
    elements: Names
    """Names, families or views; ``*`` for a return alone."""
    since: Moment
    until: Moment
    country: Country = ""
    """Where the recipient is (ISO 3166-1); '' says in the controller's own country (C7.3(3))."""
    address: Address = ""
    """Of the recipient, if known: an accounting names it (45 CFR 164.528(b)(2)(ii))."""
    undertaking_sha256: Digest = ""
    """Of the recipient's own writing that it identifies nobody again; an export of rows that name
    nobody takes one (C7.2(3)(iii))."""
    kind: Literal["third-party", "return"] = "third-party"
    """``return``: the controller's own data back to itself, as it chose in writing (C6)."""


class Consent(Answer, frozen=True):
    """One consent: to whom, what, what for, until when, and who stands for it here."""

    consent: str
    kind: str
    status: str
    """``recorded`` until a second person has ``confirmed`` it; ``revoked``, ``expired``."""
    given_by: str
    reference: str
    text_sha256: str
    recipient: str
    keys: list[str]
    purposes: list[str]
    elements: list[str]
    since: str
    until: str
    recorded_by: str
    confirmed_by: str = ""
    revoked_by: str = ""
    country: str = ""
    address: str = ""
    undertaking_sha256: str = ""
    entry: Entry | None = None


class Consents(Answer, frozen=True):
    """A controller's consents, oldest first."""

    consents: list[Consent]


class NewDisclosure(Request, frozen=True):
    """Begin to let data leave in files; refused unless consents cover it for every key."""

    purpose: Name
    elements: Names
    keys: Keys


class DisclosureEnd(Request, frozen=True):
    """Account for what left: how many parts and records, for whom, and the account's digest."""

    keys: Keys
    parts: Whole
    records: Whole
    manifest_sha256: Sha256


class Disclosure(Answer, frozen=True):
    """What left, to whom, when, under which consents, and how much of it."""

    disclosure: str
    kind: str
    status: str
    """``open`` or ``ended``."""
    principal: str
    purpose: str
    elements: list[str]
    keys: list[str]
    recipients: list[str]
    """Names of the recipients, as the consents have them."""
    consents: list[str]
    opened: str
    calls: int
    answered: int
    """Records that were answered for it; those twice that were asked again after a death."""
    ended: str = ""
    parts: int = 0
    records: int = 0
    """Records in the parts, as its opener says."""
    manifest_sha256: str = ""
    opened_entry: str = ""
    ended_entry: str = ""
    """Ids of entries in the controller's log; those of its calls name it too."""
    form: str = ""
    """``de-identified`` where rows left that name nobody."""
    entry: Entry | None = None


class Disclosures(Answer, frozen=True):
    """The accounting of a controller's disclosures, oldest first."""

    disclosures: list[Disclosure]


__all__ = [
    "Consent",
    "Consents",
    "Disclosure",
    "DisclosureEnd",
    "Disclosures",
    "NewConsent",
    "NewDisclosure",
]
