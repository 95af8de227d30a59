"""Every data element that bailee knows, and its rules (C2.10, appendix A; C1.5-C1.10; C2.8(1)).

The rules are data (``catalogue.toml``); this module reads them once and applies them. Which of
the elements may be held for a controller is not decided here but by the agreement's annex.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from bailee.access import Rebuild, Schema
from bailee.errors import Invalid, Refused
from bailee.vault.cardholder import (
    SHORTEST_TRACK,
    find_card_number,
    holds_sensitive_authentication,
    may_hold_cardholder_data,
    names_sensitive_authentication,
)
from bailee.vault.mask import REDACTED, VIEWS, completes
from bailee.vault.normalise import NORMALISERS
from bailee.vault.validate import FORMS, VALIDATORS, Unfit

Index = Literal["exact", "bucket", "none"]

CLASSIFICATIONS = (
    "public-business",
    "personal",
    "sensitive",
    "cardholder",
    "beneficiary",
    "tax",
    "health",
)

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """One kind of data and its rules; the members are explained in ``catalogue.toml``."""

    name: str
    says: str
    classification: str
    clauses: tuple[str, ...]
    validator: str
    normaliser: str
    norm_version: int
    index: Index
    bucket_bits: int
    token: bool
    token_formats: tuple[str, ...]
    masks: tuple[str, ...]
    rebuilds: tuple[tuple[str, ...], ...]
    retention_days: int
    free_text: bool
    high_risk: bool
    max_bytes: int
    _checks: Callable[[str], str]
    _normalises: Callable[[str], str]

    def check(self, value: str) -> str:
        """Check a value and return its one written form.

        Raises:
            Invalid: ``value.invalid`` with the element's name and the kind of problem.
            Refused: ``value.sensitive_authentication`` for codes, tracks and PINs;
                ``value.card_in_free_text`` for a card number outside its own element.
        """
        # Lengths first: nothing after this line sees more than the limit.
        if len(value) * 4 > self.max_bytes and _bytes(value) > self.max_bytes:
            raise self._invalid("too_long")
        if not value.isprintable() and _UNPRINTABLE.search(value):
            raise self._invalid("characters")
        # Outside of free text only tracks are looked for, and most values are shorter than any.
        if (self.free_text or len(value) >= SHORTEST_TRACK) and may_hold_cardholder_data(value):
            self._check_cardholder(value)
        try:
            return self._checks(value)
        except Unfit as problem:
            raise self._invalid(str(problem)) from None

    def _check_cardholder(self, value: str) -> None:
        if holds_sensitive_authentication(value, free=self.free_text):
            raise Refused(
                "value.sensitive_authentication",
                f"A value of {self.name} looks like card authentication data.",
                do="Verification codes, track data and PINs may never be stored. Remove them.",
            )
        if self.free_text and find_card_number(value):
            raise Refused(
                "value.card_in_free_text",
                f"A value of {self.name} contains a card number.",
                do="Put the number into financial.card_number and its token into the text.",
            )

    def normal(self, value: str) -> str:
        """Check a value and return its normal form, which indexes and views are made from.

        Raises as ``check``.
        """
        return self._normalises(self.check(value))

    def view(self, view: str, value: str) -> str:
        """Return a view of a value; a view that is not declared shows nothing.

        Neither does a value that was stored under older rules and has not the form any more.
        """
        if view not in self.masks:
            return VIEWS[REDACTED](value)
        try:
            return VIEWS[view](self.shape(value))
        except Unfit:
            return VIEWS[REDACTED](value)

    def shape(self, value: str) -> str:
        """Return the written form of a value that has the right form and may be nobody's.

        Raises:
            Unfit: it has not even that.
        """
        try:
            return self._checks(value)
        except Unfit:
            form = FORMS.get(self.validator)
            if form is None:
                raise
            return form(value)

    def normal_shape(self, value: str) -> str:
        """Return the normal form of a value that stands here already, or is made here (``forge``).

        Raises:
            Invalid: ``value.invalid`` when it has not even the right form.
        """
        try:
            return self._normalises(self.shape(value))
        except Unfit as problem:
            raise self._invalid(str(problem)) from None

    def _invalid(self, problem: str) -> Invalid:
        return Invalid(
            "value.invalid",
            f"A value of {self.name} cannot be right: {problem}.",
            do=f"Send {self.says[0].lower()}{self.says[1:]}, at most {self.max_bytes} bytes.",
        )


def _bytes(value: str) -> int:
    return len(value.encode("utf-8", "surrogatepass"))


def _element(row: dict[str, Any]) -> Element:
    lists = {key: tuple(row[key]) for key in ("clauses", "masks", "token_formats")}
    return Element(
        **{
            **row,
            **lists,
            "rebuilds": tuple(map(tuple, row["rebuilds"])),
            "_checks": VALIDATORS[row["validator"]],
            "_normalises": NORMALISERS[row["normaliser"]],
        }
    )


def _load() -> Mapping[str, Element]:
    source = resources.files("bailee.vault").joinpath("catalogue.toml")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    rows = [{**data["defaults"], **row} for row in data["element"]]
    return MappingProxyType({row["name"]: _element(row) for row in rows})


CATALOGUE: Mapping[str, Element] = _load()
"""Every element by its name."""


def element(name: str) -> Element:
    """Return an element's rules.

    Raises:
        Refused: ``value.sensitive_authentication`` for the name of a code, track or PIN.
        Invalid: ``element.unknown``; the name is not repeated, it might be a value.
    """
    found = CATALOGUE.get(name)
    if found is not None:
        return found
    if names_sensitive_authentication(name):
        raise Refused(
            "value.sensitive_authentication",
            "A field is named like card authentication data.",
            do="Verification codes, track data and PINs may never be stored. Remove the field.",
        )
    raise Invalid(
        "element.unknown",
        "A field is not the name of a data element.",
        do="Use the names of the catalogue, for example person.name.",
    )


def validate(name: str, value: str) -> str:
    """Check a value of an element and return its normal form; see ``Element.normal``."""
    return element(name).normal(value)


def mask(name: str, view: str, value: str) -> str:
    """Return a view of a value of an element; a view that is not declared shows nothing."""
    return element(name).view(view, value)


def rebuilds(name: str, views: Iterable[str]) -> bool:
    """Say whether these views of an element together give the value back (PCI 3.5.1.1)."""
    return completes(element(name).rebuilds, views)


def schema() -> Schema:
    """Return what access must know: names, classes, masks, and views that rebuild a value."""
    classes: dict[str, set[str]] = {}
    for one in CATALOGUE.values():
        classes.setdefault(one.classification, set()).add(one.name)
    return Schema(
        names=frozenset(CATALOGUE),
        classes={name: frozenset(members) for name, members in classes.items()},
        masks={one.name: frozenset(one.masks) for one in CATALOGUE.values()},
        rebuilds=tuple(
            Rebuild(one.name, frozenset(group))
            for one in CATALOGUE.values()
            for group in one.rebuilds
        ),
    )


__all__ = [
    "CATALOGUE",
    "CLASSIFICATIONS",
    "Element",
    "element",
    "find_card_number",
    "mask",
    "rebuilds",
    "schema",
    "validate",
]
