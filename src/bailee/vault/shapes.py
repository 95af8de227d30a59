"""What callers send to the vault and what it answers; the API's own types.

Requests refuse unknown members, so that a misspelt ``modes`` is an error and never a default.
A ``ref`` is the caller's own word for an item and comes back with its result; bailee never
stores it. A ``subject`` is the caller's reference for a person or organisation and is stored
only as a keyed digest (DESIGN 5).

Sizes are limits of the interface (``LIMITS``), published by the web door; the catalogue limits
each value in bytes.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_ITEMS = 1000
"""Items of one call: records, tokens, subjects or values."""

MAX_FIELDS = 100
"""Fields of one record."""

LIMITS = {"items": MAX_ITEMS, "fields_per_record": MAX_FIELDS, "ref": 128, "subject": 256}
"""Published limits: items and characters."""

Ref = Annotated[str, Meta(max_length=128)]
Reference = Annotated[str, Meta(min_length=1, max_length=256)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Mode = Literal["atomic", "continue"]
Fields = Annotated[dict[str, str], Meta(min_length=1, max_length=MAX_FIELDS)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What a caller sends."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What the vault answers; members that say nothing are left out."""


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


class Masked(msgspec.Struct, frozen=True, gc=False):
    """A view of a value in the place of the value."""

    masked: str
    view: str


# -- protect


class ProtectRecord(Request, frozen=True):
    """One record to store. ``holders`` names other subjects whose value a single field is."""

    ref: Ref
    subject: Reference
    fields: Fields
    kind: Literal["person", "organisation", "unknown"] | None = None
    category: Literal["customer", "owner", "employee", "prospect", "unknown"] | None = None
    nationalities: Annotated[list[str], Meta(max_length=16)] | None = None
    residence: Annotated[str, Meta(max_length=16)] | None = None
    holders: Annotated[dict[str, Reference], Meta(max_length=MAX_FIELDS)] | None = None
    group: Ref | None = None
    """Records of one group stand or fall together, in mode ``continue`` too."""


class Protect(Request, frozen=True):
    """Store records for a purpose."""

    purpose: Name
    records: Annotated[list[ProtectRecord], Meta(min_length=1, max_length=MAX_ITEMS)]
    mode: Mode = "atomic"


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


# -- reveal


class Reveal(Request, frozen=True):
    """Read elements of records, or of the records behind tokens. Exactly one of the two."""

    purpose: Name
    elements: Annotated[list[str], Meta(min_length=1, max_length=MAX_FIELDS)]
    records: Annotated[list[Id], Meta(max_length=MAX_ITEMS)] = []
    tokens: Annotated[list[Id], Meta(max_length=MAX_ITEMS)] = []
    approval: Annotated[str, Meta(max_length=64)] = ""
    disclosure: Annotated[str, Meta(max_length=64)] = ""
    """The disclosure that the answer leaves in; '' for whoever reads it themselves."""
    mode: Mode = "atomic"


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


# -- search


class Search(Request, frozen=True):
    """Find records whose element equals a value, after normalisation."""

    purpose: Name
    element: Name
    equals: Annotated[str, Meta(min_length=1, max_length=4096)]


class Found(Answer, frozen=True):
    """Ids of records, sorted."""

    records: list[str]
    entry: Entry


# -- list


class List(Request, frozen=True):
    """List records that hold one of these elements, by id, from behind ``after`` on."""

    purpose: Name
    elements: Annotated[list[Name], Meta(min_length=1, max_length=MAX_FIELDS)]
    after: Annotated[str, Meta(max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_ITEMS)] = MAX_ITEMS


class Listed(Answer, frozen=True):
    """One page of ids in their order, and how many records of the page are not listed.

    ``after`` begins the next page, '' when this was the last. ``withheld`` are of restricted
    subjects or of ones being erased, ``without`` hold none of the elements. ``total`` is how many
    records the controller has, on the first page alone.
    """

    records: list[str]
    entry: Entry
    after: str = ""
    withheld: int = 0
    without: int = 0
    total: int | None = None


# -- update


class UpdateRecord(Request, frozen=True):
    """Values to replace or add; ``null`` removes an element."""

    ref: Ref
    record: Id
    fields: Annotated[dict[str, str | None], Meta(min_length=1, max_length=MAX_FIELDS)]


