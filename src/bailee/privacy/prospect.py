"""Prospects: for whom an addendum is filled, as whoever asks for it gives them (B8). Pure.

A prospect is no controller yet: nothing of it is stored, and what is given here stands in the
papers alone. For a controller the registers come first; what is given fills what they leave blank.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from bailee.errors import Invalid

LINE, ADDRESS = 200, 500
"""Characters of a name or a phrase, and of an address."""
MOST_COUNTRIES = 60
PEOPLE: Mapping[str, str] = {
    "customer": "customers of the Controller who are individuals",
    "owner": "owners and account holders of its business customers",
    "employee": "employees",
    "prospect": "prospects",
}
"""Categories of people, as the catalogue of subjects has them -> in the addendum's words."""

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_A_BLANK = re.compile(r"[\[\]{}<>]|__")
"""What a reader of the text would take for a place to fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """Who is offered the addendum, and what for; '' and () where it was not said.

    Args:
        security: security contact and delegate.
        services: the services agreement that the addendum belongs to.
        effective: the day on which it takes effect, ISO 8601.
        member_state: whose law and courts the standard clauses name.
        countries: where its people live, two letters each.
        elements: names or families (``person.*``) of the catalogue.
    """

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    representative: str = field(default="", repr=False)
    security: str = field(default="", repr=False)
    activities: str = field(default="", repr=False)
    services: str = field(default="", repr=False)
    effective: str = ""
    law: str = field(default="", repr=False)
    member_state: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    frequency: str = field(default="", repr=False)
    people: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


def check_prospect(one: Prospect) -> None:
    """Refuse words that could not stand in one line of an annex, and what is no day or country.

    Raises:
        Invalid: ``kit.words``, ``kit.effective``, ``kit.countries``, ``kit.people``.
    """
    for name in (part.name for part in fields(one)):
        value = getattr(one, name)
        most = ADDRESS if name == "address" else LINE
        if isinstance(value, str) and value and not _fine(value, most):
            raise Invalid(
                "kit.words",
                "What is given for a kit is one printable line, without brackets or blanks.",
                do=f"At most {LINE} characters, {ADDRESS} for an address.",
            )
    if one.effective and not _is_day(one.effective):
        raise Invalid("kit.effective", "An addendum takes effect on a day: 2026-11-20.")
    known = len(one.countries) <= MOST_COUNTRIES
    if not known or not all(_COUNTRY.fullmatch(code) for code in one.countries):
        raise Invalid("kit.countries", "Countries are given by their two letters: DE, GB, US.")
    if not set(one.people) <= PEOPLE.keys():
        raise Invalid("kit.people", f"People are some of: {', '.join(PEOPLE)}.")


def expanded(patterns: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the elements that names and families (``person.*``, ``*``) stand for, in order.

    Raises:
        Invalid: ``kit.elements``.
    """
    found = set()
    for one in patterns:
        family = one.removesuffix("*")
        of = {name for name in known if name.startswith(family)} if family != one else {one}
        if not of or not of <= set(known) or (family != one and family and family[-1] != "."):
            raise Invalid("kit.elements", "Elements are names or families of the catalogue.")
        found |= of
    return tuple(sorted(found))


def _fine(value: str, most: int) -> bool:
    whole = len(value) <= most and value.isprintable() and bool(value.strip())
    return whole and _A_BLANK.search(value) is None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
