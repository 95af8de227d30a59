"""Disclosures: data that leaves in files, for recipients by their keys (C2.3, C7.2(3), C6).

A disclosure is opened for a purpose, elements and recipients; calls that reveal for it count on
it, each measured anew by the consents that stand at that moment; it ends with the digest of the
account of its parts (``manifest.json``). Ended or not, it stays: who got what, when, under which
consent, how many records (compare 45 CFR 164.528). Persons are not named here: whose records they
were stands in the openings of its calls' entries, which outlive an erasure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bailee.access.consent import within
from bailee.access.lifecycle import Table
from bailee.access.view import Schema
from bailee.errors import Conflict, Invalid, Refused

DISCLOSURE: Table = {"open": {"end": "ended"}, "ended": {}}
DEIDENTIFIED = "de-identified"
"""The form of a disclosure in which rows leave that name nobody; '' is that of values."""
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure, as stored."""

    disclosure_id: str
    controller: str
    opener: str
    kind: str
    purpose: str
    elements: tuple[str, ...]
    """Names, or views where no more is shown: ``person.ssn:last4``."""
    keys: tuple[str, ...]
    consents: tuple[str, ...]
    """Every consent that anything left under, in the order of its first use."""
    opened: datetime
    state: str = "open"
    calls: int = 0
    records: int = 0
    """Records answered, those twice that were answered again after a death."""
    ended: datetime | None = None
    parts: int = 0
    written: int = 0
    """Records in the parts, as its opener says."""
    manifest_sha256: str = ""
    opened_entry: str = ""
    ended_entry: str = ""
    """Ids of its entries in the ledger; those of its calls name it."""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Abroad:
    """What is to leave for another country, under one consent (C7.3(3))."""

    controller: str
    recipient: str = field(repr=False)
    country: str
    elements: tuple[str, ...]
    opening: bool
    """Whether a disclosure begins; a call within one is measured again, and more cheaply."""


Mechanism = Callable[[sa.Connection, Abroad], tuple[str, ...]]
"""Returns the ids of what a transfer rests on; raises ``Refused`` where it rests on nothing."""


def grounded(_conn: sa.Connection, _abroad: Abroad) -> tuple[str, ...]:
    """Refuse every transfer: where no register of mechanisms is wired, none rests on anything.

    Raises:
        Refused: ``transfer.no_mechanism``.
    """
    raise no_mechanism("no register of transfers is kept")


def no_mechanism(why: str) -> Refused:
    """Return the refusal of a transfer without a valid mechanism."""
    return Refused(
        "transfer.no_mechanism",
        f"Nothing may leave for that country: {why}.",
        do="Record the transfer with its mechanism: `bailee transfers add`; a second person "
        "confirms it.",
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody says they wrote."""

    keys: tuple[str, ...]
    parts: int
    records: int
    manifest_sha256: str


def check_use(one: Disclosure, purpose: str, elements: tuple[str, ...], schema: Schema) -> None:
    """Refuse a call that is not what the disclosure was opened for.

    Raises:
        Conflict: ``disclosure.ended``. Refused: ``disclosure.binding``.
    """
    if one.state != "open":
        raise Conflict(
            "disclosure.ended", "That disclosure has ended.", do="Open another one for more."
        )
    if one.form or purpose != one.purpose or not within(one.elements, elements, schema):
        raise Refused(
            "disclosure.binding",
            "That disclosure was opened for another purpose, for other elements, or for rows "
            "that name nobody.",
            do="Open one for exactly what leaves.",
        )


def check_account(one: Disclosure, account: Account) -> None:
    """Refuse an account that cannot be of this disclosure.

    Raises:
        Invalid: ``disclosure.manifest``. Refused: ``disclosure.recipients``,
            ``disclosure.count``.
    """
    if not _SHA256.fullmatch(account.manifest_sha256):
        raise Invalid("disclosure.manifest", "The digest of an account is a SHA-256 in hex.")
    if tuple(sorted(set(account.keys))) != one.keys:
        raise Refused(
            "disclosure.recipients",
            "The recipients are not those that the disclosure was opened for.",
            do="See who wrote the parts, and for whom.",
        )
    if account.records > one.records:
        raise Refused(
            "disclosure.count", "The account has more records than were ever answered for it."
        )
