"""Sub-processors: who they are, in versions (C7.3(5)(i), C7.2(5)(i)). Pure.

What is written once is never changed; a change is a new *version*. Contact and keys may change
freely. Whatever a controller consents to (name, address, services, categories, countries) is
*material*: changed, it makes a new *edition*, to which nobody has consented yet. A version begins
at a moment that is not past: a change that is planned is written ahead, and the edition before goes
on until then; one that has happened begins at once, and so ends what stood on the former.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bailee.access.consent import check_keys
from bailee.access.outsourced import plain
from bailee.access.view import Schema, known, split
from bailee.canonical import encode
from bailee.errors import Conflict, Invalid

LINE_LIMIT = 200
ADDRESS_LIMIT = 500
MOST = 64
MATERIAL = ("name", "address", "services", "elements", "countries")
"""What a controller consents to: clause C7.3(5)(i) lists it, and the countries of access."""

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a sub-processor."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    contact: str = field(repr=False)
    """Where it is reached: a name and a work address, as the clause wants it listed."""
    services: tuple[str, ...]
    elements: tuple[str, ...]
    """Categories of data, as elements, families or classes of the catalogue."""
    countries: tuple[str, ...]
    """From where the data is reached: ISO 3166-1, two letters."""
    keys: tuple[str, ...] = ()
    """Recipients' keys that are its own: age keys, certificates' fingerprints."""

    def digest(self) -> str:
        """Return the SHA-256 of what a controller consents to."""
        facts = {name: getattr(self, name) for name in MATERIAL}
        return hashlib.sha256(encode(facts)).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subprocessor(Particulars):
    """One version, as stored."""

    subprocessor_id: str
    version: int
    edition: int
    since: datetime
    created: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract with a sub-processor, as a named person compared it with ours."""

    subprocessor_id: str
    number: int
    reference: str = field(repr=False)
    """Where it is kept."""
    text_sha256: str
    compared: Mapping[str, str]
    """Duty -> covered, weaker or missing."""
    compared_by: str
    at: datetime


def check_particulars(one: Particulars, schema: Schema) -> None:
    """Refuse what could not be listed, or noticed, or enforced.

    Raises:
        Invalid: ``subprocessor.particulars``, ``subprocessor.elements``,
            ``subprocessor.countries``, ``consent.keys``.
    """
    lines = (one.name, one.contact, *one.services)
    fine = all(_line(text, LINE_LIMIT) for text in lines) and _line(one.address, ADDRESS_LIMIT)
    if not fine or not plain(one.name) or not 0 < len(one.services) <= MOST:
        raise Invalid(
            "subprocessor.particulars",
            "A sub-processor has a name, an address, a contact and services, a line each.",
            do=f"Give lines of at most {LINE_LIMIT} printable characters.",
        )
    patterns = [name for name in one.elements if known(name, schema) and not split(name)[1]]
    if not one.elements or len(patterns) < len(one.elements) or "*" in one.elements:
        raise Invalid(
            "subprocessor.elements",
            "Categories are elements, families or classes of the catalogue.",
            do="Write person.name, person.* or class:sensitive.",
        )
    if not one.countries or not all(_COUNTRY.fullmatch(code) for code in one.countries):
        raise Invalid(
            "subprocessor.countries",
            "Countries of access are given by their two letters.",
            do="Write US, DE, IN (ISO 3166-1).",
        )
    if one.keys:
        check_keys(one.keys)


def check_since(since: datetime, now: datetime) -> None:
    """Refuse a version that would begin in the past.

    Raises:
        Invalid: ``subprocessor.since``.
    """
    if since < now:
        raise Invalid(
            "subprocessor.since",
            "A change begins now or later; what was so before is not rewritten.",
            do="Leave the time out for a change that has happened.",
        )


def check_unique(name: str, known_names: Mapping[str, str], own: str) -> None:
    """Refuse a name that another sub-processor has or had: it must lead to one of them.

    Args:
        name: the new one.
        known_names: plain names of all versions -> sub-processor.
        own: the sub-processor's id, '' for a new one.

    Raises:
        Conflict: ``subprocessor.name_taken``.
    """
    if known_names.get(plain(name), own) != own:
        raise Conflict(
            "subprocessor.name_taken",
            "Another sub-processor has, or had, that name.",
            do="Look for it in the register.",
        )


def check_based_on(versions: Sequence[Subprocessor], based_on: int) -> None:
    """Refuse a change that was written without seeing the newest version.

    Raises:
        Conflict: ``subprocessor.changed``.
    """
    if versions[-1].version != based_on:
        raise Conflict(
            "subprocessor.changed",
            "Somebody changed that sub-processor meanwhile.",
            do="Look at its newest version, and change that.",
        )


def check_sha256(digest: str) -> None:
    """Refuse what is no digest of a file.

    Raises:
        Invalid: ``subprocessor.digest``.
    """
    if not _SHA256.fullmatch(digest):
        raise Invalid(
            "subprocessor.digest",
            "A writing is known by its SHA-256.",
            do="Give the SHA-256 of the signed file, as `sha256sum` prints it.",
        )


def edition_of(
    versions: Sequence[Subprocessor], new: Particulars, since: datetime, version: int
) -> int:
    """Return the edition of a new version: that of the one it follows if nothing material changed.

    A change back is a change: the controller consented to the facts in their order.
    """
    before = current(versions, since)
    same = before is not None and before.digest() == new.digest()
    return before.edition if before is not None and same else version


def current(versions: Sequence[Subprocessor], now: datetime) -> Subprocessor | None:
    """Return the version that counts at a moment: the newest that has begun."""
    begun = [one for one in versions if one.since <= now]
    return begun[-1] if begun else None


def _line(text: str, most: int) -> bool:
    return (
        0 < len(text) <= most
        and text.strip() == text
        and not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text)
    )
