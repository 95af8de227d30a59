"""Adequacy: which countries a law takes for safe, as dated data that can be revoked (C7.3(3)).

``adequacy.toml`` is data in our own words, every row with its source and with how well the source
was read. Reading is strict: an unknown key or two rows of one id stop it (``Broken``). A decision
that falls between two releases is revoked by a named person of ours, in the house's own rows; from
then on no flow rests on it.

Deliberately not checked: whether the dates are true; ``verified`` says when somebody last compared
them. Decisions of the United Kingdom and of Switzerland about European countries are not in the
table, because nobody could source them: such a flow takes another mechanism.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from datetime import date
from typing import Literal

import msgspec

from bailee.errors import Broken

Regime = Literal["eu", "uk", "ch"]
REGIMES: tuple[Regime, ...] = ("eu", "uk", "ch")
PRIMARY, CERTIFIED, INVALID = "primary", "certified", "invalid"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One decision about one country."""

    id: str
    regime: Regime
    country: str
    name: str
    status: Literal["in-force", "challenged", "invalid"]
    source: str
    checked: Literal["primary", "secondary", "general"]
    decision: str = ""
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    needs: Literal["", "certified"] = ""
    note: str = ""

    def stands(self, today: date) -> bool:
        """Say whether it counts on a day, as the table has it."""
        begun = self.since is None or self.since <= today
        ended = self.until is not None and self.until < today
        return self.status != INVALID and begun and not ended


class Adequacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole table."""

    verified: date
    inside: dict[Regime, frozenset[str]]
    entry: tuple[Entry, ...]

    def within(self, regime: str, country: str) -> bool:
        """Say whether nothing crosses a border on the way there."""
        return country in self.inside[regime]  # type: ignore[index]  # a checked word

    def of(self, regime: str, country: str, *, certified: bool) -> Entry | None:
        """Return the decision about a country; a standing word about the dead comes last."""
        found = [
            one
            for one in self.entry
            if one.regime == regime
            and one.country == country
            and (one.needs == CERTIFIED) is certified
        ]
        return next((one for one in found if one.status != INVALID), next(iter(found), None))


_DECODER: msgspec.json.Decoder[Adequacy] = msgspec.json.Decoder(Adequacy)


def read_adequacy(text: str) -> Adequacy:
    """Return a table.

    Raises:
        Broken: ``adequacy.form``, ``adequacy.twice``.
    """
    try:
        made = _DECODER.decode(msgspec.json.encode(tomllib.loads(text)))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Broken("adequacy.form", f"The table of adequacy is not read: {error}.") from None
    if len({one.id for one in made.entry}) != len(made.entry):
        raise Broken("adequacy.twice", "The table of adequacy has one id twice.")
    return made


@functools.cache
def load_adequacy() -> Adequacy:
    """Return the table of this release."""
    file = importlib.resources.files("bailee.privacy") / "adequacy.toml"
    return read_adequacy(file.read_text("utf-8"))
