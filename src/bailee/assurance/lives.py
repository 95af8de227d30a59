"""The dated table: when standards, frameworks, laws and algorithms live, and what came after.

``lives.toml`` is data in our own words, every row with its source. Reading is strict: an unknown
key, an end without a word for it, a row without a source, or two rows of one name stop it
(``Broken``, ``lives.*``). A row that nobody could source is not there.

Deliberately not checked: whether the dates are true. A person compares them with the sources;
``verified`` says when.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections import Counter
from datetime import date
from typing import Literal

import msgspec

from bailee.errors import Broken

Shape = Literal["", "dotted", "year", "whole"]
Certificate = Literal["", "none", "report", "scheme"]


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: unknown keys refused, never changed once read."""


class Edition(_Line, frozen=True, kw_only=True):
    """One edition of a standard.

    ``id`` is how it is written after the name, ``written`` other ways. ``ended`` is the day from
    which it may no longer be claimed, ``how`` the words for that ("was retired").
    """

    id: str
    written: tuple[str, ...] = ()
    issued: date | None = None
    ended: date | None = None
    how: str = ""
    successor: str = ""
    source: str = ""


class Life(_Line, frozen=True, kw_only=True):
    """A standard (framework, law, protocol, algorithm, programme) and its editions.

    ``spellings`` are names as written; case, hyphens and spaces do not count, and ``|`` marks
    where a list may go on ("EU-US | Privacy Shield" is also in "EU-US and Swiss-US Privacy
    Shield"). ``near``: a bare name counts only with a word that begins so in its sentence;
    ``unless``: nor with one of these. ``shape`` is how editions look. ``lasts``: months for which
    a report or certificate speaks. ``outlives``: a result reached in time outlives its edition.
    ``certificate``: ``none`` (nobody issues one), ``report`` (an opinion, no certificate) or
    ``scheme`` (only under a named scheme), with ``certificate_says`` and its source.
    ``yearly``: an edition is a year and ends with it.
    """

    id: str
    name: str
    kind: Literal["standard", "report", "law", "transfer", "protocol", "algorithm", "programme"]
    spellings: tuple[str, ...]
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    shape: Shape = ""
    issued: date | None = None
    ended: date | None = None
    how: str = ""
    successor: str = ""
    source: str
    lasts: int = 0
    outlives: bool = False
    yearly: bool = False
    certificate: Certificate = ""
    certificate_says: str = ""
    certificate_source: str = ""
    edition: tuple[Edition, ...] = ()


class Phrase(_Line, frozen=True, kw_only=True):
    """Words that no evidence can support, or that say what cannot be."""

    id: str
    state: Literal["wrong", "unsupported"]
    spellings: tuple[str, ...]
    near: tuple[str, ...] = ()
    reason: str
    source: str


class Lives(_Line, frozen=True, kw_only=True):
    """The whole table; ``verified`` is when it was last compared with its sources."""

    verified: date
    life: tuple[Life, ...]
    phrase: tuple[Phrase, ...] = ()


msgspec.json.Decoder(Lives)  # describes the type here, and not first in two threads at one time


@functools.lru_cache(maxsize=1)
def load_lives() -> Lives:
    """Return the table that is shipped."""
    file = importlib.resources.files("bailee.assurance") / "lives.toml"
    return read_lives(file.read_text("utf-8"))


def read_lives(text: str) -> Lives:
    """Return the table that a TOML text holds.

    Raises:
        Broken: ``lives.*``; the sentence names the row at fault.
    """
    try:
        lives = msgspec.convert(tomllib.loads(text), Lives)
    except tomllib.TOMLDecodeError as error:
        raise Broken("lives.syntax", f"The table is not TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise Broken("lives.shape", f"The table has a wrong shape: {error}.") from None
    ids = Counter([row.id for row in lives.life] + [row.id for row in lives.phrase])
    spelled = Counter(s.lower() for row in lives.life for s in row.spellings)
    for names in (ids, spelled):
        if twins := [name for name, times in names.items() if times > 1]:
            raise Broken("lives.duplicate", f"{twins[0]} stands in the table twice.")
    for life in lives.life:
        _check(life.id, life)
        for edition in life.edition:
            _check(f"{life.id} {edition.id}", edition)
        if life.edition and not life.shape:
            raise Broken("lives.shape", f"{life.id} has editions but no shape for them.")
        if bool(life.certificate) != bool(life.certificate_says and life.certificate_source):
            raise Broken("lives.certificate", f"{life.id} does not say why, and who says so.")
    return lives


def _check(name: str, row: Life | Edition) -> None:
    if (row.ended is not None) != bool(row.how):
        raise Broken("lives.end", f"{name} needs an end and the words for it together.")
    if row.issued and row.ended and row.ended < row.issued:
        raise Broken("lives.end", f"{name} ends before it began.")
    if row.ended and not row.source:
        raise Broken("lives.source", f"{name} names no source for its end.")