class Update(Request, frozen=True):
    """Change records for a purpose."""

    purpose: Name
    records: Annotated[list[UpdateRecord], Meta(min_length=1, max_length=MAX_ITEMS)]
    mode: Mode = "atomic"


class Updated(Answer, frozen=True):
    """Results in the order of the request; a replaced value has a new token."""

    results: list[ProtectResult]
    entry: Entry


# -- erase


class Erase(Request, frozen=True):
    """Destroy records, or subjects with all that is theirs. Exactly one of the two."""

    purpose: Name
    records: Annotated[list[Id], Meta(max_length=MAX_ITEMS)] = []
    subjects: Annotated[list[Reference], Meta(max_length=MAX_ITEMS)] = []
    mode: Mode = "atomic"


class EraseResult(Answer, frozen=True):
    """One erasure: how many records it destroys. A subject's reference is not repeated."""

    ok: bool
    record: str = ""
    records: int = 0
    error: ItemError | None = None


class Erased(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[EraseResult]
    entry: Entry


# -- encrypt, decrypt, reencrypt: values kept elsewhere


class EncryptValue(Request, frozen=True):
    """One value to encrypt for a subject."""

    ref: Ref
    element: Name
    subject: Reference
    value: str


class Encrypt(Request, frozen=True):
    """Encrypt values that the caller keeps."""

    purpose: Name
    values: Annotated[list[EncryptValue], Meta(min_length=1, max_length=MAX_ITEMS)]
    mode: Mode = "atomic"


class DecryptValue(Request, frozen=True):
    """One ciphertext to open; element and subject must be those it was made for."""

    ref: Ref
    element: Name
    subject: Reference
    ciphertext: str


class Decrypt(Request, frozen=True):
    """Open, or encrypt anew, values that the caller keeps."""

    purpose: Name
    values: Annotated[list[DecryptValue], Meta(min_length=1, max_length=MAX_ITEMS)]
    approval: Annotated[str, Meta(max_length=64)] = ""
    mode: Mode = "atomic"


class EncryptResult(Answer, frozen=True):
    """One ciphertext, in the armoured form ``bv1.…``."""

    ref: str
    ok: bool
    ciphertext: str = ""
    error: ItemError | None = None


class DecryptResult(Answer, frozen=True):
    """One opened value, or a view of it."""

    ref: str
    ok: bool
    value: str | Masked = ""
    error: ItemError | None = None


class Encrypted(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[EncryptResult]
    entry: Entry


class Decrypted(Answer, frozen=True):
    """Results in the order of the request."""

    results: list[DecryptResult]
    entry: Entry


# -- hold, release, restrict, lift


class Subjects(Request, frozen=True):
    """Subjects to hold, to release, or whose restriction to lift."""

    purpose: Name
    subjects: Annotated[list[Reference], Meta(min_length=1, max_length=MAX_ITEMS)]


class Restrict(Request, frozen=True):
    """Subjects to restrict; purposes in ``allowing`` may go on (C7.3(6)(b), GDPR 18(2))."""

    purpose: Name
    subjects: Annotated[list[Reference], Meta(min_length=1, max_length=MAX_ITEMS)]
    allowing: Annotated[list[Name], Meta(max_length=16)] = []


class Kept(Answer, frozen=True):
    """How many subjects changed, and the entry that says so."""

    changed: int
    entry: Entry


__all__ = [
    "LIMITS",
    "MAX_FIELDS",
    "MAX_ITEMS",
    "Answer",
    "Decrypt",
    "DecryptResult",
    "DecryptValue",
    "Decrypted",
    "Encrypt",
    "EncryptResult",
    "EncryptValue",
    "Encrypted",
    "Entry",
    "Erase",
    "EraseResult",
    "Erased",
    "Found",
    "ItemError",
    "Kept",
    "List",
    "Listed",
    "Masked",
    "Protect",
    "ProtectRecord",
    "ProtectResult",
    "Protected",
    "Request",
    "Restrict",
    "Reveal",
    "RevealResult",
    "Revealed",
    "Search",
    "Subjects",
    "Update",
    "UpdateRecord",
    "Updated",
]
