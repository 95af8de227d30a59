"""What is answered about consents and disclosures."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry


class Consent(Answer, frozen=True):
    """One consent: to whom, what, what for, until when, and who stands for it here."""

    consent: str
    kind: str
    status: str
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


class Disclosure(Answer, frozen=True):
    """What left, to whom, when, under which consents, and how much of it."""

    disclosure: str
    kind: str
    status: str
    principal: str
    purpose: str
    elements: list[str]
    keys: list[str]
    recipients: list[str]
    consents: list[str]
    opened: str
    calls: int
    answered: int
    ended: str = ""
    parts: int = 0
    records: int = 0
    manifest_sha256: str = ""
    opened_entry: str = ""
    ended_entry: str = ""
    form: str = ""
    entry: Entry | None = None


class Disclosures(Answer, frozen=True):
    """The accounting of a controller's disclosures, oldest first."""

    disclosures: list[Disclosure]
