"""What a company can show: its certificates and reports, as a list in TOML or JSON.

One entry each: ``standard``, ``version``, ``issuer``, ``issued`` or ``period_end``, ``until``,
``scope``. What is missing is said to be missing; nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from bailee.assurance.dates import later
from bailee.assurance.lives import Edition, Life
from bailee.assurance.recognise import Vocabulary, edition_of
from bailee.errors import Invalid, Oversized

MAX_BYTES = 1024 * 1024

_JSON = re.compile(r"\s*(?:\{|\[\s*[{\]])")


class Certification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One certificate, attestation or report.

    ``standard`` is an id of the table or a name as written ("SOC 2"). ``until`` is the last day
    for which it speaks; without it, the life that the table gives from ``period_end`` or
    ``issued``.
    """

    standard: str
    version: str = ""
    issuer: str = ""
    issued: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    until: date | None = None
    scope: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certification: tuple[Certification, ...] = ()


msgspec.json.Decoder(_File)  # describes the type here, and not first in two threads at one time


@dataclass(frozen=True, slots=True)
class Shown:
    """A certification, with the rows that it speaks of."""

    life: Life
    edition: Edition | None
    paper: Certification

    @property
    def until(self) -> date | None:
        """Return the last day for which it speaks, if it says enough to tell."""
        begun = self.paper.period_end or self.paper.issued
        if self.paper.until or begun is None:
            return self.paper.until
        return later(begun, self.life.lasts or 12)


def read_evidence(data: bytes, vocabulary: Vocabulary, lives: Sequence[Life]) -> tuple[Shown, ...]:
    """Return what an evidence file shows.

    Raises:
        Oversized: ``evidence.too_large``.
        Invalid: ``evidence.unreadable``, ``evidence.standard`` with the number of the entry.
    """
    if len(data) > MAX_BYTES:
        raise Oversized("evidence.too_large", f"The evidence has more than {MAX_BYTES} bytes.")
    try:
        text = data.decode("utf-8-sig")
        held = msgspec.json.decode(text) if _JSON.match(text) else tomllib.loads(text)
        file = msgspec.convert({"certification": held} if isinstance(held, list) else held, _File)
    except (ValueError, msgspec.DecodeError, RecursionError):
        raise Invalid(
            "evidence.unreadable",
            "The evidence is not the list that is asked for.",
            do="Write [[certification]] with standard, issuer, issued or period_end, until.",
        ) from None
    return tuple(_shown(n, one, vocabulary, lives) for n, one in enumerate(file.certification, 1))


def write_evidence(papers: Iterable[Certification]) -> bytes:
    """Return an evidence file of papers, as ``read_evidence`` reads it."""
    return msgspec.json.encode(list(papers))


def show(paper: Certification, vocabulary: Vocabulary, lives: Sequence[Life]) -> Shown | None:
    """Return a paper with the rows that it speaks of; None where the table knows none."""
    life = next((row for row in lives if row.id == paper.standard), None)
    if life is not None:
        return Shown(life, edition_of(life, paper.version), paper)
    for mention in vocabulary.mentions(f"{paper.standard} {paper.version}".lower()[:300]):
        if isinstance(mention.row, Life):
            edition = mention.edition or edition_of(mention.row, paper.version)
            return Shown(mention.row, edition, paper)
    return None


def _shown(
    number: int, paper: Certification, vocabulary: Vocabulary, lives: Sequence[Life]
) -> Shown:
    if found := show(paper, vocabulary, lives):
        return found
    raise Invalid(
        "evidence.standard",
        f"Entry {number} of the evidence names a standard that the table does not know.",
        do="Write its usual name, such as PCI DSS, SOC 2 or ISO/IEC 27001.",
    )
