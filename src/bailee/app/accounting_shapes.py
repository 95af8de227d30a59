"""Shapes of the accounting of disclosures, and of exports in which nobody is named (A29, B3)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from bailee.app.disclosure_shapes import Digest, Keys
from bailee.app.shapes import Answer, Line, Moment, Names, Request
from bailee.app.transfer_shapes import Paper
from bailee.vault.shapes import Entry, Id, Name, Reference


class NewAccounting(Request, frozen=True):
    """Ask who received data of one person; the question itself is recorded."""

    purpose: Name
    subject: Reference
    """As the caller knows them; it stands in no address and no log."""
    since: Annotated[str, Meta(max_length=32)] = ""
    """Six years back where nothing is named (45 CFR 164.528(a)(1))."""
    until: Annotated[str, Meta(max_length=32)] = ""


class Received(Answer, frozen=True):
    """Who received it, and the controller's writing that let it leave."""

    name: str
    address: str
    """'' where nobody wrote one down."""
    country: str
    kind: str
    """``third-party``, or ``return`` to the controller itself."""
    reference: str
    text_sha256: str
    consent: str


class Accounted(Answer, frozen=True):
    """One disclosure that included the person."""

    disclosure: str
    date: str
    last: str
    times: int
    """Calls in which it was answered."""
    records: int
    """Records about the person in it."""
    elements: list[str]
    purpose: str
    recipients: list[Received]
    entries: list[str]
    """Of the controller's ledger: it is computed from their openings."""
    form: str = ""
    """``de-identified`` where the row names nobody."""


class Accounting(Answer, frozen=True):
    """The accounting of one person's disclosures."""

    found: bool
    """Whether the reference leads to anybody now; it does not after an erasure."""
    since: str
    until: str
    made: str
    disclosures: list[Accounted]
    suspended: int
    """Disclosures that an authority's statement keeps back; the paper does not hint at them."""
    behind: int
    """Entries that the index had not read; with any, the accounting is not complete."""
    read_until: str
    erased_people: int
    """People of whom something was disclosed and to whom no reference leads any more."""
    cannot_say: list[str]
    paper: Paper
    entry: Entry | None = None


class NewSuspension(Request, frozen=True):
    """Register an authority's statement; it counts when a second person has confirmed it."""

    agency: Line
    official: Line
    """Who made the statement, by name."""
    reference: Line
    """Where it is kept."""
    consents: Annotated[list[Id], Meta(min_length=1, max_length=100)]
    """The consents under which data went to the authority."""
    since: Moment
    """When the statement was made."""
    until: Moment
    text_sha256: Digest = ""
    """'' for a statement that was spoken: thirty days at most (45 CFR 164.528(a)(2)(ii)(C))."""
    subject: Annotated[str, Meta(max_length=256)] = ""
    """Whose accounting; '' for everybody's."""


class Suspension(Answer, frozen=True):
    """One statement of an authority."""

    suspension: str
    status: str
    """``recorded`` until a second person has ``confirmed`` it; ``lifted``, ``expired``."""
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


Quasi = Annotated[list[Name], Meta(max_length=100)]


class NewDeidentified(Request, frozen=True):
    """Let rows leave in which nobody is named (45 CFR 164.514(b)(2), k-anonymity)."""

    purpose: Name
    elements: Names
    keys: Keys
    quasi: Quasi = []  # noqa: RUF012 - msgspec makes a list of its own for each
    """What else others know of these people; what the mapping says always counts."""
    k: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """More people than the target says; less is not possible."""
    small: Literal["suppress", "refuse"] = "suppress"
    """What becomes of a class of fewer than k people."""


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
    """``agreement``, ``operator's target`` or ``asked for``."""
    small: str
    kept: list[str]
    """What left, as consents name it."""
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
    """The rows themselves: answered once, in an order of chance."""

    export: Deidentified
    columns: list[str]
    rows: list[list[str]]
    """The first cell is a pseudonym of this row in this export alone."""
    parts: list[RowsPart]
    opened_entry: str
    kind: str
    consents: list[str]
    keys: list[str]
    opened: str


class DeidentifiedExports(Answer, frozen=True):
    """Exports in which nobody is named, newest first."""

    exports: list[Deidentified]
    target: int
    """People that a class needs now, at least."""
    target_from: str
