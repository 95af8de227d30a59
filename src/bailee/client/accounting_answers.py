"""What is answered about the accounting of disclosures, and exports in which nobody is named."""

from __future__ import annotations

from bailee.client.answers import Answer, Entry
from bailee.client.transfer_answers import GeneratedPaper


class Received(Answer, frozen=True):
    """Who received it, and the controller's writing that let it leave."""

    name: str
    address: str
    country: str
    kind: str
    reference: str
    text_sha256: str
    consent: str


class Accounted(Answer, frozen=True):
    """One disclosure that included the person."""

    disclosure: str
    date: str
    last: str
    times: int
    records: int
    elements: list[str]
    purpose: str
    recipients: list[Received]
    entries: list[str]
    form: str = ""


class Accounting(Answer, frozen=True):
    """The accounting of one person's disclosures."""

    found: bool
    since: str
    until: str
    made: str
    disclosures: list[Accounted]
    suspended: int
    behind: int
    read_until: str
    erased_people: int
    cannot_say: list[str]
    paper: GeneratedPaper
    entry: Entry | None = None


class Suspension(Answer, frozen=True):
    """One statement of an authority."""

    suspension: str
    status: str
    agency: str
    official: str
    reference: str
    text_sha256: str
    consents: list[str]
    one_person: bool
    since: str
    until: str
    recorded_by: str
    confirmed_by: str = ""
    lifted_by: str = ""
    entry: Entry | None = None


class Suspensions(Answer, frozen=True):
    """A controller's suspensions, newest first."""

    suspensions: list[Suspension]


class Dropped(Answer, frozen=True):
    """An element that was left out, and the item of the list that asks for it."""

    element: str
    item: str


class Deidentified(Answer, frozen=True):
    """An export in which nobody is named, and what was left out of it."""

    disclosure: str
    made: str
    made_by: str
    purpose: str
    k: int
    k_from: str
    small: str
    kept: list[str]
    quasi: list[str]
    dropped: list[Dropped]
    rows: int
    people: int
    classes: int
    smallest: int
    suppressed: int
    small_classes: int
    withheld: int
    recipients: list[str]
    entry_id: str


class RowsPart(Answer, frozen=True):
    """An entry of the ledger, and how many rows it let leave."""

    entry: Entry
    rows: int


class DeidentifiedRows(Answer, frozen=True):
    """The rows themselves, in an order of chance, each behind a pseudonym of its own."""

    export: Deidentified
    columns: list[str]
    rows: list[list[str]]
    parts: list[RowsPart]
    opened_entry: str
    kind: str
    consents: list[str]
    keys: list[str]
    opened: str


class DeidentifiedExports(Answer, frozen=True):
    """Exports in which nobody is named, newest first, and what a class needs now."""

    exports: list[Deidentified]
    target: int
    target_from: str
